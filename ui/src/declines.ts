import type { DeclineView } from "./bindings/DeclineView";

/** What to say aloud, and what only the person at the till should read. */
export interface Words {
  customer: string;
  staff: string | null;
}

/*
 * A lost or stolen card gets the generic sentence to the letter, so that nobody can tell the reason from what is said.
 * The notes name no reason either: a customer may be able to read the same screen.
 */
const NO_REASON = "The bank declined it and gave no reason. Your bank can tell you more. Another card?";
const THIS_AMOUNT = "The bank declined this amount. Another card, or a smaller amount?";
const WRONG_KIND = "This card can't be used for this kind of payment.";
const THE_NUMBER = "Could you read me the number again?";
const THE_CODE = "Could you read me the code again?";
const THE_DATE = "Could you read me the date again?";
const NOT_PROCESSED = "The bank couldn't process it. Let's try once more.";

const ONE_MORE: Words = { customer: NO_REASON, staff: "Try once more at most." };
const NOT_AGAIN: Words = { customer: NO_REASON, staff: "Don't try this card again, and don't name a reason." };
const NOT_ALOUD: Words = { customer: THIS_AMOUNT, staff: "The card's limit or balance. Don't say this aloud." };
const OTHER_CARD: Words = { customer: WRONG_KIND, staff: "Another card." };
const SAME_CARD: Words = { customer: NOT_PROCESSED, staff: "The same card, once." };

const TABLE: Readonly<Record<string, Words>> = {
  generic_decline: ONE_MORE,
  do_not_honor: ONE_MORE,
  call_issuer: ONE_MORE,
  lost_card: NOT_AGAIN,
  stolen_card: NOT_AGAIN,
  pickup_card: NOT_AGAIN,
  fraudulent: NOT_AGAIN,
  merchant_blacklist: NOT_AGAIN,
  insufficient_funds: NOT_ALOUD,
  card_velocity_exceeded: NOT_ALOUD,
  withdrawal_count_limit_exceeded: NOT_ALOUD,
  expired_card: { customer: "The card has expired. Another card?", staff: "Ask for the date again, once." },
  incorrect_number: { customer: THE_NUMBER, staff: null },
  invalid_number: { customer: THE_NUMBER, staff: null },
  incorrect_cvc: { customer: THE_CODE, staff: null },
  invalid_cvc: { customer: THE_CODE, staff: null },
  invalid_expiry_month: { customer: THE_DATE, staff: null },
  invalid_expiry_year: { customer: THE_DATE, staff: null },
  incorrect_zip: { customer: "What is the postcode on the card's bill?", staff: null },
  card_not_supported: OTHER_CARD,
  currency_not_supported: OTHER_CARD,
  transaction_not_allowed: OTHER_CARD,
  authentication_required: {
    customer: "Your bank wants you to confirm it yourself.",
    staff: "On the phone: the bank refused the exemption. Another card, or the customer comes in.",
  },
  payment_intent_authentication_failure: {
    customer: "Your bank couldn't confirm it's you. Try once more, or another card?",
    staff: "The bank's own check was not passed or was closed.",
  },
  processing_error: SAME_CARD,
  issuer_not_available: SAME_CARD,
  try_again_later: SAME_CARD,
  duplicate_transaction: {
    customer: "Let me check whether it already went through.",
    staff: "Look at Payments before anything else.",
  },
  testmode_decline: { customer: "This is a test card.", staff: "Stripe's test cards take no real money." },
  live_mode_test_card: { customer: "This is a test card.", staff: "Stripe's test cards take no real money." },
  test_mode_live_card: {
    customer: "This card wasn't charged: the till is in test.",
    staff: "A real card needs Live. Settings, Stripe account.",
  },
};

/** Only a part of what was typed was wrong: the rest need not be read aloud and typed again. */
export function isTypingMistake(decline: DeclineView): boolean {
  const mistakes = [THE_NUMBER, THE_CODE, THE_DATE, TABLE["incorrect_zip"]?.customer];
  return mistakes.includes(wordsFor(decline).customer);
}

/** The words for a decline: the bank's own code first, then Stripe's, then the sentence that gives no reason. */
export function wordsFor(decline: DeclineView): Words {
  const words = lookUp(decline.declineCode) ?? lookUp(decline.code) ?? ONE_MORE;
  const hidden = words === ONE_MORE && decline.adviceCode === "do_not_try_again";
  return hidden ? NOT_AGAIN : words;
}

function lookUp(code: string | null): Words | null {
  return code !== null && Object.hasOwn(TABLE, code) ? (TABLE[code] ?? null) : null;
}

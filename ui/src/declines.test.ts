import { describe, expect, it } from "vitest";
import { isTypingMistake, wordsFor } from "./declines";

const say = (declineCode: string | null, code: string | null = "card_declined", adviceCode: string | null = null) =>
  wordsFor({ code, declineCode, adviceCode });

const NO_REASON = "The bank declined it and gave no reason. Your bank can tell you more. Another card?";

describe("what is said about a decline", () => {
  it.each(["lost_card", "stolen_card", "pickup_card", "fraudulent", "merchant_blacklist"])(
    "%s sounds to the letter like a decline without a reason",
    (code) => {
      expect(say(code).customer).toBe(say("generic_decline").customer);
      expect(say(code).customer).toBe(NO_REASON);
      expect(say(code).staff).not.toMatch(/lost|stolen|fraud|pick/i);
    },
  );

  it.each([
    ["generic_decline", NO_REASON],
    ["do_not_honor", NO_REASON],
    ["call_issuer", NO_REASON],
    [null, NO_REASON],
    ["a_code_of_next_year", NO_REASON],
    ["insufficient_funds", "The bank declined this amount. Another card, or a smaller amount?"],
    ["card_velocity_exceeded", "The bank declined this amount. Another card, or a smaller amount?"],
    ["expired_card", "The card has expired. Another card?"],
    ["incorrect_number", "Could you read me the number again?"],
    ["incorrect_cvc", "Could you read me the code again?"],
    ["invalid_expiry_year", "Could you read me the date again?"],
    ["incorrect_zip", "What is the postcode on the card's bill?"],
    ["transaction_not_allowed", "This card can't be used for this kind of payment."],
    ["authentication_required", "Your bank wants you to confirm it yourself."],
    ["processing_error", "The bank couldn't process it. Let's try once more."],
    ["duplicate_transaction", "Let me check whether it already went through."],
  ])("%s", (code, sentence) => {
    expect(say(code).customer).toBe(sentence);
  });

  it("goes_by_stripes_code_when_the_bank_gave_none", () => {
    expect(say(null, "expired_card").customer).toBe("The card has expired. Another card?");
  });

  it("asks_for_no_further_try_when_the_bank_advises_against_it", () => {
    expect(say("generic_decline", "card_declined", "do_not_try_again")).toEqual(say("lost_card"));
  });

  it("takes_no_word_from_the_prototype", () => {
    expect(say("constructor").customer).toBe(NO_REASON);
  });
});

describe("a typing mistake", () => {
  it.each([
    ["incorrect_number", true],
    ["invalid_cvc", true],
    ["invalid_expiry_month", true],
    ["incorrect_zip", true],
    ["expired_card", false],
    ["generic_decline", false],
    ["insufficient_funds", false],
    [null, false],
  ] as const)("%s: %s", (declineCode, mistake) => {
    expect(isTypingMistake({ code: "card_declined", declineCode, adviceCode: null })).toBe(mistake);
  });
});

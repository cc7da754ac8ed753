import type { MoneyState } from "./bindings/MoneyState";
import type { Problem } from "./bindings/Problem";
import type { ProblemCode } from "./bindings/ProblemCode";

/** What a person reads: what happened in two or three words, in a sentence, and what to do. */
export interface Words {
  title: string;
  say: string;
  do: string;
}

/** Words for every problem there is. Total, so the compiler finds a code without words. */
export const PROBLEMS: Readonly<Record<ProblemCode, Words>> = {
  amountZero: { title: "No amount yet", say: "The total is zero.", do: "Type the amount." },
  amountTooLarge: {
    title: "Too much for one payment",
    say: "Stripe takes at most eight digits in one payment.",
    do: "Split it into two sales.",
  },
  amountTooSmall: {
    title: "Below Stripe's minimum",
    say: "Stripe has a smallest amount for each currency, and this is below it.",
    do: "Take it in cash, or add it to another sale.",
  },
  amountNotRound: {
    title: "Amount must end in 0",
    say: "In this currency Stripe wants the last digits to be 0.",
    do: "Round the amount.",
  },
  amountDiffers: {
    title: "The amount has changed",
    say: "The amount on the screen was not the amount of the sale.",
    do: "Look at the total, then charge again.",
  },
  notNow: {
    title: "Not now",
    say: "The payment is at a point where this can't be done.",
    do: "Look at what the screen says about it, then go on from there.",
  },
  notCompared: {
    title: "Checking with Stripe",
    say: "Keytill has just started and is asking Stripe what happened to open payments in the meantime.",
    do: "Try again in a moment. If it stays so, check the internet connection.",
  },
  refundTooLarge: {
    title: "More than is left",
    say: "That is more than is left of this payment.",
    do: "Type a smaller amount. What was refunded before counts.",
  },
  cardsOff: {
    title: "Cards are off",
    say: "Stripe may know of payments that this till's journal does not have.",
    do: "Let a manager read the list on the first screen. After that, cards can be taken again.",
  },
  unknownSale: {
    title: "No such sale",
    say: "This till has no sale of that number.",
    do: "Search for it in Payments.",
  },
  tokenUsed: {
    title: "Already sent",
    say: "This card was sent once, and it is sent only once.",
    do: "Wait for the answer.",
  },
  noteTooLong: { title: "Note too long", say: "Stripe takes shorter notes.", do: "Shorten the note." },
  badPaymentMethod: {
    title: "Card not read",
    say: "The card form gave an answer that the till can't use.",
    do: "Type the card once more.",
  },
  stripeUnreachable: {
    title: "No connection to Stripe",
    say: "Nothing came back from Stripe.",
    do: "Check the internet connection. The till keeps trying by itself.",
  },
  stripeAnswer: {
    title: "Stripe is having trouble",
    say: "Stripe's answer could not be read, or it had a fault of its own.",
    do: "Wait a minute. The till asks again by itself.",
  },
  stripeRejected: {
    title: "Stripe did not accept this",
    say: "Stripe refused the request as it was put.",
    do: "Read the details below, or show them to whoever looks after the till.",
  },
  keyRejected: {
    title: "Secret key not accepted",
    say: "Stripe does not know this secret key any more. It may have been replaced.",
    do: "Paste a new secret key in Settings.",
  },
  keyForbidden: {
    title: "Key may not do this",
    say: "The secret key is real, but it lacks a permission that the till needs.",
    do: "Make a new restricted key with the link in Settings, and paste it there.",
  },
  wrongAccount: {
    title: "Another Stripe account",
    say: "Stripe does not find this payment with the present keys. They belong to another account, or to the other mode.",
    do: "Put back the keys that were used for this payment.",
  },
  mismatch: {
    title: "Payment does not match",
    say: "Stripe's payment differs from the one this till made.",
    do: "Look at it in the Stripe Dashboard before going on.",
  },
  notAKey: {
    title: "Not a Stripe key",
    say: "What was pasted is not a key of Stripe's.",
    do: "Copy the key again. They begin with pk_ and with rk_ or sk_.",
  },
  keysSwapped: {
    title: "Keys in the wrong fields",
    say: "The key in one field belongs in the other.",
    do: "Put pk_ in the first field, rk_ or sk_ in the second.",
  },
  keyModes: {
    title: "One test key, one live key",
    say: "The two keys belong to different modes.",
    do: "Take both from test mode in the Dashboard, or both from live mode.",
  },
  keyAccounts: {
    title: "Keys of two accounts",
    say: "The two keys belong to different Stripe accounts.",
    do: "Take both keys from the same account.",
  },
  liveKeyHere: {
    title: "A live key",
    say: "Live keys are not taken here.",
    do: "Use test keys while the till talks to a test server.",
  },
  fullLiveKey: {
    title: "This key can do everything",
    say: "It is a full secret key of a live account: whoever gets hold of it can refund, pay out and read every customer.",
    do: "Better make a restricted key by the link below. Connect again to use this one all the same.",
  },
  notReady: {
    title: "Not ready for real money",
    say: "The self-check found something that would break the first sale.",
    do: "Settings → Diagnostics lists everything; the first fault stands in the details.",
  },
  noKey: {
    title: "No Stripe account yet",
    say: "No account is connected in this mode.",
    do: "Connect one in Settings, or go on in training.",
  },
  keychainMissing: {
    title: "No place for the secret key",
    say: "This computer has no password store that the till can use.",
    do: "Set up the system's password store (keychain), then try again.",
  },
  keychainLocked: {
    title: "Password store locked",
    say: "The secret key lies in this computer's password store, and that is locked.",
    do: "Unlock it, then try again.",
  },
  keychainDenied: {
    title: "Password store refused",
    say: "This computer did not let the till read or save the secret key.",
    do: "Allow Keytill to use the password store, then try again.",
  },
  journalUnwritable: {
    title: "This computer can't save",
    say: "The till can't write its journal, so it takes no cards.",
    do: "Check that the disk is not full, then start the till again.",
  },
  paidNotSaved: {
    title: "Approved, but not saved here",
    say: "The payment went through, and this computer cannot save it.",
    do: "Do not charge again. Note the reference below.",
  },
  journalDamaged: {
    title: "Journal damaged",
    say: "The till's record of payments does not add up, so nothing is changed in it and no cards are taken.",
    do: "Keep the file, and call whoever looks after the till.",
  },
  journalNewer: {
    title: "Made by a newer Keytill",
    say: "The till's record of payments was written by a newer version.",
    do: "Install the newest Keytill.",
  },
  journalMissing: {
    title: "The journal is gone",
    say: "There was a record of payments in this folder, and it is not there any more. No cards are taken.",
    do: "Put it back from a backup. If there is none, begin a new one.",
  },
  journalFull: {
    title: "The disk is full",
    say: "There is no room to write the till's journal, so it takes no cards.",
    do: "Make room on this computer, then start the till again.",
  },
  journalReadOnly: {
    title: "The journal is read-only",
    say: "The till may not write to its journal's folder or file, so it takes no cards.",
    do: "Give yourself the right to write there, then start the till again.",
  },
  alreadyRunning: {
    title: "Already open",
    say: "Another Keytill on this computer has the journal open.",
    do: "Use the one that is open, and close this one.",
  },
  apiNotLoopback: {
    title: "Test server refused",
    say: "KEYTILL_STRIPE_API names a computer other than this one.",
    do: "Give it a 127.0.0.1 address, or leave it out.",
  },
  settingsUnwritable: {
    title: "Settings not saved",
    say: "This computer could not save the settings.",
    do: "Check that the disk is not full and that the folder may be written, then save again.",
  },
  settingsDamaged: {
    title: "Settings began anew",
    say: "The settings file of this till could not be read and was put aside. No payments are in it.",
    do: "Look through Settings, and set the till up again.",
  },
  printFailed: {
    title: "Receipt not printed",
    say: "The printer did not take the receipt. The sale stands.",
    do: "Check the printer, then print again.",
  },
  currencyNotChosen: {
    title: "No currency chosen",
    say: "No cards are taken until somebody says in which currency this account charges.",
    do: "Choose it once.",
  },
  amountUnusual: {
    title: "A very large amount",
    say: "This is far above what this till usually takes.",
    do: "Check the amount, then charge again if it is right.",
  },
  cardNumberInText: {
    title: "A card number stands here",
    say: "Card numbers belong in the card window only, so this text was not kept.",
    do: "Write it again without the card's digits.",
  },
  chargeDisputed: {
    title: "Charge disputed",
    say: "The customer disputed this charge with their bank, so it can't be refunded here.",
    do: "Answer the dispute in the Stripe Dashboard.",
  },
  refundedElsewhere: {
    title: "Less is left than it seemed",
    say: "Part of this payment was refunded outside this till, so this refund was not sent.",
    do: "Look at what is left, then refund again if it is right.",
  },
  settingsUnreadable: {
    title: "Settings can't be read",
    say: "The till can't read its settings file. The file stays as it is, and no cards are taken.",
    do: "Mend what is named below, then start the till again.",
  },
  journalChanged: {
    title: "The journal was replaced",
    say: "The till's record of payments is no longer the file that was opened, so no cards are taken.",
    do: "Start the till again. If a copy was put there by mistake, put the right file back first.",
  },
  modeChanging: {
    title: "Changing the mode",
    say: "The till is opening another mode.",
    do: "Wait a moment, then try again.",
  },
  internal: {
    title: "A fault in the till",
    say: "Keytill did something it should not have done.",
    do: "Start it again. If it comes back, pass on the details below.",
  },
};

const MONEY: Readonly<Record<MoneyState, string>> = {
  notTaken: "The customer was not charged.",
  taken: "The customer was charged.",
  unknown: "It is not known yet whether the customer was charged.",
};

/** The first sentence: what is certain about the customer's money. None when the problem says nothing about money. */
export function aboutMoney(problem: Problem): string | null {
  return problem.money === null ? null : MONEY[problem.money];
}

/** Problems whose detail is for everybody to read, because what to do depends on it. */
export function detailMatters(problem: Problem): boolean {
  return problem.code === "paidNotSaved" || problem.code === "settingsUnreadable";
}

/** Whether a problem of the till's stops the sale, or is only something to know. */
export function stopsCharging(problem: Problem | null): boolean {
  return problem !== null && problem.code !== "settingsDamaged" && problem.code !== "settingsUnwritable";
}

/** A problem out of whatever a command was refused with. Words that are not ours become a detail, never a title. */
export function problemFrom(reason: unknown): Problem {
  if (isProblem(reason)) return reason;
  return { code: "internal", money: null, detail: reason instanceof Error ? reason.message : String(reason) };
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null || !("code" in value) || !("money" in value)) return false;
  return typeof value.code === "string" && Object.hasOwn(PROBLEMS, value.code) && isMoney(value.money);
}

function isMoney(value: unknown): value is MoneyState | null {
  if (value === null) return true;
  return typeof value === "string" && Object.hasOwn(MONEY, value);
}

import type { PaymentState } from "./bindings/PaymentState";
import type { PaymentView } from "./bindings/PaymentView";

/*
 * Each state of a payment in words, an icon and a tone. Three of them are outcomes: Approved, Declined, Not known yet.
 */

export type Tone = "approved" | "declined" | "unknown" | "calm";
export type IconName = "refund" | "tick" | "cross" | "question" | "clock" | "card" | "pause" | "lock" | "bar";

export interface StateWords {
  /** On the payment's panel, as a headline. */
  title: string;
  /** In a list. */
  short: string;
  icon: IconName;
  tone: Tone;
  /** Something is under way: show that it moves. */
  busy: boolean;
}

const calm = (title: string, short: string, icon: IconName, busy = false): StateWords => ({
  title,
  short,
  icon,
  tone: "calm",
  busy,
});

const unknown = (title: string, short: string, icon: IconName = "question"): StateWords => ({
  title,
  short,
  icon,
  tone: "unknown",
  busy: false,
});

const STATES: Readonly<Record<PaymentState, StateWords>> = {
  preparing: calm("Getting ready", "Getting ready", "clock", true),
  ready: calm("Waiting for the card", "Waiting for card", "card"),
  confirming: calm("Charging", "Charging", "clock", true),
  authenticating: calm("The bank is asking", "Bank is asking", "clock", true),
  finishing: calm("Finishing", "Finishing", "clock", true),
  processing: unknown("Still with the bank", "With the bank", "clock"),
  unknown: unknown("Not known yet", "Not known yet"),
  paused: unknown("Not charged so far", "Not charged yet", "pause"),
  cancelling: calm("Cancelling", "Cancelling", "clock", true),
  capturing: calm("Capturing", "Capturing", "clock", true),
  authorised: { title: "Authorised", short: "Authorised", icon: "lock", tone: "approved", busy: false },
  paid: { title: "Approved", short: "Paid", icon: "tick", tone: "approved", busy: false },
  void: calm("Cancelled", "Cancelled", "bar"),
  blocked: unknown("Needs attention", "Needs attention"),
};

const REFUNDED = calm("Refunded", "Refunded", "refund");
const PART_REFUNDED = calm("Part refunded", "Part refunded", "refund");
const DISPUTED = unknown("Disputed", "Disputed");

const DECLINED: StateWords = { title: "Declined", short: "Declined", icon: "cross", tone: "declined", busy: false };

/** A decline ends the attempt, not the payment: it is shown while the payment waits for another card. */
export function isDeclined(payment: Pick<PaymentView, "state" | "declined"> & Said): boolean {
  if (payment.declined === null || payment.money === "unknown") return false;
  return payment.state === "ready" || payment.state === "paused";
}

/** What Stripe has said about the money; the card window is shown nothing that waits for its word. */
type Said = Partial<Pick<PaymentView, "money">>;

/** What became of a payment's money after it was paid; the card window has no need of it. */
type Afterwards = Partial<Pick<PaymentView, "amount" | "refunds" | "refundedElsewhere" | "disputed">>;

export function stateWords(payment: Pick<PaymentView, "state" | "declined"> & Afterwards & Said): StateWords {
  if (isDeclined(payment)) return DECLINED;
  // Paused is "not charged so far" only where Stripe was read: a start finds it before.
  if (payment.state === "paused" && payment.money === "unknown") return STATES.unknown;
  if (payment.state !== "paid") return STATES[payment.state];
  if (payment.disputed) return DISPUTED;
  const back = refunded(payment);
  if (back === 0) return STATES.paid;
  return back < (payment.amount ?? 0) ? PART_REFUNDED : REFUNDED;
}

/** What the customer has back or will have, as far as is certain, in minor units: from here and from elsewhere. */
export function refunded({ refunds = [], refundedElsewhere = 0 }: Afterwards): number {
  const certain = refunds.filter(({ state }) => state === "succeeded" || state === "pending");
  return certain.reduce((sum, { amount }) => sum + amount, refundedElsewhere);
}

/** The bank or Stripe has the word: nothing may be typed or charged meanwhile. */
export function isUnderWay(state: PaymentState): boolean {
  return state === "confirming" || state === "authenticating" || state === "finishing";
}

/** The payment is finished for the cashier: what they type next is the next sale. */
export function isOver(payment: PaymentView): boolean {
  return payment.can.newSale && (payment.state === "paid" || payment.state === "void" || payment.state === "authorised");
}

import type { TimelineEntry } from "./bindings/TimelineEntry";

/*
 * The journal's facts in a shopkeeper's words. The names are the journal's and are never renamed there, but a newer
 * shell may know more of them: an unknown one is shown as it is written rather than left out.
 */
const FACTS: Readonly<Record<string, string>> = {
  saleFrozen: "Charge started",
  generationBegun: "Sent to Stripe",
  createRetried: "Sent to Stripe once more",
  intentCreated: "Stripe is ready for a card",
  attemptBegun: "Card sent to the bank",
  declined: "Declined",
  attemptRejected: "Stripe did not accept the card's request",
  authenticationWanted: "The bank asked the customer to confirm",
  finishBegun: "Confirmation sent to the bank",
  processingSeen: "The bank is still working on it",
  outcomeUnknown: "No answer that can be trusted",
  paused: "Not charged so far",
  continued: "Continued with another card",
  cancelBegun: "Cancelling",
  generationClosed: "Closed at Stripe: it can't be charged any more",
  voided: "Cancelled, nothing was charged",
  authorised: "Authorised: the money is reserved",
  captureBegun: "Capturing the reserved money",
  paid: "Paid",
  blocked: "Needs attention",
  receiptIssued: "Receipt printed",
  seen: "Seen by the cashier",
  intentAdopted: "Found at Stripe and taken up again",
  fromOlderCopy: "Read from an older copy of the journal",
  refundBegun: "Refund sent to Stripe",
  refundPending: "Refund on its way",
  refundSucceeded: "Refunded",
  refundBounced: "The bank sent the refund back",
  refundCanceled: "Refund called off at Stripe",
  refundUnknown: "No answer that can be trusted about the refund",
  refundRejected: "Stripe did not accept the refund",
  refundGivenUp: "Refund let go: Stripe never had it",
};

export function factInWords(entry: TimelineEntry): string {
  if (Object.hasOwn(FACTS, entry.kind)) return FACTS[entry.kind] ?? entry.kind;
  const spaced = entry.kind.replace(/([A-Z])/g, " $1").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

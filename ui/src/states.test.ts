import { describe, expect, it } from "vitest";
import type { PaymentView } from "./bindings/PaymentView";
import type { RefundState } from "./bindings/RefundState";
import type { PaymentState } from "./bindings/PaymentState";
import { isOver, isUnderWay, refunded, stateWords } from "./states";
import { paid, payment } from "./test/views";

const decline = { code: "card_declined", declineCode: null, adviceCode: null };

describe("the state of a payment in words", () => {
  it.each([
    ["paid", "Approved", "approved"],
    ["unknown", "Not known yet", "unknown"],
    ["paused", "Not charged so far", "unknown"],
    ["authorised", "Authorised", "approved"],
    ["void", "Cancelled", "calm"],
  ] as const)("%s is %s", (state, title, tone) => {
    expect(stateWords(payment({ state }))).toMatchObject({ title, tone });
  });

  it("says_not_charged_only_where_stripe_has_said_so", () => {
    for (const declined of [null, decline]) {
      const doubtful = payment({ state: "paused", money: "unknown", declined });
      expect(stateWords(doubtful)).toMatchObject({ title: "Not known yet", short: "Not known yet" });
    }
  });

  it("shows_a_decline_only_while_another_card_can_be_taken", () => {
    expect(stateWords(payment({ state: "ready", declined: decline })).title).toBe("Declined");
    expect(stateWords(payment({ state: "confirming", declined: decline })).title).toBe("Charging");
    expect(stateWords(payment({ state: "paid", declined: decline })).title).toBe("Approved");
  });

  it("says_refunded_instead_of_paid_once_money_went_back", () => {
    const back = (amount: number, state: RefundState = "succeeded") => ({ id: "r", amount, state, reason: "", why: null });
    const title = (part: Partial<PaymentView>) => stateWords({ ...paid(), ...part });
    expect(title({ refunds: [back(2345)] })).toMatchObject({ title: "Refunded", short: "Refunded", tone: "calm" });
    expect(title({ refunds: [back(1000)] })).toMatchObject({ short: "Part refunded", tone: "calm" });
    expect(title({ refunds: [back(1000, "pending"), back(345)], refundedElsewhere: 1000 }).short).toBe("Refunded");
    expect(title({ refundedElsewhere: 500 }).short).toBe("Part refunded");
    for (const state of ["asked", "unknown", "bounced", "canceled", "rejected", "givenUp"] as const) {
      expect(title({ refunds: [back(2345, state)] }).short, state).toBe("Paid");
    }
    expect(title({ disputed: true })).toMatchObject({ short: "Disputed", tone: "unknown" });
    expect(refunded({ refunds: [back(100), back(50, "bounced")], refundedElsewhere: 7 })).toBe(107);
  });

  it("is_under_way_exactly_while_the_bank_has_the_word", () => {
    const states: PaymentState[] = ["preparing", "ready", "confirming", "authenticating", "finishing", "unknown", "paid"];
    expect(states.filter(isUnderWay)).toEqual(["confirming", "authenticating", "finishing"]);
  });

  it("is_never_over_while_the_outcome_is_unknown", () => {
    const can = { ...payment().can, newSale: true };
    expect(isOver(payment({ state: "unknown", can }))).toBe(false);
    expect(isOver(payment({ state: "processing", can }))).toBe(false);
    expect(isOver(paid())).toBe(true);
  });
});

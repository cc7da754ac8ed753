import { describe, expect, it } from "vitest";
import type { PaymentState } from "./bindings/PaymentState";
import { isOver, isUnderWay, stateWords } from "./states";
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

  it("shows_a_decline_only_while_another_card_can_be_taken", () => {
    expect(stateWords(payment({ state: "ready", declined: decline })).title).toBe("Declined");
    expect(stateWords(payment({ state: "confirming", declined: decline })).title).toBe("Charging");
    expect(stateWords(payment({ state: "paid", declined: decline })).title).toBe("Approved");
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

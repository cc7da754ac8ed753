import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it } from "vitest";
import type { Problem } from "../bindings/Problem";
import ProblemBox from "./ProblemBox.svelte";

let shown: ReturnType<typeof mount> | undefined;

afterEach(async () => {
  if (shown) await unmount(shown);
  document.body.replaceChildren();
});

function show(part: Partial<Problem>): string {
  shown = mount(ProblemBox, { target: document.body, props: { problem: { code: "notNow", money: null, detail: null, ...part } } });
  flushSync();
  return document.querySelector('[data-test="problem"] .text')?.textContent ?? "";
}

const money = () => document.querySelector('[data-test="money"]')?.textContent ?? null;

describe("a problem on the screen", () => {
  it.each([
    ["notTaken", "The customer was not charged."],
    ["taken", "The customer was charged."],
    ["unknown", "It is not known yet whether the customer was charged."],
    [null, null],
  ] as const)("with money %s says first: %s", (state, sentence) => {
    const text = show({ money: state });
    expect(money()).toBe(sentence);
    if (sentence !== null) expect(text.startsWith(sentence)).toBe(true);
    else expect(text).not.toMatch(/charged/);
  });

  it("shows_the_reference_of_a_payment_that_could_not_be_saved", () => {
    show({ code: "paidNotSaved", money: "taken", detail: "pi_123" });
    expect(document.querySelector('[data-test="problem-reference"]')?.textContent).toBe("pi_123");
  });

  it("keeps_other_details_under_details", () => {
    show({ code: "stripeRejected", money: "notTaken", detail: "No such thing" });
    expect(document.querySelector('[data-test="problem-reference"]')).toBeNull();
    expect(document.querySelector("details")?.textContent).toContain("No such thing");
  });
});

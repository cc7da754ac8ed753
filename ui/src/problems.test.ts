import { describe, expect, it } from "vitest";
import type { MoneyState } from "./bindings/MoneyState";
import type { ProblemCode } from "./bindings/ProblemCode";
import { aboutMoney, problemFrom, PROBLEMS, stopsCharging } from "./problems";

const every = Object.entries(PROBLEMS);
const money = (state: MoneyState | null) => ({ code: "internal", money: state, detail: null }) as const;

describe("the words for problems", () => {
  it.each(every)("%s says what happened and what to do", (code, words) => {
    for (const text of [words.title, words.say, words.do]) {
      expect(text.trim()).not.toBe("");
      expect(text).not.toMatch(/^error|failed|oops|something went wrong/i);
      expect(text).not.toContain(code);
    }
    expect(words.say).toMatch(/\.$/);
    expect(words.do).toMatch(/\.$/);
  });

  it("leave_the_money_to_the_sentence_that_knows", () => {
    for (const [, words] of every) {
      expect(`${words.title} ${words.say} ${words.do}`).not.toMatch(/not charged|was charged/i);
    }
  });

  it("say_not_charged_only_when_stripe_said_so", () => {
    expect(aboutMoney(money("notTaken"))).toBe("The customer was not charged.");
    expect(aboutMoney(money("taken"))).toBe("The customer was charged.");
    expect(aboutMoney(money("unknown"))).toBe("It is not known yet whether the customer was charged.");
  });

  it("say_nothing_about_money_where_the_problem_says_nothing", () => {
    expect(aboutMoney(money(null))).toBeNull();
  });
});

describe("a problem of the till", () => {
  it("stops_the_sale_unless_it_is_about_settings", () => {
    const stops = (code: ProblemCode) => stopsCharging({ code, money: "notTaken", detail: null });
    expect(stops("journalUnwritable")).toBe(true);
    expect(stops("noKey")).toBe(true);
    expect(stops("currencyNotChosen")).toBe(true);
    expect(stops("journalChanged")).toBe(true);
    expect(stops("settingsDamaged")).toBe(false);
    expect(stopsCharging(null)).toBe(false);
  });
});

describe("a refusal", () => {
  it.each(["notTaken", "taken", "unknown", null] as const)("stays the problem it is, with money %s", (state) => {
    const problem = { code: "noKey", money: state, detail: null } as const;
    expect(problemFrom(problem)).toBe(problem);
  });

  it.each([["a string"], [new Error("a string")], [{ code: "unheard of", money: "taken" }], [{ code: "noKey", money: "perhaps" }], [{ code: "noKey" }], [null], [undefined]])(
    "of unknown form says nothing about money: %s",
    (reason) => {
      expect(problemFrom(reason)).toMatchObject({ code: "internal", money: null });
    },
  );
});

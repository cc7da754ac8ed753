import { describe, expect, it } from "vitest";
import type { MoneyState } from "./bindings/MoneyState";
import type { ProblemCode } from "./bindings/ProblemCode";
import { aboutMoney, problemFrom, PROBLEMS, stopsCharging } from "./problems";

const every = Object.entries(PROBLEMS);
const money = (state: MoneyState) => ({ code: "internal", money: state, detail: null }) as const;

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
    expect(aboutMoney(money("notTaken"), true)).toBe("The customer was not charged.");
    expect(aboutMoney(money("taken"), true)).toBe("The customer was charged.");
    expect(aboutMoney(money("unknown"), true)).not.toMatch(/was not charged/);
  });

  it("say_nothing_about_money_where_there_is_none", () => {
    expect(aboutMoney(money("notTaken"), false)).toBeNull();
  });
});

describe("a problem of the till", () => {
  it("stops_the_sale_unless_it_is_about_settings", () => {
    const stops = (code: ProblemCode) => stopsCharging({ code, money: "notTaken", detail: null });
    expect(stops("journalUnwritable")).toBe(true);
    expect(stops("noKey")).toBe(true);
    expect(stops("settingsDamaged")).toBe(false);
    expect(stopsCharging(null)).toBe(false);
  });
});

describe("a refusal", () => {
  it("stays_the_problem_it_is", () => {
    const problem = { code: "noKey", money: "notTaken", detail: null } as const;
    expect(problemFrom(problem)).toBe(problem);
  });

  it.each([["a string"], [new Error("a string")], [{ code: "unheard of", money: "taken" }], [null], [undefined]])(
    "of unknown form says nothing certain about money: %s",
    (reason) => {
      expect(problemFrom(reason)).toMatchObject({ code: "internal", money: "unknown" });
    },
  );
});

import { describe, expect, it } from "vitest";
import { holdsCardNumber } from "./cardNumber";
import examples from "./cardNumbers.json";

describe("a card number in a text", () => {
  it.each(examples.refused)("is found in %j", (text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });

  it.each(examples.taken)("is not found in %j", (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  it("is_found_whatever_stands_around_it", () => {
    for (const around of ["", "a ", "12/34 ", "No. 7: "]) {
      expect(holdsCardNumber(`${around}4000 0566 5566 5556${around}`)).toBe(true);
    }
  });
});

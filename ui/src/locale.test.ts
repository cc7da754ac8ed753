import { expect, test } from "vitest";
import { usable } from "./locale";

test("a language is kept, and a name that is none never reaches Intl", () => {
  expect(usable("de-DE")).toBe("de-DE");
  expect(usable("en-us")).toBe("en-US");
  for (const tag of ["C", "c.utf8", "", "en_US"]) {
    expect(usable(tag)).toBe("en");
    expect(() => new Intl.NumberFormat(usable(tag))).not.toThrow();
  }
});

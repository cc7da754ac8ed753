import { describe, expect, it } from "vitest";
import { figure, format, pieces } from "./money";

const usd = { code: "usd", decimals: 2 };
const eur = { code: "eur", decimals: 2 };
const jpy = { code: "jpy", decimals: 0 };
const kwd = { code: "kwd", decimals: 3 };
const isk = { code: "isk", decimals: 2 };

/** Locales put different widths of space there; which one is theirs to say. */
const plain = (text: string) => text.replace(/\s/g, " ");

describe("money", () => {
  it.each([
    [2345, usd, "en-US", "$23.45"],
    [5, usd, "en-US", "$0.05"],
    [0, usd, "en-US", "$0.00"],
    [99_999_999, usd, "en-US", "$999,999.99"],
    [99_999_999, jpy, "en-US", "¥99,999,999"],
    [2345, jpy, "ja-JP", "¥2,345"],
    [99_999_999, eur, "de-DE", "999.999,99 €"],
    [2345, eur, "fr-FR", "23,45 €"],
    [12_345, kwd, "en-US", "KWD 12.345"],
    [99_999_999, { code: "inr", decimals: 2 }, "en-IN", "₹9,99,999.99"],
    [-1200, usd, "en-US", "−$12.00"],
  ])("writes %i of %o in %s as %s", (minor, currency, locale, text) => {
    expect(plain(format(minor, currency, locale)).replace("￥", "¥")).toBe(text);
  });

  it("goes_by_stripes_decimals_and_not_by_the_locales", () => {
    expect(figure(123_400, isk, "is-IS")).toBe("1.234,00");
  });

  it("is_exact_where_division_by_a_hundred_is_not", () => {
    for (let minor = 0; minor <= 100_000; minor += 7) {
      const written = figure(minor, usd, "en-US").replace(/\D/g, "");
      expect(Number(written)).toBe(minor);
    }
  });

  it("uses_the_same_digits_everywhere", () => {
    expect(figure(2345, usd, "ar-EG")).toMatch(/^23.45$/);
  });

  it("tells_the_sign_from_the_figure", () => {
    expect(pieces(2345, usd, "en-US")).toEqual([
      { kind: "sign", text: "$" },
      { kind: "figure", text: "23.45" },
    ]);
  });
});

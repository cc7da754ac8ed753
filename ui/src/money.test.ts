import { describe, expect, it } from "vitest";
import { codeBeside, currencyInWords, figure, format, formatInList, formatShort, parse, pieces } from "./money";

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
    expect(plain(formatShort(minor, currency, locale)).replace("￥", "¥")).toBe(text);
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
      { kind: "code", text: " USD" },
    ]);
  });
});

describe("a sign that several currencies have", () => {
  it.each(["usd", "aud", "cad", "nzd", "sgd", "hkd", "mxn", "sek", "nok", "dkk", "jpy", "cny", "gbp", "krw"])(
    "of %s stands with the code",
    (code) => {
      expect(codeBeside({ code, decimals: 2 }, "en-US")).toBe(code.toUpperCase());
      expect(format(2345, { code, decimals: 2 }, "en-US")).toMatch(new RegExp(`23\\.45 ${code.toUpperCase()}$`));
    },
  );

  it.each(["eur", "inr", "ils", "kwd", "chf"])("is not %s's", (code) => {
    expect(codeBeside({ code, decimals: 2 }, "en-US")).toBeNull();
  });

  it("is_one_however_the_language_writes_it", () => {
    expect(codeBeside({ code: "dkk", decimals: 2 }, "da-DK")).toBe("DKK");
    expect(codeBeside({ code: "sek", decimals: 2 }, "en-AU")).toBe("SEK");
    expect(codeBeside(jpy, "ja-JP")).toBe("JPY");
  });

  it("needs_its_code_in_a_list_only_beside_another_currency", () => {
    const cad = { code: "cad", decimals: 2 };
    expect(formatInList(2345, usd, usd, "en-US")).toBe("$23.45");
    expect(formatInList(2345, cad, usd, "en-US")).toBe("$23.45 CAD");
  });

  it("has_a_name_to_choose_it_by", () => {
    expect(currencyInWords("usd")).toBe("USD – US Dollar");
    expect(currencyInWords("zzz")).toBe("ZZZ");
  });
});

describe("an amount that somebody typed", () => {
  it.each([
    ["12", usd, "en-US", 1200],
    ["12.5", usd, "en-US", 1250],
    ["12,50", usd, "en-US", 1250],
    ["1,234.50", usd, "en-US", 123_450],
    ["$1,234.50 USD", usd, "en-US", 123_450],
    ["1.234,50 €", eur, "de-DE", 123_450],
    ["1234567,8", eur, "de-DE", 123_456_780],
    ["1,234", jpy, "en-US", 1234],
    ["12,34,567.89", { code: "inr", decimals: 2 }, "en-IN", 123_456_789],
    ["1’234.50", { code: "chf", decimals: 2 }, "de-CH", 123_450],
    ["1.234", kwd, "en-US", 1234],
    ["١٢٫٥٠", usd, "ar-EG", 1250],
    ["۱۲٬۳۴۵٫۵", usd, "fa-IR", 1_234_550],
    ["१२.५०", usd, "hi-IN", 1250],
    ["１２．50".replace("．", "."), usd, "ja-JP", 1250],
    ["๑๒", usd, "th-TH", 1200],
  ])("%s of %o in %s is %s", (text, currency, locale, minor) => {
    expect(parse(text, currency, locale)).toBe(minor);
  });

  it.each([
    ["", usd],
    ["abc", usd],
    ["-1", usd],
    ["1.", usd],
    ["1.234", usd],
    ["1,234", usd],
    ["1,234", kwd],
    ["1,23,4", usd],
    ["1.5", jpy],
    ["4111111111111111", usd],
  ])("%s of %o is none, or could be two", (text, currency) => {
    expect(parse(text, currency, "en-US")).toBeNull();
  });

  it.each(["en-US", "de-DE", "de-CH", "fr-FR", "sv-SE", "ja-JP", "ar-EG", "fa-IR", "en-IN", "pt-BR", "pl-PL"])(
    "is understood as the till itself writes it in %s",
    (locale) => {
      for (const currency of [usd, eur, jpy, { code: "sek", decimals: 2 }, { code: "inr", decimals: 2 }]) {
        for (const minor of [5, 1234, 123_456, 12_345_678]) {
          expect(parse(format(minor, currency, locale), currency, locale)).toBe(minor);
          expect(parse(figure(minor, currency, locale), currency, locale)).toBe(minor);
        }
      }
    },
  );
});

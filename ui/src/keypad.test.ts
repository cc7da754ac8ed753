import { describe, expect, it } from "vitest";
import { fits, isLetter, keyOf, press, type Key, type Stroke } from "./keypad";

const typed = (...keys: Key[]) => keys.reduce(press, 0);

function stroke(key: string, part: Partial<Stroke> = {}): Stroke {
  return { key, code: "", ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...part };
}

describe("the keypad", () => {
  it("fills_the_amount_from_the_right", () => {
    expect(typed("2", "3", "4", "5")).toBe(2345);
    expect(typed("1", "2", "00")).toBe(1200);
  });

  it("begins_with_no_empty_digits", () => {
    expect(typed("0", "00", "0")).toBe(0);
    expect(typed("0", "5")).toBe(5);
  });

  it("takes_digits_back_one_by_one_and_clears_at_once", () => {
    expect(typed("2", "3", "4", "back")).toBe(23);
    expect(typed("back")).toBe(0);
    expect(typed("2", "3", "clear")).toBe(0);
  });

  it("holds_eight_digits_and_leaves_the_amount_alone_after_that", () => {
    const full = typed("9", "9", "9", "9", "9", "9", "9", "9");
    expect(full).toBe(99_999_999);
    expect(press(full, "1")).toBe(full);
    expect(press(full, "00")).toBe(full);
    expect(press(9_999_999, "00")).toBe(9_999_999);
    expect(fits(full, "1")).toBe(false);
    expect(fits(9_999_999, "0")).toBe(true);
    expect(fits(full, "back")).toBe(true);
  });
});

describe("the keyboard as a keypad", () => {
  it.each([
    [stroke("7"), "7"],
    [stroke("7", { code: "Numpad7" }), "7"],
    [stroke("Home", { code: "Numpad7" }), "7"],
    [stroke("Backspace"), "back"],
    [stroke("Escape"), "clear"],
    [stroke("."), null],
    [stroke(","), null],
    [stroke("Delete", { code: "NumpadDecimal" }), null],
    [stroke("a"), null],
    [stroke("F5"), null],
    [stroke("Enter", { code: "NumpadEnter" }), null],
    // French and Czech: the top row without Shift, and with it.
    [stroke("&", { code: "Digit1" }), "1"],
    [stroke("à", { code: "Digit0" }), "0"],
    [stroke("ě", { code: "Digit2" }), "2"],
    [stroke("Dead", { code: "Digit6" }), "6"],
    [stroke("1", { code: "Digit1", shiftKey: true }), "1"],
    [stroke("$", { code: "Digit4", shiftKey: true }), null],
    [stroke("٣", { code: "Digit3" }), "3"],
    [stroke("۳", { code: "KeyE" }), "3"],
    [stroke("३"), "3"],
    [stroke("๓"), "3"],
    [stroke("３"), "3"],
  ])("reads %o as %s", (pressed, key) => {
    expect(keyOf(pressed)).toBe(key);
  });

  it("leaves_the_systems_shortcuts_alone", () => {
    expect(keyOf(stroke("1", { ctrlKey: true }))).toBeNull();
    expect(keyOf(stroke("1", { altKey: true }))).toBeNull();
    expect(keyOf(stroke("1", { metaKey: true }))).toBeNull();
    expect(keyOf(stroke("&", { code: "Digit1", ctrlKey: true }))).toBeNull();
  });
});

describe("a command letter", () => {
  it("is_the_one_printed_on_the_key_or_its_place_where_there_are_no_latin_letters", () => {
    expect(isLetter(stroke("P", { code: "KeyP", shiftKey: true }), "p")).toBe(true);
    expect(isLetter(stroke("p", { code: "KeyR" }), "p")).toBe(true);
    expect(isLetter(stroke("ح", { code: "KeyP" }), "p")).toBe(true);
    expect(isLetter(stroke("l", { code: "KeyP" }), "p")).toBe(false);
    expect(isLetter(stroke("p", { ctrlKey: true }), "p")).toBe(false);
  });
});

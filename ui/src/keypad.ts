import { digitValue } from "./digits";

/*
 * The amount on the keypad: digits come in from the right, so `2345` is 23.45 and no key for the decimal point is
 * needed. Totals are minor units, so the same keys do for a currency without decimals.
 */

export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "00" | "back" | "clear";

/** Stripe takes no more digits in one payment. */
export const MOST_DIGITS = 8;

/** The total after one key. A key that would make it too long changes nothing. */
export function press(total: number, key: Key): number {
  if (key === "clear") return 0;
  if (key === "back") return Math.trunc(total / 10);
  return fits(total, key) ? Number(typed(total, key)) : total;
}

/** Whether there is still room for this key. */
export function fits(total: number, key: Key): boolean {
  return !addsDigits(key) || Number(typed(total, key)) < 10 ** MOST_DIGITS;
}

export function addsDigits(key: Key): boolean {
  return key !== "clear" && key !== "back";
}

function typed(total: number, key: Key): string {
  return String(total) + key;
}

/** What a key event reads of the keyboard. */
export interface Stroke {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** The keypad's key for a key of the keyboard; none for one that means nothing here, as `.` and `,`. */
export function keyOf(stroke: Stroke): Key | null {
  if (stroke.ctrlKey || stroke.altKey || stroke.metaKey) return null;
  const digit = digitValue(stroke.key);
  if (digit !== null) return String(digit) as Key;
  // With Num Lock off the number block still types numbers at a till.
  const block = /^Numpad([0-9])$/.exec(stroke.code);
  if (block) return block[1] as Key;
  // Where the digits of the top row need Shift (French, Czech), the row itself counts without it.
  const row = /^Digit([0-9])$/.exec(stroke.code);
  if (row && !stroke.shiftKey) return row[1] as Key;
  if (stroke.key === "Backspace") return "back";
  if (stroke.key === "Escape") return "clear";
  return null;
}

/** Whether a key is this letter: by what is printed on it, or by its place where the layout has no Latin letters. */
export function isLetter(stroke: Stroke, letter: string): boolean {
  if (stroke.ctrlKey || stroke.altKey || stroke.metaKey) return false;
  if (/^\p{Script=Latin}$/u.test(stroke.key)) return stroke.key.toLowerCase() === letter;
  return stroke.code === `Key${letter.toUpperCase()}`;
}

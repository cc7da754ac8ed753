/*
 * Decimal digits of every script. A keyboard in Cairo, Tehran or Delhi may type its own, and they mean the same numbers.
 */

const DIGIT = /^\p{Nd}$/u;

/** What one character is worth as a decimal digit; null for any other character. */
export function digitValue(char: string): number | null {
  if (!DIGIT.test(char)) return null;
  const code = char.codePointAt(0) ?? 0;
  // Unicode has them in unbroken runs of ten, from 0 to 9.
  let zero = code;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}

/** The same text with every decimal digit written as 0 to 9. */
export function withPlainDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (char) => String(digitValue(char) ?? char));
}

import type { CurrencyView } from "./bindings/CurrencyView";
import { systemLocale } from "./locale";

/*
 * Money as people read it. Amounts are whole minor units and never become a fraction on the way: the figure is
 * built from its digits, and only signs, separators and their places come from the locale.
 */

/** A formatted amount in reading order, so that a screen can set the sign apart from the figure. */
export interface Piece {
  kind: "sign" | "figure";
  text: string;
}

interface Pattern {
  whole: Intl.NumberFormat;
  separator: string;
}

const patterns = new Map<string, Pattern>();

/** The amount with its currency sign, e.g. `$23.45`, `23,45 €`, `¥2,345`. */
export function format(minor: number, currency: CurrencyView, locale?: string): string {
  return pieces(minor, currency, locale)
    .map((piece) => piece.text)
    .join("");
}

/** The amount without a sign, e.g. `23.45`. */
export function figure(minor: number, currency: CurrencyView, locale?: string): string {
  return pieces(minor, currency, locale)
    .filter((piece) => piece.kind === "figure")
    .map((piece) => piece.text)
    .join("");
}

/** Minor units of what somebody typed, e.g. `12`, `12.5` or `12,50`; null if that is no amount of this currency. */
export function parse(text: string, currency: CurrencyView): number | null {
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text.trim());
  if (!match) return null;
  const fraction = (match[2] ?? "").padEnd(currency.decimals, "0");
  if (fraction.length !== currency.decimals) return null;
  return Number((match[1] ?? "") + fraction);
}

export function pieces(minor: number, currency: CurrencyView, locale?: string): Piece[] {
  const pattern = patternOf(currency, locale);
  const digits = String(Math.abs(minor)).padStart(currency.decimals + 1, "0");
  const split = digits.length - currency.decimals;
  const fraction = currency.decimals > 0 ? pattern.separator + digits.slice(split) : "";
  const parts = pattern.whole.formatToParts(BigInt(digits.slice(0, split)));
  const figureAt = lastIndexOf(parts, (part) => part.type === "integer");
  const out: Piece[] = minor < 0 ? [{ kind: "figure", text: "−" }] : [];
  parts.forEach((part, at) => {
    const inFigure = part.type === "integer" || part.type === "group";
    const text = at === figureAt ? part.value + fraction : part.value;
    append(out, inFigure ? "figure" : "sign", text);
  });
  return out;
}

function append(out: Piece[], kind: Piece["kind"], text: string): void {
  const last = out.at(-1);
  if (last?.kind === kind) last.text += text;
  else out.push({ kind, text });
}

function patternOf(currency: CurrencyView, locale = systemLocale()): Pattern {
  const key = `${locale} ${currency.code}`;
  const known = patterns.get(key);
  if (known) return known;
  const made = { whole: wholeFormat(currency, locale), separator: separatorOf(currency, locale) };
  patterns.set(key, made);
  return made;
}

function wholeFormat(currency: CurrencyView, locale: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.code.toUpperCase(),
    currencyDisplay: "narrowSymbol",
    numberingSystem: "latn",
    minimumFractionDigits: 0,
    maximumFractionDigits: 0,
  });
}

/** Currencies may have a separator of their own (Swiss francs do), so ask with the currency's name. */
function separatorOf(currency: CurrencyView, locale: string): string {
  const probe = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.code.toUpperCase(),
    numberingSystem: "latn",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return probe.formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";
}

function lastIndexOf<T>(list: readonly T[], wanted: (item: T) => boolean): number {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const item = list[at];
    if (item !== undefined && wanted(item)) return at;
  }
  return -1;
}

import type { CurrencyView } from "./bindings/CurrencyView";
import { withPlainDigits } from "./digits";
import { systemLocale } from "./locale";

/*
 * Money as people read it. Amounts are whole minor units and never become a fraction on the way: the figure is
 * built from its digits, and only signs, separators and their places come from the locale.
 */

/** A formatted amount in reading order, so that a screen can set the sign apart from the figure. */
export interface Piece {
  kind: "sign" | "figure" | "code";
  text: string;
}

interface Pattern {
  whole: Intl.NumberFormat;
  /** Between the whole and its fraction. */
  point: string;
  /** Beside the figure where the sign alone does not name the currency. */
  code: string | null;
}

const patterns = new Map<string, Pattern>();

/**
 * The amount with its currency sign, and with the currency's code where other currencies have the same sign:
 * `23,45 €`, `$23.45 USD`.
 */
export function format(minor: number, currency: CurrencyView, locale?: string): string {
  return joined(pieces(minor, currency, locale));
}

/** The amount with its sign alone, for where the code stands beside it already. */
export function formatShort(minor: number, currency: CurrencyView, locale?: string): string {
  return joined(pieces(minor, currency, locale).filter((piece) => piece.kind !== "code"));
}

/** In a list of the till's own currency, only another currency needs its code. */
export function formatInList(minor: number, currency: CurrencyView, usual: CurrencyView, locale?: string): string {
  return currency.code === usual.code ? formatShort(minor, currency, locale) : format(minor, currency, locale);
}

/** The amount without a sign, e.g. `23.45`. */
export function figure(minor: number, currency: CurrencyView, locale?: string): string {
  return joined(pieces(minor, currency, locale).filter((piece) => piece.kind === "figure"));
}

/** The code of a currency whose sign is not its own, e.g. `USD`; null where the sign says it all. */
export function codeBeside(currency: CurrencyView, locale?: string): string | null {
  return patternOf(currency, locale).code;
}

/** `USD – US dollar`, in the language of the screen. */
export function currencyInWords(code: string, locale = "en"): string {
  const upper = code.toUpperCase();
  const name = new Intl.DisplayNames([locale], { type: "currency", fallback: "none" }).of(upper);
  return name === undefined ? upper : `${upper} – ${name}`;
}

/**
 * Minor units of what somebody typed, in the till's own notation or without what groups thousands: `12`, `12.5`,
 * `12,50`, `$1,234.50`. Null if that is no amount of this currency, or could be read as two.
 */
export function parse(text: string, currency: CurrencyView, locale?: string): number | null {
  const number = bare(text, currency, locale);
  if (!/^\d[\d.,]*$/.test(number)) return null;
  const split = splitAt(number, currency, locale);
  if (split === null) return null;
  const whole = number.slice(0, split);
  const fraction = number.slice(split + 1).padEnd(currency.decimals, "0");
  if (!GROUPED.test(whole) || fraction.length !== currency.decimals) return null;
  const digits = whole.replaceAll(/[.,]/g, "");
  return digits.length > 12 ? null : Number(digits + fraction);
}

/** Whole digits with one kind of mark between groups: of three, or in India of two before the last three. */
const GROUPED = /^(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})$/;

/** Without signs, codes, spaces and marks that nobody reads as a decimal point. */
function bare(text: string, currency: CurrencyView, locale?: string): string {
  let number = withPlainDigits(text).replaceAll(/[\s\p{Cf}'’٬]/gu, "").replaceAll("٫", ".");
  const signs = pieces(0, currency, locale).filter((piece) => piece.kind !== "figure");
  for (const sign of [...signs.map((piece) => piece.text.replaceAll(/[\s\p{Cf}]/gu, "")), currency.code.toUpperCase()]) {
    if (sign !== "") number = number.replace(sign, "");
  }
  return number;
}

/** Where the decimal point stands, or the end if there is none; null if the text could be read as two amounts. */
function splitAt(number: string, currency: CurrencyView, locale?: string): number | null {
  const marks = [...number.matchAll(/[.,]/g)];
  const last = marks.at(-1);
  if (last === undefined) return number.length;
  const behind = number.length - last.index - 1;
  if (behind === 0) return null;
  if (new Set(marks.map(String)).size > 1) return last.index;
  if (marks.length > 1) return number.length;
  if (currency.decimals === 0) return number.length;
  // Three digits behind a single mark are thousands to some and a fraction to others: only the till's own point is sure.
  if (behind === 3 && last[0] !== patternOf(currency, locale).point) return null;
  return last.index;
}

export function pieces(minor: number, currency: CurrencyView, locale?: string): Piece[] {
  const pattern = patternOf(currency, locale);
  const digits = String(Math.abs(minor)).padStart(currency.decimals + 1, "0");
  const split = digits.length - currency.decimals;
  const fraction = currency.decimals > 0 ? pattern.point + digits.slice(split) : "";
  const parts = pattern.whole.formatToParts(BigInt(digits.slice(0, split)));
  const figureAt = lastIndexOf(parts, (part) => part.type === "integer");
  const out: Piece[] = minor < 0 ? [{ kind: "figure", text: "−" }] : [];
  parts.forEach((part, at) => {
    const inFigure = part.type === "integer" || part.type === "group";
    const text = at === figureAt ? part.value + fraction : part.value;
    append(out, inFigure ? "figure" : "sign", text);
  });
  if (pattern.code !== null) out.push({ kind: "code", text: ` ${pattern.code}` });
  return out;
}

function joined(all: readonly Piece[]): string {
  return all.map((piece) => piece.text).join("");
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
  const made = {
    whole: wholeFormat(currency.code, locale),
    point: pointOf(currency, locale),
    code: codeIfShared(currency.code.toUpperCase(), locale),
  };
  patterns.set(key, made);
  return made;
}

function wholeFormat(code: string, locale: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: code.toUpperCase(),
    currencyDisplay: "narrowSymbol",
    numberingSystem: "latn",
    minimumFractionDigits: 0,
    maximumFractionDigits: 0,
  });
}

/**
 * A sign that another currency has too says nothing to whoever expects that other one. Which do is asked of the system,
 * which knows every currency and how each is written in this language.
 */
function codeIfShared(code: string, locale: string): string | null {
  const sign = signOf(code, locale);
  const shared = Intl.supportedValuesOf("currency").some((other) => other !== code && signOf(other, locale) === sign);
  return shared ? code : null;
}

/** The sign as a person tells it apart: `kr.` and `Kr` are one, and so are both widths of `¥`. */
function signOf(code: string, locale: string): string {
  const key = `${locale} ${code}`;
  const known = signs.get(key);
  if (known !== undefined) return known;
  const part = wholeFormat(code, locale)
    .formatToParts(0)
    .find(({ type }) => type === "currency");
  const sign = (part?.value ?? code).normalize("NFKC").replaceAll(/[\s.\p{Cf}]/gu, "").toLowerCase();
  signs.set(key, sign);
  return sign;
}

const signs = new Map<string, string>();

/** Currencies may have a separator of their own (Swiss francs do), so ask with the currency's name. */
function pointOf(currency: CurrencyView, locale: string): string {
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

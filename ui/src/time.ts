import { systemLocale } from "./locale";

/* Unix seconds as a person at a counter reads them. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `14:03` */
export const timeOf = (at: number, locale?: string) => say(at, { timeStyle: "short" }, locale);

/** `14:03:58` */
export const secondOf = (at: number, locale?: string) =>
  say(at, { timeStyle: "medium" }, locale);

/** `Tue 14:03` */
export const weekdayTime = (at: number, locale?: string) =>
  `${say(at, { weekday: "short" }, locale)} ${timeOf(at, locale)}`;

/** `24 Nov 2026, 14:03` */
export const dayAndTime = (at: number, locale?: string) => say(at, { dateStyle: "medium", timeStyle: "short" }, locale);

/** `Tue 24 Nov, 14:03`: for a date that is near. */
export const deadline = (at: number, locale?: string) =>
  say(at, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }, locale);

/** `Today`, `Yesterday`, or `Fri, 20 Nov`: the heading above a day's rows. */
export function dayInWords(at: number, now: number, locale?: string): string {
  if (sameDay(at, now)) return "Today";
  // A day has 23 or 25 hours where the clocks are changed.
  const yesterday = new Date(now * 1000);
  yesterday.setDate(yesterday.getDate() - 1);
  if (sameDay(at, yesterday.getTime() / 1000)) return "Yesterday";
  const sameYear = new Date(at * 1000).getFullYear() === new Date(now * 1000).getFullYear();
  const year = sameYear ? {} : ({ year: "numeric" } as const);
  return say(at, { weekday: "short", day: "numeric", month: "short", ...year }, locale);
}

export function sameDay(one: number, other: number): boolean {
  return new Date(one * 1000).toDateString() === new Date(other * 1000).toDateString();
}

/** The time for today, the day as well for any other. */
export function whenInList(at: number, now: number, locale?: string): string {
  if (sameDay(at, now)) return timeOf(at, locale);
  return `${say(at, { day: "numeric", month: "short" }, locale)} ${timeOf(at, locale)}`;
}

function say(at: number, options: Intl.DateTimeFormatOptions, locale = systemLocale()): string {
  const key = locale + JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, numberingSystem: "latn" });
  formats.set(key, format);
  return format.format(new Date(at * 1000));
}

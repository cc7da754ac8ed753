/*
 * The language numbers and dates are written in. Under a bare system WebKitGTK names the POSIX locale `C`, which is no
 * language, and every `Intl` constructor throws on it.
 */
export function usable(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? FALLBACK;
  } catch {
    return FALLBACK;
  }
}

const FALLBACK = "en";

export const systemLocale = (): string => usable(navigator.language);

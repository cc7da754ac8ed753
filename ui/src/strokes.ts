/*
 * A barcode scanner is a keyboard, and what it types must not become an amount or a command. It gives itself away by its
 * speed alone, so every judgement here goes by the time stamps of the key events: those say when a key was pressed, even
 * when this page was too busy to look.
 */

/** A scanner leaves at most some 30 ms between two keys; keys that a person rolls off the fingers are further apart. */
const SCANNER_MS = 35;
/** Two keys may fall together under two fingers. Three in a row at a scanner's speed do not. */
const SCANNER_KEYS = 3;
/** A character and its Enter this close are a code of one character. */
const AT_ONCE_MS = 20;
/** Keys closer than this are one run: a scan is a scan from the first key of its run to an Enter that comes late. */
export const PAUSE_MS = 150;
/** A key stands alone when none follows it at a scanner's speed. The rest is for timers that fire early. */
export const ALONE_MS = SCANNER_MS + 20;
/** A scan that was found out ends here: what follows more slowly, a person types. */
const SCAN_ENDS_MS = 60;
/** An Enter this soon after the screen changed by itself was meant for what stood there before. */
export const SETTLING_MS = 300;
/** Keys closer than this are typed in one go, as the digits of a card are. */
const SERIES_MS = 300;

export interface Reading {
  /** The first key of a run. */
  begins: boolean;
  /** It came at a scanner's speed after the key before it. */
  fast: boolean;
  /** It belongs to a scan. */
  scan: boolean;
  /** It is the key by which the scan was found out. */
  found: boolean;
}

export class Strokes {
  /** When this series of keys was begun, on the clock of the time stamps. */
  seriesBegan = -Infinity;
  #last = -Infinity;
  #character = false;
  #inARow = 0;
  #scan = false;

  /** Takes in the next key that was pressed. Modifiers and repeats are none. */
  read(key: string, at: number): Reading {
    const gap = at - this.#last;
    // A clock that was turned back says nothing; it begins anew.
    const begins = gap < 0 || gap > PAUSE_MS || (this.#scan && gap > SCAN_ENDS_MS && !endsScan(key));
    // A scanner sends no Backspace and no Escape; a person may hold them down.
    const types = [...key].length === 1 || endsScan(key);
    const fast = !begins && types && gap <= SCANNER_MS;
    const code = !begins && gap <= AT_ONCE_MS && this.#character && endsScan(key);
    if (gap < 0 || gap > SERIES_MS) this.seriesBegan = at;
    if (begins) this.#scan = false;
    this.#inARow = fast ? this.#inARow + 1 : Number(types);
    const found = !this.#scan && (this.#inARow >= SCANNER_KEYS || code);
    if (found) this.#scan = true;
    this.#last = at;
    this.#character = [...key].length === 1;
    return { begins, fast, scan: this.#scan, found };
  }
}

/** What a scanner may send behind the code. */
export function endsScan(key: string): boolean {
  return key === "Enter" || key === "Tab";
}

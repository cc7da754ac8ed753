import { ALONE_MS, endsScan, PAUSE_MS, Strokes } from "./strokes";
import { till } from "./till.svelte";

/*
 * Every key of the till window passes here first. A scan is kept from all screens, a held key from everything but moving
 * about, and what is left are the keys that a person pressed.
 */

const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "Fn"];
/** Held down, these move about; anything else would command again and again. */
const MOVES = /^(?:Arrow|Page|Home|End|Tab)/;
/** A held key comes again sooner than this, even on a keyboard that is set to be slow. */
const HELD_MS = 1500;
/** A time stamp further off than this is on another clock than the page's. */
const PLAUSIBLE_MS = 10_000;

class Keyboard {
  /** When the present key was pressed, on the page's clock. */
  at = 0;
  /** When the keys began that it follows without a pause. */
  seriesBegan = 0;
  /** Digits are among those keys: an Enter behind them means the number, and not what a screen asks. */
  seriesHasDigits = false;

  /** How many Enters have come since the page was loaded, whatever they did. */
  enters = 0;
  /** The present key is one that is held down. */
  isHeld = false;

  #code = "";
  #pressed = -Infinity;
  #strokes = new Strokes();
  /** The present key followed the one before it at a scanner's speed. */
  #fast = false;
  #waiting: (() => void) | null = null;
  #alone: ReturnType<typeof setTimeout> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** Looks at a key before the screen does, and stops it if it is not the person's. */
  take(event: KeyboardEvent): void {
    if (event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter") this.enters += 1;
    const text = isText(event.target);
    this.isHeld = this.#isHeld(event);
    if (this.isHeld) {
      if (!text && !MOVES.test(event.key) && event.key !== "Backspace") stop(event);
      return;
    }
    this.at = onPageClock(event.timeStamp);
    this.seriesBegan = this.at;
    if (event.isComposing || event.ctrlKey || event.metaKey || MODIFIERS.includes(event.key)) return;
    const { begins, fast, scan, found } = this.#strokes.read(event.key, event.timeStamp);
    this.seriesBegan = this.at - (event.timeStamp - this.#strokes.seriesBegan);
    if (this.seriesBegan === this.at) this.seriesHasDigits = false;
    this.seriesHasDigits ||= /^\p{Nd}$/u.test(event.key) || /^(?:Digit|Numpad)[0-9]$/.test(event.code);
    this.#answerWaiting(!fast);
    this.#fast = fast;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      till.runEnds();
    }, PAUSE_MS);
    if (begins) till.runBegins();
    if (!scan) return;
    if (text) {
      // A text takes scans in, but a scan sends no form.
      if (fast && endsScan(event.key)) stop(event);
    } else {
      stop(event);
      if (found) till.runWasScan();
    }
  }

  /**
   * A key that is held down comes again and again. One that was released while another window had the keyboard is called
   * held, too, when it is pressed the next time: this window did not hear of the release.
   */
  #isHeld(event: KeyboardEvent): boolean {
    const again = event.repeat && event.code === this.#code && event.timeStamp - this.#pressed < HELD_MS;
    this.#code = event.code;
    this.#pressed = event.timeStamp;
    return again;
  }

  /** Does something as soon as it is certain that the present key is not the beginning of a scan. */
  alone(act: () => void): void {
    if (this.#fast) return;
    this.#waiting = act;
    this.#alone = setTimeout(() => {
      this.#answerWaiting(true);
    }, ALONE_MS);
  }

  #answerWaiting(alone: boolean): void {
    clearTimeout(this.#alone);
    const act = this.#waiting;
    this.#waiting = null;
    if (alone) act?.();
  }
}

/** The keyboard of this window. */
export const keyboard = new Keyboard();

/** Where typing means text. */
export function isText(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TEXT) !== null;
}

/** What an Enter presses by itself, once a person has moved the focus there. */
export function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a[href], summary, input, select, textarea") !== null;
}

const TEXT = "textarea, input:not([type=radio]):not([type=checkbox])";

function stop(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Some systems count their time stamps from another moment than the page; then the present has to do. */
function onPageClock(at: number): number {
  const now = performance.now();
  return Math.abs(now - at) < PLAUSIBLE_MS ? at : now;
}

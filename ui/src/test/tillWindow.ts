import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, vi } from "vitest";
import type { TillView } from "../bindings/TillView";
import * as ipc from "../ipc";
import { paid, tillView } from "./views";
import { till } from "../till.svelte";
import TillWindow from "../screens/TillWindow.svelte";

/* The till window with a shell that a test answers for. A test file mocks `ipc` itself: that is done before all imports. */

export const shell = vi.mocked(ipc);
export const SETTLED_MS = 400;
/** A person's pace: twelve keys a second. */
const PERSON_MS = 83;
let started = 0;

let send: (view: TillView) => void;
let page: Record<string, unknown>;

export const find = <T extends HTMLElement = HTMLElement>(test: string) =>
  document.querySelector<T>(`[data-test="${test}"]`);

/** Answers of the shell arrive in the next turns; then the page is drawn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  flushSync();
}

export async function show(view: TillView): Promise<void> {
  send(view);
  await settle();
}

interface Typing {
  gap?: number;
  repeat?: boolean;
}

const codeOf = (key: string) => (/^\d$/.test(key) ? `Digit${key}` : key);

/** Presses keys with time between them, wherever the focus is. */
export async function type(keys: readonly string[], { gap = PERSON_MS, repeat = false }: Typing = {}): Promise<void> {
  for (const key of keys) {
    vi.advanceTimersByTime(gap);
    await settle();
    const target = document.activeElement ?? document.body;
    const event = new KeyboardEvent("keydown", { key, code: codeOf(key), repeat, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: performance.now() });
    const kept = target.dispatchEvent(event);
    // What the browser does by itself.
    if (kept && key === "Enter" && target instanceof HTMLButtonElement) target.click();
    await settle();
  }
}

export const scan = (code: string, end = "Enter", gap = 4) => type([...code, ...(end ? [end] : [])], { gap });

/** The screen has stood for a moment, and nothing was typed. */
export async function wait(): Promise<void> {
  vi.advanceTimersByTime(SETTLED_MS);
  await settle();
}

export const next = { ...tillView().draft, saleId: "sale-2", number: "1043" };
export const approved = () => tillView({ draft: next, payment: paid() });

/** Mounts the window before each test of a file, and takes it away after. */
export function tillWindow(): void {
  beforeEach(async () => {
    vi.resetAllMocks();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    // The keyboard's clock goes on from test to test.
    started += 60_000;
    vi.advanceTimersByTime(started);
    till.said = "";
    till.screen = "sale";
    till.draft = { ...till.draft, saleId: "" };
    till.problem = null;
    till.runEnds();
    shell.tillView.mockResolvedValue(tillView());
    shell.payments.mockResolvedValue([]);
    shell.onTillChanged.mockImplementation((changed) => {
      send = changed;
      return Promise.resolve(() => undefined);
    });
    document.body.innerHTML = '<div id="app"></div>';
    const target = document.getElementById("app");
    if (target) page = mount(TillWindow, { target });
    await settle();
    await wait();
  });

  afterEach(async () => {
    await unmount(page);
    vi.useRealTimers();
  });
}

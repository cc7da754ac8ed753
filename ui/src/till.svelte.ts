import { tick } from "svelte";
import type { ModeView } from "./bindings/ModeView";
import type { PaymentView } from "./bindings/PaymentView";
import type { Problem } from "./bindings/Problem";
import type { TillView } from "./bindings/TillView";
import * as ipc from "./ipc";
import { press, type Key } from "./keypad";
import { problemFrom } from "./problems";

/*
 * The one store of the till window. It holds the view that the shell last sent and replaces it whole; it decides
 * nothing about money. Two things are its own: the sale as typed this instant, so that a key shows at once, and the
 * order of commands, so that a charge never overtakes the key before it.
 */

export type Screen = "sale" | "payments" | "settings";

/** The sale as typed, ahead of the shell by the keys that are on their way. */
export interface Draft {
  saleId: string;
  number: string;
  total: number;
  note: string;
  phoneOrder: boolean;
  authoriseOnly: boolean;
}

/** What the print style sheet puts on paper: the receipt as it was when Print was pressed, in its mode. */
export interface Paper {
  payment: PaymentView;
  mode: ModeView;
}

const NOTHING: Draft = { saleId: "", number: "", total: 0, note: "", phoneOrder: false, authoriseOnly: false };

export class Till {
  view = $state.raw<TillView | null>(null);
  draft = $state.raw<Draft>(NOTHING);
  screen = $state<Screen>("sale");
  /** The payment that is open on the Payments screen. */
  selected = $state<string | null>(null);
  /** Why the last command was refused, and about which sale it was. */
  problem = $state.raw<Problem | null>(null);
  problemSale = $state.raw<string | null>(null);
  paper = $state.raw<Paper | null>(null);
  /** A command that must not be given twice is on its way. */
  busy = $state(false);

  #tail: Promise<unknown> = Promise.resolve();
  #ringUpWaits = false;
  #ringUpProblem: Problem | null = null;

  /** Listens first and asks then, so that no change falls between the two. */
  async start(): Promise<() => void> {
    let stop = (): void => undefined;
    try {
      stop = await ipc.onTillChanged((view) => {
        this.receive(view);
      });
      this.receive(await ipc.tillView());
    } catch (reason) {
      this.problem = problemFrom(reason);
    }
    return stop;
  }

  receive(view: TillView): void {
    this.view = view;
    // Of the sale being typed, this window knows best: a view may be some keys old when it arrives.
    if (view.draft.saleId === this.draft.saleId) return;
    this.#ringUpProblem = null;
    this.draft = { ...view.draft };
  }

  /** Whether the cashier can change the sale: not while a payment is in front, nor before the journal is open. */
  get canRingUp(): boolean {
    return this.view !== null && this.view.payment === null && this.draft.saleId !== "";
  }

  press(key: Key): void {
    this.change({ total: press(this.draft.total, key) });
  }

  change(part: Partial<Pick<Draft, "total" | "note" | "phoneOrder" | "authoriseOnly">>): void {
    if (!this.canRingUp) return;
    this.problem = null;
    this.draft = { ...this.draft, ...part };
    this.#ringUp();
  }

  /** Waits for every key typed before it, then charges exactly what is shown. */
  charge(): Promise<boolean> {
    const { saleId, total } = this.draft;
    return this.#act(saleId, async () => {
      if (this.#ringUpProblem) throw this.#ringUpProblem;
      await ipc.charge(saleId, total);
    });
  }

  choose = (mode: ModeView) => this.#act(null, () => ipc.chooseDoor(mode));
  takeCard = (saleId: string) => this.#act(saleId, () => ipc.takeCard(saleId));
  cancel = (saleId: string) => this.#act(saleId, () => ipc.cancelPayment(saleId));
  checkNow = (saleId: string) => this.#act(saleId, () => ipc.checkNow(saleId));
  capture = (saleId: string) => this.#act(saleId, () => ipc.capture(saleId));
  release = (saleId: string) => this.#act(saleId, () => ipc.release(saleId));
  refund = (saleId: string, intent: string | null, amount: number, reason: string) =>
    this.#act(saleId, () => ipc.refund(saleId, intent, amount, reason));
  checkRefund = (saleId: string) => this.#act(saleId, () => ipc.checkRefund(saleId));
  giveUpRefund = (saleId: string) => this.#act(saleId, () => ipc.giveUpRefund(saleId));
  findingsRead = () => this.#act(null, ipc.findingsRead);
  beginJournal = () => this.#act(null, ipc.beginJournal);
  foundSeen = () => this.#act(null, ipc.foundSeen);
  newSale = () => this.#act(null, ipc.newSale);

  /** The next customer's first digit, typed while the last payment is still shown. */
  async newSaleWith(key: Key): Promise<void> {
    if (!(await this.newSale())) return;
    // The view without the payment may still be on its way; the answer to a question is not.
    if (!this.canRingUp) this.receive(await ipc.tillView());
    this.press(key);
  }

  /** Puts the receipt on paper as it is now: the shell marks it as printed while the dialog is still open. */
  async print(payment: PaymentView): Promise<boolean> {
    if (payment.receipt === null || this.view === null) return false;
    this.paper = { payment, mode: this.view.mode };
    await tick();
    return this.#act(payment.saleId, () => ipc.printReceipt(payment.saleId));
  }

  show(screen: Screen): void {
    this.screen = screen;
    this.problem = null;
  }

  open(saleId: string): void {
    this.selected = saleId;
    this.show("payments");
  }

  dismissProblem(): void {
    this.problem = null;
  }

  /** At most one ring-up waits: it is built when its turn comes and carries everything typed until then. */
  #ringUp(): void {
    if (this.#ringUpWaits) return;
    this.#ringUpWaits = true;
    void this.#inTurn(() => {
      this.#ringUpWaits = false;
      return this.#sendDraft();
    });
  }

  async #sendDraft(): Promise<void> {
    const { saleId, total, note, phoneOrder, authoriseOnly } = this.draft;
    try {
      await ipc.ringUp(saleId, total, note, phoneOrder, authoriseOnly);
      this.#ringUpProblem = null;
    } catch (reason) {
      this.#ringUpProblem = problemFrom(reason);
      this.#refuse(saleId, this.#ringUpProblem);
    }
  }

  /** One command of the cashier's. A second one, as from a double click, is dropped while the first is on its way. */
  async #act(saleId: string | null, command: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await this.#inTurn(command);
      return true;
    } catch (reason) {
      this.#refuse(saleId, problemFrom(reason));
      return false;
    } finally {
      this.busy = false;
    }
  }

  #refuse(saleId: string | null, problem: Problem): void {
    this.problem = problem;
    this.problemSale = saleId;
  }

  /** Commands go to the shell one after the other, in the order they were given. */
  #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(command);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}

/** The store of this window. */
export const till = new Till();

import { tick } from "svelte";
import type { ModeView } from "./bindings/ModeView";
import type { PaymentView } from "./bindings/PaymentView";
import type { Problem } from "./bindings/Problem";
import type { TillView } from "./bindings/TillView";
import * as ipc from "./ipc";
import { addsDigits, fits, MOST_DIGITS, press, type Key } from "./keypad";
import { problemFrom } from "./problems";
import { isOver } from "./states";

/*
 * The one store of the till window. It holds the view that the shell last sent and replaces it whole; it decides
 * nothing about money. It runs ahead of the shell in three things, so that every key means what the screen says when it
 * is pressed: the sale as typed this instant, a finished payment that was left for the next sale, and a charge that was
 * asked for. The commands behind them go to the shell in the order in which they were given.
 */

/** How long a sentence about the keyboard stays. */
const SAID_MS = 4000;

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

/** What a run of keys has changed, until it is certain that a person pressed them. */
interface Run {
  draft: Draft;
  left: string | null;
  problem: Problem | null;
  certain: Promise<boolean>;
  decide: (person: boolean) => void;
}

const NOTHING: Draft = { saleId: "", number: "", total: 0, note: "", phoneOrder: false, authoriseOnly: false };

export class Till {
  view = $state.raw<TillView | null>(null);
  draft = $state.raw<Draft>(NOTHING);
  screen = $state<Screen>("sale");
  /** A manager reads what was found; while cards are on, the cashier goes on selling until one does. */
  managing = $state(false);
  /** The payment that is open on the Payments screen. */
  selected = $state<string | null>(null);
  /** Why the last command was refused, and about which sale it was. */
  problem = $state.raw<Problem | null>(null);
  problemSale = $state.raw<string | null>(null);
  paper = $state.raw<Paper | null>(null);
  /** The sale whose charge was asked for, until the shell has it in front or has refused. */
  charging = $state.raw<string | null>(null);
  /** The sale whose amount is far above the usual: it is charged when a person says so once more. */
  unusual = $state.raw<string | null>(null);
  /** A quiet sentence about keys that did nothing. */
  said = $state("");
  /** Counts the digits for which there was no room. */
  refusedDigits = $state(0);
  /** A command that must not be given twice is on its way. */
  busy = $state(false);

  #takingCard = false;
  /** The finished payment that was left for the next sale. It is not shown again. */
  #left = $state.raw<string | null>(null);
  /** The sale that the shell charged last: what still calls it a draft is older than that. */
  #charged: string | null = null;
  #run: Run | null = null;
  #saying: ReturnType<typeof setTimeout> | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #ringUpWaits = false;
  #ringUpProblem: Problem | null = null;

  /** Listens first and asks then, so that no change falls between the two. */
  async start(): Promise<() => void> {
    this.#charged = null;
    this.#left = null;
    this.charging = null;
    this.unusual = null;
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
    if (this.view !== null && view.revision < this.view.revision) return;
    const older = view.draft.saleId !== "" && view.draft.saleId === this.#charged;
    if (older && view.payment?.saleId !== this.#charged) return;
    this.view = view;
    this.#chargeSeen();
    // Of the sale being typed, this window knows best: a view may be some keys old when it arrives.
    if (view.draft.saleId === this.draft.saleId) return;
    this.#ringUpProblem = null;
    this.unusual = null;
    this.draft = { ...view.draft };
  }

  /** The payment in front of the cashier; none once it was left for the next sale. */
  get payment(): PaymentView | null {
    const payment = this.view?.payment ?? null;
    return payment?.saleId === this.#left ? null : payment;
  }

  /**
   * Whether the cashier can change the sale: not while a payment is in front, nor once it is being charged, nor before
   * the journal is open.
   */
  get canRingUp(): boolean {
    const free = this.payment === null && this.charging === null && this.unusual === null;
    return this.view !== null && free && this.draft.saleId !== "";
  }

  /** A key of the keypad. After a finished payment, a digit is the first of the next sale. */
  press(key: Key): void {
    if (this.payment !== null && !(addsDigits(key) && this.leave())) return;
    if (!this.canRingUp) return;
    if (fits(this.draft.total, key)) {
      this.change({ total: press(this.draft.total, key) });
      return;
    }
    this.refusedDigits += 1;
    this.say(`There is no room for another digit: ${String(MOST_DIGITS)} are the most.`);
  }

  change(part: Partial<Pick<Draft, "total" | "note" | "phoneOrder" | "authoriseOnly">>): void {
    if (!this.canRingUp) return;
    this.problem = null;
    this.draft = { ...this.draft, ...part };
    this.#ringUp();
  }

  /** The Phone order key. After a finished payment it begins the next sale as one. */
  phoneOrder(): void {
    this.change({ phoneOrder: this.payment === null ? !this.draft.phoneOrder : this.leave() });
  }

  /**
   * Leaves a finished payment for the next sale, which is on the screen at once. The shell hears of it in turn, when it
   * is certain that the key was a person's.
   */
  leave(): boolean {
    const { payment } = this;
    if (!payment || !isOver(payment)) return false;
    if (this.draft.saleId === payment.saleId) {
      // The shell has not said yet which sale comes next.
      void this.newSale();
      return false;
    }
    const certain = this.#run?.certain ?? Promise.resolve(true);
    this.#left = payment.saleId;
    this.problem = null;
    void this.#inTurn(() => this.#sendNewSale(payment.saleId, certain));
    return true;
  }

  /**
   * Waits for every key typed before it, then charges exactly what is shown. From the moment it is asked for, no key
   * changes an amount. `sure`: the cashier was asked about an unusual amount.
   */
  async charge(sure = false): Promise<boolean> {
    const { saleId, total } = this.draft;
    if (this.unusual === saleId && sure) this.unusual = null;
    if (!this.canRingUp) return false;
    this.charging = saleId;
    this.problem = null;
    try {
      await this.#inTurn(() => this.#sendCharge(saleId, total, sure));
    } catch (reason) {
      this.charging = null;
      const problem = problemFrom(reason);
      if (problem.code === "amountUnusual" && !sure) this.unusual = saleId;
      else this.#refuse(saleId, problem);
      return false;
    }
    this.#charged = saleId;
    // The view with the payment may still be on its way; the answer to a question is not.
    if (!this.#chargeSeen()) await this.#look();
    return true;
  }

  /** Says whether a card is typed next. The shell asks this behind every Enter, and keeps what is typed meanwhile. */
  isCardNext(): boolean {
    return this.charging !== null || this.#takingCard;
  }

  /** The unusual amount was not meant. The sale stands as it was typed. */
  checkAmount(): void {
    this.unusual = null;
  }

  /** Keys come that may yet turn out to be a scan. */
  runBegins(): void {
    this.runEnds();
    let decide: (person: boolean) => void = () => undefined;
    const certain = new Promise<boolean>((resolve) => (decide = resolve));
    this.#run = { draft: this.draft, left: this.#left, problem: this.problem, certain, decide };
  }

  /** They were a person's. */
  runEnds(): void {
    this.#run?.decide(true);
    this.#run = null;
  }

  /** They were a scanner's: everything stands as it did before them. */
  runWasScan(): void {
    this.say("A scan was ignored. Amounts are typed by hand.");
    const run = this.#run;
    this.#run = null;
    if (!run) return;
    run.decide(false);
    this.problem ??= run.problem;
    if (this.draft.saleId === run.draft.saleId && this.draft !== run.draft && this.canRingUp) {
      this.draft = run.draft;
      this.#ringUp();
    }
    this.#left = run.left;
  }

  say(sentence: string): void {
    clearTimeout(this.#saying);
    this.said = sentence;
    this.#saying = setTimeout(() => {
      this.said = "";
    }, SAID_MS);
  }

  choose = (mode: ModeView) => this.#act(null, () => ipc.chooseDoor(mode));
  async takeCard(saleId: string): Promise<boolean> {
    this.#takingCard = true;
    try {
      return await this.#act(saleId, () => ipc.takeCard(saleId));
    } finally {
      this.#takingCard = false;
    }
  }

  cancel = (saleId: string) => this.#act(saleId, () => ipc.cancelPayment(saleId));
  checkNow = (saleId: string) => this.#act(saleId, () => ipc.checkNow(saleId));
  capture = (saleId: string) => this.#act(saleId, () => ipc.capture(saleId));
  release = (saleId: string) => this.#act(saleId, () => ipc.release(saleId));
  refund = (saleId: string, finding: string | null, amount: number, reason: string) =>
    this.#act(saleId, () => ipc.refund(saleId, finding, amount, reason));
  checkRefund = (saleId: string) => this.#act(saleId, () => ipc.checkRefund(saleId));
  giveUpRefund = (saleId: string) => this.#act(saleId, () => ipc.giveUpRefund(saleId));
  findingsRead = (shown: number) => this.#act(null, () => ipc.findingsRead(shown));
  beginJournal = () => this.#act(null, ipc.beginJournal);
  foundSeen = () => this.#act(null, ipc.foundSeen);
  /** Sets a payment aside that goes on without the cashier. A finished one is left with `leave`. */
  newSale = () => this.#act(null, ipc.newSale);
  /** The window's question waits for no other command. */
  stayOpen = () => this.#answer(ipc.stayOpen);
  closeAnyway = () => this.#answer(ipc.closeAnyway);

  /** Puts the receipt on paper as it is now: the shell marks it as printed while the dialog is still open. */
  async print(payment: PaymentView): Promise<boolean> {
    if (payment.receipt === null || this.view === null) return false;
    this.paper = { payment, mode: this.view.mode };
    await tick();
    return this.#act(payment.saleId, () => ipc.printReceipt(payment.saleId));
  }

  show(screen: Screen): void {
    this.screen = screen;
    this.managing = false;
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

  async #sendNewSale(saleId: string, certain: Promise<boolean>): Promise<void> {
    if (!(await certain)) return;
    try {
      await ipc.newSale();
    } catch (reason) {
      this.#left = null;
      this.draft = { ...(this.view?.draft ?? NOTHING) };
      this.#refuse(saleId, problemFrom(reason));
      return;
    }
    if (this.view?.payment?.saleId === saleId) await this.#look();
  }

  async #sendCharge(saleId: string, total: number, sure: boolean): Promise<void> {
    if (this.#ringUpProblem) throw this.#ringUpProblem;
    // The sale before this one could not be left, and the screen says why.
    if (this.payment !== null && this.problem) throw this.problem;
    await ipc.charge(saleId, total, sure);
  }

  /** Once the shell has taken the charge and shows what became of it, its view says everything. */
  #chargeSeen(): boolean {
    const { charging, view } = this;
    if (charging === null || charging !== this.#charged || !view) return charging === null;
    if (view.payment?.saleId !== charging && view.draft.saleId === charging) return false;
    this.charging = null;
    return true;
  }

  /** A look that fails changes nothing: the shell says by itself how things stand. */
  async #look(): Promise<void> {
    const view = await ipc.tillView().catch(() => null);
    if (view) this.receive(view);
  }

  async #answer(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (reason) {
      this.#refuse(null, problemFrom(reason));
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

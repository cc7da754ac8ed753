import type { CardPageView } from "../bindings/CardPageView";
import type { CardPayment } from "../bindings/CardPayment";
import type { DeclineView } from "../bindings/DeclineView";
import type { Problem } from "../bindings/Problem";
import { isTypingMistake } from "../declines";
import * as ipc from "../ipc";
import { problemFrom } from "../problems";
import { isUnderWay } from "../states";
import { SETTLING_MS } from "../strokes";
import { CardField, type Billing } from "./field.svelte";

/** A bank's question stays open this long at most; then the shell looks at Stripe. */
const QUESTION_MS = 10 * 60_000;

/*
 * One card being taken. The page follows the shell's state and decides nothing about money; it holds two promises of
 * its own: a token is sent once, and what was typed for one attempt is never there for the next.
 */
export class Taking {
  view = $state.raw<CardPageView | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** A sentence about the typed card, for beside the field. */
  say = $state<string | null>(null);
  billing = $state<Billing>({ name: "", email: "", reference: "" });
  readonly field: CardField;

  /** The cashier wanted to leave while the bank was answering. */
  #held = $state(false);
  #shownAt = -Infinity;
  /** Something was typed since the window was shown: an Enter behind it is meant for it, however soon it comes. */
  #typed = false;
  /** From pressing Pay until the shell's state has taken over. */
  #sending = $state(false);
  #sent = $state<string | null>(null);
  /** The last token whose question was put to the customer. */
  #asked: string | null = null;

  constructor(field = new CardField()) {
    this.field = field;
    this.field.onEscape = () => void this.close();
    this.field.onFocus = () => {
      this.#tellOfKeys();
    };
    this.field.onChange = () => {
      this.say = null;
      this.#typed = true;
    };
  }

  async start(): Promise<() => void> {
    let stop = (): void => undefined;
    try {
      stop = await ipc.onCardChanged((view) => {
        this.receive(view);
      });
      this.receive(await ipc.cardView());
    } catch (reason) {
      this.problem = problemFrom(reason);
    }
    return stop;
  }

  get payment(): CardPayment | null {
    return this.view?.payment ?? null;
  }

  /** The bank or Stripe has the word. */
  get underWay(): boolean {
    return this.#sending || (this.payment !== null && (this.#tokenGone || isUnderWay(this.payment.state)));
  }

  /** A card may be typed. While Stripe is still being told of the payment that is fine; sending it is not. */
  get open(): boolean {
    const state = this.payment?.state;
    return !this.underWay && (state === "preparing" || state === "ready" || state === "paused");
  }

  /**
   * The field takes keys. It does so before there is a payment: a hidden page that already has the focus in the card field
   * loses none of the first keys when its window comes up.
   */
  get takesKeys(): boolean {
    return this.payment === null || this.open;
  }

  get canPay(): boolean {
    const state = this.payment?.state;
    const wanted = state === "ready" || state === "paused";
    return wanted && !this.underWay && this.payment?.token !== null && this.field.state === "ready";
  }

  /** The window stays, and the cashier is told why: they wanted to leave, by a key here or by the window's x. */
  get held(): boolean {
    return this.#held || this.view?.heldOpen === true;
  }

  get #tokenGone(): boolean {
    return this.#sent !== null && this.payment?.token === this.#sent;
  }

  receive(view: CardPageView): void {
    if (this.view !== null && view.revision < this.view.revision) return;
    const before = this.payment;
    const wasOpen = this.open;
    this.view = view;
    const now = view.payment;
    if (before?.saleId !== now?.saleId) this.#newSale(before === null);
    else if (this.#isNextCard(now)) this.#nextCard(now?.declined ?? null);
    this.field.disable(!this.takesKeys);
    // Not on every change: the cashier may be writing the caller's name meanwhile.
    if (this.open && (!wasOpen || before?.saleId !== now?.saleId)) {
      this.field.focus();
      this.#tellOfKeys();
    }
    if (!isUnderWay(now?.state ?? "ready")) this.#held = false;
    this.#answerBank();
  }

  /** The field has been put on the page, or Stripe.js has come: what waited for it goes on. */
  fieldReady(): void {
    this.field.disable(!this.takesKeys);
    this.#answerBank();
  }

  /** The window has come onto the screen. */
  shown(): void {
    this.#shownAt = performance.now();
    this.#typed = false;
    this.#tellOfKeys();
  }

  /** The field has the focus in a window that is on the screen. Without that, what was typed ahead is forgotten. */
  #tellOfKeys(): void {
    if (document.visibilityState !== "visible" || !this.field.focused || !this.open) return;
    ipc.cardTakesKeys().catch(() => undefined);
  }

  /** Sends the typed card, once. A second call while one is on its way does nothing, nor does one without a card. */
  async pay(): Promise<void> {
    if (!this.#typed && performance.now() - this.#shownAt < SETTLING_MS) return;
    if (this.field.empty) {
      if (this.open) this.field.focus();
      return;
    }
    const { payment } = this;
    const token = payment?.token ?? null;
    if (!this.canPay || !payment || token === null) return;
    this.#sending = true;
    this.say = null;
    this.problem = null;
    this.field.disable(true);
    try {
      const made = await this.field.make(payment.phoneOrder ? this.billing : null);
      // Another sale, or another attempt, may have come meanwhile: this card was not typed for it.
      if (this.payment?.saleId !== payment.saleId || this.payment.token !== token) return;
      if ("say" in made) this.say = made.say;
      else await this.#submit(token, made.id);
    } finally {
      this.#sending = false;
      this.field.disable(!this.takesKeys);
      if (this.open) this.field.focus();
    }
  }

  async #submit(token: string, paymentMethodId: string): Promise<void> {
    this.#sent = token;
    try {
      await ipc.submitCard(token, paymentMethodId);
    } catch (reason) {
      this.#sent = null;
      this.problem = problemFrom(reason);
    }
  }

  /** Once per token: shows the bank's question, then tells the shell that it can look. */
  #answerBank(): void {
    const { payment } = this;
    const token = payment?.token;
    if (payment?.state !== "authenticating" || !token || this.#asked === token) return;
    if (this.field.state !== "ready") return;
    this.#asked = token;
    void this.#authenticate(token);
  }

  async #authenticate(token: string): Promise<void> {
    try {
      const { clientSecret } = await ipc.authentication(token);
      const passed = await this.field.authenticate(clientSecret, QUESTION_MS);
      await ipc.cardActionDone(token, passed ? "completed" : "failed");
    } catch (reason) {
      this.problem = problemFrom(reason);
    }
  }

  async close(): Promise<void> {
    if (!this.payment) return;
    try {
      await ipc.closeCard();
    } catch (reason) {
      const problem = problemFrom(reason);
      if (problem.code === "notNow") this.#held = true;
      else this.problem = problem;
    }
  }

  checkNow(): Promise<void> {
    return this.#ask(ipc.cardCheckNow);
  }

  cancel(): Promise<void> {
    return this.#ask(ipc.cardCancel);
  }

  async #ask(command: (saleId: string) => Promise<unknown>): Promise<void> {
    if (!this.payment) return;
    this.problem = null;
    try {
      await command(this.payment.saleId);
    } catch (reason) {
      this.problem = problemFrom(reason);
    }
  }

  /** After a card was sent, a new token asks for another card. */
  #isNextCard(now: CardPayment | null): boolean {
    return this.#sent !== null && now?.token !== null && now?.token !== this.#sent && now?.state !== "authenticating";
  }

  #nextCard(declined: DeclineView | null): void {
    this.#sent = null;
    this.say = null;
    this.problem = null;
    if (declined === null || !isTypingMistake(declined)) this.field.clear();
  }

  /** A page that has shown no payment before may hold the first keys of this one's card already. */
  #newSale(first: boolean): void {
    this.#sent = null;
    this.say = null;
    this.problem = null;
    this.#held = false;
    this.billing = { name: "", email: "", reference: "" };
    if (!first) this.field.clear();
  }
}

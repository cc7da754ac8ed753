import type { Stripe, StripeCardElement, StripeError } from "@stripe/stripe-js";
import { elementStyle, loadStripe } from "./stripe";

/** How long Stripe is given to come back with a card before the form is handed back. */
const CARD_MS = 60_000;
const RETRY_MS = 3_000;
/** A frame that takes the focus usually says so within this. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Some fifteen seconds. */
const MOST_ASKS = 45;

export interface Billing {
  name: string;
  email: string;
  reference: string;
}

/** What became of the typed card: an id to send on, or a sentence for beside the field. */
export type Made = { id: string } | { say: string };

/*
 * The card field: Stripe's script, its element, and nothing about payments. It is made ready while the window is
 * still hidden, and made anew when the account or the mode changes.
 */
export class CardField {
  state = $state<"loading" | "ready" | "trouble">("loading");
  /** Stripe's sentence about what was typed, while it is typed. */
  hint = $state<string | null>(null);
  focused = $state(false);
  /** Nothing is typed. */
  empty = false;
  /** Something else is typed than before. */
  onChange: () => void = () => undefined;
  onEscape: () => void = () => undefined;
  onFocus: () => void = () => undefined;

  #node: HTMLElement | null = null;
  #stripe: Stripe | null = null;
  #element: StripeCardElement | null = null;
  #source = "";
  #disabled = false;
  #asking: ReturnType<typeof setTimeout> | undefined;

  /** Puts the element there. Call again with the same values as often as you like. */
  async show(node: HTMLElement, address: string, publishableKey: string): Promise<void> {
    const source = `${address} ${publishableKey}`;
    this.#node = node;
    if (source === this.#source || !publishableKey) return;
    this.#source = source;
    this.#discard();
    await this.#load(address, publishableKey, source);
  }

  async #load(address: string, publishableKey: string, source: string): Promise<void> {
    try {
      const make = await loadStripe(address);
      if (source === this.#source) this.#mount(make(publishableKey));
    } catch {
      if (source !== this.#source) return;
      this.state = "trouble";
      setTimeout(() => {
        if (source === this.#source) void this.#load(address, publishableKey, source);
      }, RETRY_MS);
    }
  }

  #mount(stripe: Stripe): void {
    if (!this.#node) return;
    const element = stripe.elements().create("card", {
      style: elementStyle(),
      iconStyle: "solid",
      hidePostalCode: false,
      // Link would keep the customer's card, or the cashier's, beyond this sale.
      disableLink: true,
      disabled: this.#disabled,
    });
    element.on("change", (event) => {
      this.hint = event.error?.message ?? null;
      this.empty = event.empty;
      this.onChange();
    });
    element.on("focus", () => {
      this.focused = true;
      this.onFocus();
    });
    element.on("blur", () => {
      this.focused = false;
    });
    element.on("escape", () => {
      this.onEscape();
    });
    element.on("ready", () => {
      this.state = "ready";
      this.empty = true;
      this.focus();
    });
    element.mount(this.#node);
    this.#stripe = stripe;
    this.#element = element;
  }

  #discard(): void {
    clearTimeout(this.#asking);
    this.#element?.destroy();
    this.#element = null;
    this.#stripe = null;
    this.hint = null;
    this.focused = false;
    this.state = "loading";
  }

  /** The next card must be typed from its first digit. */
  clear(): void {
    this.#element?.clear();
    this.hint = null;
    this.empty = true;
  }

  /**
   * Asks for the focus until Stripe's frame has it, more and more rarely: WebKit ignores a script that asks for it too
   * early in a frame of another site, and tells nobody.
   */
  focus(): void {
    this.#askForFocus(1);
  }

  #askForFocus(ask: number): void {
    clearTimeout(this.#asking);
    if (this.#disabled || ask > MOST_ASKS) return;
    this.#element?.focus();
    this.#asking = setTimeout(
      () => {
        if (!this.focused && this.#node?.isConnected && isFocusFree()) this.#askForFocus(ask + 1);
      },
      Math.min(ask * FIRST_PAUSE_MS, LONGEST_PAUSE_MS),
    );
  }

  disable(disabled: boolean): void {
    if (this.#disabled === disabled) return;
    this.#disabled = disabled;
    this.#element?.update({ disabled });
  }

  /** Carries a changed theme over. */
  restyle(): void {
    this.#element?.update({ style: elementStyle() });
  }

  /** Turns the typed card into a payment method at Stripe. Nothing is charged by this. */
  async make(billing: Billing | null): Promise<Made> {
    if (!this.#stripe || !this.#element) return { say: "Stripe's card field is not there yet." };
    const asked = this.#stripe.createPaymentMethod({
      type: "card",
      card: this.#element,
      ...details(billing),
    });
    const answer = await within(CARD_MS, asked);
    if (!answer) return { say: "Stripe did not answer. Nothing was charged. Try again." };
    return answer.error ? { say: sayOf(answer.error) } : { id: answer.paymentMethod.id };
  }

  /** Shows the bank's question. A hint only: the shell asks Stripe what became of it. */
  async authenticate(secret: string, ceilingMs: number): Promise<boolean> {
    if (!this.#stripe) return false;
    const answer = await within(ceilingMs, this.#stripe.handleCardAction(secret));
    return answer?.paymentIntent !== undefined;
  }
}

/** This window has the keyboard, and nothing on its page has the focus but perhaps a frame. */
export function isFocusFree(): boolean {
  const active = document.activeElement;
  return document.hasFocus() && (active === null || active === document.body || active.tagName === "IFRAME");
}

function details(billing: Billing | null) {
  if (!billing) return {};
  const { name, email, reference } = billing;
  return {
    billing_details: { ...(name.trim() && { name: name.trim() }), ...(email.trim() && { email: email.trim() }) },
    ...(reference.trim() && { metadata: { reference: reference.trim() } }),
  };
}

function sayOf(error: StripeError): string {
  if (error.type === "validation_error" && error.message) return error.message;
  if (error.type === "card_error" && error.message) return error.message;
  if (error.type === "api_connection_error") return "Stripe could not be reached. Nothing was charged. Try again.";
  return "Stripe did not take the card's details. Nothing was charged. Try again.";
}

/** Null when it took too long, or when Stripe.js threw. */
async function within<T>(ceilingMs: number, asked: Promise<T>): Promise<T | null> {
  let bell: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    bell = setTimeout(() => {
      resolve(null);
    }, ceilingMs);
  });
  try {
    return await Promise.race([asked.catch(() => null), late]);
  } finally {
    clearTimeout(bell);
  }
}

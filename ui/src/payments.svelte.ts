import type { CurrencyView } from "./bindings/CurrencyView";
import type { PaymentDetail } from "./bindings/PaymentDetail";
import type { PaymentView } from "./bindings/PaymentView";
import type { Problem } from "./bindings/Problem";
import * as ipc from "./ipc";
import { parse } from "./money";
import { problemFrom } from "./problems";

/** Rows asked for at a time. */
export const PAGE = 60;
/** Rows asked for again (the shell gives 200 at most) when something changed; what lies below is loaded anew on the way down. */
const REFRESHED = 180;

/*
 * The list of the Payments screen: as much of it as was scrolled to. An answer that comes after a newer question is
 * dropped, so that fast typing never shows the rows of an older search.
 */
export class PaymentList {
  rows = $state.raw<readonly PaymentView[]>([]);
  search = $state("");
  detail = $state.raw<PaymentDetail | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  /** Everything that matches is in `rows`. */
  complete = $state(false);

  #question = 0;
  #opened: string | null = null;

  async find(search: string): Promise<void> {
    this.search = search;
    await this.#load(null, PAGE);
  }

  /** The newest payment alone. */
  async readLast(): Promise<void> {
    await this.#load(null, 1);
  }

  /** The rows below the last one. */
  async more(): Promise<void> {
    if (this.loading || this.complete) return;
    const before = cursorOf(this.rows.at(-1));
    if (before !== null) await this.#load(before, PAGE);
  }

  /** Something changed at the till: the rows and the open payment are read again. */
  async refresh(): Promise<void> {
    const shown = Math.min(Math.max(this.rows.length, PAGE), REFRESHED);
    await Promise.all([this.#load(null, shown), this.open(this.#opened)]);
  }

  async open(saleId: string | null): Promise<void> {
    this.#opened = saleId;
    if (saleId === null) {
      this.detail = null;
      return;
    }
    try {
      const detail = await ipc.paymentDetail(saleId);
      if (this.#opened === saleId) this.detail = detail;
    } catch (reason) {
      if (this.#opened === saleId) this.problem = problemFrom(reason);
    }
  }

  async #load(before: number | null, limit: number): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    this.loading = true;
    try {
      const answer = await ipc.payments(this.search.trim(), before, limit);
      if (question !== this.#question) return;
      this.rows = before === null ? answer : [...this.rows, ...answer];
      this.complete = answer.length < limit;
      this.problem = null;
    } catch (reason) {
      if (question === this.#question) this.problem = problemFrom(reason);
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }
}

/** A search as people type it, in the words in which payments are stored: `$23,45` is `23.45`, `k1042` is `K-1042`. */
export function asStored(search: string, currency: CurrencyView): string {
  const word = (text: string): string => {
    const number = /^k-?(\d+)$/i.exec(text);
    if (number?.[1]) return `K-${number[1]}`;
    // A bare number may be anything; with a sign or a mark in it, it is an amount.
    const minor = /^\d*$/.test(text) ? null : parse(text, currency);
    return minor === null ? text : plain(minor, currency);
  };
  return search.trim().split(/\s+/).map(word).join(" ");
}

function plain(minor: number, { decimals }: CurrencyView): string {
  const digits = String(minor).padStart(decimals + 1, "0");
  const whole = digits.length - decimals;
  return decimals === 0 ? digits : `${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

/** The list goes on below a sale's number: `K-1042` is 1042. */
export function cursorOf(row: PaymentView | undefined): number | null {
  const digits = row === undefined ? null : /(\d+)$/.exec(row.number);
  return digits ? Number(digits[1]) : null;
}

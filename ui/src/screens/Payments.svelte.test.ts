import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PaymentView } from "../bindings/PaymentView";
import * as ipc from "../ipc";
import { paid, tillView } from "../test/views";
import { till } from "../till.svelte";
import Payments from "./Payments.svelte";

vi.mock("../ipc");

const shell = vi.mocked(ipc);
let page: Record<string, unknown>;

const find = <T extends HTMLElement = HTMLElement>(test: string) =>
  document.querySelector<T>(`[data-test="${test}"]`);

const row = (saleId: string, part: Partial<PaymentView> = {}): PaymentView => ({
  ...paid(),
  saleId,
  number: `K-${saleId}`,
  refundable: 2345,
  can: { ...paid().can, refund: true },
  ...part,
});

const rows = [row("3"), row("2", { card: { brand: "visa", last4: "1881" } }), row("1")];

async function settle(): Promise<void> {
  vi.advanceTimersByTime(500);
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  flushSync();
}

async function type(test: string, text: string): Promise<void> {
  const field = find<HTMLInputElement>(test);
  if (!field) throw new Error(`no ${test}`);
  field.focus();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
}

async function press(key: string): Promise<void> {
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await settle();
}

async function show(list: PaymentView[] = rows): Promise<void> {
  shell.payments.mockResolvedValue(list);
  shell.paymentDetail.mockImplementation((saleId) => {
    const payment = list.find((one) => one.saleId === saleId);
    return payment ? Promise.resolve({ payment, timeline: [] }) : Promise.reject(new Error("none"));
  });
  page = mount(Payments, { target: document.body });
  flushSync();
  await settle();
}

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  till.view = tillView();
  till.selected = "3";
});

afterEach(async () => {
  await unmount(page);
  till.selected = null;
  vi.useRealTimers();
});

describe("the refund form", () => {
  it("belongs_to_one_payment_and_is_gone_with_it", async () => {
    await show();
    find("refund-open")?.click();
    await settle();
    await type("refund-amount", "19.99");
    till.selected = "2";
    await settle();
    expect(find("payment-detail")?.dataset["number"]).toBe("K-2");
    expect(find("refund-form")).toBeNull();
    find("refund-open")?.click();
    await settle();
    expect(find<HTMLInputElement>("refund-amount")?.value).toBe("23.45");
  });

  it("keeps_its_payment_while_arrows_are_pressed_in_its_fields", async () => {
    await show();
    find("refund-open")?.click();
    await settle();
    for (const field of ["refund-amount", "refund-reason"]) {
      find(field)?.focus();
      await press("ArrowDown");
      expect(till.selected, field).toBe("3");
      expect(find("refund-form"), field).not.toBeNull();
    }
    find("refund-cancel")?.focus();
    await press("ArrowDown");
    expect(till.selected).toBe("2");
  });
});

describe("the list", () => {
  it("takes_what_is_typed_for_a_search_and_down_leads_to_what_it_found", async () => {
    till.selected = null;
    await show();
    expect(document.activeElement).toBe(find("search"));
    await press("ArrowDown");
    expect(till.selected).toBe("3");
    await press("ArrowDown");
    expect(till.selected).toBe("2");
    const stops = [...document.querySelectorAll<HTMLElement>('[data-test="payment-row"]')].map((one) => one.tabIndex);
    expect(stops, "Tab stops at the selected row alone").toEqual([-1, 0, -1]);
  });

  it("leaves_no_payment_beside_it_that_a_search_has_taken_away", async () => {
    await show();
    expect(find("payment-detail")?.dataset["number"]).toBe("K-3");
    shell.payments.mockResolvedValue([row("1")]);
    await type("search", "$23,45");
    await settle();
    expect(shell.payments).toHaveBeenLastCalledWith("23.45", null, 60);
    expect(till.selected).toBeNull();
    expect(find("payment-detail")?.dataset["number"]).toBeUndefined();
  });

  it("says_refunded_instead_of_paid", async () => {
    const refund = { id: "r", amount: 1000, state: "succeeded", reason: "", why: null } as const;
    await show([row("3", { refunds: [refund] }), row("2", { refundedElsewhere: 2345 }), row("1")]);
    const said = [...document.querySelectorAll('[data-test="payment-row"] .dot')].map((dot) => dot.textContent);
    expect(said).toEqual(["Part refunded", "Refunded", "Paid"]);
    expect(document.querySelector("header .dot")?.textContent).toBe("Part refunded");
  });

  it("names_a_currency_that_is_not_the_tills", async () => {
    await show([row("3", { currency: { code: "cad", decimals: 2 } }), row("2")]);
    const amounts = [...document.querySelectorAll('[data-test="payment-row"] .figures')].map((cell) => cell.textContent);
    expect(amounts).toEqual(["$23.45 CAD", "$23.45"]);
  });

  it("is_searched_with_the_digits_of_any_keyboard", async () => {
    await show();
    await type("search", "٢٣.٤٥");
    expect(shell.payments).toHaveBeenLastCalledWith("23.45", null, 60);
  });

  it("is_not_searched_for_a_card_number", async () => {
    await show();
    await type("search", "4242 4242 4242 4242");
    expect(find<HTMLInputElement>("search")?.value).toBe("");
    expect(find("card-number-refused")).not.toBeNull();
    expect(JSON.stringify(shell.payments.mock.calls)).not.toContain("4242");
  });
});

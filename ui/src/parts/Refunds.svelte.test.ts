import { mount, unmount, flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PaymentView } from "../bindings/PaymentView";
import * as ipc from "../ipc";
import { paid } from "../test/views";
import Refunds from "./Refunds.svelte";

vi.mock("../ipc");

let shown: ReturnType<typeof mount> | undefined;

/** The form comes once Stripe was asked what is left. */
async function openForm(): Promise<void> {
  find("refund-open").click();
  await vi.waitFor(() => {
    flushSync();
    find("refund-form");
  });
}

beforeEach(() => {
  vi.mocked(ipc.checkRefund).mockReset().mockResolvedValue(null);
  vi.mocked(ipc.refund).mockReset().mockResolvedValue(null);
});

afterEach(async () => {
  if (shown) await unmount(shown);
  document.body.replaceChildren();
});

function show(part: Partial<PaymentView>): void {
  const view = paid();
  shown = mount(Refunds, {
    target: document.body,
    props: { payment: { ...view, refundable: 2000, ...part, can: { ...view.can, refund: true, ...part.can } } },
  });
  flushSync();
}

function find<T extends HTMLElement>(name: string): T {
  const found = document.querySelector<T>(`[data-test="${name}"]`);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function type(text: string): void {
  const field = find<HTMLInputElement>("refund-amount");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

test("the form begins with all that is left, names amount and card, and stands on Cancel", async () => {
  show({});
  await openForm();
  expect(find<HTMLInputElement>("refund-amount").value).toBe("20.00");
  expect(find("refund-send").textContent?.trim()).toBe("Refund $20.00 USD to Visa ending 4242");
  expect(document.activeElement).toBe(find("refund-cancel"));
});

test("an amount that is none, or more than is left, can't be sent", async () => {
  show({});
  await openForm();
  for (const text of ["", "0", "20.01", "-1", "1.234", "abc"]) {
    type(text);
    expect(find<HTMLButtonElement>("refund-send").disabled, text).toBe(true);
  }
  type("12,5");
  expect(find<HTMLButtonElement>("refund-send").disabled).toBe(false);
});

test("what is sent is what the button says", async () => {
  show({});
  await openForm();
  type("12.50");
  find<HTMLFormElement>("refund-form").requestSubmit();
  await vi.waitFor(() => {
    expect(vi.mocked(ipc.refund).mock.calls).toEqual([["sale-1", null, 1250, ""]]);
  });
});

test("digits of other keyboards are an amount too", async () => {
  show({});
  await openForm();
  type("١٢٫٥٠");
  expect(find("refund-send").textContent).toContain("$12.50");
});

test("the form promises nothing before Stripe was asked what is left", async () => {
  let answer: (value: null) => void = () => undefined;
  vi.mocked(ipc.checkRefund).mockReturnValue(new Promise((resolve) => (answer = resolve)));
  show({});
  find("refund-open").click();
  flushSync();
  expect(ipc.checkRefund).toHaveBeenCalledExactlyOnceWith("sale-1");
  expect(document.body.textContent).not.toContain("can be refunded");
  answer(null);
  await vi.waitFor(() => {
    flushSync();
    expect(find("refund-form").textContent).toContain("Up to $20.00 USD can be refunded");
  });
});

test("nothing is offered while Stripe is asked what is left", () => {
  show({ refundAsking: true });
  expect(find("refund-asking").textContent).toBe("Asking Stripe what is left …");
  expect(document.querySelector('[data-test="refund-open"]')).toBeNull();
});

test("a refund that did not leave says why, and what is left", () => {
  show({ refundable: 500, refundProblem: { code: "refundedElsewhere", money: null, detail: "500" } });
  expect(find("refund-problem").textContent).toContain("$5.00 USD is left.");
  expect(find("refund-problem").textContent).not.toMatch(/charged/);
});

test("what was refunded outside the till is said", () => {
  show({ refundedElsewhere: 1500 });
  expect(find("refunded-elsewhere").textContent).toContain("$15.00 USD was refunded outside this till.");
});

test("a disputed charge says so and offers no refund", () => {
  show({ disputed: true });
  expect(find("disputed").textContent).toContain("disputed this charge");
  expect(document.querySelector('[data-test="refund-open"]')).toBeNull();
});

test("a card number is no reason", async () => {
  show({});
  await openForm();
  const field = find<HTMLInputElement>("refund-reason");
  field.value = "4242 4242 4242 4242";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  expect(field.value).toBe("");
  expect(find("card-number-refused").textContent).toContain("Card numbers belong in the card window only.");
  find<HTMLFormElement>("refund-form").requestSubmit();
  await vi.waitFor(() => {
    expect(ipc.refund).toHaveBeenCalledExactlyOnceWith("sale-1", null, 2000, "");
  });
});

test("a refund that nobody knows of says so and offers to ask Stripe", () => {
  show({
    can: { ...paid().can, refund: false, checkRefund: true },
    refunds: [{ id: "r1", amount: 500, state: "unknown", reason: "broken", why: null }],
  });
  expect(find("refund").textContent).toContain("Not known yet");
  expect(find("check-refund").textContent).toContain("Ask Stripe");
  expect(document.querySelector('[data-test="refund-open"]')).toBeNull();
});

import { mount, unmount, flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PaymentView } from "../bindings/PaymentView";
import * as ipc from "../ipc";
import { paid } from "../test/views";
import Refunds from "./Refunds.svelte";

vi.mock("../ipc");

let shown: ReturnType<typeof mount> | undefined;

beforeEach(() => {
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

test("the form begins with all that is left, names amount and card, and stands on Cancel", () => {
  show({});
  find("refund-open").click();
  flushSync();
  expect(find<HTMLInputElement>("refund-amount").value).toBe("20.00");
  expect(find("refund-send").textContent?.trim()).toBe("Refund $20.00 to Visa ending 4242");
  expect(document.activeElement).toBe(find("refund-cancel"));
});

test("an amount that is none, or more than is left, can't be sent", () => {
  show({});
  find("refund-open").click();
  flushSync();
  for (const text of ["", "0", "20.01", "-1", "1.234", "abc"]) {
    type(text);
    expect(find<HTMLButtonElement>("refund-send").disabled, text).toBe(true);
  }
  type("12,5");
  expect(find<HTMLButtonElement>("refund-send").disabled).toBe(false);
});

test("what is sent is what the button says", async () => {
  show({});
  find("refund-open").click();
  flushSync();
  type("12.50");
  find<HTMLFormElement>("refund-form").requestSubmit();
  await vi.waitFor(() => {
    expect(vi.mocked(ipc.refund).mock.calls).toEqual([["sale-1", null, 1250, ""]]);
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

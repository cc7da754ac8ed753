import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TillView } from "../bindings/TillView";
import * as ipc from "../ipc";
import { paid, payment, tillView } from "../test/views";
import { till } from "../till.svelte";
import TillWindow from "./TillWindow.svelte";

vi.mock("../ipc");

const shell = vi.mocked(ipc);
const SETTLED_MS = 400;
let clock = 0;

let send: (view: TillView) => void;
let page: Record<string, unknown>;

const find = <T extends HTMLElement = HTMLElement>(test: string) =>
  document.querySelector<T>(`[data-test="${test}"]`);

/** Answers of the shell arrive in the next turns; then the page is drawn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  flushSync();
}

async function show(view: TillView): Promise<void> {
  send(view);
  await settle();
}

async function type(...keys: string[]): Promise<void> {
  for (const key of keys) {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await settle();
  }
}

/** An Enter counts once the screen has stood for a moment. */
function wait(): void {
  clock += SETTLED_MS;
}

beforeEach(async () => {
  vi.resetAllMocks();
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  till.screen = "sale";
  till.draft = { ...till.draft, saleId: "" };
  till.problem = null;
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
  wait();
});

afterEach(async () => {
  await unmount(page);
});

describe("a sale on the keyboard", () => {
  it("is_charged_with_four_digits_and_enter", async () => {
    await type("2", "3", "4", "5");
    expect(find("amount")?.textContent).toContain("23.45");
    expect(find("charge")?.textContent).toContain("23.45");
    await type("Enter");
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-1", 2345);
  });

  it("is_not_charged_without_an_amount", async () => {
    await type("Enter");
    expect(shell.charge).not.toHaveBeenCalled();
  });

  it("is_not_charged_by_the_enter_that_ends_the_note", async () => {
    await type("5");
    find("note")?.focus();
    await type("Enter");
    expect(shell.charge).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(find("charge"));
  });

  it("keeps_digits_of_the_note_out_of_the_amount", async () => {
    find("note")?.focus();
    await type("5");
    expect(till.draft.total).toBe(0);
  });

  it("turns_into_a_phone_order_with_f2", async () => {
    await type("F2");
    expect(find("phone-order")?.getAttribute("aria-checked")).toBe("true");
    expect(shell.ringUp).toHaveBeenLastCalledWith("sale-1", 0, "", true, false);
  });

  it("leaves_the_amount_alone_when_escape_closes_the_menu", async () => {
    await type("5");
    find("more")?.click();
    await settle();
    await type("Escape");
    expect(till.draft.total).toBe(5);
    await type("Escape");
    expect(till.draft.total).toBe(0);
  });

  it("never_gives_the_focus_to_a_key_that_was_clicked", () => {
    const down = new MouseEvent("mousedown", { bubbles: true, cancelable: true });
    find("key-5")?.dispatchEvent(down);
    expect(down.defaultPrevented).toBe(true);
  });
});

describe("the payment in front", () => {
  it("does_nothing_on_enter_while_the_outcome_is_unknown", async () => {
    const can = { ...payment().can, checkNow: true, cancel: true, newSale: true };
    await show(tillView({ payment: payment({ state: "unknown", can, nextCheckIn: 4 }) }));
    wait();
    await type("Enter", "7", "Escape");
    expect(find("outcome-title")?.textContent).toBe("Not known yet");
    expect(find("payment-panel")?.textContent).toContain("Checking again in 4 s. Don't take another payment.");
    for (const command of [shell.newSale, shell.takeCard, shell.cancelPayment, shell.charge]) {
      expect(command).not.toHaveBeenCalled();
    }
  });

  it("shows_only_buttons_that_do_something", async () => {
    await show(tillView({ payment: payment({ state: "confirming" }) }));
    expect(find("payment-panel")?.querySelectorAll("button")).toHaveLength(0);
  });

  it("stays_approved_until_the_cashier_goes_on", async () => {
    await show(tillView({ payment: paid() }));
    expect(find("outcome-title")?.textContent).toBe("Approved");
    // The Enter that was meant for the screen before does not take Approved away.
    await type("Enter");
    expect(shell.newSale).not.toHaveBeenCalled();
    wait();
    await type("p");
    expect(shell.printReceipt).toHaveBeenCalledWith("sale-1");
    await type("Enter");
    expect(shell.newSale).toHaveBeenCalledTimes(1);
  });

  it("is_said_aloud_once_it_has_an_outcome", async () => {
    await show(tillView({ payment: paid() }));
    expect(document.querySelector('[aria-live="assertive"]')?.textContent).toContain("Approved: $23.45, K-1042.");
  });
});

describe("the first screen", () => {
  it("has_a_door_to_training_at_the_first_start", async () => {
    await show(tillView({ firstStart: true }));
    find("door-training")?.click();
    await settle();
    expect(shell.chooseDoor).toHaveBeenCalledWith("training");
  });

  it("lists_what_was_found_after_an_unclean_stop", async () => {
    const found = [{ ...paid(), whileAway: true }, payment({ saleId: "b", state: "paused" }), payment({ saleId: "c", state: "unknown" })];
    await show(tillView({ found }));
    const rows = [...document.querySelectorAll('[data-test="found-row"]')].map((row) => row.textContent);
    expect(rows[0]).toContain("Paid while we were away, receipt not printed yet");
    expect(rows[1]).toContain("Not charged so far");
    expect(rows[2]).toContain("Still not known");
    await type("Enter");
    expect(shell.foundSeen).toHaveBeenCalledTimes(1);
  });
});

describe("what a manager has to read", () => {
  const finding = {
    intent: "pi_1",
    saleId: "sale-9",
    amount: 500,
    currency: tillView().currency,
    held: false,
    created: 1_800_000_000,
  };

  it.each([
    ["refundBounced", "Refund again", null],
    ["paidTwice", "Give back", "pi_1"],
    ["paidThoughVoid", "Give back", "pi_1"],
  ] as const)("offers_for_%s_to_%s", async (strange, label, intent) => {
    await show(tillView({ books: { cardsOff: false, behind: false, findings: [{ ...finding, strange }] } }));
    expect(find("give-back")?.textContent.trim()).toBe(label);
    find("give-back")?.click();
    await settle();
    expect(shell.refund).toHaveBeenCalledExactlyOnceWith("sale-9", intent, 500, "");
  });

  it("offers_nothing_for_a_charge_whose_sale_is_lost", async () => {
    const orphan = { ...finding, strange: "orphan" as const };
    await show(tillView({ books: { cardsOff: true, behind: false, findings: [orphan] } }));
    expect(find("give-back")).toBeNull();
    expect(find("finding")?.textContent).toContain("its journal doesn't have");
  });
});

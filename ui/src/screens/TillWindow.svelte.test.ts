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
/** A person's pace: twelve keys a second. */
const PERSON_MS = 83;
let started = 0;

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

interface Typing {
  gap?: number;
  repeat?: boolean;
}

/** Presses keys with time between them, wherever the focus is. */
async function type(keys: readonly string[], { gap = PERSON_MS, repeat = false }: Typing = {}): Promise<void> {
  for (const key of keys) {
    vi.advanceTimersByTime(gap);
    await settle();
    const target = document.activeElement ?? document.body;
    const event = new KeyboardEvent("keydown", { key, repeat, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: performance.now() });
    const kept = target.dispatchEvent(event);
    // What the browser does by itself.
    if (kept && key === "Enter" && target instanceof HTMLButtonElement) target.click();
    await settle();
  }
}

const scan = (code: string, end = "Enter", gap = 4) => type([...code, ...(end ? [end] : [])], { gap });

/** The screen has stood for a moment, and nothing was typed. */
async function wait(): Promise<void> {
  vi.advanceTimersByTime(SETTLED_MS);
  await settle();
}

const next = { ...tillView().draft, saleId: "sale-2", number: "1043" };
const approved = () => tillView({ draft: next, payment: paid() });

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

describe("a sale on the keyboard", () => {
  it("is_charged_with_four_digits_and_enter", async () => {
    await type(["2", "3", "4", "5"]);
    expect(find("amount")?.textContent).toContain("23.45");
    expect(find("charge")?.textContent).toContain("23.45");
    await type(["Enter"]);
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-1", 2345, false);
  });

  it("is_not_charged_without_an_amount", async () => {
    await type(["Enter"]);
    expect(shell.charge).not.toHaveBeenCalled();
  });

  it("is_not_charged_by_the_enter_that_ends_the_note", async () => {
    await type(["5"]);
    find("note")?.focus();
    await type(["Enter"]);
    expect(shell.charge).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(find("charge"));
  });

  it("keeps_digits_of_the_note_out_of_the_amount", async () => {
    find("note")?.focus();
    await type(["5"]);
    expect(till.draft.total).toBe(0);
  });

  it("turns_into_a_phone_order_with_f2", async () => {
    await type(["F2"]);
    expect(find("phone-order")?.getAttribute("aria-checked")).toBe("true");
    expect(shell.ringUp).toHaveBeenLastCalledWith("sale-1", 0, "", true, false);
  });

  it("leaves_the_amount_alone_when_escape_closes_the_menu", async () => {
    await type(["5"]);
    find("more")?.click();
    await settle();
    await type(["Escape"]);
    expect(till.draft.total).toBe(5);
    await type(["Escape"]);
    expect(till.draft.total).toBe(0);
  });

  it("never_gives_the_focus_to_a_key_that_was_clicked", () => {
    const down = new MouseEvent("mousedown", { bubbles: true, cancelable: true });
    find("key-5")?.dispatchEvent(down);
    expect(down.defaultPrevented).toBe(true);
  });
});

describe("typing ahead", () => {
  const card = [..."4242424242424242"];

  it.each([83, 62, 50])("rings up and charges the next sale once at %i ms a key, and no card digit reaches it", async (gap) => {
    await show(approved());
    shell.tillView.mockResolvedValue(tillView({ draft: next }));
    shell.newSale.mockReturnValueOnce(new Promise((resolve) => setTimeout(() => { resolve(null); }, 250)));
    await type([..."500", "Enter", ...card.slice(0, 8)], { gap });
    const third = { ...next, saleId: "sale-3" };
    await show(tillView({ draft: third, payment: payment({ saleId: "sale-2", amount: 500, state: "preparing" }) }));
    await type(card.slice(8), { gap });
    await wait();
    expect(shell.ringUp.mock.calls.map((call) => [call[0], call[1]]).at(-1)).toEqual(["sale-2", 500]);
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-2", 500, false);
    expect(till.draft).toMatchObject({ saleId: "sale-3", total: 0 });
    expect(find("amount")?.textContent).toContain("5.00");
  });

  it("goes_on_with_the_sale_at_once_after_enter_on_approved", async () => {
    await show(approved());
    shell.tillView.mockResolvedValue(tillView({ draft: next }));
    await wait();
    await type(["Enter", "7", "Enter"], { gap: 60 });
    await wait();
    expect(shell.newSale).toHaveBeenCalledTimes(1);
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-2", 7, false);
  });

  it("keeps_digits_out_of_the_sale_that_was_refused_while_they_were_typed", async () => {
    let refuse: (reason: unknown) => void = () => undefined;
    shell.charge.mockReturnValueOnce(new Promise((_, reject) => (refuse = reject)));
    await type([..."500", "Enter", "4", "2"]);
    refuse({ code: "cardsOff", money: "notTaken", detail: null });
    await settle();
    await type(["4", "2", "Enter"]);
    expect(till.draft.total).toBe(500);
    expect(shell.charge).toHaveBeenCalledTimes(1);
    expect(find("money")?.textContent).toBe("The customer was not charged.");
    await wait();
    await type(["0"]);
    expect(till.draft.total).toBe(5000);
  });

  it("begins_the_next_sale_as_a_phone_order_on_f2", async () => {
    await show(approved());
    shell.tillView.mockResolvedValue(tillView({ draft: next }));
    await type(["F2", "5"]);
    expect(find("phone-order")?.getAttribute("aria-checked")).toBe("true");
    await wait();
    expect(shell.newSale).toHaveBeenCalledTimes(1);
    expect(shell.ringUp).toHaveBeenLastCalledWith("sale-2", 5, "", true, false);
  });
});

describe("a scanner", () => {
  const codes = [["4006381333931", "Enter"], ["4006381333931", ""], ["SP-90", "Enter"], ["SP-90", "Tab"], ["P12", "Enter"], ["12", "Enter"]];

  it.each(codes)("rings up and commands nothing: %s %s", async (code, end) => {
    for (const gap of [1, 10, 30]) {
      await scan(code, end, gap);
      await wait();
      expect(till.draft.total, String(gap)).toBe(0);
    }
    expect(shell.charge).not.toHaveBeenCalled();
    expect(find("said")?.textContent).toContain("A scan was ignored");
    expect(find("amount")?.textContent).toContain("0.00");
  });

  it.each(codes)("leaves Approved where it is: %s %s", async (code, end) => {
    await show(approved());
    await wait();
    await scan(code, end);
    await wait();
    expect(find("outcome-title")?.textContent).toBe("Approved");
    for (const command of [shell.newSale, shell.printReceipt, shell.charge]) expect(command).not.toHaveBeenCalled();
  });

  it("commands_nothing_with_its_last_letter", async () => {
    await show(approved());
    await wait();
    await scan("SP", "");
    await wait();
    expect(shell.printReceipt).not.toHaveBeenCalled();
  });

  it("keeps_what_was_rung_up_before_it", async () => {
    await type(["5", "0"]);
    await wait();
    await scan("4006381333931");
    expect(till.draft.total).toBe(50);
    await wait();
    await type(["Enter"]);
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-1", 50, false);
  });

  it("presses_no_button_that_has_the_focus", async () => {
    await type(["5"]);
    find("charge")?.focus();
    await wait();
    await scan("4006381333931");
    expect(shell.charge).not.toHaveBeenCalled();
  });

  it("does_not_put_the_first_screen_away", async () => {
    await show(tillView({ found: [payment({ state: "paused" })] }));
    await scan("SP-90");
    expect(shell.foundSeen).not.toHaveBeenCalled();
  });

  it("types_into_a_text_but_does_not_send_it", async () => {
    find("note")?.focus();
    let kept = 0;
    find("note")?.addEventListener("keydown", (event) => {
      if (!event.defaultPrevented) kept += 1;
    });
    await scan("SP-90");
    expect(kept).toBe(5);
    expect(document.activeElement).toBe(find("note"));
    expect(till.said).not.toContain("scan");
  });
});

describe("a key that is held down", () => {
  it("rings_up_nothing_and_commands_nothing", async () => {
    await type(["5"]);
    await type(["5", "5", "5", "Enter"], { gap: 33, repeat: true });
    expect(till.draft.total).toBe(5);
    expect(shell.charge).not.toHaveBeenCalled();
    await show(approved());
    await wait();
    await type(["p", "Enter"], { gap: 33, repeat: true });
    await wait();
    expect(shell.printReceipt).not.toHaveBeenCalled();
    expect(shell.newSale).not.toHaveBeenCalled();
  });
});

describe("the keyboard", () => {
  it("works_after_a_click_into_the_panel", async () => {
    await show(approved());
    await wait();
    document.querySelector<HTMLElement>(".slip .body")?.focus();
    expect(document.activeElement).not.toBe(document.body);
    await type(["Enter"]);
    expect(find("payment-panel")).toBeNull();
  });

  it("charges_after_the_menu_was_put_away_with_escape", async () => {
    await type([..."50"]);
    find("more")?.focus();
    await type(["Enter"]);
    expect(find("more")?.getAttribute("aria-expanded")).toBe("true");
    await type(["Escape"]);
    expect(document.activeElement).toBe(find("charge"));
    await type(["0", "Enter"]);
    expect(find("more")?.getAttribute("aria-expanded")).toBe("false");
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-1", 500, false);
  });

  it("charges_after_digits_though_a_switch_was_pressed_before", async () => {
    find("phone-order")?.focus();
    await type(["5", "Enter"]);
    expect(shell.charge).toHaveBeenCalledTimes(1);
  });

  it("leaves_enter_to_a_control_that_the_person_went_to", async () => {
    await type(["5"]);
    await wait();
    find("phone-order")?.focus();
    await type(["Enter"]);
    expect(shell.charge).not.toHaveBeenCalled();
    expect(till.draft.phoneOrder).toBe(true);
  });

  it("refuses_a_ninth_digit_where_it_can_be_seen", async () => {
    await type([..."123456789"]);
    expect(find("amount")?.textContent).toContain("123,456.78");
    expect(find("said")?.textContent).toContain("no room for another digit");
    expect(find("amount")?.querySelector(".shake")).not.toBeNull();
  });
});

describe("the payment in front", () => {
  it("does_nothing_on_enter_while_the_outcome_is_unknown", async () => {
    const can = { ...payment().can, checkNow: true, cancel: true, newSale: true };
    await show(tillView({ payment: payment({ state: "unknown", can, nextCheckIn: 4 }) }));
    await wait();
    await type(["Enter", "7", "Escape"]);
    expect(find("outcome-title")?.textContent).toBe("Not known yet");
    expect(find("payment-panel")?.textContent).toContain("Checking again in 4 s. Don't take another payment.");
    for (const command of [shell.newSale, shell.takeCard, shell.cancelPayment, shell.charge]) {
      expect(command).not.toHaveBeenCalled();
    }
  });

  it("counts_the_seconds_down_until_stripe_is_asked_again", async () => {
    await show(tillView({ payment: payment({ state: "unknown", nextCheckIn: 4 }) }));
    vi.advanceTimersByTime(1000);
    await settle();
    expect(find("payment-panel")?.textContent).toContain("Checking again in 3 s.");
    vi.advanceTimersByTime(2000);
    await settle();
    expect(find("payment-panel")?.textContent).toContain("Checking again in 1 s.");
  });

  it("shows_only_buttons_that_do_something", async () => {
    await show(tillView({ payment: payment({ state: "confirming" }) }));
    expect(find("payment-panel")?.querySelectorAll("button")).toHaveLength(0);
  });

  it("stays_approved_until_the_cashier_goes_on", async () => {
    await show(approved());
    expect(find("outcome-title")?.textContent).toBe("Approved");
    // The Enter that was meant for the screen before does not take Approved away.
    await type(["Enter"]);
    expect(shell.newSale).not.toHaveBeenCalled();
    await wait();
    await type(["p"]);
    await wait();
    expect(shell.printReceipt).toHaveBeenCalledWith("sale-1");
    await type(["Enter"]);
    expect(shell.newSale).toHaveBeenCalledTimes(1);
    expect(find("payment-panel")).toBeNull();
  });

  it("is_said_aloud_once_it_has_an_outcome", async () => {
    await show(tillView({ payment: paid() }));
    expect(document.querySelector('[aria-live="assertive"]')?.textContent).toContain("Approved: $23.45 USD, K-1042.");
  });
});

describe("the sentence about money", () => {
  it.each([
    ["notTaken", "The customer was not charged."],
    ["taken", "The customer was charged."],
    ["unknown", "It is not known yet whether the customer was charged."],
  ] as const)("stands beside a refused command exactly as the shell says: %s", async (money, sentence) => {
    await show(approved());
    shell.printReceipt.mockRejectedValueOnce({ code: "journalFull", money, detail: null });
    await wait();
    await type(["p"]);
    await wait();
    expect(find("problem")?.textContent).toContain(sentence);
  });

  it("is_not_there_when_the_problem_says_nothing_about_money", async () => {
    await show(approved());
    shell.printReceipt.mockRejectedValueOnce({ code: "journalFull", money: null, detail: null });
    await wait();
    await type(["p"]);
    await wait();
    expect(find("problem")?.textContent).toContain("The disk is full");
    expect(find("money")).toBeNull();
    expect(find("problem")?.textContent).not.toMatch(/charged/);
  });

  it("tells_to_take_no_other_payment_while_the_outcome_is_unknown", async () => {
    for (const state of ["unknown", "processing", "confirming", "finishing"] as const) {
      await show(tillView({ payment: payment({ state }) }));
      expect(find("payment-panel")?.textContent, state).toContain("Don't take another payment.");
    }
  });

  it("asks_for_the_card_window_only_where_there_is_one", async () => {
    await show(tillView({ payment: payment({ state: "ready", cardWindow: true }) }));
    expect(find("payment-panel")?.textContent).toContain("Type the card in the card window.");
    await show(tillView({ payment: payment({ state: "ready", cardWindow: false }) }));
    expect(find("payment-panel")?.textContent).not.toContain("Type the card in the card window.");
    expect(find("payment-panel")?.textContent).toContain("Take card");
  });
});

describe("an amount far above the usual", () => {
  async function asked(): Promise<void> {
    shell.charge.mockRejectedValueOnce({ code: "amountUnusual", money: null, detail: null });
    await type([..."50042424", "Enter"]);
  }

  it("is_asked_about_by_name_and_keys_typed_meanwhile_do_nothing", async () => {
    await asked();
    expect(find("unusual")?.textContent).toContain("$500,424.24 USD is far above what this till usually takes.");
    expect(document.activeElement).toBe(find("check-amount"));
    await type(["4", "2", "Enter", "p", "F2", "Backspace"]);
    expect(find("unusual")).not.toBeNull();
    expect(till.draft).toMatchObject({ total: 50_042_424, phoneOrder: false });
  });

  it("is_left_as_it_is_by_a_bare_enter", async () => {
    await asked();
    await wait();
    await type(["Enter"]);
    expect(find("unusual")).toBeNull();
    expect(shell.charge).toHaveBeenCalledTimes(1);
    expect(till.draft.total).toBe(50_042_424);
  });

  it("is_left_as_it_is_by_an_enter_that_comes_without_the_focus", async () => {
    await asked();
    await wait();
    find("check-amount")?.blur();
    await type(["Enter"]);
    expect(find("unusual")).toBeNull();
    expect(shell.charge).toHaveBeenCalledTimes(1);
  });

  it("is_charged_by_the_button_that_names_it", async () => {
    await asked();
    expect(find("charge-sure")?.textContent).toBe("Charge $500,424.24 USD");
    find("charge-sure")?.click();
    await settle();
    expect(shell.charge).toHaveBeenLastCalledWith("sale-1", 50_042_424, true);
    expect(find("unusual")).toBeNull();
  });
});

describe("closing the window while a card is charged", () => {
  it("is_asked_about_and_enter_keeps_it_open", async () => {
    await show(tillView({ closing: true, payment: payment({ state: "confirming" }) }));
    expect(find("closing")?.getAttribute("role")).toBe("alertdialog");
    expect(find("closing")?.textContent).toContain("A card is being charged.");
    expect(document.activeElement).toBe(find("stay-open"));
    await wait();
    await type(["Enter"]);
    expect(shell.stayOpen).toHaveBeenCalledTimes(1);
    expect(shell.closeAnyway).not.toHaveBeenCalled();
    find("close-anyway")?.click();
    await settle();
    expect(shell.closeAnyway).toHaveBeenCalledTimes(1);
  });
});

describe("an account whose currency nobody has said", () => {
  it("is_asked_for_it_on_the_sale_with_the_likely_one_chosen", async () => {
    const currencies = [{ code: "aud", decimals: 2 }, { code: "usd", decimals: 2 }];
    shell.settingsView.mockResolvedValue({ currencies } as never);
    const problem = { code: "currencyNotChosen", money: null, detail: null } as const;
    await show(tillView({ problem, suggestedCurrency: "aud" }));
    await settle();
    const select = find<HTMLSelectElement>("account-currency");
    expect([...(select?.options ?? [])].map((option) => option.text)).toContain("USD – US Dollar");
    expect(select?.value).toBe("aud");
    find<HTMLFormElement>("currency-form")?.requestSubmit();
    await settle();
    expect(shell.chooseCurrency).toHaveBeenCalledExactlyOnceWith("aud");
    await type(["5", "Enter"]);
    expect(shell.charge).not.toHaveBeenCalled();
  });
});

describe("the note", () => {
  it("takes_no_card_number_and_tells_the_shell_nothing_of_it", async () => {
    const note = find<HTMLInputElement>("note");
    if (note) note.value = "4242 4242 4242 4242 exp 12/34 cvc 123";
    note?.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    expect(note?.value).toBe("");
    expect(find("card-number-refused")?.getAttribute("role")).toBe("alert");
    expect(JSON.stringify(shell.ringUp.mock.calls)).not.toContain("4242");
    if (note) note.value = "Table 7";
    note?.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    expect(find("card-number-refused")).toBeNull();
    expect(shell.ringUp).toHaveBeenLastCalledWith("sale-1", 0, "Table 7", false, false);
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
    await type(["Enter"]);
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
    refunded: false,
  };

  it.each([
    ["refundBounced", "Refund again", null],
    ["paidTwice", "Refund", "pi_1"],
    ["paidThoughVoid", "Refund", "pi_1"],
  ] as const)("offers_for_%s_to_%s", async (strange, label, intent) => {
    await show(tillView({ books: { cardsOff: false, behind: false, findings: [{ ...finding, strange }] } }));
    expect(find("give-back")?.textContent.trim()).toBe(label);
    find("give-back")?.click();
    await settle();
    expect(shell.refund).toHaveBeenCalledExactlyOnceWith("sale-9", intent, 500, "", "pi_1");
  });

  it("says_refunded_again_in_words_once_it_was_and_has_no_button_any_more", async () => {
    const again = { ...finding, strange: "refundBounced" as const, refunded: true };
    await show(tillView({ books: { cardsOff: false, behind: false, findings: [again] } }));
    expect(find("finding-refunded")?.textContent.trim()).toBe("Refunded again");
    expect(find("give-back")).toBeNull();
    expect(find("finding")?.textContent).not.toContain("Refund again");
  });

  it("offers_nothing_for_a_charge_whose_sale_is_lost", async () => {
    const orphan = { ...finding, strange: "orphan" as const };
    await show(tillView({ books: { cardsOff: true, behind: false, findings: [orphan] } }));
    expect(find("give-back")).toBeNull();
    expect(find("finding")?.textContent).toContain("its journal doesn't have");
  });
});

import { describe, expect, it, vi } from "vitest";
import { till } from "../till.svelte";
import { approved, find, next, settle, shell, show, tillWindow, type, wait } from "../test/tillWindow";
import { paid, payment, tillView } from "../test/views";

vi.mock("../ipc");

tillWindow();

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

describe("the last sale", () => {
  const words = () => find("charge")?.closest("aside")?.querySelector("section")?.textContent ?? "";

  it("is_told_where_nothing_is_in_front_and_read_again_on_every_change", async () => {
    shell.payments.mockResolvedValue([paid()]);
    await show(tillView({ draft: next }));
    expect(words()).toMatch(/^Last sale K-1042 .* Paid \$23.45/);
    expect(shell.payments).toHaveBeenLastCalledWith("", null, 1);
    shell.payments.mockResolvedValue([{ ...paid(), refundedElsewhere: 2345 }]);
    await show(tillView({ draft: next }));
    await settle();
    expect(words()).toContain("Refunded");
  });

  it("is_not_told_from_memory_when_the_journal_cannot_be_read", async () => {
    shell.payments.mockResolvedValue([paid()]);
    await show(tillView({ draft: next }));
    shell.payments.mockRejectedValue({ code: "modeChanging", money: null, detail: null });
    await show(tillView({ draft: next }));
    await settle();
    expect(words()).toBe("");
  });

  it("goes_while_the_next_amount_is_typed_and_is_not_listed_twice", async () => {
    const open = payment({ state: "unknown" });
    shell.payments.mockResolvedValue([open]);
    await show(tillView({ draft: next, open: [open] }));
    expect(words()).toMatch(/^Waiting for you/);
    expect(document.body.textContent).not.toContain("Last sale");
    shell.payments.mockResolvedValue([paid()]);
    await show(tillView({ draft: next }));
    expect(words()).toContain("Last sale");
    await type(["5"]);
    expect(words()).toBe("");
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
    // The rest of the number, its date and code are no note either.
    if (note) note.value = "42 12/34";
    note?.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
    expect([note?.value, shell.ringUp.mock.calls.at(-1)?.[2]]).toEqual(["", ""]);
    vi.advanceTimersByTime(1_000);
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
    expect(rows[0]).toContain("Paid while Keytill was closed, receipt not printed yet");
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

  const read = async () => {
    find("open-findings")?.click();
    await settle();
  };

  it("does_not_take_the_screen_from_a_cashier_while_cards_are_on", async () => {
    const books = { cardsOff: false, behind: false, findings: [{ ...finding, strange: "refundBounced" as const }] };
    await show(tillView({ books, payment: paid(), draft: next }));
    expect(find("outcome-title")?.textContent).toBe("Approved");
    await show(tillView({ books }));
    await wait();
    await type(["5"]);
    expect(till.draft.total).toBe(5);
    expect(find("open-findings")?.textContent).toContain("One thing to check at Stripe");
    await read();
    expect(find("books-panel")).not.toBeNull();
    await type(["5"]);
    expect(find("said")?.textContent).toContain("A manager has to read this first.");
    find("findings-later")?.click();
    await settle();
    expect(find("books-panel")).toBeNull();
  });

  it("does_not_hide_how_the_sale_in_front_ended_while_cards_are_off", async () => {
    const books = { cardsOff: true, behind: false, findings: [{ ...finding, strange: "orphan" as const }] };
    await show(tillView({ books, payment: paid(), draft: next }));
    expect(find("outcome-title")?.textContent).toBe("Approved");
    await show(tillView({ books, draft: next }));
    expect(find("books-panel")).not.toBeNull();
  });

  it.each([
    ["refundBounced", "Refund again"],
    ["paidTwice", "Refund"],
    ["paidThoughVoid", "Refund"],
  ] as const)("offers_for_%s_to_%s", async (strange, label) => {
    await show(tillView({ books: { cardsOff: false, behind: false, findings: [{ ...finding, strange }] } }));
    await read();
    expect(find("give-back")?.textContent.trim()).toBe(label);
    find("give-back")?.click();
    await settle();
    expect(shell.refund).toHaveBeenCalledExactlyOnceWith("sale-9", "pi_1", 500, "");
  });

  it("says_refunded_again_in_words_once_it_was_and_has_no_button_any_more", async () => {
    const again = { ...finding, strange: "refundBounced" as const, refunded: true };
    await show(tillView({ books: { cardsOff: false, behind: false, findings: [again] } }));
    await read();
    expect(find("finding-refunded")?.textContent.trim()).toBe("Refunded again");
    expect(find("give-back")).toBeNull();
    expect(find("finding")?.textContent).not.toContain("Refund again");
  });

  it("offers_nothing_for_a_charge_whose_sale_is_lost", async () => {
    const orphan = { ...finding, strange: "orphan" as const };
    await show(tillView({ books: { cardsOff: true, behind: false, findings: [orphan] } }));
    expect(find("give-back")).toBeNull();
    expect(find("finding")?.textContent).toContain("its journal doesn't have");
    find("findings-read")?.click();
    await settle();
    expect(shell.findingsRead).toHaveBeenCalledExactlyOnceWith(1);
  });
});

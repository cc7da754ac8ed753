import { describe, expect, it, vi } from "vitest";
import { keyboard } from "../keyboard";
import { till } from "../till.svelte";
import { approved, find, next, scan, settle, shell, show, tillWindow, type, wait } from "../test/tillWindow";
import { payment, tillView } from "../test/views";

vi.mock("../ipc");

tillWindow();

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
    await wait();
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

  it("never_takes_the_end_of_an_amount_whose_beginning_went_with_the_card_window", async () => {
    await show(tillView({ draft: next, payment: payment({ state: "confirming", cardWindow: true }) }));
    await show(approved());
    await type([..."13", "Enter"]);
    expect(shell.newSale).not.toHaveBeenCalled();
    expect(shell.charge).not.toHaveBeenCalled();
    expect(till.said).toContain("Type the amount again");
    await wait();
    await type([..."7613"]);
    expect(till.draft).toMatchObject({ saleId: "sale-2", total: 7613 });
    await wait();
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

describe("a person behind a scan, and a held Backspace", () => {
  it("is_heard_again_as_soon_as_the_keys_come_at_a_person_s_pace", async () => {
    await scan("123456", "");
    await type([..."2345"], { gap: 90 });
    expect(till.draft.total).toBe(2345);
  });

  it("is_no_scan_when_backspace_is_pressed_quickly", async () => {
    await type(Array<string>(6).fill("Backspace"), { gap: 12 });
    await type([..."2345"], { gap: 90 });
    expect(till.draft.total).toBe(2345);
  });

  it("deletes_for_as_long_as_backspace_is_held", async () => {
    await type([..."8765"]);
    await type(["Backspace"]);
    await type(["Backspace", "Backspace", "Backspace"], { gap: 33, repeat: true });
    expect(till.draft.total).toBe(0);
  });
});

describe("a key that is held down", () => {
  it("rings_up_one_digit_and_commands_once", async () => {
    await type(["5"]);
    await type(["5", "5", "5"], { gap: 33, repeat: true });
    expect(till.draft.total).toBe(5);
    await type(["Enter"]);
    await type(["Enter", "Enter", "Enter"], { gap: 33, repeat: true });
    expect(shell.charge).toHaveBeenCalledTimes(1);
    await show(approved());
    await wait();
    await type(["p"]);
    await type(["p", "p", "p"], { gap: 33, repeat: true });
    await wait();
    expect(shell.printReceipt).toHaveBeenCalledTimes(1);
    await type(["Enter"]);
    await type(["Enter", "Enter", "Enter"], { gap: 33, repeat: true });
    expect(shell.newSale).toHaveBeenCalledTimes(1);
  });

  it("is_counted_by_its_enters_that_the_shell_waits_for", async () => {
    const before = keyboard.enters;
    await type([..."500", "Enter", "4"]);
    await type(["Enter", "Enter"], { gap: 33, repeat: true });
    await scan("4006381333931");
    expect(keyboard.enters - before).toBe(4);
  });

  it("is_not_meant_by_an_enter_whose_release_another_window_got", async () => {
    await type([..."500", "Enter"]);
    await show(approved());
    vi.advanceTimersByTime(5000);
    // The card window has had the keyboard since, and WebKit knows of no release.
    await type(["Enter"], { repeat: true });
    await wait();
    expect(shell.newSale).toHaveBeenCalledTimes(1);
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

import { beforeEach, describe, expect, it, vi } from "vitest";
import * as ipc from "./ipc";
import { Till } from "./till.svelte";
import { paid, payment, tillView } from "./test/views";

vi.mock("./ipc");

const shell = vi.mocked(ipc);
const noKey = { code: "noKey", money: "notTaken", detail: null } as const;

/** A command whose answer the test gives by hand. */
function held(): { answer: () => void; promise: Promise<null> } {
  let answer: () => void = () => undefined;
  const promise = new Promise<null>((resolve) => {
    answer = () => {
      resolve(null);
    };
  });
  return { answer, promise };
}

async function begun(): Promise<Till> {
  const till = new Till();
  await till.start();
  return till;
}

beforeEach(() => {
  vi.resetAllMocks();
  shell.onTillChanged.mockResolvedValue(() => undefined);
  shell.tillView.mockResolvedValue(tillView());
  for (const command of [shell.ringUp, shell.charge, shell.newSale, shell.takeCard, shell.printReceipt]) {
    command.mockResolvedValue(null);
  }
});

describe("ringing up", () => {
  it("shows_a_key_before_the_shell_has_answered", async () => {
    const till = await begun();
    shell.ringUp.mockReturnValue(held().promise);
    till.press("2");
    till.press("3");
    expect(till.draft.total).toBe(23);
  });

  it("sends_fast_keys_together_and_the_last_amount_last", async () => {
    const till = await begun();
    const first = held();
    shell.ringUp.mockReturnValueOnce(first.promise);
    for (const key of ["2", "3", "4", "5"] as const) {
      till.press(key);
      await Promise.resolve();
    }
    first.answer();
    await till.charge();
    const totals = shell.ringUp.mock.calls.map((call) => call[1]);
    expect(totals.length).toBeLessThan(4);
    expect(totals.at(-1)).toBe(2345);
  });

  it("shows_no_view_that_is_older_than_the_one_it_shows", async () => {
    const till = await begun();
    till.receive(tillView({ revision: 3 }));
    till.receive(tillView({ revision: 2, problem: { code: "modeChanging", money: null, detail: null } }));
    expect(till.view?.problem).toBeNull();
    till.receive(tillView({ revision: 4, connection: "offline" }));
    expect(till.view?.connection).toBe("offline");
  });

  it("keeps_what_was_typed_when_an_older_view_arrives", async () => {
    const till = await begun();
    till.press("9");
    await till.checkNow("sale-0");
    till.receive(tillView({ connection: "offline" }));
    expect(till.draft.total).toBe(9);
    expect(till.view?.connection).toBe("offline");
  });

  it("changes_nothing_while_a_payment_is_in_front", async () => {
    const till = await begun();
    till.receive(tillView({ payment: payment() }));
    expect(till.canRingUp).toBe(false);
    till.press("9");
    expect(till.draft.total).toBe(0);
    expect(shell.ringUp).not.toHaveBeenCalled();
  });
});

describe("keys that do nothing", () => {
  it("are_taken_back_to_what_stood_there_before_a_scan", async () => {
    const till = await begun();
    till.press("5");
    till.runBegins();
    till.press("4");
    till.press("0");
    till.runWasScan();
    expect(till.draft.total).toBe(5);
  });

  it("take_no_sentence_away_when_they_were_a_scan", async () => {
    const till = await begun();
    till.press("5");
    shell.charge.mockRejectedValueOnce(noKey);
    await till.charge();
    till.runBegins();
    till.press("4");
    expect(till.problem).toBeNull();
    till.runWasScan();
    expect(till.problem).toEqual(noKey);
  });

  it("are_told_when_there_is_no_room_for_a_digit", async () => {
    const till = await begun();
    for (const key of "12345678") till.press(key as "1");
    expect(till.said).toBe("");
    till.press("9");
    expect(till.draft.total).toBe(12_345_678);
    expect(till.refusedDigits).toBe(1);
    expect(till.said).toContain("no room for another digit");
  });
});

describe("the question whether the window may close", () => {
  it("is_answered_though_another_command_is_on_its_way", async () => {
    const till = await begun();
    shell.checkNow.mockReturnValue(held().promise);
    void till.checkNow("sale-0");
    await till.stayOpen();
    await till.closeAnyway();
    expect(shell.stayOpen).toHaveBeenCalledTimes(1);
    expect(shell.closeAnyway).toHaveBeenCalledTimes(1);
  });
});

describe("charging", () => {
  it("waits_for_every_key_before_it", async () => {
    const till = await begun();
    const slow = held();
    shell.ringUp.mockReturnValueOnce(slow.promise);
    till.press("5");
    const charged = till.charge();
    await Promise.resolve();
    expect(shell.charge).not.toHaveBeenCalled();
    slow.answer();
    await charged;
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-1", 5, false);
  });

  it("charges_once_for_a_double_click", async () => {
    const till = await begun();
    till.press("5");
    await Promise.all([till.charge(), till.charge()]);
    expect(shell.charge).toHaveBeenCalledTimes(1);
  });

  it("does_not_charge_an_amount_that_the_shell_did_not_take", async () => {
    const till = await begun();
    shell.ringUp.mockRejectedValue({ code: "amountTooLarge", money: "notTaken", detail: null });
    till.press("5");
    expect(await till.charge()).toBe(false);
    expect(shell.charge).not.toHaveBeenCalled();
    expect(till.problem?.code).toBe("amountTooLarge");
  });

  it("says_why_it_was_refused_and_lets_the_cashier_try_again", async () => {
    const till = await begun();
    till.press("5");
    shell.charge.mockRejectedValueOnce(noKey);
    await till.charge();
    expect(till.problem).toEqual(noKey);
    expect(till.problemSale).toBe("sale-1");
    expect(await till.charge()).toBe(true);
    expect(till.problem).toBeNull();
  });
});

describe("a charge that was asked for", () => {
  const next = { ...tillView().draft, saleId: "sale-2" };
  const ready = tillView({ draft: next, payment: payment({ state: "ready" }) });

  async function asked() {
    const till = await begun();
    const answer = held();
    shell.charge.mockReturnValueOnce(answer.promise);
    till.press("5");
    const charged = till.charge();
    return { till, charged, answer };
  }

  it("stands_before_the_shell_has_answered_and_no_key_changes_an_amount", async () => {
    const { till } = await asked();
    till.press("4");
    till.change({ note: "4242" });
    till.phoneOrder();
    expect(till.charging).toBe("sale-1");
    expect(till.draft).toMatchObject({ saleId: "sale-1", total: 5, note: "", phoneOrder: false });
    expect(await till.charge()).toBe(false);
  });

  it("keeps_the_keys_off_until_the_sale_is_over", async () => {
    const { till, charged, answer } = await asked();
    shell.tillView.mockResolvedValue(ready);
    answer.answer();
    await charged;
    till.press("4");
    till.receive(tillView({ draft: next, payment: payment({ state: "confirming" }) }));
    till.press("2");
    expect(till.draft.total).toBe(0);
    till.receive(tillView({ draft: next, payment: paid() }));
    till.press("7");
    expect(till.draft).toMatchObject({ saleId: "sale-2", total: 7 });
  });

  it("keeps_the_keys_off_though_nothing_more_is_heard_of_it", async () => {
    const { till, charged, answer } = await asked();
    shell.tillView.mockRejectedValue(new Error("gone"));
    answer.answer();
    await charged;
    till.receive(tillView({ payment: payment({ state: "ready" }) }));
    till.receive(tillView());
    till.press("4");
    expect(till.draft.total).toBe(5);
  });

  it("is_not_undone_by_a_view_that_is_older_than_its_answer", async () => {
    const { till, charged, answer } = await asked();
    shell.tillView.mockResolvedValue(ready);
    answer.answer();
    await charged;
    till.receive(tillView());
    till.press("4");
    expect(till.payment?.state).toBe("ready");
    expect(till.draft.total).toBe(0);
  });

  it("leaves_the_sale_as_it_was_when_it_is_refused_even_after_a_view_of_its_payment", async () => {
    const till = await begun();
    let refuse: (reason: unknown) => void = () => undefined;
    shell.charge.mockReturnValueOnce(new Promise((_, reject) => (refuse = reject)));
    till.press("5");
    const charged = till.charge();
    await vi.waitFor(() => { expect(shell.charge).toHaveBeenCalled(); });
    till.receive(tillView({ payment: payment({ state: "preparing" }) }));
    till.receive(tillView());
    till.press("4");
    refuse({ code: "journalFull", money: "notTaken", detail: null });
    expect(await charged).toBe(false);
    expect(till.draft.total).toBe(5);
    till.press("0");
    expect(till.draft.total).toBe(50);
  });

  it("asks_once_more_about_an_unusual_amount_and_then_charges_it_for_sure", async () => {
    const till = await begun();
    till.press("5");
    shell.charge.mockRejectedValueOnce({ code: "amountUnusual", money: null, detail: null });
    expect(await till.charge()).toBe(false);
    expect(till.unusual).toBe("sale-1");
    expect(till.problem).toBeNull();
    till.press("4");
    expect(await till.charge()).toBe(false);
    expect(till.draft.total).toBe(5);
    expect(await till.charge(true)).toBe(true);
    expect(shell.charge.mock.calls).toEqual([["sale-1", 5, false], ["sale-1", 5, true]]);
  });

  it("goes_back_to_the_amount_that_was_asked_about", async () => {
    const till = await begun();
    till.press("5");
    shell.charge.mockRejectedValueOnce({ code: "amountUnusual", money: null, detail: null });
    await till.charge();
    till.checkAmount();
    till.press("back");
    till.press("7");
    expect(till.draft.total).toBe(7);
  });
});

describe("what is typed behind an Enter", () => {
  it("is_a_card_from_the_moment_a_charge_is_asked_for_until_it_is_refused", async () => {
    const till = await begun();
    till.press("5");
    expect(till.isCardNext()).toBe(false);
    shell.charge.mockRejectedValueOnce({ code: "notNow", money: null, detail: null });
    const charged = till.charge();
    expect(till.isCardNext()).toBe(true);
    await charged;
    expect(till.isCardNext()).toBe(false);
  });

  it("is_a_card_while_the_card_window_is_asked_for_again", async () => {
    const till = await begun();
    const answer = held();
    shell.takeCard.mockReturnValueOnce(answer.promise);
    const taken = till.takeCard("sale-1");
    expect(till.isCardNext()).toBe(true);
    answer.answer();
    await taken;
    expect(till.isCardNext()).toBe(false);
  });
});

describe("after a payment", () => {
  const next = { ...tillView().draft, saleId: "sale-2" };
  const approved = tillView({ draft: next, payment: paid() });

  async function over(): Promise<Till> {
    const till = await begun();
    till.receive(approved);
    shell.tillView.mockResolvedValue(tillView({ draft: next }));
    return till;
  }

  it("takes_up_the_next_sale_key_by_key_while_the_shell_is_still_told_of_it", async () => {
    const till = await over();
    const slow = held();
    shell.newSale.mockReturnValueOnce(slow.promise);
    till.press("5");
    expect(till.payment).toBeNull();
    till.press("00");
    const charged = till.charge();
    till.press("4");
    till.press("2");
    expect(till.draft).toMatchObject({ saleId: "sale-2", total: 500 });
    await Promise.resolve();
    expect(shell.ringUp).not.toHaveBeenCalled();
    slow.answer();
    expect(await charged).toBe(true);
    expect(shell.newSale).toHaveBeenCalledTimes(1);
    expect(shell.ringUp).toHaveBeenLastCalledWith("sale-2", 500, "", false, false);
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-2", 500, false);
    expect(shell.newSale.mock.invocationCallOrder[0]).toBeLessThan(shell.ringUp.mock.invocationCallOrder[0] ?? 0);
  });

  it("shows_the_payment_again_when_the_next_sale_is_refused_and_charges_nothing", async () => {
    const till = await over();
    shell.newSale.mockRejectedValueOnce({ code: "notNow", money: "taken", detail: null });
    till.press("5");
    expect(await till.charge()).toBe(false);
    expect(till.payment?.state).toBe("paid");
    expect(till.problem?.money).toBe("taken");
    expect(till.draft.total).toBe(0);
    expect(shell.charge).not.toHaveBeenCalled();
  });

  it("begins_the_next_sale_as_a_phone_order_on_f2", async () => {
    const till = await over();
    till.phoneOrder();
    expect(till.payment).toBeNull();
    expect(till.draft).toMatchObject({ saleId: "sale-2", phoneOrder: true });
    till.phoneOrder();
    expect(till.draft.phoneOrder).toBe(false);
  });

  it("leaves_a_payment_that_is_not_over_where_it_is", async () => {
    const till = await begun();
    till.receive(tillView({ draft: next, payment: payment({ state: "unknown" }) }));
    till.press("5");
    till.phoneOrder();
    expect(till.payment?.state).toBe("unknown");
    expect(till.draft).toMatchObject({ total: 0, phoneOrder: false });
    expect(shell.newSale).not.toHaveBeenCalled();
  });

  it("is_back_when_the_keys_were_a_scan_and_the_shell_never_hears_of_it", async () => {
    const till = await over();
    till.runBegins();
    till.press("4");
    till.press("0");
    till.runWasScan();
    await Promise.resolve();
    expect(till.payment?.state).toBe("paid");
    expect(till.draft.total).toBe(0);
    expect(till.said).toContain("scan");
    await vi.waitFor(() => { expect(shell.ringUp).toHaveBeenCalled(); });
    expect(shell.ringUp.mock.calls.every((call) => call[1] === 0)).toBe(true);
    expect(shell.newSale).not.toHaveBeenCalled();
  });

  it("puts_the_receipt_on_paper_as_it_was_when_print_was_pressed", async () => {
    const till = await begun();
    const before = paid();
    till.receive(tillView({ payment: before }));
    await till.print(before);
    const receipt = before.receipt ? { ...before.receipt, copy: true } : null;
    till.receive(tillView({ payment: { ...before, receipt } }));
    expect(till.paper?.payment.receipt?.copy).toBe(false);
    expect(till.paper?.mode).toBe("training");
    expect(shell.printReceipt).toHaveBeenCalledExactlyOnceWith("sale-1");
  });

  it("prints_nothing_without_a_receipt", async () => {
    const till = await begun();
    expect(await till.print(payment())).toBe(false);
    expect(shell.printReceipt).not.toHaveBeenCalled();
  });
});

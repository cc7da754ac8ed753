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
    till.press("9");
    expect(till.draft.total).toBe(0);
    expect(shell.ringUp).not.toHaveBeenCalled();
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
    expect(shell.charge).toHaveBeenCalledExactlyOnceWith("sale-1", 5);
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

describe("after a payment", () => {
  it("starts_the_next_sale_with_the_digit_that_was_typed", async () => {
    const till = await begun();
    till.receive(tillView({ payment: paid() }));
    const next = { ...tillView().draft, saleId: "sale-2" };
    shell.tillView.mockResolvedValue(tillView({ draft: next }));
    await till.newSaleWith("7");
    expect(shell.newSale).toHaveBeenCalledTimes(1);
    expect(till.draft).toMatchObject({ saleId: "sale-2", total: 7 });
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

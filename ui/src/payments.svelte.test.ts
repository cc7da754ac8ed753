import { beforeEach, describe, expect, it, vi } from "vitest";
import type { PaymentView } from "./bindings/PaymentView";
import * as ipc from "./ipc";
import { asStored, cursorOf, PAGE, PaymentList } from "./payments.svelte";
import { payment } from "./test/views";

vi.mock("./ipc");

const shell = vi.mocked(ipc);

function rows(from: number, count: number): PaymentView[] {
  return Array.from({ length: count }, (_, at) => payment({ saleId: `s${from - at}`, number: `K-${from - at}` }));
}

beforeEach(() => {
  vi.resetAllMocks();
});

describe("the list of payments", () => {
  it("goes_on_below_its_last_row", async () => {
    const list = new PaymentList();
    shell.payments.mockResolvedValueOnce(rows(500, PAGE)).mockResolvedValueOnce(rows(500 - PAGE, 3));
    await list.find("");
    await list.more();
    expect(shell.payments).toHaveBeenLastCalledWith("", 500 - PAGE + 1, PAGE);
    expect(list.rows).toHaveLength(PAGE + 3);
    expect(list.complete).toBe(true);
  });

  it("asks_for_nothing_more_once_everything_is_there", async () => {
    const list = new PaymentList();
    shell.payments.mockResolvedValue(rows(2, 2));
    await list.find("");
    await list.more();
    expect(shell.payments).toHaveBeenCalledTimes(1);
  });

  it("never_shows_the_rows_of_an_older_search", async () => {
    const list = new PaymentList();
    let late: (rows: PaymentView[]) => void = () => undefined;
    shell.payments.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    shell.payments.mockResolvedValueOnce(rows(42, 1));
    const first = list.find("4");
    await list.find("42");
    late(rows(99, 9));
    await first;
    expect(list.rows.map((row) => row.number)).toEqual(["K-42"]);
  });

  it("finds_its_place_by_the_sales_number", () => {
    expect(cursorOf(payment({ number: "K-1042" }))).toBe(1042);
    expect(cursorOf(undefined)).toBeNull();
  });
});

describe("a search as people type it", () => {
  it.each([
    ["$23.45", "23.45"],
    ["23,45", "23.45"],
    ["$1,234.50 visa", "1234.50 visa"],
    ["$18", "18.00"],
    ["18", "18"],
    ["k1012", "K-1012"],
    ["K-1012 ", "K-1012"],
    ["table 7", "table 7"],
    ["4242", "4242"],
    ["1,234", "1,234"],
    ["pi_3Nk", "pi_3Nk"],
  ])("%s is looked for as %s", (typed, stored) => {
    expect(asStored(typed, { code: "usd", decimals: 2 })).toBe(stored);
  });

  it("follows_the_decimals_of_the_currency", () => {
    expect(asStored("¥500", { code: "jpy", decimals: 0 })).toBe("500");
    expect(asStored("1.234", { code: "kwd", decimals: 3 })).toBe("1.234");
  });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { PaymentView } from "./bindings/PaymentView";
import * as ipc from "./ipc";
import { cursorOf, PAGE, PaymentList } from "./payments.svelte";
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

import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CardPageView } from "../bindings/CardPageView";
import * as ipc from "../ipc";
import { cardPage, cardPayment } from "../test/views";
import CardPage from "./CardPage.svelte";
import { CardField } from "./field.svelte";

vi.mock("../ipc");
vi.mock("./stripe", () => ({ loadStripe: () => new Promise(() => undefined), elementStyle: () => ({}) }));

const shell = vi.mocked(ipc);
let send: (view: CardPageView) => void;
let page: Record<string, unknown>;

const find = (test: string) => document.querySelector<HTMLElement>(`[data-test="${test}"]`);

async function show(view: CardPageView): Promise<void> {
  send(view);
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  flushSync();
}

beforeEach(async () => {
  vi.resetAllMocks();
  vi.stubGlobal("matchMedia", () => ({ addEventListener: () => undefined, removeEventListener: () => undefined }));
  shell.cardView.mockResolvedValue(cardPage(null));
  shell.onCardChanged.mockImplementation((changed) => {
    send = changed;
    return Promise.resolve(() => undefined);
  });
  page = mount(CardPage, { target: document.body });
  flushSync();
  await show(cardPage(null));
});

afterEach(async () => {
  await unmount(page);
  vi.unstubAllGlobals();
});

describe("the card window", () => {
  it.each([
    ["notTaken", "The customer was not charged."],
    ["taken", "The customer was charged."],
    ["unknown", "It is not known yet whether the customer was charged."],
    [null, null],
  ] as const)("says of a problem with money %s: %s", async (money, sentence) => {
    const problem = { code: "stripeRejected", money, detail: null } as const;
    await show(cardPage(cardPayment({ problem })));
    expect(find("card-problem")).not.toBeNull();
    expect(find("money")?.textContent ?? null).toBe(sentence);
  });

  it("names_the_currency_on_the_amount_and_the_button", async () => {
    await show(cardPage(cardPayment()));
    expect(find("card-amount")?.textContent).toBe("$23.45 USD");
    expect(find("pay")?.textContent).toContain("Pay $23.45 USD");
  });

  it("hears_escape_while_the_bank_has_the_word_and_says_why_it_stays", async () => {
    await show(cardPage(cardPayment({ state: "confirming", token: null })));
    expect(document.activeElement).toBe(document.querySelector("main"));
    shell.closeCard.mockRejectedValueOnce({ code: "notNow", money: "unknown", detail: null });
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    await show(cardPage(cardPayment({ state: "confirming", token: null })));
    expect(document.body.textContent).toContain("this window stays open until we know");
  });

  /** The card's frame has the focus on this page, as the page was made ready while its window was hidden. */
  function focusFrame() {
    const frame = document.createElement("iframe");
    find("card-element")?.append(frame);
    frame.tabIndex = 0;
    frame.focus();
    expect(document.activeElement).toBe(frame);
    vi.spyOn(document, "hasFocus").mockReturnValue(true);
    return vi.spyOn(CardField.prototype, "focus").mockReturnValue();
  }

  it("gives_the_cards_frame_the_keyboard_at_once_when_its_window_gets_it", () => {
    const focus = focusFrame();
    window.dispatchEvent(new FocusEvent("focus"));
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it("leaves_the_focus_where_the_cashier_has_put_it_on_this_page", () => {
    const focus = focusFrame();
    find("pay")?.removeAttribute("disabled");
    find("pay")?.focus();
    window.dispatchEvent(new FocusEvent("focus"));
    expect(focus).not.toHaveBeenCalled();
  });

  it("says_why_it_stays_when_its_x_was_refused", async () => {
    await show({ ...cardPage(cardPayment({ state: "confirming", token: null })), heldOpen: true });
    expect(document.body.textContent).toContain("this window stays open until we know");
  });

  it("tells_to_take_no_other_payment_while_the_outcome_is_unknown", async () => {
    await show(cardPage(cardPayment({ state: "unknown", token: null })));
    expect(document.body.textContent).toContain("We don't know yet whether the card was charged.");
    expect(document.body.textContent).toContain("Don't take another payment.");
  });
});

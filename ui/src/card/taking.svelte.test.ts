import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CardPayment } from "../bindings/CardPayment";
import * as ipc from "../ipc";
import { cardPage, cardPayment } from "../test/views";
import { CardField, type Made } from "./field.svelte";
import { Taking } from "./taking.svelte";

vi.mock("../ipc");

const shell = vi.mocked(ipc);

/** The card field with Stripe's part taken out: what is typed always becomes `made`. */
function begun(shown: CardPayment | null, made: Made | Promise<Made> = { id: "pm_1" }) {
  const field = new CardField();
  field.state = "ready";
  const clear = vi.spyOn(field, "clear").mockReturnValue();
  const disable = vi.spyOn(field, "disable").mockReturnValue();
  vi.spyOn(field, "focus").mockReturnValue();
  const make = vi.spyOn(field, "make").mockImplementation(() => Promise.resolve(made));
  const authenticate = vi.spyOn(field, "authenticate").mockResolvedValue(true);
  const taking = new Taking(field);
  const show = (payment: CardPayment | null) => {
    taking.receive(cardPage(payment));
  };
  show(shown);
  return { taking, field, show, clear, disable, make, authenticate };
}

beforeEach(() => {
  vi.resetAllMocks();
  for (const command of [shell.cardTakesKeys, shell.submitCard, shell.cardActionDone, shell.closeCard, shell.cardCancel]) {
    command.mockResolvedValue(null);
  }
  shell.authentication.mockResolvedValue({ clientSecret: "secret" });
});

describe("paying", () => {
  it("sends_one_card_for_two_presses", async () => {
    const { taking, make } = begun(cardPayment());
    await Promise.all([taking.pay(), taking.pay()]);
    await taking.pay();
    expect(make).toHaveBeenCalledTimes(1);
    expect(shell.submitCard).toHaveBeenCalledExactlyOnceWith("token-1", "pm_1");
  });

  it("stays_locked_until_the_shell_asks_for_another_card", async () => {
    const { taking, show } = begun(cardPayment());
    await taking.pay();
    expect(taking.open).toBe(false);
    show(cardPayment({ state: "confirming", token: null }));
    expect(taking.open).toBe(false);
    show(cardPayment({ state: "unknown", token: null }));
    expect(taking.open).toBe(false);
    show(cardPayment({ state: "ready", token: "token-2" }));
    expect(taking.canPay).toBe(true);
  });

  it("needs_a_token", async () => {
    const { taking, make } = begun(cardPayment({ state: "preparing", token: null }));
    expect(taking.open).toBe(true);
    await taking.pay();
    expect(make).not.toHaveBeenCalled();
  });

  it("gives_the_form_back_with_stripes_words_when_the_card_is_mistyped", async () => {
    const { taking } = begun(cardPayment(), { say: "Your card number is incomplete." });
    await taking.pay();
    expect(taking.say).toBe("Your card number is incomplete.");
    expect(taking.canPay).toBe(true);
    expect(shell.submitCard).not.toHaveBeenCalled();
  });

  it("takes_the_sentence_away_when_something_else_is_typed", async () => {
    const { taking, field } = begun(cardPayment(), { say: "Your card's expiration year is in the past." });
    await taking.pay();
    expect(taking.say).not.toBeNull();
    field.onChange();
    expect(taking.say).toBeNull();
  });

  it("does_not_send_a_card_under_a_token_that_has_changed_meanwhile", async () => {
    let finish: (made: Made) => void = () => undefined;
    const { taking, show } = begun(cardPayment(), new Promise<Made>((resolve) => (finish = resolve)));
    const paying = taking.pay();
    show(cardPayment({ token: "token-2" }));
    finish({ id: "pm_1" });
    await paying;
    expect(shell.submitCard).not.toHaveBeenCalled();
  });

  it("does_not_send_a_card_that_was_typed_for_another_sale", async () => {
    let finish: (made: Made) => void = () => undefined;
    const { taking, show } = begun(cardPayment(), new Promise<Made>((resolve) => (finish = resolve)));
    const paying = taking.pay();
    show(cardPayment({ saleId: "sale-2", token: "token-9" }));
    finish({ id: "pm_1" });
    await paying;
    expect(shell.submitCard).not.toHaveBeenCalled();
  });

  it("can_be_tried_again_when_the_shell_refused_the_card", async () => {
    const { taking } = begun(cardPayment());
    shell.submitCard.mockRejectedValueOnce({ code: "journalUnwritable", money: "notTaken", detail: null });
    await taking.pay();
    expect(taking.problem?.code).toBe("journalUnwritable");
    expect(taking.canPay).toBe(true);
  });

  it("gives_names_to_stripe_only_for_a_phone_order", async () => {
    const counter = begun(cardPayment());
    await counter.taking.pay();
    expect(counter.make).toHaveBeenCalledWith(null);
    const phone = begun(cardPayment({ phoneOrder: true }));
    phone.taking.billing.name = "Ada";
    await phone.taking.pay();
    expect(phone.make).toHaveBeenCalledWith(expect.objectContaining({ name: "Ada" }));
  });
});

describe("an Enter that was not meant for the card", () => {
  it("is_ignored_quietly_while_nothing_is_typed", async () => {
    const { taking, make, field } = begun(cardPayment());
    field.empty = true;
    await taking.pay();
    expect(make).not.toHaveBeenCalled();
    expect(taking.say).toBeNull();
    expect(field.focus).toHaveBeenCalled();
  });

  it("is_ignored_in_the_moment_when_the_window_comes", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(10_000);
    const { taking, make } = begun(cardPayment());
    taking.shown();
    clock.mockReturnValue(10_200);
    await taking.pay();
    expect(make).not.toHaveBeenCalled();
    clock.mockReturnValue(10_400);
    await taking.pay();
    expect(make).toHaveBeenCalledTimes(1);
  });

  it("is_meant_when_a_card_was_typed_before_it_in_that_moment", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(10_000);
    const { taking, field, make } = begun(cardPayment());
    taking.shown();
    field.onChange();
    clock.mockReturnValue(10_100);
    await taking.pay();
    expect(make).toHaveBeenCalledTimes(1);
  });
});

describe("what was typed ahead of the field", () => {
  const visible = (is: boolean) => vi.spyOn(document, "visibilityState", "get").mockReturnValue(is ? "visible" : "hidden");

  it("is_asked_for_once_the_field_has_the_focus_on_the_screen", () => {
    visible(true);
    const { field } = begun(cardPayment());
    expect(shell.cardTakesKeys).not.toHaveBeenCalled();
    field.focused = true;
    field.onFocus();
    expect(shell.cardTakesKeys).toHaveBeenCalledTimes(1);
  });

  it("waits_for_the_window_and_for_the_payment", () => {
    const screen = visible(false);
    const { taking, field, show } = begun(null);
    field.focused = true;
    field.onFocus();
    screen.mockReturnValue("visible");
    taking.shown();
    expect(shell.cardTakesKeys).not.toHaveBeenCalled();
    show(cardPayment({ state: "preparing", token: null }));
    expect(shell.cardTakesKeys).toHaveBeenCalledTimes(1);
  });

  it("waits_while_the_bank_has_the_word", () => {
    visible(true);
    const { field } = begun(cardPayment({ state: "confirming", token: null }));
    field.focused = true;
    field.onFocus();
    expect(shell.cardTakesKeys).not.toHaveBeenCalled();
  });
});

describe("what was typed", () => {
  it("is_cleared_for_another_card_and_only_then", async () => {
    const { taking, show, clear } = begun(cardPayment({ state: "preparing", token: null }));
    clear.mockClear();
    show(cardPayment({ state: "ready" }));
    expect(clear).not.toHaveBeenCalled();
    await taking.pay();
    show(cardPayment({ state: "confirming", token: null }));
    expect(clear).not.toHaveBeenCalled();
    const declined = { code: "card_declined", declineCode: null, adviceCode: null };
    show(cardPayment({ state: "ready", token: "token-2", declined }));
    expect(clear).toHaveBeenCalledTimes(1);
    show(cardPayment({ state: "ready", token: "token-2", declined }));
    expect(clear).toHaveBeenCalledTimes(1);
  });

  it("stays_where_only_a_part_of_it_was_wrong", async () => {
    const { taking, show, clear } = begun(cardPayment({ state: "ready" }));
    clear.mockClear();
    await taking.pay();
    show(cardPayment({ state: "confirming", token: null }));
    const declined = { code: "incorrect_cvc", declineCode: "incorrect_cvc", adviceCode: null };
    show(cardPayment({ state: "ready", token: "token-2", declined }));
    expect(clear).not.toHaveBeenCalled();
    show(null);
    expect(clear).toHaveBeenCalledTimes(1);
  });

  it("never_reaches_the_next_customer", () => {
    const { taking, show, clear } = begun(cardPayment({ phoneOrder: true }));
    taking.billing.name = "Ada";
    clear.mockClear();
    show(null);
    expect(clear).toHaveBeenCalledTimes(1);
    show(cardPayment({ saleId: "sale-2", phoneOrder: true }));
    expect(taking.billing.name).toBe("");
  });
});

describe("the bank's question", () => {
  const asking = cardPayment({ state: "authenticating", token: "bank-1" });

  it("is_put_once_however_often_the_view_comes", async () => {
    const { show, authenticate } = begun(asking);
    show(asking);
    await vi.waitFor(() => {
      expect(shell.cardActionDone).toHaveBeenCalledExactlyOnceWith("bank-1", "completed");
    });
    expect(authenticate).toHaveBeenCalledTimes(1);
  });

  it("is_reported_as_not_passed_and_left_to_the_shell", async () => {
    const { show, authenticate } = begun(null);
    authenticate.mockResolvedValue(false);
    show(asking);
    await vi.waitFor(() => {
      expect(shell.cardActionDone).toHaveBeenCalledWith("bank-1", "failed");
    });
  });
});

describe("leaving", () => {
  it("says_why_when_the_bank_is_still_answering", async () => {
    const { taking, show } = begun(cardPayment({ state: "confirming", token: null }));
    shell.closeCard.mockRejectedValueOnce({ code: "notNow", money: "unknown", detail: null });
    await taking.close();
    expect(taking.held).toBe(true);
    show(cardPayment({ state: "ready", token: "token-2" }));
    expect(taking.held).toBe(false);
  });

  it("shows_no_view_that_is_older_than_the_one_it_shows", () => {
    const { taking } = begun(null);
    taking.receive({ ...cardPage(cardPayment({ state: "ready", token: "token-2" })), revision: 3 });
    taking.receive({ ...cardPage(null), revision: 2 });
    expect(taking.payment?.token).toBe("token-2");
    taking.receive({ ...cardPage(null), revision: 4 });
    expect(taking.payment).toBeNull();
  });

  it("says_why_when_the_windows_x_was_refused", () => {
    const { taking } = begun(null);
    taking.receive({ ...cardPage(cardPayment({ state: "confirming", token: null })), heldOpen: true });
    expect(taking.held).toBe(true);
    taking.receive(cardPage(cardPayment({ state: "ready", token: "token-2" })));
    expect(taking.held).toBe(false);
  });
});

import type { StripeConstructor } from "@stripe/stripe-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CardField } from "./field.svelte";
import { loadStripe } from "./stripe";

vi.mock("./stripe");

const loading = vi.mocked(loadStripe);
const ADDRESS = "http://127.0.0.1:1/dahlia/stripe.js";

/** As much of Stripe.js as the field uses. */
function stripeJs() {
  const element = { on: vi.fn(), mount: vi.fn(), update: vi.fn(), clear: vi.fn(), focus: vi.fn(), destroy: vi.fn() };
  const create = vi.fn().mockReturnValue(element);
  const createPaymentMethod = vi.fn();
  const handleCardAction = vi.fn();
  const make = vi.fn().mockReturnValue({ elements: () => ({ create }), createPaymentMethod, handleCardAction });
  return { element, create, createPaymentMethod, handleCardAction, make: make as unknown as StripeConstructor };
}

async function shown() {
  const js = stripeJs();
  loading.mockResolvedValue(js.make);
  const field = new CardField();
  await field.show(document.body, ADDRESS, "pk_test_1");
  return { field, ...js };
}

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the card field", () => {
  it("asks_for_the_postcode_and_keeps_no_card_in_link", async () => {
    const { create } = await shown();
    const options = { disableLink: true, hidePostalCode: false };
    expect(create).toHaveBeenCalledExactlyOnceWith("card", expect.objectContaining(options));
  });

  it("is_loaded_once_for_the_same_account", async () => {
    const { field, create } = await shown();
    await field.show(document.body, ADDRESS, "pk_test_1");
    expect(create).toHaveBeenCalledTimes(1);
    await field.show(document.body, ADDRESS, "pk_test_2");
    expect(create).toHaveBeenCalledTimes(2);
  });

  it("is_tried_again_every_three_seconds_until_stripe_js_comes", async () => {
    const js = stripeJs();
    loading.mockRejectedValueOnce(new Error("no")).mockRejectedValueOnce(new Error("no")).mockResolvedValue(js.make);
    const field = new CardField();
    await field.show(document.body, ADDRESS, "pk_test_1");
    expect(field.state).toBe("trouble");
    await vi.advanceTimersByTimeAsync(6_000);
    expect(loading).toHaveBeenCalledTimes(3);
    expect(js.element.mount).toHaveBeenCalledTimes(1);
  });
});

describe("the focus", () => {
  const inFront = (is: boolean) => vi.spyOn(document, "hasFocus").mockReturnValue(is);

  it("is_asked_for_until_stripes_frame_has_it", async () => {
    inFront(true);
    const { field, element } = await shown();
    field.focus();
    await vi.advanceTimersByTimeAsync(100);
    const asked = element.focus.mock.calls.length;
    expect(asked).toBeGreaterThan(1);
    field.focused = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(element.focus).toHaveBeenCalledTimes(asked);
  });

  it("is_asked_for_no_longer_once_the_cashier_has_put_it_elsewhere", async () => {
    inFront(true);
    const { field, element } = await shown();
    const button = document.body.appendChild(document.createElement("button"));
    field.focus();
    button.focus();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(element.focus).toHaveBeenCalledTimes(1);
    button.remove();
  });

  it("is_asked_for_once_by_a_window_in_the_background_and_never_by_a_field_that_is_off", async () => {
    inFront(false);
    const { field, element } = await shown();
    field.focus();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(element.focus).toHaveBeenCalledTimes(1);
    field.disable(true);
    field.focus();
    expect(element.focus).toHaveBeenCalledTimes(1);
  });

  it("is_not_asked_for_without_end", async () => {
    inFront(true);
    const { field, element } = await shown();
    field.focus();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(element.focus.mock.calls.length).toBeLessThan(50);
  });
});

describe("what stands in the field", () => {
  it("is_known_from_stripes_events_and_every_change_is_told", async () => {
    const { field, element } = await shown();
    const told = vi.fn();
    field.onChange = told;
    const fire = (name: string, event?: unknown): void => {
      for (const [of, call] of element.on.mock.calls as [string, (event?: unknown) => void][]) if (of === name) call(event);
    };
    fire("ready");
    expect(field.empty).toBe(true);
    fire("change", { empty: false, error: { message: "Your card number is incomplete." } });
    expect(field.empty).toBe(false);
    expect(field.hint).toBe("Your card number is incomplete.");
    expect(told).toHaveBeenCalledTimes(1);
    field.clear();
    expect(field.empty).toBe(true);
    expect(field.hint).toBeNull();
  });
});

describe("a typed card", () => {
  it("becomes_a_payment_method_with_the_callers_name", async () => {
    const { field, createPaymentMethod } = await shown();
    createPaymentMethod.mockResolvedValue({ paymentMethod: { id: "pm_1" } });
    expect(await field.make({ name: " Ada ", email: "", reference: "5512" })).toEqual({ id: "pm_1" });
    const sent = { type: "card", billing_details: { name: "Ada" }, metadata: { reference: "5512" } };
    expect(createPaymentMethod).toHaveBeenCalledWith(expect.objectContaining(sent));
  });

  it.each([
    [{ type: "validation_error", message: "Your card number is incomplete." }, "Your card number is incomplete."],
    [{ type: "api_connection_error", message: "x" }, "Stripe could not be reached. Nothing was charged. Try again."],
    [{ type: "invalid_request_error", message: "No such pk" }, "Stripe did not take the card's details. Nothing was charged. Try again."],
  ])("that stripe does not take has a sentence: %o", async (error, say) => {
    const { field, createPaymentMethod } = await shown();
    createPaymentMethod.mockResolvedValue({ error });
    expect(await field.make(null)).toEqual({ say });
  });

  it("gives_the_form_back_when_stripe_never_answers", async () => {
    const { field, createPaymentMethod } = await shown();
    createPaymentMethod.mockReturnValue(new Promise(() => undefined));
    const made = field.make(null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await made).toEqual({ say: "Stripe did not answer. Nothing was charged. Try again." });
  });
});

describe("the bank's question", () => {
  it("is_passed_only_when_stripe_shows_the_payment", async () => {
    const { field, handleCardAction } = await shown();
    handleCardAction.mockResolvedValueOnce({ paymentIntent: { id: "pi_1" } });
    expect(await field.authenticate("secret", 1_000)).toBe(true);
    handleCardAction.mockResolvedValueOnce({ error: { code: "payment_intent_authentication_failure" } });
    expect(await field.authenticate("secret", 1_000)).toBe(false);
    handleCardAction.mockRejectedValueOnce(new Error("IntegrationError"));
    expect(await field.authenticate("secret", 1_000)).toBe(false);
  });

  it("is_given_up_after_its_ceiling", async () => {
    const { field, handleCardAction } = await shown();
    handleCardAction.mockReturnValue(new Promise(() => undefined));
    const passed = field.authenticate("secret", 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await passed).toBe(false);
  });
});

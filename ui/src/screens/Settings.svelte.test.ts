import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SettingsView } from "../bindings/SettingsView";
import * as ipc from "../ipc";
import { paid, payment, tillView, USD } from "../test/views";
import { till } from "../till.svelte";
import Settings from "./Settings.svelte";

vi.mock("../ipc");

const shell = vi.mocked(ipc);
let page: Record<string, unknown>;

const find = <T extends HTMLElement = HTMLElement>(test: string) =>
  document.querySelector<T>(`[data-test="${test}"]`);

const account = { account: "acct_1", name: "Harbour", publishableKey: "pk_test_…", keyKind: "restricted", currency: "usd" } as const;

function settings(part: Partial<SettingsView> = {}): SettingsView {
  return {
    mode: "training",
    business: "Harbour Books",
    tillName: "Till 1",
    currency: "usd",
    theme: "system",
    test: account,
    live: null,
    keychain: null,
    currencies: [{ code: "aud", decimals: 2 }, USD, { code: "jpy", decimals: 0 }],
    stickyPhoneOrder: false,
    askAbove: null,
    ...part,
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  flushSync();
}

async function show(view: SettingsView): Promise<void> {
  shell.settingsView.mockResolvedValue(view);
  page = mount(Settings, { target: document.body });
  flushSync();
  await settle();
}

async function type(test: string, text: string): Promise<void> {
  const field = find<HTMLInputElement>(test);
  if (!field) throw new Error(`no ${test}`);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
}

async function choose(mode: string): Promise<void> {
  const radio = find<HTMLInputElement>(`mode-${mode}`);
  if (radio) radio.checked = true;
  radio?.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
}

async function pick(currency: string): Promise<void> {
  const select = find<HTMLSelectElement>("currency");
  if (!select) throw new Error("no currency");
  select.value = currency;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
}

async function save(): Promise<void> {
  find<HTMLButtonElement>("save-till")?.form?.requestSubmit();
  await settle();
}

beforeEach(() => {
  vi.resetAllMocks();
  till.view = tillView();
});

afterEach(async () => {
  await unmount(page);
});

describe("the till's settings", () => {
  it("name_each_currency", async () => {
    await show(settings());
    await settle();
    expect(shell.settingsView).toHaveBeenCalledTimes(1);
    const options = [...(find<HTMLSelectElement>("currency")?.options ?? [])].map((option) => option.text);
    expect(options).toEqual(["AUD – Australian Dollar", "USD – US Dollar", "JPY – Japanese Yen"]);
  });

  it("keep_phone_order_on_and_ask_above_what_was_typed", async () => {
    await show(settings());
    find("sticky-phone-order")?.click();
    await type("ask-above", "1,500.00");
    await save();
    expect(shell.saveTill).toHaveBeenCalledExactlyOnceWith("Harbour Books", "Till 1", "system", true, 150_000);
  });

  it("leave_the_limit_to_the_till_when_none_is_typed_and_refuse_what_is_no_amount", async () => {
    await show(settings({ askAbove: 200_000, stickyPhoneOrder: true }));
    expect(find<HTMLInputElement>("ask-above")?.value).toBe("2,000.00");
    await type("ask-above", "much");
    await save();
    expect(shell.saveTill).not.toHaveBeenCalled();
    await type("ask-above", "");
    await save();
    expect(shell.saveTill).toHaveBeenCalledExactlyOnceWith("Harbour Books", "Till 1", "system", true, null);
  });

  it("change_the_currency_only_where_a_person_has_picked_another", async () => {
    await show(settings());
    await type("business", "Harbour");
    await save();
    expect(shell.chooseCurrency).not.toHaveBeenCalled();
    await pick("aud");
    await save();
    expect(shell.chooseCurrency).toHaveBeenCalledExactlyOnceWith("aud");
  });

  it("keep_a_currency_that_was_picked_while_the_theme_is_changed", async () => {
    await show(settings());
    await pick("aud");
    find("theme-dark")?.click();
    await settle();
    expect(shell.chooseCurrency).not.toHaveBeenCalled();
    await save();
    expect(shell.chooseCurrency).toHaveBeenCalledExactlyOnceWith("aud");
  });

  it("offer_no_currency_and_change_none_while_the_account_waits_for_one", async () => {
    const problem = { code: "currencyNotChosen", money: null, detail: null } as const;
    await show(settings({ mode: "live", live: account }));
    await pick("jpy");
    // Keys of another account come: what stood in the form was the first one's.
    await type("settings-publishable", "pk_live_2");
    await type("settings-secret", "rk_live_2");
    const other = { ...account, account: "acct_2", publishableKey: "pk_live_…" };
    shell.settingsView.mockResolvedValue(settings({ mode: "live", live: other }));
    till.view = tillView({ mode: "live", problem, suggestedCurrency: "aud" });
    find<HTMLButtonElement>("save-keys")?.form?.requestSubmit();
    await settle();
    await settle();
    expect(find<HTMLSelectElement>("currency")?.disabled).toBe(true);
    await save();
    expect(shell.chooseCurrency).not.toHaveBeenCalled();
  });

  it("take_no_card_number_for_a_name", async () => {
    await show(settings());
    await type("business", "Shop 4242424242424242");
    await type("till-name", "5555-5555-5555-4444");
    expect(document.querySelectorAll('[data-test="card-number-refused"]')).toHaveLength(2);
    await save();
    expect(JSON.stringify(shell.saveTill.mock.calls)).not.toMatch(/4242|5555/);
  });
});

describe("another mode", () => {
  it("is_entered_at_once_when_nothing_is_open", async () => {
    till.view = tillView({ payment: paid() });
    await show(settings());
    await choose("test");
    expect(find("mode-question")).toBeNull();
    expect(shell.chooseDoor).toHaveBeenCalledExactlyOnceWith("test");
  });

  it("is_asked_about_when_payments_are_not_finished_and_names_how_many", async () => {
    till.view = tillView({ open: [payment({ saleId: "a", state: "unknown" })], payment: payment({ state: "paused" }) });
    await show(settings());
    await choose("test");
    expect(find("mode-question")?.textContent).toContain("2 payments are not finished");
    expect(document.activeElement).toBe(find("mode-stay"));
    find("mode-stay")?.click();
    await settle();
    expect(shell.chooseDoor).not.toHaveBeenCalled();
    expect(find<HTMLInputElement>("mode-training")?.checked).toBe(true);
    await choose("test");
    find("mode-change")?.click();
    await settle();
    expect(shell.chooseDoor).toHaveBeenCalledExactlyOnceWith("test");
    expect(find("mode-question")).toBeNull();
  });

  it("brings_its_own_currency_into_the_form_and_forgets_the_one_that_was_picked_before", async () => {
    await show(settings());
    await pick("jpy");
    shell.settingsView.mockResolvedValue(settings({ mode: "test", currency: "aud" }));
    shell.chooseDoor.mockImplementation(() => {
      till.view = tillView({ mode: "test", currency: { code: "aud", decimals: 2 } });
      return Promise.resolve(null);
    });
    await choose("test");
    await settle();
    expect(find<HTMLSelectElement>("currency")?.value).toBe("aud");
    await save();
    expect(shell.saveTill).toHaveBeenCalledOnce();
    expect(shell.chooseCurrency).not.toHaveBeenCalled();
  });
});

describe("keys that were taken", () => {
  it("bring_the_question_of_the_currency_at_once", async () => {
    await show(settings({ mode: "test" }));
    await type("settings-publishable", "pk_test_1");
    await type("settings-secret", "rk_test_1");
    const problem = { code: "currencyNotChosen", money: null, detail: null } as const;
    shell.saveKeys.mockImplementation(() => {
      till.view = tillView({ mode: "test", problem, suggestedCurrency: "aud" });
      return Promise.resolve(null);
    });
    find<HTMLButtonElement>("save-keys")?.form?.requestSubmit();
    await settle();
    await settle();
    expect(find<HTMLSelectElement>("account-currency")?.value).toBe("aud");
  });
});

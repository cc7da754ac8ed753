import { Channel, invoke } from "@tauri-apps/api/core";
import type { ActionOutcome } from "./bindings/ActionOutcome";
import type { Authentication } from "./bindings/Authentication";
import type { CardPageView } from "./bindings/CardPageView";
import type { Check } from "./bindings/Check";
import type { ModeView } from "./bindings/ModeView";
import type { PaymentDetail } from "./bindings/PaymentDetail";
import type { PaymentView } from "./bindings/PaymentView";
import type { SettingsView } from "./bindings/SettingsView";
import type { ThemeView } from "./bindings/ThemeView";
import type { TillView } from "./bindings/TillView";

/*
 * Every command of the shell, once, with its types. Each one rejects with a `Problem`; `problemFrom` makes sure of it.
 * Nothing else in the page knows Tauri.
 */

// The till window.

export const tillView = () => invoke<TillView>("till_view");

export const chooseDoor = (mode: ModeView) => invoke<null>("choose_door", { mode });

/** Replaces the content of the sale being rung up. `total` in minor units. */
export const ringUp = (saleId: string, total: number, note: string, phoneOrder: boolean, authoriseOnly: boolean) =>
  invoke<null>("ring_up", { saleId, total, note, phoneOrder, authoriseOnly });

/**
 * Freezes the sale and opens the card window, if `shownTotal` is what the shell would charge. `sure`: somebody was asked
 * about an amount far above the usual, and it is right.
 */
export const charge = (saleId: string, shownTotal: number, sure: boolean) =>
  invoke<null>("charge", { saleId, shownTotal, sure });

export const takeCard = (saleId: string) => invoke<null>("take_card", { saleId });

export const cancelPayment = (saleId: string) => invoke<null>("cancel_payment", { saleId });

export const checkNow = (saleId: string) => invoke<null>("check_now", { saleId });

export const capture = (saleId: string) => invoke<null>("capture", { saleId });

export const release = (saleId: string) => invoke<null>("release", { saleId });

export const newSale = () => invoke<null>("new_sale");

export const foundSeen = () => invoke<null>("found_seen");

/** Newest first; `before` continues below a list already shown. */
export const payments = (search: string, before: number | null, limit: number) =>
  invoke<PaymentView[]>("payments", { search, before, limit });

export const paymentDetail = (saleId: string) => invoke<PaymentDetail>("payment_detail", { saleId });

export const settingsView = () => invoke<SettingsView>("settings_view");

/** `fullKeyAccepted`: somebody was told what a full live key can do, and wants to use it. */
export const saveKeys = (publishable: string, secret: string, fullKeyAccepted: boolean) =>
  invoke<null>("save_keys", { publishable, secret, fullKeyAccepted });

export const forgetKeys = (mode: ModeView) => invoke<null>("forget_keys", { mode });

/** `askAbove` in minor units of the currency that is charged; null leaves it to the rule of the till. */
export const saveTill = (
  business: string,
  tillName: string,
  theme: ThemeView,
  stickyPhoneOrder: boolean,
  askAbove: number | null,
) => invoke<null>("save_till", { business, tillName, theme, stickyPhoneOrder, askAbove });

/** In which currency the account of the open mode charges. */
export const chooseCurrency = (currency: string) => invoke<null>("choose_currency", { currency });

/** Everything that has to be right before a sale. */
export const diagnostics = () => invoke<Check[]>("diagnostics");

export const printReceipt = (saleId: string) => invoke<null>("print_receipt", { saleId });

/**
 * Gives money back; `finding` names the finding that the refund answers, and with it the charge. `amount` in minor units.
 * Answers at once: what became of it is in the view.
 */
export const refund = (saleId: string, finding: string | null, amount: number, reason: string) =>
  invoke<null>("refund", { saleId, finding, amount, reason });

export const checkRefund = (saleId: string) => invoke<null>("check_refund", { saleId });

export const giveUpRefund = (saleId: string) => invoke<null>("give_up_refund", { saleId });

/** `shown`: how many findings stood on the screen. One that came since is not read by this. */
export const findingsRead = (shown: number) => invoke<null>("findings_read", { shown });

/** Where one is gone and cannot be put back; refused anywhere else. */
export const beginJournal = () => invoke<null>("begin_journal");

/** The answers to the question whether the window may close while a card is at Stripe. */
export const stayOpen = () => invoke<null>("stay_open");

export const closeAnyway = () => invoke<null>("close_anyway");

// The card window.

export const cardView = () => invoke<CardPageView>("card_view");

/** Sends the card once: the token is used up by the call that carries it. */
export const submitCard = (token: string, paymentMethodId: string) =>
  invoke<null>("submit_card", { token, paymentMethodId });

export const authentication = (token: string) => invoke<Authentication>("authentication", { token });

export const cardActionDone = (token: string, outcome: ActionOutcome) =>
  invoke<null>("card_action_done", { token, outcome });

export const cardCheckNow = (saleId: string) => invoke<null>("card_check_now", { saleId });

export const cardCancel = (saleId: string) => invoke<null>("card_cancel", { saleId });

export const closeCard = () => invoke<null>("close_card");

/** The card field has the focus: it gets what was typed ahead of it. */
export const cardTakesKeys = () => invoke<null>("card_takes_keys");

// What the shell says by itself, to the page that asked and to no other.

/** Calls back with the whole view on every change, until the returned function is called. */
export const onTillChanged = (changed: (view: TillView) => void) => watch("watch_till", changed);

export const onCardChanged = (changed: (view: CardPageView) => void) => watch("watch_card", changed);

async function watch<T>(command: string, changed: (view: T) => void): Promise<() => void> {
  const changes = new Channel<T>(changed);
  await invoke<null>(command, { changes });
  return () => {
    changes.onmessage = () => undefined;
  };
}

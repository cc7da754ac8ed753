import type { CardPageView } from "../bindings/CardPageView";
import type { CardPayment } from "../bindings/CardPayment";
import type { PaymentView } from "../bindings/PaymentView";
import type { TillView } from "../bindings/TillView";

/* Views as the shell sends them, for tests: the plain case, with whatever the test is about put on top. */

export const USD = { code: "usd", decimals: 2 };

export function tillView(part: Partial<TillView> = {}): TillView {
  return {
    revision: 1,
    mode: "training",
    firstStart: false,
    tillName: "Till 1",
    business: "Harbour Books",
    currency: USD,
    theme: "system",
    connection: "online",
    draft: { saleId: "sale-1", number: "1042", total: 0, note: "", phoneOrder: false, authoriseOnly: false },
    payment: null,
    open: [],
    found: [],
    books: { cardsOff: false, behind: false, findings: [] },
    problem: null,
    stickyPhoneOrder: false,
    closing: false,
    suggestedCurrency: null,
    ...part,
  };
}

export function payment(part: Partial<PaymentView> = {}): PaymentView {
  return {
    saleId: "sale-1",
    number: "K-1042",
    amount: 2345,
    currency: USD,
    state: "ready",
    note: "",
    phoneOrder: false,
    money: "notTaken",
    authoriseOnly: false,
    card: null,
    declined: null,
    problem: null,
    reference: "pi_1",
    beganAt: 1_764_000_000,
    paidAt: null,
    captureBefore: null,
    nextCheckIn: null,
    cardWindow: false,
    whileAway: false,
    receipt: null,
    refunds: [],
    refundable: 0,
    anotherCard: false,
    refundAsking: false,
    refundProblem: null,
    refundedElsewhere: 0,
    disputed: false,
    can: {
      takeCard: false,
      cancel: false,
      checkNow: false,
      capture: false,
      release: false,
      refund: false,
      checkRefund: false,
      giveUpRefund: false,
      newSale: false,
    },
    ...part,
  };
}

export function paid(): PaymentView {
  const view = payment({ state: "paid", card: { brand: "visa", last4: "4242" }, paidAt: 1_764_000_060 });
  return {
    ...view,
    can: { ...view.can, newSale: true },
    receipt: {
      kind: "sale",
      number: "K-1042",
      business: "Harbour Books",
      lines: [{ label: "Amount", amount: 2345 }],
      total: 2345,
      card: { brand: "visa", last4: "4242" },
      entry: "keyed",
      authorisationCode: "A73921",
      statementName: null,
      reference: "pi_1",
      at: 1_764_000_060,
      copy: false,
    },
  };
}

export function cardPayment(part: Partial<CardPayment> = {}): CardPayment {
  return {
    saleId: "sale-1",
    number: "K-1042",
    amount: 2345,
    currency: USD,
    phoneOrder: false,
    authoriseOnly: false,
    state: "ready",
    token: "token-1",
    declined: null,
    problem: null,
    nextCheckIn: null,
    canClose: true,
    ...part,
  };
}

export function cardPage(shown: CardPayment | null): CardPageView {
  return {
    revision: 1,
    mode: "training",
    business: "Harbour Books",
    theme: "system",
    stripeJs: "http://127.0.0.1:1/dahlia/stripe.js",
    publishableKey: "pk_test_1",
    payment: shown,
    heldOpen: false,
  };
}

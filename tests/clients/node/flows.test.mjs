// Stripe's own Node SDK lives whole flows against the simulator.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import Stripe from "stripe";
import { start } from "./simulator.mjs";

const { errors } = Stripe;
const SALE = { amount: 2345, currency: "usd", payment_method_types: ["card"] };
let simulator, stripe;

before(async () => {
  simulator = await start();
  stripe = simulator.client();
});
after(() => simulator.stop());
beforeEach(() => simulator.control("reset"));

const sale = (method = "pm_card_visa", more = {}) =>
  stripe.paymentIntents.create({ ...SALE, payment_method: method, confirm: true, ...more });

async function refused(call, kind, expected) {
  const error = await call.then(() => assert.fail("was not refused"), (error) => error);
  assert.ok(error instanceof kind, `${error}`);
  for (const [name, value] of Object.entries(expected)) assert.equal(error[name], value, `${name} of ${error.message}`);
  return error;
}

test("a manual payment is created then confirmed", async () => {
  const intent = await stripe.paymentIntents.create({ ...SALE, confirmation_method: "manual", metadata: { sale: "S1" } });
  assert.equal(intent.status, "requires_payment_method");
  const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa", expand: ["latest_charge"] });
  assert.equal(paid.status, "succeeded");
  assert.equal(paid.latest_charge.payment_method_details.card.brand, "visa");
  assert.equal(paid.metadata.sale, "S1");
  assert.match(paid.lastResponse.requestId, /^req_/);
});

test("a payment method made on the way pays", async () => {
  const paid = await stripe.paymentIntents.create({
    amount: 700, currency: "usd", confirm: true, return_url: "https://example.com",
    automatic_payment_methods: { enabled: true },
    payment_method_data: { type: "card", card: { token: "tok_mastercard" }, billing_details: { name: "Jane" } },
    mandate_data: { customer_acceptance: { type: "online", online: { ip_address: "127.0.0.1", user_agent: "test" } } },
    metadata: { a: "1" }, transfer_group: "group", shipping: { name: "Jane", address: { line1: "1 Quay" } },
    expand: ["payment_method"],
  });
  assert.equal(paid.status, "succeeded");
  assert.equal(paid.payment_method.billing_details.name, "Jane");
  assert.equal(paid.transfer_group, "group");
});

test("a decline is a card error with all its fields", async () => {
  const error = await refused(sale("pm_card_visa_chargeDeclined"), errors.StripeCardError, {
    statusCode: 402, code: "card_declined", decline_code: "generic_decline", type: "StripeCardError", advice_code: "try_again_later",
  });
  assert.equal(error.payment_intent.status, "requires_payment_method");
  assert.equal(error.raw.payment_method.card.last4, "0002");
  const charge = await stripe.charges.retrieve(error.charge);
  assert.deepEqual([charge.status, charge.failure_code, charge.paid], ["failed", "card_declined", false]);
  await refused(sale("pm_card_chargeDeclinedExpiredCard"), errors.StripeCardError, { code: "expired_card", param: "exp_month" });
  await refused(sale("pm_card_chargeDeclinedIncorrectCvc"), errors.StripeCardError, { code: "incorrect_cvc", param: "cvc" });
});

test("the bank asks and the second confirm takes the money", async () => {
  const intent = await sale("pm_card_threeDSecure2Required", { confirmation_method: "manual", use_stripe_sdk: true });
  assert.equal(intent.next_action.type, "use_stripe_sdk");
  await simulator.authenticate(intent.id);
  assert.equal((await simulator.ledger()).length, 0);
  assert.equal((await stripe.paymentIntents.confirm(intent.id)).status, "succeeded");
  assert.equal((await simulator.ledger()).length, 1);
});

test("with automatic confirmation the payment goes on by itself", async () => {
  const intent = await sale("pm_card_authenticationRequired");
  await simulator.authenticate(intent.id);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, "succeeded");
  const other = await sale("pm_card_authenticationRequired");
  await simulator.authenticate(other.id, false);
  const { last_payment_error: error } = await stripe.paymentIntents.retrieve(other.id);
  assert.equal(error.code, "payment_intent_authentication_failure");
});

test("money is held then taken in part raised or let go", async () => {
  await simulator.control("features", { incremental_authorization: true });
  const options = { capture_method: "manual", payment_method_options: { card: { request_incremental_authorization: "if_available" } } };
  const held = await sale("pm_card_visa", options);
  assert.equal((await stripe.paymentIntents.incrementAuthorization(held.id, { amount: 3000 })).amount_capturable, 3000);
  const taken = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 2500 });
  assert.deepEqual([taken.status, taken.amount_received], ["succeeded", 2500]);
  const other = await sale("pm_card_visa", { capture_method: "manual" });
  assert.equal((await stripe.paymentIntents.cancel(other.id)).status, "canceled");
  await refused(stripe.paymentIntents.cancel(other.id), errors.StripeInvalidRequestError, { code: "payment_intent_unexpected_state" });
});

test("refunds in part in full pending and failing", async () => {
  const intent = await sale();
  const part = await stripe.refunds.create({ payment_intent: intent.id, amount: 345 });
  const rest = await stripe.refunds.create({ charge: intent.latest_charge });
  assert.deepEqual([part.status, rest.amount], ["succeeded", 2000]);
  await refused(stripe.refunds.create({ charge: intent.latest_charge }), errors.StripeInvalidRequestError, { code: "charge_already_refunded" });
  const charge = await stripe.charges.retrieve(intent.latest_charge, { expand: ["refunds"] });
  assert.deepEqual(charge.refunds.data.map((refund) => refund.id), [rest.id, part.id]);
  const pending = await stripe.refunds.create({ payment_intent: (await sale("pm_card_pendingRefund")).id });
  const failing = await stripe.refunds.create({ payment_intent: (await sale("pm_card_refundFail")).id });
  await simulator.later(600);
  assert.equal((await stripe.refunds.retrieve(pending.id)).status, "succeeded");
  assert.equal((await stripe.refunds.retrieve(failing.id)).status, "failed");
});

test("a saved card is charged in the customers absence", async () => {
  const jane = await stripe.customers.create({ name: "Jane", email: "jane@example.com", preferred_locales: ["en"] });
  const card = await stripe.paymentMethods.create({ type: "card", card: { token: "tok_visa" } });
  await stripe.paymentMethods.attach(card.id, { customer: jane.id });
  await stripe.customers.update(jane.id, { invoice_settings: { default_payment_method: card.id } });
  const found = await stripe.customers.retrieve(jane.id, { expand: ["invoice_settings.default_payment_method"] });
  assert.equal(found.invoice_settings.default_payment_method.card.last4, "4242");
  assert.equal((await sale(card.id, { customer: jane.id, off_session: true })).status, "succeeded");
  assert.equal((await stripe.paymentMethods.update(card.id, { metadata: { a: "1" } })).metadata.a, "1");
  assert.equal((await stripe.paymentMethods.list({ customer: jane.id, type: "card" })).data.length, 1);
  assert.equal((await stripe.customers.retrievePaymentMethod(jane.id, card.id)).id, card.id);
  assert.equal((await stripe.paymentMethods.detach(card.id)).customer, null);
  assert.equal((await stripe.customers.del(jane.id)).deleted, true);
});

test("a setup intent saves a card", async () => {
  const jane = await stripe.customers.create();
  const setup = await stripe.setupIntents.create({ customer: jane.id, payment_method: "pm_card_visa", payment_method_types: ["card"] });
  const done = await stripe.setupIntents.confirm(setup.id, { expand: ["latest_attempt.setup_intent", "payment_method"] });
  assert.deepEqual([done.status, done.latest_attempt.setup_intent.id], ["succeeded", setup.id]);
  assert.equal(done.payment_method.customer, jane.id);
  const bad = await stripe.setupIntents.create({ payment_method_types: ["card"] });
  await refused(stripe.setupIntents.confirm(bad.id, { payment_method: "pm_card_chargeDeclined" }), errors.StripeInvalidRequestError, { code: "resource_missing" });
  await refused(stripe.setupIntents.confirm(bad.id, { payment_method: "pm_card_visa_chargeDeclined" }), errors.StripeCardError, { code: "card_declined" });
});

test("lists page by themselves and searches lag", async () => {
  const ids = [];
  for (let n = 0; n < 7; n += 1) ids.push((await sale("pm_card_visa", { metadata: { sale_id: `S-${n % 2}` } })).id);
  const all = await stripe.paymentIntents.list({ limit: 3 }).autoPagingToArray({ limit: 100 });
  assert.deepEqual(all.map((intent) => intent.id), ids.toReversed());
  const back = await stripe.paymentIntents.list({ limit: 3, ending_before: ids[0] }).autoPagingToArray({ limit: 100 });
  assert.deepEqual(back.map((intent) => intent.id), ids.slice(1));
  const query = { query: "metadata['sale_id']:'S-0' AND amount>1000", limit: 2 };
  assert.equal((await stripe.paymentIntents.search(query)).data.length, 0);
  await simulator.later(60);
  const found = await stripe.paymentIntents.search(query).autoPagingToArray({ limit: 100 });
  assert.deepEqual(found.map((intent) => intent.id), [ids[6], ids[4], ids[2], ids[0]]);
  assert.equal((await stripe.charges.search({ query: "payment_method_details.card.last4:'4242'", limit: 100 })).data.length, 7);
});

test("events disputes and the balance tell what happened", async () => {
  const intent = await sale("pm_card_createDispute");
  await simulator.later(60);
  const charge = await stripe.charges.retrieve(intent.latest_charge, { expand: ["balance_transaction", "dispute"] });
  assert.deepEqual([charge.balance_transaction.type, charge.dispute.reason], ["charge", "fraudulent"]);
  const dispute = await stripe.disputes.update(charge.dispute.id, { evidence: { uncategorized_text: "losing_evidence" } });
  assert.equal(dispute.status, "under_review");
  await simulator.later(60);
  assert.equal((await stripe.disputes.retrieve(dispute.id)).status, "lost");
  const other = await sale("pm_card_createDisputeInquiry");
  await simulator.later(60);
  const [inquiry] = (await stripe.disputes.list({ payment_intent: other.id })).data;
  assert.equal((await stripe.disputes.close(inquiry.id)).status, "warning_closed");
  const events = await stripe.events.list({ types: ["charge.dispute.closed", "charge.dispute.created"] });
  assert.equal(events.data.length, 4);
  const group = await stripe.events.list({ type: "payment_intent.*", created: { gte: 1 } });
  assert.ok(group.data.every((event) => event.type.startsWith("payment_intent.")) && group.data.length > 0);
  assert.ok((await stripe.balanceTransactions.list({ type: "adjustment" })).data.length > 0);
  assert.equal((await stripe.balance.retrieve()).object, "balance");
});

test("what is wrong is told with its class code and param", async () => {
  const { create } = stripe.paymentIntents;
  const invalid = errors.StripeInvalidRequestError;
  const ask = (form) => create.call(stripe.paymentIntents, form);
  await refused(ask({ ...SALE, colour: "red" }), invalid, { code: "parameter_unknown", param: "colour", statusCode: 400 });
  await refused(ask({ ...SALE, capture_method: "later" }), invalid, { param: "capture_method" });
  await refused(ask({ currency: "usd" }), invalid, { code: "parameter_missing", param: "amount" });
  await refused(ask({ ...SALE, application_fee_amount: 5 }), invalid, { param: "application_fee_amount" });
  await refused(stripe.charges.retrieve("ch_none"), invalid, { code: "resource_missing", statusCode: 404 });
  await refused(simulator.client("sk_wrong").balance.retrieve(), errors.StripeAuthenticationError, { statusCode: 401 });
  const elsewhere = stripe.balance.retrieve({}, { stripeAccount: "acct_elsewhere" });
  await refused(elsewhere, errors.StripePermissionError, { statusCode: 403, code: "account_invalid" });
  const { id } = await stripe.accounts.retrieve();
  assert.equal((await stripe.balance.retrieve({}, { stripeAccount: id })).object, "balance");
});

test("a repeated key is answered from memory and bound to its request", async () => {
  const key = { idempotencyKey: "sale-1" };
  const first = await stripe.paymentIntents.create(SALE, key);
  const again = await stripe.paymentIntents.create(SALE, key);
  assert.deepEqual([again.id, again.lastResponse.headers["idempotent-replayed"]], [first.id, "true"]);
  await refused(stripe.paymentIntents.create({ ...SALE, amount: 1 }, key), errors.StripeIdempotencyError, { statusCode: 400 });
});

test("the SDK retries what Stripe calls retryable and pays once", async () => {
  const patient = simulator.client("sk_test_node", { maxNetworkRetries: 2 });
  for (const fault of ["conflict_409", "lock_timeout", "reset_before", "reset_after"]) {
    await simulator.control("reset");
    await simulator.control("faults", { method: "POST", path: "/v1/payment_intents", fault });
    const paid = await patient.paymentIntents.create({ ...SALE, payment_method: "pm_card_visa", confirm: true });
    assert.equal(paid.status, "succeeded", fault);
    assert.equal((await simulator.ledger()).length, 1, fault);
  }
  await simulator.control("faults", { method: "POST", path: "/v1/payment_intents", fault: "error_500_after" });
  await refused(patient.paymentIntents.create(SALE), errors.StripeAPIError, { statusCode: 500 });
  await simulator.control("faults", { method: "POST", path: "/v1/payment_intents", fault: "rate_429" });
  await refused(stripe.paymentIntents.create(SALE), errors.StripeRateLimitError, { statusCode: 429 });
});

test("a key in use and an object in use wait for one another", async () => {
  const intent = await stripe.paymentIntents.create({ ...SALE, confirmation_method: "manual" });
  await simulator.control("faults", { method: "POST", path: "/confirm", fault: "delay", ms: 1500 });
  const slow = stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" }, { idempotencyKey: "c1" });
  while ((await simulator.ledger()).length === 0) await stripe.balance.retrieve();
  await refused(stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" }, { idempotencyKey: "c1" }), errors.StripeIdempotencyError, { statusCode: 409, code: "idempotency_key_in_use" })
    .catch(async () => refused(stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" }, { idempotencyKey: "c1" }), errors.StripeError, { statusCode: 409 }));
  await refused(stripe.paymentIntents.cancel(intent.id), errors.StripeRateLimitError, { code: "lock_timeout" });
  assert.equal((await slow).status, "succeeded");
});

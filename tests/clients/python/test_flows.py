"""Stripe's own Python SDK lives whole flows against the simulator."""

import unittest

import stripe

from simulator import Simulator

CARD = {"payment_method_types": ["card"]}
SALE = {"amount": 2345, "currency": "usd", **CARD}


class Flow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator()
        cls.addClassCleanup(cls.simulator.stop)

    def setUp(self):
        self.simulator.control("reset")
        self.stripe = self.simulator.client(max_network_retries=0).v1
        self.patient = self.simulator.client(max_network_retries=2).v1

    def sale(self, method="pm_card_visa", **more):
        return self.stripe.payment_intents.create({**SALE, "payment_method": method, "confirm": True, **more})


class Payments(Flow):
    def test_a_manual_payment_is_created_then_confirmed(self):
        intent = self.stripe.payment_intents.create({**SALE, "confirmation_method": "manual", "metadata": {"sale": "S1"}})
        self.assertEqual(intent.status, "requires_payment_method")
        paid = self.stripe.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "expand": ["latest_charge"]})
        self.assertEqual((paid.status, paid.amount_received), ("succeeded", 2345))
        self.assertEqual(paid.latest_charge.payment_method_details.card.last4, "4242")
        self.assertEqual(paid.metadata["sale"], "S1")
        self.assertTrue(paid.last_response.request_id.startswith("req_"))

    def test_an_automatic_payment_is_created_and_confirmed_in_one_call(self):
        intent = self.stripe.payment_intents.create({
            "amount": 500, "currency": "EUR", "confirm": True, "payment_method": "pm_card_mastercard",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "receipt_email": "jane@example.com", "description": "Books",
            "shipping": {"name": "Jane", "address": {"line1": "1 Quay", "city": "Cork", "country": "IE"}},
        })
        self.assertEqual((intent.status, intent.currency, intent.shipping.name), ("succeeded", "eur", "Jane"))
        self.assertEqual(intent.automatic_payment_methods.allow_redirects, "never")

    def test_a_decline_is_a_card_error_with_all_its_fields(self):
        with self.assertRaises(stripe.CardError) as raised:
            self.sale("pm_card_visa_chargeDeclinedInsufficientFunds")
        error = raised.exception
        self.assertEqual((error.http_status, error.code, error.error.decline_code), (402, "card_declined", "insufficient_funds"))
        self.assertEqual(error.user_message, "Your card has insufficient funds.")
        self.assertEqual(error.error.advice_code, "try_again_later")
        self.assertEqual(error.error.payment_intent.status, "requires_payment_method")
        self.assertEqual(error.error.payment_method.card.last4, "9995")
        self.assertEqual(self.stripe.charges.retrieve(error.error.charge).outcome.type, "issuer_declined")
        other = self.stripe.payment_intents.confirm(error.error.payment_intent.id, {"payment_method": "pm_card_visa"})
        self.assertEqual(other.status, "succeeded")

    def test_the_bank_asks_and_the_second_confirm_takes_the_money(self):
        intent = self.sale("pm_card_authenticationRequired", confirmation_method="manual", use_stripe_sdk=True)
        self.assertEqual((intent.status, intent.next_action.type), ("requires_action", "use_stripe_sdk"))
        self.assertEqual(self.simulator.ledger(), [])
        self.assertEqual(self.simulator.authenticate(intent.id)["status"], "requires_confirmation")
        self.assertEqual(self.simulator.ledger(), [])
        paid = self.stripe.payment_intents.confirm(intent.id, {"expand": ["latest_charge"]})
        self.assertEqual(paid.latest_charge.payment_method_details.card.three_d_secure.result, "authenticated")
        self.assertEqual(len(self.simulator.ledger()), 1)

    def test_with_automatic_confirmation_the_payment_goes_on_by_itself(self):
        intent = self.sale("pm_card_threeDSecure2Required", return_url="https://example.com/back")
        self.assertEqual(intent.next_action.redirect_to_url.return_url, "https://example.com/back")
        self.simulator.authenticate(intent.id)
        self.assertEqual(self.stripe.payment_intents.retrieve(intent.id).status, "succeeded")

    def test_a_failed_authentication_wants_another_card(self):
        intent = self.sale("pm_card_authenticationRequired", confirmation_method="manual")
        self.simulator.authenticate(intent.id, passed=False)
        intent = self.stripe.payment_intents.retrieve(intent.id)
        self.assertEqual(intent.status, "requires_payment_method")
        self.assertEqual(intent.last_payment_error.code, "payment_intent_authentication_failure")

    def test_money_is_held_then_taken_in_part_or_let_go(self):
        held = self.sale(capture_method="manual")
        self.assertEqual((held.status, held.amount_capturable), ("requires_capture", 2345))
        taken = self.stripe.payment_intents.capture(held.id, {"amount_to_capture": 2000})
        self.assertEqual((taken.status, taken.amount_received, taken.amount_capturable), ("succeeded", 2000, 0))
        held = self.sale(capture_method="manual")
        gone = self.stripe.payment_intents.cancel(held.id, {"cancellation_reason": "requested_by_customer"})
        self.assertEqual((gone.status, gone.cancellation_reason), ("canceled", "requested_by_customer"))
        with self.assertRaises(stripe.InvalidRequestError) as raised:
            self.stripe.payment_intents.capture(held.id)
        self.assertEqual(raised.exception.code, "payment_intent_unexpected_state")
        self.assertEqual(raised.exception.error.payment_intent.status, "canceled")

    def test_a_hold_is_raised_where_the_account_may(self):
        self.simulator.control("features", incremental_authorization=True)
        options = {"card": {"request_incremental_authorization": "if_available"}}
        held = self.sale(capture_method="manual", payment_method_options=options)
        raised = self.stripe.payment_intents.increment_authorization(held.id, {"amount": 3000})
        self.assertEqual(raised.amount_capturable, 3000)

    def test_an_update_changes_what_is_not_yet_paid(self):
        intent = self.stripe.payment_intents.create({**SALE, "metadata": {"a": "1", "b": "2"}})
        intent = self.stripe.payment_intents.update(intent.id, {"amount": 999, "metadata": {"a": "", "c": "3"}, "description": "x"})
        self.assertEqual((intent.amount, intent.description, intent.metadata.to_dict()), (999, "x", {"b": "2", "c": "3"}))


class Refunds(Flow):
    def test_refunds_in_part_in_full_and_no_more(self):
        intent = self.sale()
        part = self.stripe.refunds.create({"payment_intent": intent.id, "amount": 345, "reason": "requested_by_customer"})
        self.assertEqual((part.status, part.amount), ("succeeded", 345))
        rest = self.stripe.refunds.create({"payment_intent": intent.id, "expand": ["charge"]})
        self.assertEqual((rest.amount, rest.charge.refunded, rest.charge.amount_refunded), (2000, True, 2345))
        with self.assertRaises(stripe.InvalidRequestError) as raised:
            self.stripe.refunds.create({"payment_intent": intent.id})
        self.assertEqual(raised.exception.code, "charge_already_refunded")
        found = self.stripe.refunds.list({"payment_intent": intent.id})
        self.assertEqual([refund.id for refund in found.data], [rest.id, part.id])
        noted = self.stripe.refunds.update(part.id, {"metadata": {"why": "torn"}})
        self.assertEqual(noted.metadata["why"], "torn")

    def test_a_pending_refund_succeeds_and_another_fails_later(self):
        pending = self.stripe.refunds.create({"payment_intent": self.sale("pm_card_pendingRefund").id})
        failing = self.stripe.refunds.create({"payment_intent": self.sale("pm_card_refundFail").id})
        self.assertEqual((pending.status, failing.status), ("pending", "succeeded"))
        self.simulator.later(600)
        self.assertEqual(self.stripe.refunds.retrieve(pending.id).status, "succeeded")
        failed = self.stripe.refunds.retrieve(failing.id, {"expand": ["failure_balance_transaction"]})
        self.assertEqual((failed.status, failed.failure_balance_transaction.amount), ("failed", 2345))


class Customers(Flow):
    def test_a_saved_card_is_charged_in_the_customers_absence(self):
        jane = self.stripe.customers.create({"name": "Jane", "email": "jane@example.com", "address": {"city": "Cork"}})
        self.sale("pm_card_visa", customer=jane.id, setup_future_usage="off_session")
        cards = self.stripe.customers.payment_methods.list(jane.id, {"type": "card"})
        self.assertEqual([card.card.last4 for card in cards.data], ["4242"])
        absent = self.sale(cards.data[0].id, customer=jane.id, off_session=True)
        self.assertEqual(absent.status, "succeeded")
        self.stripe.payment_methods.detach(cards.data[0].id)
        with self.assertRaises(stripe.InvalidRequestError):
            self.sale(cards.data[0].id, customer=jane.id, off_session=True)

    def test_a_card_that_must_be_asked_is_declined_in_absence(self):
        jane = self.stripe.customers.create({})
        card = self.stripe.payment_methods.attach("pm_card_authenticationRequired", {"customer": jane.id})
        with self.assertRaises(stripe.CardError) as raised:
            self.sale(card.id, customer=jane.id, off_session=True)
        self.assertEqual(raised.exception.code, "authentication_required")

    def test_a_setup_intent_saves_a_card(self):
        jane = self.stripe.customers.create({})
        setup = self.stripe.setup_intents.create({"customer": jane.id, "usage": "off_session", **CARD})
        setup = self.stripe.setup_intents.confirm(setup.id, {"payment_method": "pm_card_authenticationRequiredOnSetup"})
        self.assertEqual(setup.status, "requires_action")
        self.simulator.authenticate(setup.id)
        setup = self.stripe.setup_intents.retrieve(setup.id, {"expand": ["payment_method", "latest_attempt"]})
        self.assertEqual((setup.status, setup.latest_attempt.status), ("succeeded", "succeeded"))
        paid = self.sale(setup.payment_method.id, customer=jane.id, off_session=True)
        self.assertEqual(paid.status, "succeeded")

    def test_a_customer_is_updated_deleted_and_remembered_as_deleted(self):
        jane = self.stripe.customers.create({"metadata": {"vip": "yes"}})
        self.assertEqual(self.stripe.customers.update(jane.id, {"name": "Jane"}).name, "Jane")
        self.assertTrue(self.stripe.customers.delete(jane.id).deleted)
        self.assertTrue(self.stripe.customers.retrieve(jane.id).deleted)


class Looking(Flow):
    def test_lists_page_by_themselves_in_both_directions(self):
        ids = [self.stripe.payment_intents.create(SALE).id for _ in range(7)]
        page = self.stripe.payment_intents.list({"limit": 3})
        self.assertTrue(page.has_more)
        self.assertEqual([intent.id for intent in page.auto_paging_iter()], ids[::-1])
        page = self.stripe.payment_intents.list({"limit": 3, "ending_before": ids[0]})
        self.assertEqual([intent.id for intent in page.data], ids[1:4][::-1])
        self.assertEqual([intent.id for intent in page.auto_paging_iter()], ids[1:])
        window = self.stripe.payment_intents.list({"created": {"gte": 1, "lt": 2}})
        self.assertEqual(window.data, [])

    def test_search_finds_what_was_written_a_while_ago(self):
        ids = [self.sale(metadata={"sale_id": "S-7"}).id for _ in range(3)]
        query = {"query": "metadata['sale_id']:'S-7' AND status:'succeeded'", "limit": 2}
        self.assertEqual(self.stripe.payment_intents.search(query).data, [])
        self.simulator.later(60)
        found = self.stripe.payment_intents.search(query)
        self.assertEqual([intent.id for intent in found.auto_paging_iter()], ids[::-1])

    def test_expansions_reach_four_levels(self):
        intent = self.sale(customer=self.stripe.customers.create({"name": "Jane"}).id)
        self.simulator.later(10)
        paths = ["customer", "payment_method", "latest_charge.balance_transaction.source", "latest_charge.payment_intent.customer"]
        intent = self.stripe.payment_intents.retrieve(intent.id, {"expand": paths})
        self.assertEqual(intent.customer.name, "Jane")
        self.assertEqual(intent.latest_charge.balance_transaction.source.id, intent.latest_charge.id)
        self.assertEqual(intent.latest_charge.payment_intent.customer.name, "Jane")
        listed = self.stripe.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})
        self.assertEqual(listed.data[0].latest_charge.balance_transaction.fee, 99)

    def test_events_tell_what_happened(self):
        intent = self.sale()
        self.simulator.later(10)
        kinds = [event.type for event in self.stripe.events.list({}).auto_paging_iter()]
        for kind in ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"]:
            self.assertIn(kind, kinds)
        event = self.stripe.events.list({"type": "payment_intent.succeeded"}).data[0]
        self.assertEqual((event.data.object.id, event.data.object.status), (intent.id, "succeeded"))
        self.assertEqual(self.stripe.events.retrieve(event.id).id, event.id)

    def test_the_balance_follows_charges_and_refunds(self):
        charge = self.sale(expand=["latest_charge"]).latest_charge
        self.assertIsNone(charge.balance_transaction)
        self.simulator.later(10)
        moved = self.stripe.balance_transactions.list({"source": charge.id}).data[0]
        self.assertEqual((moved.amount, moved.fee, moved.net, moved.type), (2345, 99, 2246, "charge"))
        self.assertEqual(self.stripe.balance_transactions.retrieve(moved.id).source, charge.id)
        self.assertEqual(self.stripe.balance.retrieve().pending[0].amount, 2246)

    def test_a_dispute_is_seen_answered_and_won(self):
        intent = self.sale("pm_card_createDisputeProductNotReceived")
        self.simulator.later(10)
        dispute = self.stripe.disputes.list({"payment_intent": intent.id}).data[0]
        self.assertEqual((dispute.status, dispute.reason), ("needs_response", "product_not_received"))
        answer = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
        self.assertEqual(self.stripe.disputes.update(dispute.id, answer).status, "under_review")
        self.simulator.later(600)
        self.assertEqual(self.stripe.disputes.retrieve(dispute.id).status, "won")

    def test_the_account_is_there(self):
        account = self.stripe.accounts.retrieve_current()
        self.assertTrue(account.charges_enabled)


class Refusals(Flow):
    def assert_refused(self, call, code, param, status=400):
        with self.assertRaises(stripe.InvalidRequestError) as raised:
            call()
        error = raised.exception
        self.assertEqual((error.code, error.param, error.http_status), (code, param, status))

    def test_what_is_wrong_is_told_with_its_code_and_param(self):
        create, retrieve = self.stripe.payment_intents.create, self.stripe.payment_intents.retrieve
        self.assert_refused(lambda: create({**SALE, "colour": "red"}), "parameter_unknown", "colour")
        self.assert_refused(lambda: create({**SALE, "capture_method": "later"}), None, "capture_method")
        self.assert_refused(lambda: create({"currency": "usd"}), "parameter_missing", "amount")
        self.assert_refused(lambda: create({"amount": "ten", "currency": "usd"}), "parameter_invalid_integer", "amount")
        self.assert_refused(lambda: create({"amount": 10, "currency": "usd"}), "amount_too_small", "amount")
        self.assert_refused(lambda: retrieve("pi_none"), "resource_missing", "intent", 404)
        self.assert_refused(lambda: self.stripe.customers.retrieve("cus_none"), "resource_missing", "id", 404)
        self.assert_refused(
            lambda: create({**SALE, "transfer_data": {"destination": "acct_none"}}), "resource_missing", "transfer_data[destination]"
        )

    def test_a_wrong_key_is_an_authentication_error(self):
        with self.assertRaises(stripe.AuthenticationError):
            self.simulator.client("sk_nonsense").v1.balance.retrieve()
        with self.assertRaises((stripe.AuthenticationError, stripe.PermissionError)):
            self.simulator.client("pk_test_page").v1.balance.retrieve()

    def test_a_repeated_key_is_answered_from_memory_and_bound_to_its_request(self):
        key = {"idempotency_key": "sale-1"}
        first = self.stripe.payment_intents.create(SALE, key)
        again = self.stripe.payment_intents.create(SALE, key)
        self.assertEqual(first.id, again.id)
        self.assertEqual(again.last_response.headers["Idempotent-Replayed"], "true")
        with self.assertRaises(stripe.IdempotencyError):
            self.stripe.payment_intents.create({**SALE, "amount": 999}, key)
        with self.assertRaises(stripe.IdempotencyError):
            self.stripe.customers.create({}, key)


class Weather(Flow):
    def fault(self, fault, **more):
        self.simulator.control("faults", method="POST", path="/v1/payment_intents", fault=fault, **more)

    def test_the_sdk_retries_what_stripe_calls_retryable_and_pays_once(self):
        for fault in ["conflict_409", "reset_before", "reset_after", "lock_timeout"]:
            with self.subTest(fault):
                self.simulator.control("reset")
                self.fault(fault)
                paid = self.patient.payment_intents.create({**SALE, "payment_method": "pm_card_visa", "confirm": True})
                self.assertEqual(paid.status, "succeeded")
                self.assertEqual(len(self.simulator.ledger()), 1)

    def test_a_500_stays_a_500_for_its_key(self):
        self.fault("error_500_after")
        with self.assertRaises(stripe.APIError) as raised:
            self.patient.payment_intents.create({**SALE, "payment_method": "pm_card_visa", "confirm": True})
        self.assertEqual(raised.exception.http_status, 500)
        self.assertEqual(len(self.simulator.ledger()), 1)

    def test_too_many_requests_are_a_rate_limit_error(self):
        self.fault("rate_429")
        with self.assertRaises(stripe.RateLimitError) as raised:
            self.stripe.payment_intents.create(SALE)
        self.assertEqual(raised.exception.http_status, 429)


if __name__ == "__main__":
    run = unittest.main(exit=False, verbosity=2).result
    failed = len(run.failures) + len(run.errors)
    # The line that `cargo xtask test` counts by, as libtest writes it.
    print(f"test result: {'FAILED' if failed else 'ok'}. {run.testsRun - failed} passed; {failed} failed; {len(run.skipped)} ignored")

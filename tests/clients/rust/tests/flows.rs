//! async-stripe lives whole flows against the simulator: every object must fit its strict types.

use std::collections::HashMap;

use stripe::{IdempotencyKey, RequestStrategy, StripeError};
use stripe_client_core::StripeRequest;
use stripe_clients::Simulator;
use stripe_core::balance::RetrieveForMyAccountBalance;
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::charge::{ListCharge, RetrieveCharge, SearchCharge};
use stripe_core::customer::{
    CreateCustomer, DeleteCustomer, ListPaymentMethodsCustomer, RetrieveCustomer, RetrieveCustomerReturned,
    SearchCustomer,
};
use stripe_core::dispute::{ListDispute, RetrieveDispute, UpdateDispute, UpdateDisputeEvidence};
use stripe_core::event::ListEvent;
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, ConfirmPaymentIntent, CreatePaymentIntent,
    CreatePaymentIntentAutomaticPaymentMethods, CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects,
    CreatePaymentIntentOffSession, IncrementAuthorizationPaymentIntent, ListPaymentIntent, RetrievePaymentIntent,
    SearchPaymentIntent, UpdatePaymentIntent,
};
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_core::setup_intent::{ConfirmSetupIntent, CreateSetupIntent, RetrieveSetupIntent};
use stripe_payment::payment_method::{AttachPaymentMethod, DetachPaymentMethod};
use stripe_shared::{
    ApiErrors, ApiErrorsCode, ApiErrorsType, DisputeStatus, PaymentIntent, PaymentIntentCaptureMethod,
    PaymentIntentConfirmationMethod, PaymentIntentSetupFutureUsage, PaymentIntentStatus, SetupIntentStatus,
};
use stripe_types::Currency;

type Client = stripe::blocking::Client;

/// A sale of cards only, which nobody is sent away for.
fn sale() -> CreatePaymentIntent {
    let mut methods = CreatePaymentIntentAutomaticPaymentMethods::new(true);
    methods.allow_redirects = Some(CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects::Never);
    CreatePaymentIntent::new(2345, Currency::USD).automatic_payment_methods(methods)
}

fn pay(client: &Client, method: &str) -> PaymentIntent {
    sale().payment_method(method).confirm(true).send_blocking(client).expect("a payment")
}

fn refusal<T: std::fmt::Debug>(result: Result<T, StripeError>) -> (Box<ApiErrors>, u16) {
    match result.expect_err("a refusal") {
        StripeError::Stripe(error, status) => (error, status),
        other => panic!("{other}"),
    }
}

#[test]
fn a_manual_payment_is_created_then_confirmed() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let create = sale().confirmation_method(PaymentIntentConfirmationMethod::Manual);
    let intent = create.metadata(HashMap::from([("sale".into(), "S1".into())])).send_blocking(&client).unwrap();
    assert_eq!(intent.status, PaymentIntentStatus::RequiresPaymentMethod);
    let confirm = ConfirmPaymentIntent::new(intent.id.clone()).payment_method("pm_card_visa");
    let paid = confirm.expand(vec!["latest_charge".into()]).send_blocking(&client).unwrap();
    assert_eq!((paid.status, paid.amount_received), (PaymentIntentStatus::Succeeded, 2345));
    let charge = paid.latest_charge.unwrap().into_object().unwrap();
    assert_eq!(charge.payment_method_details.unwrap().card.unwrap().last4.as_deref(), Some("4242"));
    assert_eq!(paid.metadata["sale"], "S1");
}

#[test]
fn a_decline_is_told_with_all_its_fields() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let create = sale().payment_method("pm_card_visa_chargeDeclinedInsufficientFunds").confirm(true);
    let (error, status) = refusal(create.send_blocking(&client));
    assert_eq!((status, error.type_), (402, ApiErrorsType::CardError));
    assert_eq!(error.code, Some(ApiErrorsCode::CardDeclined));
    assert_eq!(error.decline_code.as_deref(), Some("insufficient_funds"));
    assert_eq!(error.payment_method.unwrap().card.unwrap().last4, "9995");
    let intent = error.payment_intent.unwrap();
    assert_eq!(intent.status, PaymentIntentStatus::RequiresPaymentMethod);
    assert_eq!(intent.last_payment_error.unwrap().code, Some(ApiErrorsCode::CardDeclined));
    let charge = RetrieveCharge::new(error.charge.unwrap()).send_blocking(&client).unwrap();
    assert!(!charge.paid);
    let paid = ConfirmPaymentIntent::new(intent.id).payment_method("pm_card_visa").send_blocking(&client).unwrap();
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
}

#[test]
fn the_bank_asks_and_the_second_confirm_takes_the_money() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let create = sale().payment_method("pm_card_authenticationRequired").confirm(true).use_stripe_sdk(true);
    let manual = create.confirmation_method(PaymentIntentConfirmationMethod::Manual).send_blocking(&client).unwrap();
    assert_eq!(manual.status, PaymentIntentStatus::RequiresAction);
    assert_eq!(manual.next_action.unwrap().type_, "use_stripe_sdk");
    stripe.authenticate(&manual.id, true);
    assert_eq!(stripe.paid(), 0);
    let paid = ConfirmPaymentIntent::new(manual.id).send_blocking(&client).unwrap();
    assert_eq!((paid.status, stripe.paid()), (PaymentIntentStatus::Succeeded, 1));
    let automatic = pay(&client, "pm_card_authenticationRequired");
    stripe.authenticate(&automatic.id, true);
    let paid = RetrievePaymentIntent::new(automatic.id).send_blocking(&client).unwrap();
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
}

#[test]
fn money_is_held_then_taken_in_part_raised_or_let_go() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let hold = || {
        let create =
            sale().payment_method("pm_card_visa").confirm(true).capture_method(PaymentIntentCaptureMethod::Manual);
        create.send_blocking(&client).unwrap()
    };
    let held = hold();
    assert_eq!((&held.status, held.amount_capturable), (&PaymentIntentStatus::RequiresCapture, 2345));
    let refused = IncrementAuthorizationPaymentIntent::new(held.id.clone(), 3000).send_blocking(&client);
    assert_eq!(refusal(refused).1, 400, "not every account may");
    let taken = CapturePaymentIntent::new(held.id).amount_to_capture(2000).send_blocking(&client).unwrap();
    assert_eq!((taken.status, taken.amount_received), (PaymentIntentStatus::Succeeded, 2000));
    let gone = CancelPaymentIntent::new(hold().id).send_blocking(&client).unwrap();
    assert_eq!(gone.status, PaymentIntentStatus::Canceled);
    let (error, _) = refusal(CapturePaymentIntent::new(gone.id).send_blocking(&client));
    assert_eq!(error.code, Some(ApiErrorsCode::PaymentIntentUnexpectedState));
}

#[test]
fn refunds_in_part_in_full_pending_and_failing() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let intent = pay(&client, "pm_card_visa");
    let refund = |intent: &PaymentIntent| CreateRefund::new().payment_intent(intent.id.to_string());
    let part = refund(&intent).amount(345).send_blocking(&client).unwrap();
    let rest = refund(&intent).expand(vec!["charge".into()]).send_blocking(&client).unwrap();
    assert!((part.amount, rest.amount) == (345, 2000) && rest.charge.unwrap().into_object().unwrap().refunded);
    let (error, _) = refusal(refund(&intent).send_blocking(&client));
    assert_eq!(error.code, Some(ApiErrorsCode::ChargeAlreadyRefunded));
    let listed = ListRefund::new().payment_intent(intent.id.to_string()).send_blocking(&client).unwrap();
    assert_eq!(listed.data.len(), 2);
    let pending = refund(&pay(&client, "pm_card_pendingRefund")).send_blocking(&client).unwrap();
    let failing = refund(&pay(&client, "pm_card_refundFail")).send_blocking(&client).unwrap();
    assert_eq!((pending.status.as_deref(), failing.status.as_deref()), (Some("pending"), Some("succeeded")));
    stripe.later(600);
    let now = |id| RetrieveRefund::new(id).send_blocking(&client).unwrap().status;
    assert_eq!((now(pending.id).as_deref(), now(failing.id).as_deref()), (Some("succeeded"), Some("failed")));
}

#[test]
fn a_saved_card_is_charged_in_the_customers_absence() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let jane = CreateCustomer::new().name("Jane").email("jane@example.com").send_blocking(&client).unwrap();
    let saved = sale().customer(jane.id.to_string()).payment_method("pm_card_visa").confirm(true);
    saved.setup_future_usage(PaymentIntentSetupFutureUsage::OffSession).send_blocking(&client).unwrap();
    let cards = ListPaymentMethodsCustomer::new(jane.id.clone()).send_blocking(&client).unwrap();
    let absent = sale().customer(jane.id.to_string()).payment_method(cards.data[0].id.to_string()).confirm(true);
    let paid = absent.off_session(CreatePaymentIntentOffSession::Bool(true)).send_blocking(&client).unwrap();
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
    let asks = AttachPaymentMethod::new("pm_card_authenticationRequired").customer(jane.id.to_string());
    let asks = asks.send_blocking(&client).unwrap();
    let absent = sale().customer(jane.id.to_string()).payment_method(asks.id.to_string()).confirm(true);
    let (error, _) = refusal(absent.off_session(CreatePaymentIntentOffSession::Bool(true)).send_blocking(&client));
    assert_eq!(error.code, Some(ApiErrorsCode::AuthenticationRequired));
    DetachPaymentMethod::new(asks.id).send_blocking(&client).unwrap();
    DeleteCustomer::new(jane.id.clone()).send_blocking(&client).unwrap();
    let gone = RetrieveCustomer::new(jane.id).send_blocking(&client).unwrap();
    assert!(matches!(gone, RetrieveCustomerReturned::DeletedCustomer(_)));
}

#[test]
fn a_setup_intent_saves_a_card() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let jane = CreateCustomer::new().send_blocking(&client).unwrap();
    let setup = CreateSetupIntent::new().customer(jane.id.to_string()).send_blocking(&client).unwrap();
    let confirm = ConfirmSetupIntent::new(setup.id.clone()).payment_method("pm_card_authenticationRequiredOnSetup");
    let asked = confirm.return_url("https://example.com").send_blocking(&client).unwrap();
    assert_eq!(asked.status, SetupIntentStatus::RequiresAction);
    stripe.authenticate(&setup.id, true);
    let paths = vec!["latest_attempt".into(), "payment_method.customer".into()];
    let done = RetrieveSetupIntent::new(setup.id).expand(paths).send_blocking(&client).unwrap();
    assert_eq!(done.status, SetupIntentStatus::Succeeded);
    assert_eq!(done.latest_attempt.unwrap().into_object().unwrap().status, "succeeded");
    assert!(done.payment_method.unwrap().into_object().unwrap().customer.unwrap().is_object());
}

#[test]
fn lists_page_by_themselves_and_searches_lag() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let ids: Vec<_> = (0..7)
        .map(|n| {
            let create = sale().metadata(HashMap::from([("sale_id".into(), format!("S-{}", n % 2))]));
            create.send_blocking(&client).unwrap().id
        })
        .collect();
    let all = ListPaymentIntent::new().limit(3).paginate().get_all(&client).unwrap();
    assert!(all.iter().map(|intent| &intent.id).eq(ids.iter().rev()));
    let search = SearchPaymentIntent::new("metadata['sale_id']:'S-0'").limit(2);
    assert!(search.send_blocking(&client).unwrap().data.is_empty());
    stripe.later(60);
    assert_eq!(search.paginate().get_all(&client).unwrap().len(), 4);
    CreateCustomer::new().name("Jane Doe").send_blocking(&client).unwrap();
    pay(&client, "pm_card_visa");
    stripe.later(60);
    assert_eq!(SearchCustomer::new("name~'jane'").send_blocking(&client).unwrap().data.len(), 1);
    assert_eq!(SearchCharge::new("amount>1").send_blocking(&client).unwrap().data.len(), 1);
}

#[test]
fn events_disputes_and_the_balance_fit_their_types() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let disputed = pay(&client, "pm_card_createDispute");
    pay(&client, "pm_card_authenticationRequired");
    stripe.later(60);
    let paths = vec!["latest_charge.balance_transaction.source".into(), "payment_method".into()];
    let intent = RetrievePaymentIntent::new(disputed.id.clone()).expand(paths).send_blocking(&client).unwrap();
    let charge = intent.latest_charge.unwrap().into_object().unwrap();
    assert!(charge.disputed && charge.balance_transaction.unwrap().into_object().unwrap().source.unwrap().is_object());
    let dispute = &ListDispute::new().payment_intent(disputed.id.to_string()).send_blocking(&client).unwrap().data[0];
    let evidence =
        UpdateDisputeEvidence { uncategorized_text: Some("winning_evidence".into()), ..UpdateDisputeEvidence::new() };
    let answered =
        UpdateDispute::new(dispute.id.clone()).evidence(evidence).submit(true).send_blocking(&client).unwrap();
    assert_eq!(answered.status, DisputeStatus::UnderReview);
    stripe.later(60);
    let won = RetrieveDispute::new(dispute.id.clone()).send_blocking(&client).unwrap();
    assert_eq!(won.status, DisputeStatus::Won);
    let events = ListEvent::new().limit(100).paginate().get_all(&client).unwrap();
    assert!(events.iter().any(|event| event.type_.as_str() == "charge.dispute.closed"));
    let moved = ListBalanceTransaction::new().send_blocking(&client).unwrap();
    assert_eq!(moved.data.iter().map(|moved| moved.net).sum::<i64>(), 2345 - 99);
    RetrieveForMyAccountBalance::new().send_blocking(&client).unwrap();
    assert_eq!(ListCharge::new().send_blocking(&client).unwrap().data.len(), 1);
}

#[test]
fn what_is_wrong_is_told_with_its_code_and_param() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let (error, status) = refusal(RetrievePaymentIntent::new("pi_none").send_blocking(&client));
    assert_eq!((status, error.code), (404, Some(ApiErrorsCode::ResourceMissing)));
    let (error, _) = refusal(CreatePaymentIntent::new(10, Currency::USD).send_blocking(&client));
    assert_eq!((error.code, error.param.as_deref()), (Some(ApiErrorsCode::AmountTooSmall), Some("amount")));
    let (error, _) = refusal(sale().application_fee_amount(5).send_blocking(&client));
    assert_eq!(
        (error.type_, error.param.as_deref()),
        (ApiErrorsType::InvalidRequestError, Some("application_fee_amount"))
    );
    let intent = sale().send_blocking(&client).unwrap();
    let updated = UpdatePaymentIntent::new(intent.id).amount(999).description("x").send_blocking(&client).unwrap();
    assert_eq!((updated.amount, updated.description.as_deref()), (999, Some("x")));
}

#[test]
fn a_repeated_key_is_answered_from_memory_and_bound_to_its_request() {
    let stripe = Simulator::start();
    let client = stripe.client();
    let key = || RequestStrategy::Idempotent(IdempotencyKey::new("sale-1").unwrap());
    let send = |create: CreatePaymentIntent| create.customize().request_strategy(key()).send_blocking(&client);
    assert_eq!(send(sale()).unwrap().id, send(sale()).unwrap().id);
    let (error, status) = refusal(send(sale().description("other")));
    assert_eq!((status, error.type_), (400, ApiErrorsType::IdempotencyError));
}

#[test]
fn retries_pay_once() {
    for fault in ["conflict_409", "lock_timeout", "rate_429", "reset_before", "reset_after"] {
        let stripe = Simulator::start();
        let client = stripe.patient();
        stripe.fault(fault);
        assert_eq!(pay(&client, "pm_card_visa").status, PaymentIntentStatus::Succeeded, "{fault}");
        assert_eq!(stripe.paid(), 1, "{fault}");
    }
}

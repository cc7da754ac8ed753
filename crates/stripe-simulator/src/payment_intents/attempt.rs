//! How an attempt ends: approved, declined, or with a question to the customer.

use super::record::{Action, Capture, Cause, Intent, LastError, Status};
use crate::books::Books;
use crate::call::Call;
use crate::cards::Decline;
use crate::charges::{self, Charge, ThreeDs};
use crate::events::{self, Kind};
use crate::ids::{self, Id};
use crate::refusal::Refusal;

/// How long a hold lasts, in seconds: seven days.
const HOLD_LASTS: i64 = 7 * 86_400;
/// Under `automatic_async` the balance transaction appears this many seconds after the answer.
const ASYNC_SETTLES_AFTER: i64 = 2;

/// What the caller has to tell.
#[derive(Debug)]
pub(super) enum Ended {
    /// Show the intent.
    Open,
    Declined(Box<Refusal>),
}

/// Too many attempts: Stripe closes the intent.
pub(super) fn give_up(intent: &mut Intent, now: i64) {
    intent.status = Status::Canceled;
    intent.canceled_at = Some(now);
    intent.cancellation_reason = Some("automatic".to_owned());
    intent.action = None;
}

/// The bank wants the customer to authenticate.
pub(super) fn ask(books: &mut Books, intent: &Intent, frictionless: bool, return_url: Option<String>) {
    use_up(books, intent);
    let source = books.next_id("src_1");
    if let Some(intent) = books.intents.get_mut(&intent.id) {
        intent.status = Status::RequiresAction;
        intent.last_error = None;
        intent.authenticated = None;
        intent.action = Some(Box::new(Action { source, frictionless, return_url }));
    }
    events::note(books, Kind::IntentRequiresAction, &intent.id);
}

/// The bank says yes.
pub(super) fn approve(books: &mut Books, call: &Call, intent: &Intent) -> Ended {
    let charge = record_charge(books, call, intent, None);
    use_up(books, intent);
    save(books, intent);
    let manual = intent.capture == Capture::Manual;
    if let Some(intent) = books.intents.get_mut(&intent.id) {
        intent.status = if manual { Status::RequiresCapture } else { Status::Succeeded };
        intent.amount_received = if manual { 0 } else { intent.amount };
        intent.latest_charge = Some(charge.clone());
        intent.last_error = None;
        close_question(intent);
    }
    events::note(books, Kind::ChargeSucceeded, &charge);
    events::note(books, if manual { Kind::IntentAmountCapturableUpdated } else { Kind::IntentSucceeded }, &intent.id);
    Ended::Open
}

/// The bank, or Radar, says no.
pub(super) fn decline(books: &mut Books, call: &Call, intent: &Intent, decline: Decline) -> Ended {
    // An attempt that lapsed never reached the bank.
    let charge = (decline != Decline::AttemptExpired).then(|| record_charge(books, call, intent, Some(decline)));
    use_up(books, intent);
    let method = intent.payment_method.clone().unwrap_or_default();
    let mut refusal = Refusal::card(decline).with_intent(&intent.id);
    refusal.method = Some(method.clone());
    refusal.charge.clone_from(&charge);
    if let Some(intent) = books.intents.get_mut(&intent.id) {
        if charge.is_some() {
            intent.latest_charge.clone_from(&charge);
        }
        give_back(intent, LastError { cause: Cause::Declined(decline), charge, method });
    }
    if let Some(charge) = &refusal.charge {
        events::note(books, Kind::ChargeFailed, charge);
    }
    events::note(books, Kind::IntentPaymentFailed, &intent.id);
    Ended::Declined(refusal)
}

/// The attempt is over and another card is wanted.
pub(super) fn give_back(intent: &mut Intent, error: LastError) {
    intent.status = Status::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.last_error = Some(Box::new(error));
    close_question(intent);
}

fn close_question(intent: &mut Intent) {
    intent.action = None;
    intent.authenticated = None;
}

/// A payment method that belongs to nobody is spent by its first attempt.
fn use_up(books: &mut Books, intent: &Intent) {
    if let Some(method) = intent.payment_method.as_deref().and_then(|id| books.methods.get_mut(id)) {
        method.spent = true;
    }
}

/// A payment that was made to be repeated saves its card with the customer.
fn save(books: &mut Books, intent: &Intent) {
    let usage = intent.setup_future_usage.as_deref().filter(|usage| *usage != "none");
    let (Some(usage), Some(id)) = (usage, intent.payment_method.as_deref()) else { return };
    let Some(method) = books.methods.get_mut(id) else { return };
    method.set_up |= usage == "off_session" || method.customer.is_none();
    if method.customer.is_none() && intent.customer.is_some() {
        method.customer.clone_from(&intent.customer);
        books.methods.relink(id);
        events::note(books, Kind::MethodAttached, id);
    }
}

fn record_charge(books: &mut Books, call: &Call, intent: &Intent, decline: Option<Decline>) -> Id {
    let id = books.next_id("ch_3");
    let numbers = books.next_number();
    let Some(method) = intent.payment_method.as_deref().and_then(|id| books.methods.get_mut(id)) else { return id };
    method.run_checks();
    let taken = decline.is_none() && intent.capture != Capture::Manual;
    let held = decline.is_none() && intent.capture == Capture::Manual;
    let now = call.now();
    let mut charge = Charge {
        id: id.clone(),
        created: now,
        intent: intent.id.clone(),
        method: method.id.clone(),
        amount: intent.amount,
        currency: intent.currency.clone(),
        amount_captured: 0,
        amount_refunded: 0,
        released: 0,
        captured: false,
        decline,
        face: method.face.clone(),
        checks: method.checks,
        risk: method.conduct.risk,
        later: method.conduct.later,
        billing: method.billing.clone(),
        authorization_code: ids::digits(6, numbers),
        network_transaction_id: ids::digits(15, !numbers),
        moto: intent.moto,
        incremental: held && intent.wants_incremental && books.features.incremental_authorization,
        three_ds: three_ds(intent),
        capture_before: held.then_some(now + HOLD_LASTS),
        captured_at: None,
        balance_transaction: None,
        settles_at: None,
        dispute: None,
        disputed_at: None,
        customer: intent.customer.clone(),
        description: intent.description.clone(),
        metadata: intent.metadata.clone(),
        receipt_email: intent.receipt_email.clone(),
        statement_descriptor_suffix: intent.statement_descriptor_suffix.clone(),
        extras: intent.extras.clone(),
    };
    if taken {
        charge.take(intent.amount, now, settles_after(intent.capture));
    }
    charges::open(books, charge, now);
    id
}

fn settles_after(capture: Capture) -> i64 {
    if capture == Capture::AutomaticAsync { ASYNC_SETTLES_AFTER } else { 0 }
}

fn three_ds(intent: &Intent) -> Option<ThreeDs> {
    match intent.authenticated {
        Some(passed) if passed.frictionless => Some(ThreeDs::Frictionless),
        Some(_) => Some(ThreeDs::Challenge),
        None => (intent.request_three_ds != "automatic" && !intent.moto).then_some(ThreeDs::Acknowledged),
    }
}

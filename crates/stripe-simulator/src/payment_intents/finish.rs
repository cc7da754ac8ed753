//! `POST …/capture` and `POST …/cancel`

use super::confirm::unexpected_state;
use super::record::{Intent, Status};
use super::{read, tables};
use crate::books::Books;
use crate::call::Call;
use crate::charges;
use crate::events::{self, Kind};
use crate::params;
use crate::refunds;
use crate::refusal::{Outcome, Refusal};

/// Takes the held money, or a part of it; the rest is released.
pub(crate) fn capture(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CAPTURE)?;
    call.expand.only("payment_intent")?;
    let intent = read::find(books, call, id)?;
    check_may_capture(intent)?;
    let amount = amount_to_capture(intent, call.form.integer("amount_to_capture"))?;
    let charge = intent.latest_charge.clone().unwrap_or_default();
    let charge = books.charges.get_mut(&charge).ok_or_else(|| Refusal::server("A charge disappeared."))?;
    charge.take(amount, call.now(), 0);
    let (charge, rest) = (charge.id.clone(), charge.amount - amount);
    charges::await_clock(books, &charge, call.now());
    refunds::release(books, &charge, rest, None, call.now());
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    intent.status = Status::Succeeded;
    intent.amount_received = amount;
    call.merge_metadata(&mut intent.metadata);
    events::note(books, Kind::ChargeCaptured, &charge);
    events::note(books, Kind::IntentSucceeded, id);
    read::show(books, call, id)
}

fn check_may_capture(intent: &Intent) -> Outcome<()> {
    let message = match intent.status {
        Status::RequiresCapture => return Ok(()),
        Status::Succeeded => {
            "This PaymentIntent could not be captured because it has already been captured.".to_owned()
        }
        status => format!(
            "This PaymentIntent could not be captured because it has a status of {}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
            status.as_str()
        ),
    };
    Err(unexpected_state(message, &intent.id))
}

fn amount_to_capture(intent: &Intent, asked: Option<i64>) -> Outcome<i64> {
    let amount = asked.unwrap_or(intent.amount);
    if amount < 1 {
        let refusal = Refusal::invalid("This value must be greater than or equal to 1.");
        return Err(refusal.code("parameter_invalid_integer").at("amount_to_capture"));
    }
    if amount > intent.amount {
        let message = format!(
            "The provided amount_to_capture ({amount}) is greater than the capturable amount ({}) of this PaymentIntent.",
            intent.amount
        );
        return Err(Refusal::invalid(message).code("amount_too_large").at("amount_to_capture").executed());
    }
    Ok(amount)
}

/// Ends an intent that took no money; a hold is released.
pub(crate) fn cancel(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CANCEL)?;
    call.expand.only("payment_intent")?;
    let intent = read::find(books, call, id)?;
    let (status, held) = (intent.status, intent.held());
    if !status.is_cancelable() {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.",
            status.as_str()
        );
        return Err(unexpected_state(message, id));
    }
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    intent.status = Status::Canceled;
    intent.canceled_at = Some(call.now());
    intent.cancellation_reason = call.owned("cancellation_reason");
    intent.action = None;
    intent.authenticated = None;
    if let Some((charge, amount)) = held {
        refunds::release(books, &charge, amount, None, call.now());
        events::note(books, Kind::ChargeRefunded, &charge);
    }
    events::note(books, Kind::IntentCanceled, id);
    read::show(books, call, id)
}

/// A hold whose time is over is released.
pub(crate) fn lapse(books: &mut Books, id: &str, at: i64) {
    let Some((charge, amount)) = books.intents.get(id).and_then(Intent::held) else { return };
    let due = books.charges.get(&charge).is_some_and(|charge| charge.capture_before.is_some_and(|by| by <= at));
    let Some(intent) = books.intents.get_mut(id).filter(|_| due) else { return };
    intent.status = Status::Canceled;
    intent.canceled_at = Some(at);
    intent.cancellation_reason = Some("automatic".to_owned());
    refunds::release(books, &charge, amount, Some("expired_uncaptured_charge"), at);
    events::note(books, Kind::ChargeExpired, &charge);
    events::note(books, Kind::IntentCanceled, id);
}

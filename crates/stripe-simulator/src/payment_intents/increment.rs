//! `POST /v1/payment_intents/{id}/increment_authorization`: a hold is raised, where the account may.

use super::confirm::unexpected_state;
use super::record::{Intent, Status};
use super::{read, tables};
use crate::books::Books;
use crate::call::Call;
use crate::charges::Charge;
use crate::events::{self, Kind};
use crate::money;
use crate::params;
use crate::refusal::{Outcome, Refusal};

/// Stripe's limit of attempts on one payment.
const MAX_INCREMENTS: u32 = 10;

/// Raises the hold to a new total.
pub(crate) fn increment(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::INCREMENT)?;
    call.expand.only("payment_intent")?;
    let intent = read::find(books, call, id)?;
    let amount = call.form.integer("amount").unwrap_or_default();
    money::check_amount(amount, &intent.currency)?;
    let charge = intent.latest_charge.clone().unwrap_or_default();
    check_may_increment(intent, books.charges.get(&charge), amount)?;
    if let Some(charge) = books.charges.get_mut(&charge) {
        charge.amount = amount;
    }
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    intent.amount = amount;
    intent.increments += 1;
    call.form.assign("description", &mut intent.description);
    call.merge_metadata(&mut intent.metadata);
    events::note(books, Kind::IntentAmountCapturableUpdated, id);
    events::note(books, Kind::ChargeUpdated, &charge);
    read::show(books, call, id)
}

fn check_may_increment(intent: &Intent, charge: Option<&Charge>, amount: i64) -> Outcome<()> {
    if intent.status != Status::RequiresCapture {
        let message = format!(
            "You cannot increment the authorization of this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following statuses may be incremented: requires_capture.",
            intent.status.as_str()
        );
        return Err(unexpected_state(message, &intent.id));
    }
    if !charge.is_some_and(|charge| charge.incremental) {
        let message = "Incremental authorization is not available for this PaymentIntent: request it with `payment_method_options[card][request_incremental_authorization]`, on an account that may use it.";
        return Err(Refusal::invalid(message).code("payment_intent_invalid_parameter").executed());
    }
    if amount <= intent.amount {
        let message = "The amount must be greater than the amount that is authorized now.";
        return Err(Refusal::invalid(message).code("payment_intent_invalid_parameter").at("amount").executed());
    }
    if intent.increments >= MAX_INCREMENTS {
        let message =
            format!("The authorization of this PaymentIntent was incremented {MAX_INCREMENTS} times; no more.");
        return Err(Refusal::invalid(message).code("payment_intent_invalid_parameter").executed());
    }
    Ok(())
}

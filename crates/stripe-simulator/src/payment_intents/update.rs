//! `POST /v1/payment_intents/{id}`

use super::confirm::unexpected_state;
use super::record::{Intent, Status};
use super::{change, read, tables};
use crate::books::Books;
use crate::call::Call;
use crate::money;
use crate::params;
use crate::refusal::Outcome;

/// What may still change when the payment has left the open states.
const ALWAYS: &[&str] = &["description", "expand", "metadata", "receipt_email"];

/// Changes an intent without confirming it.
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::UPDATE)?;
    call.expand.only("payment_intent")?;
    change::check(books, call)?;
    let intent = read::find(books, call, id)?.clone();
    check_may_change(&intent, call)?;
    let currency = match call.form.filled("currency") {
        Some(code) => money::check_currency(code)?,
        None => intent.currency.clone(),
    };
    let amount = call.form.integer("amount").unwrap_or(intent.amount);
    money::check_amount(amount, &currency)?;
    let method = change::payment_method(books, call, Some(&intent))?;
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    if (amount, &currency) != (intent.amount, &intent.currency) || method.is_some() {
        // What the customer agreed to has changed: an authentication for it is void.
        reopen(intent);
    }
    (intent.amount, intent.currency) = (amount, currency);
    if method.is_some() {
        intent.payment_method = method;
        intent.status = Status::RequiresConfirmation;
    }
    change::apply(intent, &call.form);
    call.merge_metadata(&mut intent.metadata);
    books.intents.relink(id);
    read::show(books, call, id)
}

fn reopen(intent: &mut Intent) {
    intent.action = None;
    intent.authenticated = None;
    if intent.payment_method.is_some() {
        intent.status = Status::RequiresConfirmation;
    }
}

fn check_may_change(intent: &Intent, call: &Call) -> Outcome<()> {
    let barred = call.form.entries().iter().find(|(name, _)| !ALWAYS.contains(&name.as_str()));
    match barred {
        Some((name, _)) if !intent.status.is_open() => {
            let message = format!(
                "This PaymentIntent's {name} could not be updated because it has a status of {}. You may only update the {name} of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.",
                intent.status.as_str()
            );
            Err(unexpected_state(message, &intent.id))
        }
        Some(_) | None => Ok(()),
    }
}

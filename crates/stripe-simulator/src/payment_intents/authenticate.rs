//! The customer answers the bank: 3-D Secure.

use super::attempt;
use super::confirm;
use super::record::{Authenticated, Cause, Confirmation, LastError, Status};
use super::{read, tables};
use crate::books::Books;
use crate::call::Call;
use crate::events::{self, Kind};
use crate::params;
use crate::refusal::Outcome;
use crate::setup_intents;

/// `POST /v1/3ds2/authenticate`: what our Stripe.js sends when the dialog has been answered.
pub(crate) fn authenticate(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::AUTHENTICATE)?;
    let secret = call.form.text("client_secret").unwrap_or_default();
    let id = secret.split("_secret_").next().unwrap_or_default().to_owned();
    let passed = call.form.text("outcome") == Some("authenticated");
    if is_setup(&id) {
        return setup_intents::answer_question(books, call, &id, passed);
    }
    read::find(books, call, &id)?;
    answer_question(books, call, &id, passed)
}

/// `POST /_simulator/payment_intents/{id}/authenticate`: the same, without a page.
pub(crate) fn authenticate_by_hand(books: &mut Books, call: &Call, id: &str, passed: bool) -> Outcome<Vec<u8>> {
    if is_setup(id) {
        return setup_intents::answer_question(books, call, id, passed);
    }
    answer_question(books, call, id, passed)
}

fn is_setup(id: &str) -> bool {
    id.starts_with("seti_")
}

fn answer_question(books: &mut Books, call: &Call, id: &str, passed: bool) -> Outcome<Vec<u8>> {
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    let Some(action) = intent.action.clone().filter(|_| intent.status == Status::RequiresAction) else {
        let message =
            format!("This PaymentIntent has a status of {} and awaits no authentication.", intent.status.as_str());
        return Err(confirm::unexpected_state(message, id));
    };
    if !passed {
        let method = intent.payment_method.clone().unwrap_or_default();
        attempt::give_back(intent, LastError { cause: Cause::NotAuthenticated, charge: None, method });
        events::note(books, Kind::IntentPaymentFailed, id);
        return read::show(books, call, id);
    }
    intent.action = None;
    intent.status = Status::RequiresConfirmation;
    intent.authenticated = Some(Authenticated { at: call.now(), frictionless: action.frictionless });
    if intent.confirmation == Confirmation::Manual {
        return read::show(books, call, id);
    }
    // With automatic confirmation the payment goes on by itself; a decline shows in the intent.
    match confirm::attempt(books, call, id) {
        Err(refusal) if refusal.intent.is_none() => Err(refusal),
        Ok(_) | Err(_) => read::show(books, call, id),
    }
}

//! `POST /v1/setup_intents/{id}/confirm`, and what the customer answers their bank.

use super::read::{find, no_such, show};
use super::record::{Setup, Status};
use super::tables;
use super::write::apply;
use crate::books::Books;
use crate::call::Call;
use crate::cards::{Circumstances, Course, Decline, course};
use crate::events::{self, Kind};
use crate::params;
use crate::payment_intents::{Action, Cause, LastError, check_return_url, method_for_intent, redirect};
use crate::refusal::{Outcome, Refusal};

/// Confirms with the secret key, or with the client secret.
pub(crate) fn confirm(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CONFIRM)?;
    if !call.is_publishable() {
        call.expand.only("setup_intent")?;
    }
    let setup = find(books, call, id)?.clone();
    if !setup.status.is_open() {
        let message = format!(
            "You cannot confirm this SetupIntent because it has a status of {}. Only a SetupIntent with one of the following statuses may be confirmed: `requires_payment_method`, `requires_confirmation`, or `requires_action`.",
            setup.status.as_str()
        );
        return Err(unexpected_state(message, id));
    }
    check_return_url(setup.allow_redirects == Some(true) && !call.is_publishable(), &call.form)?;
    let under_way = setup.payment_method.as_deref().filter(|_| setup.status != Status::RequiresPaymentMethod);
    let named = method_for_intent(books, call, setup.customer.as_deref(), under_way)?;
    if named.is_none() && setup.payment_method.is_none() {
        return Err(no_method(Some(id)));
    }
    if named.is_none() && setup.status == Status::RequiresAction {
        return show(books, call, id);
    }
    let setup = books.setups.get_mut(id).ok_or_else(|| no_such(id))?;
    if named.is_some() {
        setup.payment_method = named;
        setup.action = None;
    }
    apply(setup, &call.form);
    books.setups.relink(id);
    attempt(books, call, id)
}

pub(super) fn unexpected_state(message: impl Into<String>, id: &str) -> Box<Refusal> {
    let mut refusal = Refusal::invalid(message).code("setup_intent_unexpected_state").executed();
    refusal.setup = Some(id.into());
    refusal
}

pub(super) fn no_method(id: Option<&str>) -> Box<Refusal> {
    let message = "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.";
    match id {
        Some(id) => unexpected_state(message, id),
        None => Refusal::invalid(message).code("setup_intent_unexpected_state"),
    }
}

/// Asks the bank whether the card may be kept.
pub(super) fn attempt(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    let try_id = books.next_id("setatt_1");
    let setup = books.setups.get_mut(id).ok_or_else(|| no_such(id))?;
    setup.latest_attempt = Some(try_id);
    setup.attempted_at = call.now();
    let setup = setup.clone();
    let method = setup.payment_method.as_deref().and_then(|id| books.methods.get_mut(id));
    let method = method.ok_or_else(|| no_method(Some(id)))?;
    method.run_checks();
    let seen = Circumstances {
        moto: call.form.group("payment_method_options").and_then(|o| o.group("card")).and_then(|c| c.flag("moto"))
            == Some(true),
        requested: setup.request_three_ds != "automatic",
        ..Circumstances::default()
    };
    match (method.conduct.declines_saving(), course(method.conduct, seen)) {
        (Some(decline), _) => decline_setup(books, &setup, decline),
        (None, Course::Asked { frictionless }) => {
            let action = Action { source: books.next_id("src_1"), frictionless, return_url: redirect(&call.form) };
            if let Some(setup) = books.setups.get_mut(id) {
                setup.status = Status::RequiresAction;
                setup.last_error = None;
                setup.action = Some(Box::new(action));
            }
            events::note(books, Kind::SetupRequiresAction, id);
            show(books, call, id)
        }
        // Without a challenge, only a refusal to save says no: the card may well be declined at its first payment.
        (None, Course::Approved | Course::Declined(_)) => {
            succeed(books, id);
            show(books, call, id)
        }
    }
}

fn decline_setup(books: &mut Books, setup: &Setup, decline: Decline) -> Outcome<Vec<u8>> {
    let method = setup.payment_method.clone().unwrap_or_default();
    if let Some(setup) = books.setups.get_mut(&setup.id) {
        give_back(setup, Cause::Declined(decline), &method);
    }
    if let Some(method) = books.methods.get_mut(&method) {
        method.spent = true;
    }
    events::note(books, Kind::SetupFailed, &setup.id);
    let mut refusal = Refusal::card(decline);
    refusal.setup = Some(setup.id.clone());
    refusal.method = Some(method);
    Err(refusal)
}

fn give_back(setup: &mut Setup, cause: Cause, method: &str) {
    setup.status = Status::RequiresPaymentMethod;
    setup.payment_method = None;
    setup.action = None;
    setup.last_error = Some(Box::new(LastError { cause, charge: None, method: method.into() }));
}

/// The card is kept, and works in the customer's absence from now on.
fn succeed(books: &mut Books, id: &str) {
    let Some(setup) = books.setups.get_mut(id) else { return };
    setup.status = Status::Succeeded;
    setup.action = None;
    setup.last_error = None;
    let (customer, method) = (setup.customer.clone(), setup.payment_method.clone().unwrap_or_default());
    if let Some(method) = books.methods.get_mut(&method) {
        method.set_up = true;
        if method.customer.is_none() && customer.is_some() {
            method.customer = customer;
            let method = method.id.clone();
            books.methods.relink(&method);
            events::note(books, Kind::MethodAttached, &method);
        }
    }
    events::note(books, Kind::SetupSucceeded, id);
}

/// The customer has answered their bank.
pub(crate) fn answer_question(books: &mut Books, call: &Call, id: &str, passed: bool) -> Outcome<Vec<u8>> {
    let setup = find(books, call, id)?;
    if setup.status != Status::RequiresAction {
        let message =
            format!("This SetupIntent has a status of {} and awaits no authentication.", setup.status.as_str());
        return Err(unexpected_state(message, id));
    }
    if passed {
        succeed(books, id);
        return show(books, call, id);
    }
    let method = setup.payment_method.clone().unwrap_or_default();
    if let Some(setup) = books.setups.get_mut(id) {
        give_back(setup, Cause::NotAuthenticated, &method);
    }
    events::note(books, Kind::SetupFailed, id);
    show(books, call, id)
}

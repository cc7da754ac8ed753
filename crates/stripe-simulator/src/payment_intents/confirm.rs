//! `POST /v1/payment_intents/{id}/confirm`: an attempt begins, or goes on after 3-D Secure.

use super::attempt::{self, Ended};
use super::record::{AutomaticMethods, Confirmation, Intent, Status};
use super::{change, extras, read, tables};
use crate::books::Books;
use crate::call::Call;
use crate::cards::{Circumstances, Course, Decline, course};
use crate::events::{self, Kind};
use crate::form::Group;
use crate::params;
use crate::refusal::{Outcome, Refusal};

/// Stripe keeps its limit to itself; this one is low enough to be met in a test.
pub(crate) const MAX_ATTEMPTS: u32 = 10;
/// How long an authentication is good for, in seconds.
const AUTHENTICATION_LASTS: i64 = 3_600;

const RETURN_URL_NEEDED: &str = "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.";

/// Confirms an intent with the secret key, or with the client secret where that is allowed.
pub(crate) fn confirm(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CONFIRM)?;
    if !call.is_publishable() {
        call.expand.only("payment_intent")?;
    }
    change::check(books, call)?;
    let intent = read::find(books, call, id)?.clone();
    check_may_confirm(&intent, call)?;
    check_return_url(redirects(intent.automatic), &call.form)?;
    let named = change::payment_method(books, call, Some(&intent))?;
    if named.is_none() && intent.payment_method.is_none() {
        return Err(no_method(Some(id)));
    }
    if named.is_none() && intent.status == Status::RequiresAction {
        // The customer is still being asked.
        return read::show(books, call, id);
    }
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    if named.is_some() {
        intent.payment_method = named;
        // Taken by phone is said of one attempt, not of those after it.
        intent.moto = false;
        intent.authenticated = None;
        intent.action = None;
    }
    change::apply(intent, &call.form);
    attempt(books, call, id)
}

fn check_may_confirm(intent: &Intent, call: &Call) -> Outcome<()> {
    if call.is_publishable() && intent.confirmation == Confirmation::Manual {
        let message = format!(
            "This PaymentIntent {} cannot be confirmed using your publishable key because its `confirmation_method` is set to `manual`. Please use your secret key instead, or create a PaymentIntent with `confirmation_method` set to `automatic`.",
            intent.id
        );
        return Err(Refusal::invalid(message).code("payment_intent_invalid_parameter"));
    }
    let message = match intent.status {
        status if status.is_open() => return Ok(()),
        Status::Succeeded => {
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
                .to_owned()
        }
        status => format!(
            "You cannot confirm this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.",
            status.as_str()
        ),
    };
    Err(unexpected_state(message, &intent.id))
}

/// The operation does not fit the status: the answer carries the intent as it stands.
pub(super) fn unexpected_state(message: impl Into<String>, id: &str) -> Box<Refusal> {
    Refusal::invalid(message).code("payment_intent_unexpected_state").with_intent(id).executed()
}

pub(super) fn no_method(id: Option<&str>) -> Box<Refusal> {
    let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";
    match id {
        Some(id) => unexpected_state(message, id),
        None => Refusal::invalid(message).code("payment_intent_unexpected_state"),
    }
}

pub(super) fn redirects(automatic: Option<AutomaticMethods>) -> bool {
    automatic.is_some_and(|methods| methods.allow_redirects)
}

/// Who may be sent away needs an address to come back to.
pub(crate) fn check_return_url(redirects: bool, form: &Group) -> Outcome<()> {
    if redirects && form.filled("return_url").is_none() {
        return Err(Refusal::invalid(RETURN_URL_NEEDED).at("return_url"));
    }
    Ok(())
}

/// Runs the attempt that the intent stands ready for, and answers with what became of it.
pub(super) fn attempt(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    let intent = books.intents.get_mut(id).ok_or_else(|| read::no_such(id))?;
    if intent.authenticated.is_none() {
        if intent.attempts >= MAX_ATTEMPTS {
            attempt::give_up(intent, call.now());
            events::note(books, Kind::IntentCanceled, id);
            return read::show(books, call, id);
        }
        intent.attempts += 1;
    }
    if books.intents.get(id).and_then(|intent| intent.extras.as_ref()).is_some_and(|e| e.statement_descriptor.is_some())
    {
        return Err(extras::no_descriptor().executed());
    }
    let (course, intent) = decide(books, call, id)?;
    let ended = match course {
        Course::Asked { frictionless } => {
            attempt::ask(books, &intent, frictionless, redirect(&call.form));
            Ended::Open
        }
        Course::Approved => attempt::approve(books, call, &intent),
        Course::Declined(decline) => attempt::decline(books, call, &intent, decline),
    };
    match ended {
        Ended::Open => read::show(books, call, id),
        Ended::Declined(refusal) => Err(refusal),
    }
}

/// Only a page that did not ask for the dialog sends its customer away.
pub(crate) fn redirect(form: &Group) -> Option<String> {
    let in_page = form.flag("use_stripe_sdk") == Some(true);
    form.filled("return_url").filter(|_| !in_page).map(str::to_owned)
}

/// `true`, or in which way the customer is absent.
pub(super) fn is_off_session(form: &Group) -> bool {
    form.filled("off_session").is_some_and(|off| off != "false")
}

fn decide(books: &Books, call: &Call, id: &str) -> Outcome<(Course, Intent)> {
    let intent = books.intents.get(id).ok_or_else(|| read::no_such(id))?;
    let method = intent.payment_method.as_deref().and_then(|id| books.methods.get(id));
    let method = method.ok_or_else(|| no_method(Some(id)))?;
    let late = intent.authenticated.is_some_and(|passed| call.now() - passed.at > AUTHENTICATION_LASTS);
    if late {
        return Ok((Course::Declined(Decline::AttemptExpired), intent.clone()));
    }
    let seen = Circumstances {
        moto: intent.moto,
        off_session: is_off_session(&call.form),
        requested: intent.request_three_ds != "automatic",
        authenticated: intent.authenticated.is_some(),
        set_up: method.set_up,
        setting: books.features.has(method.conduct.setting),
        blocked: books.features.blocks(method.checked()),
    };
    let mut course = course(method.conduct, seen);
    if matches!(course, Course::Asked { .. }) && call.form.flag("error_on_requires_action") == Some(true) {
        course = Course::Declined(Decline::AuthenticationRequired);
    }
    Ok((course, intent.clone()))
}

//! What an answer proves about a payment, and nothing beyond that.
//!
//! An answer counts only when it is Stripe's (it carries a `Request-Id` and parses) and speaks of our own
//! PaymentIntent (id, amount, currency, mode and sale). Anything else proves nothing, whatever its status.

use crate::entry::BlockReason;
use crate::facts::{Card, ChargeFacts, Decline, IntentFacts, IntentStatus};
use crate::payment::Payment;
use crate::payment::step::What;
use crate::sale::Mode;
use std::time::Duration;
use stripe_api::{Answer, ApiError, Body, Charge, Expandable, PaymentIntent, Unanswered};

/// What is proved.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// Our PaymentIntent as it stands.
    Intent(IntentFacts),
    /// Stripe refused the request because the PaymentIntent stands elsewhere: here.
    WrongState(IntentFacts),
    /// 402: this card was not charged, certainly.
    Declined(IntentFacts),
    /// The PaymentIntent whose id never reached us.
    Found(IntentFacts),
    /// It is not on this page of the list; the next one begins after this id.
    NotFound { next_page: Option<String> },
    /// Nothing was decided; ask again, after this time if Stripe named one.
    Busy { after: Option<Duration> },
    /// Nobody knows what Stripe did, and this key brings the same answer again: a 5xx, or a refusal without its reason.
    ServerError,
    /// No answer, or one that proves nothing.
    Unanswered,
    /// The key was used for another body: our own fault.
    KeyReused,
    /// Stripe says that our request is wrong, and did nothing.
    Rejected { code: Option<String>, message: Option<String> },
    /// A person has to mend something.
    Blocked { reason: BlockReason, detail: Option<String> },
}

/// Reads an answer to one of `payment`'s requests.
pub fn read(payment: &Payment, what: What, outcome: &Result<Answer, Unanswered>) -> Evidence {
    let Ok(answer) = outcome else {
        return Evidence::Unanswered;
    };
    if answer.meta.request_id.is_none() {
        return Evidence::Unanswered;
    }
    match (&answer.body, what) {
        (Body::PaymentIntent(intent), What::Find) => foreign(payment, what, intent),
        (Body::PaymentIntent(intent), _) => match ours(payment, intent) {
            Some(facts) => Evidence::Intent(facts),
            None => foreign(payment, what, intent),
        },
        (Body::PaymentIntents(list), What::Find) => match list.data.iter().find_map(|intent| ours(payment, intent)) {
            Some(facts) => Evidence::Found(facts),
            None => {
                Evidence::NotFound { next_page: list.data.last().filter(|_| list.has_more).map(|last| last.id.clone()) }
            }
        },
        (Body::Error(error), _) => refused(payment, answer, error),
        _ => Evidence::Unanswered,
    }
}

/// An intent that is not ours in every respect. One of another id or sale is an answer to somebody else's question and
/// proves nothing about ours. One that is ours by its id or sale and differs will differ every time: a person has to know.
fn foreign(payment: &Payment, what: What, intent: &PaymentIntent) -> Evidence {
    let names_sale = intent.metadata.get("sale_id").is_some_and(|id| *id == payment.sale.id.to_string());
    let is_named = payment.intent.as_ref().map_or(names_sale, |id| *id == intent.id);
    match what {
        What::Create | What::Look if is_named => {
            Evidence::Blocked { reason: BlockReason::Mismatch, detail: Some(intent.id.clone()) }
        }
        _ => Evidence::Unanswered,
    }
}

fn refused(payment: &Payment, answer: &Answer, error: &ApiError) -> Evidence {
    let intent = || error.payment_intent.as_deref().and_then(|intent| ours(payment, intent));
    let blocked = |reason| Evidence::Blocked { reason, detail: error.message.clone() };
    let code = error.code.as_deref();
    let retry = answer.meta.should_retry == Some(true);
    match answer.status {
        402 => match intent() {
            Some(mut facts) => {
                facts.decline = Some(decline(error));
                Evidence::Declined(facts)
            }
            None => Evidence::Unanswered,
        },
        401 => blocked(BlockReason::KeyRejected),
        403 => blocked(BlockReason::KeyForbidden),
        404 if error.param.as_deref() == Some("payment_method") => rejected(error),
        404 => blocked(BlockReason::WrongAccount),
        // Stripe's own word that this key will never get another answer.
        409 | 424 | 429 if answer.meta.should_retry == Some(false) => Evidence::ServerError,
        409 | 424 | 429 => Evidence::Busy { after: answer.meta.retry_after },
        400 if code == Some("rate_limit") || retry => Evidence::Busy { after: answer.meta.retry_after },
        _ if error.kind == stripe_api::ErrorKind::Idempotency => Evidence::KeyReused,
        400 if code == Some("payment_intent_unexpected_state") => match intent() {
            Some(facts) => Evidence::WrongState(facts),
            // It stands elsewhere, and where cannot be read here: it may have been charged.
            None => Evidence::ServerError,
        },
        400 => rejected(error),
        500.. => Evidence::ServerError,
        _ => Evidence::Unanswered,
    }
}

fn rejected(error: &ApiError) -> Evidence {
    Evidence::Rejected { code: error.code.clone(), message: error.message.clone() }
}

/// The intent in our words, if it is ours in every respect.
fn ours(payment: &Payment, intent: &PaymentIntent) -> Option<IntentFacts> {
    let sale = &payment.sale;
    let is_ours = intent.amount == sale.total.minor
        && intent.currency == sale.total.currency.code()
        && intent.livemode == (sale.mode == Mode::Live)
        && payment.intent.as_ref().is_none_or(|id| *id == intent.id)
        && intent.metadata.get("sale_id").is_some_and(|id| *id == sale.id.to_string())
        && (payment.intent.is_some()
            || intent.metadata.get("gen").is_some_and(|generation| *generation == payment.generation.to_string()));
    is_ours.then(|| facts(intent))
}

fn facts(intent: &PaymentIntent) -> IntentFacts {
    let charge = match &intent.latest_charge {
        Some(Expandable::Object(charge)) => Some(charge_facts(charge)),
        _ => None,
    };
    IntentFacts {
        id: intent.id.clone(),
        created: intent.created,
        status: status(&intent.status),
        amount_received: intent.amount_received,
        charge,
        decline: intent.last_payment_error.as_deref().map(decline),
        secret: intent.client_secret.clone(),
    }
}

fn status(status: &stripe_api::IntentStatus) -> IntentStatus {
    match status {
        stripe_api::IntentStatus::RequiresPaymentMethod => IntentStatus::RequiresPaymentMethod,
        stripe_api::IntentStatus::RequiresConfirmation => IntentStatus::RequiresConfirmation,
        stripe_api::IntentStatus::RequiresAction => IntentStatus::RequiresAction,
        stripe_api::IntentStatus::Processing => IntentStatus::Processing,
        stripe_api::IntentStatus::RequiresCapture => IntentStatus::RequiresCapture,
        stripe_api::IntentStatus::Succeeded => IntentStatus::Succeeded,
        stripe_api::IntentStatus::Canceled => IntentStatus::Canceled,
        stripe_api::IntentStatus::Unknown(_) => IntentStatus::Other,
    }
}

fn charge_facts(charge: &Charge) -> ChargeFacts {
    let card = charge.card();
    ChargeFacts {
        id: charge.id.clone(),
        card: Card {
            brand: card.and_then(|card| card.brand.clone()).unwrap_or_default(),
            last4: card.and_then(|card| card.last4.clone()).unwrap_or_default(),
        },
        created: charge.created.unwrap_or_default(),
        payment_method: charge.payment_method.clone(),
        authorisation_code: charge.authorization_code().map(str::to_owned),
        statement_name: charge.calculated_statement_descriptor.clone(),
        capture_before: card.and_then(|card| card.capture_before),
    }
}

fn decline(error: &ApiError) -> Decline {
    Decline {
        code: error.code.clone(),
        decline_code: error.decline_code.clone(),
        advice_code: error.advice_code.clone(),
    }
}

#[cfg(test)]
mod tests;

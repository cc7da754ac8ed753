//! What an answer proves about a refund, and nothing beyond that.

use super::{NotSent, Refund, RefundStatus};
use crate::entry::BlockReason;
use std::time::Duration;
use stripe_api::{Answer, ApiError, Body, ErrorKind, PaymentIntent, Unanswered};

/// What is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Stripe has it.
    Has { stripe: String, status: RefundStatus, why: Option<String> },
    /// It was not among the refunds of its charge at this moment of Stripe's clock, Unix seconds. An answer may come
    /// late, and what was on its way then may have arrived since.
    Absent { at: Option<i64> },
    /// The charge is in this account.
    Charge,
    /// Nothing was decided; ask again, after this time if Stripe named one.
    Busy { after: Option<Duration> },
    /// 5xx: open, and repeated word for word for this key.
    ServerError,
    /// No answer, or one that proves nothing.
    Unanswered,
    /// Stripe says no to this request, and did nothing by it.
    Rejected { why: Option<String> },
}

/// Reads an answer to one of `refund`'s requests.
pub fn read(refund: &Refund, outcome: &Result<Answer, Unanswered>) -> Evidence {
    let Ok(answer) = outcome else {
        return Evidence::Unanswered;
    };
    if answer.meta.request_id.is_none() {
        return Evidence::Unanswered;
    }
    match &answer.body {
        Body::Refund(found) if is_ours(refund, found) => has(found),
        Body::Refunds(page) => match page.data.iter().find(|found| is_ours(refund, found)) {
            Some(found) => has(found),
            // A whole page of newer ones: it may be behind them.
            None if page.has_more => Evidence::Unanswered,
            None => Evidence::Absent { at: answer.meta.date },
        },
        Body::PaymentIntent(intent) if intent.id == refund.intent => Evidence::Charge,
        Body::Error(error) => refused(answer, error),
        _ => Evidence::Unanswered,
    }
}

/// How a charge stands at Stripe. Amounts in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChargeState {
    pub captured: i64,
    /// Given back in all, whoever did it.
    pub refunded: i64,
    pub disputed: bool,
}

/// Reads the answer to a look at the PaymentIntent `id`, before a refund of its charge leaves.
///
/// # Errors
/// Why it is not known what is left.
pub fn charge_state(id: &str, outcome: &Result<Answer, Unanswered>) -> Result<ChargeState, NotSent> {
    let answer = outcome.as_ref().map_err(|_| NotSent::NoAnswer)?;
    match (&answer.body, &answer.meta.request_id) {
        (Body::PaymentIntent(intent), Some(_)) if intent.id == id => state(intent).ok_or(NotSent::NoAnswer),
        (Body::Error(error), Some(_)) => Err(not_asked(answer.status, error)),
        _ => Err(NotSent::NoAnswer),
    }
}

fn state(intent: &PaymentIntent) -> Option<ChargeState> {
    let charge = intent.charge().filter(|charge| charge.captured)?;
    let (captured, refunded, disputed) = (charge.amount_captured, charge.amount_refunded, charge.disputed);
    Some(ChargeState { captured, refunded, disputed })
}

fn not_asked(status: u16, error: &ApiError) -> NotSent {
    let reason = match status {
        401 => BlockReason::KeyRejected,
        403 => BlockReason::KeyForbidden,
        404 => BlockReason::WrongAccount,
        400 => BlockReason::Rejected,
        _ => return NotSent::NoAnswer,
    };
    NotSent::Refused { reason, detail: error.message.clone() }
}

/// What Stripe says of a refund that it has.
pub fn status(found: &stripe_api::Refund) -> RefundStatus {
    match found.status {
        stripe_api::RefundStatus::Succeeded => RefundStatus::Succeeded,
        stripe_api::RefundStatus::Bounced => RefundStatus::Bounced,
        stripe_api::RefundStatus::Canceled => RefundStatus::Canceled,
        // Whatever a new word means: Stripe has it, and it is not at its end.
        stripe_api::RefundStatus::Pending
        | stripe_api::RefundStatus::RequiresAction
        | stripe_api::RefundStatus::Unknown(_) => RefundStatus::Pending,
    }
}

/// Why it bounced, or what it waits for.
pub fn why(found: &stripe_api::Refund) -> Option<String> {
    found.failure_reason.clone().or_else(|| found.pending_reason.clone())
}

fn is_ours(refund: &Refund, found: &stripe_api::Refund) -> bool {
    found.amount == refund.amount
        && found.payment_intent.as_ref() == Some(&refund.intent)
        && found.metadata.get("refund_id") == Some(&refund.id)
}

fn has(found: &stripe_api::Refund) -> Evidence {
    Evidence::Has { stripe: found.id.clone(), status: status(found), why: why(found) }
}

fn refused(answer: &Answer, error: &ApiError) -> Evidence {
    let busy = Evidence::Busy { after: answer.meta.retry_after };
    match answer.status {
        409 | 424 | 429 if answer.meta.should_retry != Some(false) => busy,
        400 if error.code.as_deref() == Some("rate_limit") || answer.meta.should_retry == Some(true) => busy,
        // The key was used for another body: our own fault, and open what it did.
        _ if error.kind == ErrorKind::Idempotency => Evidence::ServerError,
        400..=404 => Evidence::Rejected { why: error.message.clone().or_else(|| error.code.clone()) },
        409 | 424 | 429 | 500.. => Evidence::ServerError,
        _ => Evidence::Unanswered,
    }
}

//! What an answer proves about a refund, and nothing beyond that.

use super::{Refund, RefundStatus};
use std::time::Duration;
use stripe_api::{Answer, ApiError, Body, ErrorKind, Unanswered};

/// What is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Stripe has it.
    Has { stripe: String, status: RefundStatus, why: Option<String> },
    /// It is not among the refunds of its charge.
    Absent,
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
            // A hundred newer ones: it may be behind them.
            None if page.has_more => Evidence::Unanswered,
            None => Evidence::Absent,
        },
        Body::PaymentIntent(intent) if intent.id == refund.intent => Evidence::Charge,
        Body::Error(error) => refused(answer, error),
        _ => Evidence::Unanswered,
    }
}

fn is_ours(refund: &Refund, found: &stripe_api::Refund) -> bool {
    found.amount == refund.amount
        && found.payment_intent.as_ref() == Some(&refund.intent)
        && found.metadata.get("refund_id") == Some(&refund.id)
}

fn has(found: &stripe_api::Refund) -> Evidence {
    let status = match found.status {
        stripe_api::RefundStatus::Succeeded => RefundStatus::Succeeded,
        stripe_api::RefundStatus::Bounced => RefundStatus::Bounced,
        stripe_api::RefundStatus::Canceled => RefundStatus::Canceled,
        // Whatever a new word means: Stripe has it, and it is not at its end.
        stripe_api::RefundStatus::Pending
        | stripe_api::RefundStatus::RequiresAction
        | stripe_api::RefundStatus::Unknown(_) => RefundStatus::Pending,
    };
    let why = found.failure_reason.clone().or_else(|| found.pending_reason.clone());
    Evidence::Has { stripe: found.id.clone(), status, why }
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

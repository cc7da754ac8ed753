//! A refund: money given back once, under an id of our own that was durable before it was sent.
//!
//! Stripe caps what it gives back at what it took; that it is not asked twice for the same refund is our matter. So a
//! refund has its own Unknown, and one of a sale's refunds is at Stripe at a time.

pub mod calls;
pub mod evidence;
pub mod step;

use crate::entry::{BlockReason, CallRecord};
use serde::{Deserialize, Serialize};

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundPhase {
    /// At Stripe.
    Asked,
    /// Nobody knows whether Stripe has it.
    Unknown,
    /// Stripe has it, and the money has not left yet.
    Pending,
    /// The money is on its way. For about 30 days the bank may still send it back.
    Succeeded,
    /// The bank sent it back: the money is in the balance again.
    Bounced,
    /// Called off in the Dashboard.
    Canceled,
    /// Stripe said no and did nothing.
    Rejected,
    /// Stripe does not have it, its key is of no more use, and a person let it go.
    GivenUp,
}

impl RefundPhase {
    /// Every phase, for walks.
    pub const ALL: [Self; 8] = [
        Self::Asked,
        Self::Unknown,
        Self::Pending,
        Self::Succeeded,
        Self::Bounced,
        Self::Canceled,
        Self::Rejected,
        Self::GivenUp,
    ];

    /// Whether Stripe has it is open: nothing else is given back meanwhile.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Unknown)
    }

    /// Whether Stripe is still at it.
    pub fn wants_a_look(self) -> bool {
        self.is_open() || self == Self::Pending
    }

    /// Whether its amount is gone, or may be.
    pub fn counts(self) -> bool {
        matches!(self, Self::Asked | Self::Unknown | Self::Pending | Self::Succeeded)
    }
}

/// What Stripe says of a refund it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    Pending,
    Succeeded,
    Bounced,
    Canceled,
}

impl RefundStatus {
    fn phase(self) -> RefundPhase {
        match self {
            Self::Pending => RefundPhase::Pending,
            Self::Succeeded => RefundPhase::Succeeded,
            Self::Bounced => RefundPhase::Bounced,
            Self::Canceled => RefundPhase::Canceled,
        }
    }
}

/// One refund of one sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Ours: made by chance, in the refund's metadata and its idempotency key.
    pub id: String,
    /// `pi_…` of the charge.
    pub intent: String,
    /// Minor units of the sale's currency.
    pub amount: i64,
    /// For the books here; Stripe is told none, since `fraudulent` would put the customer on a block list.
    pub reason: String,
    /// As it was fixed before it was sent; empty for one that was found at Stripe, which is never sent.
    pub call: CallRecord,
    pub phase: RefundPhase,
    /// `re_…`, once Stripe has it.
    pub stripe: Option<String>,
    /// Why it bounced, or was rejected, in Stripe's code or words.
    pub why: Option<String>,
    /// The finding that it answers, by the id under which Stripe's object was found.
    #[serde(default)]
    pub finding: Option<String>,
    /// It did not reach the customer though it was said to be on its way, and the sale had so many refunds when that was
    /// known: a manager has to know.
    #[serde(default)]
    pub came_back: Option<usize>,
}

impl Refund {
    /// Says whether Stripe has it, or may have.
    pub fn was_made(&self) -> bool {
        !matches!(self.phase, RefundPhase::Rejected | RefundPhase::GivenUp)
    }

    /// This till made it, and its journal had lost it.
    fn was_found(&self) -> bool {
        self.call.key.is_empty()
    }
}

/// Says whether the refund with this Stripe id came back and somebody who may have known made another of the same charge
/// since. Only a person can tell whether that one was meant to make up for it.
pub(crate) fn is_made_up_for(stripe: &str, refunds: &[Refund]) -> bool {
    let place = refunds.iter().position(|refund| refund.stripe.as_deref() == Some(stripe));
    let Some((place, back)) = place.map(|place| (place, &refunds[place])) else { return false };
    let Some(known) = back.came_back else { return false };
    let later = refunds.iter().enumerate().skip(place + 1);
    let mut others = later.filter(|(_, other)| other.intent == back.intent && other.finding.is_none());
    others.any(|(place, other)| other.was_made() && (place >= known || other.was_found()))
}

/// What Stripe has of a charge beside what this till did to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeSeen {
    /// `pi_…` of the charge.
    pub intent: String,
    /// Minor units that were given back by others: in the Dashboard, or by another till.
    pub elsewhere: i64,
    /// The customer disputes it: Stripe gives nothing back then.
    pub disputed: bool,
    /// When Stripe said so, by its clock, Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
}

impl ChargeSeen {
    /// A refund of this till's that its journal had lost has been found. What Stripe reported after it was made counted it
    /// among the others'.
    pub(crate) fn found(&mut self, amount: i64, created: Option<i64>) {
        let was_counted = created.zip(self.at).is_none_or(|(created, at)| created <= at);
        if was_counted {
            self.elsewhere = self.elsewhere.saturating_sub(amount).max(0);
        }
    }
}

/// Why a refund that was asked for did not leave. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// Stripe could not be asked what is left.
    NoAnswer,
    /// Stripe did not let itself be asked, and why.
    Refused { reason: BlockReason, detail: Option<String> },
    /// The customer disputes the charge.
    Disputed,
    /// More was given back than this till knew; this many minor units are left.
    Elsewhere { left: i64 },
    /// This computer could not write it down.
    NotWritten(String),
}

/// One fact about a refund. Part of the journal's format: see [`crate::entry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RefundFact {
    /// It will be sent.
    Begun {
        intent: String,
        amount: i64,
        reason: String,
        call: CallRecord,
        #[serde(default)]
        finding: Option<String>,
    },
    /// Stripe has it under an id of ours, and this journal did not: it was made after the copy was taken that the
    /// journal is.
    Found {
        intent: String,
        amount: i64,
        stripe: String,
        status: RefundStatus,
        why: Option<String>,
        /// The time of its creation by Stripe's clock, Unix seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        created: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finding: Option<String>,
    },
    /// Stripe has it.
    Seen { stripe: String, status: RefundStatus, why: Option<String> },
    /// No answer that can be trusted.
    OutcomeUnknown,
    /// Stripe said no and did nothing.
    Rejected { why: Option<String> },
    /// Stripe does not have it and never will; a person let it go.
    GivenUp,
}

impl RefundFact {
    /// The transition table of refunds: the phase after this fact, or none where that history is impossible.
    pub fn next(&self, from: Option<RefundPhase>) -> Option<RefundPhase> {
        use RefundPhase::{Asked, Bounced, Canceled, GivenUp, Pending, Rejected, Succeeded, Unknown};
        match (self, from) {
            (Self::Begun { .. }, None) => Some(Asked),
            (Self::Found { status, .. }, None)
            | (Self::Seen { status, .. }, Some(Asked | Unknown | Pending | Succeeded)) => Some(status.phase()),
            (Self::OutcomeUnknown, Some(Asked)) => Some(Unknown),
            (Self::Rejected { .. }, Some(Asked | Unknown)) => Some(Rejected),
            (Self::GivenUp, Some(Unknown)) => Some(GivenUp),
            (Self::Begun { .. } | Self::Found { .. }, Some(_))
            | (
                Self::Seen { .. } | Self::OutcomeUnknown | Self::Rejected { .. } | Self::GivenUp,
                None | Some(Bounced | Canceled | Rejected | GivenUp),
            )
            | (Self::OutcomeUnknown, Some(Unknown | Pending | Succeeded))
            | (Self::Rejected { .. }, Some(Pending | Succeeded))
            | (Self::GivenUp, Some(Asked | Pending | Succeeded)) => None,
        }
    }

    /// Adds the fact to a sale's refunds. `false`: that history cannot be, and nothing has changed.
    #[must_use]
    pub(crate) fn apply(&self, id: &str, refunds: &mut Vec<Refund>) -> bool {
        let count = refunds.len();
        let known = refunds.iter_mut().find(|refund| refund.id == id);
        let Some(phase) = self.next(known.as_ref().map(|refund| refund.phase)) else {
            return false;
        };
        match (known, self) {
            (Some(refund), _) => {
                let was_sent = matches!(refund.phase, RefundPhase::Pending | RefundPhase::Succeeded);
                let is_back = was_sent && matches!(phase, RefundPhase::Bounced | RefundPhase::Canceled);
                refund.came_back = is_back.then_some(count);
                refund.phase = phase;
                if let Self::Seen { stripe, why, .. } = self {
                    refund.stripe = Some(stripe.clone());
                    refund.why.clone_from(why);
                }
                if let Self::Rejected { why } = self {
                    refund.why.clone_from(why);
                }
            }
            (None, Self::Begun { intent, amount, reason, call, finding }) => refunds.push(Refund {
                id: id.to_owned(),
                intent: intent.clone(),
                amount: *amount,
                reason: reason.clone(),
                call: call.clone(),
                phase,
                stripe: None,
                why: None,
                finding: finding.clone(),
                came_back: None,
            }),
            (None, Self::Found { intent, amount, stripe, why, finding, .. }) => refunds.push(Refund {
                id: id.to_owned(),
                intent: intent.clone(),
                amount: *amount,
                reason: String::new(),
                call: CallRecord::default(),
                phase,
                stripe: Some(stripe.clone()),
                why: why.clone(),
                finding: finding.clone(),
                came_back: None,
            }),
            (None, _) => return false,
        }
        true
    }

    /// As a timeline tells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Begun { .. } => "refundBegun",
            Self::Found { .. } => "refundFound",
            Self::Seen { status: RefundStatus::Pending, .. } => "refundPending",
            Self::Seen { status: RefundStatus::Succeeded, .. } => "refundSucceeded",
            Self::Seen { status: RefundStatus::Bounced, .. } => "refundBounced",
            Self::Seen { status: RefundStatus::Canceled, .. } => "refundCanceled",
            Self::OutcomeUnknown => "refundUnknown",
            Self::Rejected { .. } => "refundRejected",
            Self::GivenUp => "refundGivenUp",
        }
    }
}

#[cfg(test)]
mod tests;

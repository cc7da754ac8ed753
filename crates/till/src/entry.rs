//! The facts a journal holds. A payment is what its entries add up to.
//!
//! Variants and fields are a file format: they may be added, never renamed.

use crate::facts::{ChargeFacts, Decline, IntentStatus};
use crate::refund::{ChargeSeen, RefundFact};
use crate::sale::Sale;
use serde::{Deserialize, Serialize};

/// A changing request to Stripe, fixed before it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The idempotency key: made of the logical step, never of a clock or a card.
    pub key: String,
    /// SHA-256 of the exact form body, in hex. A refund that would go again with another body does not go.
    pub body: String,
    /// Stripe's clock when it was first sent, Unix seconds, if Stripe has told the time in this process.
    pub at_stripe: Option<i64>,
}

/// What follows once Stripe has cancelled a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The sale ends unpaid.
    Void,
    /// Another PaymentIntent, for another card.
    NextGeneration,
    /// Another PaymentIntent that Stripe has charged for this sale.
    TakeUp,
}

/// Why a generation can never be charged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// Stripe said `canceled`.
    Canceled,
    /// No confirm was ever sent for it, and only we can send one.
    NeverConfirmed,
}

/// Why a payment cannot go on without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockReason {
    /// 401: Stripe does not know the key.
    KeyRejected,
    /// 403: the key lacks a permission.
    KeyForbidden,
    /// 404: the payment is of another account or mode.
    WrongAccount,
    /// Stripe's payment is not the one we made.
    Mismatch,
    /// Stripe refused our request as wrong.
    Rejected,
}

/// One fact about one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
    /// D1. The total is fixed.
    SaleFrozen { sale: Box<Sale> },
    /// D2. A PaymentIntent will be created.
    GenerationBegun { generation: u32, call: CallRecord },
    /// A 5xx burnt the create key; creating again is harmless, since nothing but a confirm can charge.
    CreateRetried { attempt: u32, call: CallRecord },
    /// D3. Stripe has it.
    IntentCreated { intent: String, created: i64 },
    /// D4. A card will be confirmed.
    AttemptBegun { attempt: u32, payment_method: String, call: CallRecord },
    /// D5. Stripe said no to this card.
    Declined { decline: Decline },
    /// Stripe said our request is wrong: nothing was done.
    AttemptRejected { code: Option<String>, message: Option<String> },
    /// D6. The bank wants to ask the customer.
    AuthenticationWanted,
    /// D7. The second confirm will be sent.
    FinishBegun { call: CallRecord },
    /// Stripe is still at it.
    ProcessingSeen,
    /// No answer that can be trusted.
    OutcomeUnknown,
    /// Not charged so far; a person decides.
    Paused { status: Option<IntentStatus> },
    /// The cashier goes on with another card on the same PaymentIntent.
    Continued,
    /// D8. The PaymentIntent will be cancelled.
    CancelBegun { attempt: u32, then: Then, call: CallRecord },
    /// D9. This PaymentIntent can never be charged.
    GenerationClosed { how: Closed },
    /// The sale ended unpaid.
    Voided,
    /// D5. The bank holds the money for us.
    Authorised { charge: Box<ChargeFacts> },
    /// The held money will be taken.
    CaptureBegun { attempt: u32, call: CallRecord },
    /// D5. Stripe says: succeeded, whole amount.
    Paid { charge: Option<Box<ChargeFacts>>, while_away: bool },
    /// A person has to mend something first.
    Blocked { reason: BlockReason, detail: Option<String> },
    /// A receipt was handed to the printer.
    ReceiptIssued,
    /// The cashier has seen what was settled while the till was away.
    Seen,
    /// An older copy of the journal had left this PaymentIntent behind, and Stripe has charged it.
    IntentAdopted { intent: String, created: i64 },
    /// The journal is an older copy of itself: what happened to this payment since, only Stripe knows. A card may have
    /// been tried.
    FromOlderCopy,
    /// A refund of this sale, by its id.
    Refund { refund: String, what: RefundFact },
    /// Stripe was asked about a charge of this sale before a refund, and knows of more than this journal did.
    ChargeSeen { charge: ChargeSeen },
}

/// The names of the facts, for the transition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    SaleFrozen,
    GenerationBegun,
    CreateRetried,
    IntentCreated,
    AttemptBegun,
    Declined,
    AttemptRejected,
    AuthenticationWanted,
    FinishBegun,
    ProcessingSeen,
    OutcomeUnknown,
    Paused,
    Continued,
    CancelBegun,
    GenerationClosed,
    Voided,
    Authorised,
    CaptureBegun,
    Paid,
    Blocked,
    ReceiptIssued,
    Seen,
    IntentAdopted,
    FromOlderCopy,
    Refund,
    ChargeSeen,
}

impl Kind {
    /// Every kind, for walks over the whole table.
    pub const ALL: [Self; 26] = [
        Self::SaleFrozen,
        Self::GenerationBegun,
        Self::CreateRetried,
        Self::IntentCreated,
        Self::AttemptBegun,
        Self::Declined,
        Self::AttemptRejected,
        Self::AuthenticationWanted,
        Self::FinishBegun,
        Self::ProcessingSeen,
        Self::OutcomeUnknown,
        Self::Paused,
        Self::Continued,
        Self::CancelBegun,
        Self::GenerationClosed,
        Self::Voided,
        Self::Authorised,
        Self::CaptureBegun,
        Self::Paid,
        Self::Blocked,
        Self::ReceiptIssued,
        Self::Seen,
        Self::IntentAdopted,
        Self::FromOlderCopy,
        Self::Refund,
        Self::ChargeSeen,
    ];

    /// As the journal writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SaleFrozen => "saleFrozen",
            Self::GenerationBegun => "generationBegun",
            Self::CreateRetried => "createRetried",
            Self::IntentCreated => "intentCreated",
            Self::AttemptBegun => "attemptBegun",
            Self::Declined => "declined",
            Self::AttemptRejected => "attemptRejected",
            Self::AuthenticationWanted => "authenticationWanted",
            Self::FinishBegun => "finishBegun",
            Self::ProcessingSeen => "processingSeen",
            Self::OutcomeUnknown => "outcomeUnknown",
            Self::Paused => "paused",
            Self::Continued => "continued",
            Self::CancelBegun => "cancelBegun",
            Self::GenerationClosed => "generationClosed",
            Self::Voided => "voided",
            Self::Authorised => "authorised",
            Self::CaptureBegun => "captureBegun",
            Self::Paid => "paid",
            Self::Blocked => "blocked",
            Self::ReceiptIssued => "receiptIssued",
            Self::Seen => "seen",
            Self::IntentAdopted => "intentAdopted",
            Self::FromOlderCopy => "fromOlderCopy",
            Self::Refund => "refund",
            Self::ChargeSeen => "chargeSeen",
        }
    }
}

impl Entry {
    pub fn kind(&self) -> Kind {
        match self {
            Self::SaleFrozen { .. } => Kind::SaleFrozen,
            Self::GenerationBegun { .. } => Kind::GenerationBegun,
            Self::CreateRetried { .. } => Kind::CreateRetried,
            Self::IntentCreated { .. } => Kind::IntentCreated,
            Self::AttemptBegun { .. } => Kind::AttemptBegun,
            Self::Declined { .. } => Kind::Declined,
            Self::AttemptRejected { .. } => Kind::AttemptRejected,
            Self::AuthenticationWanted => Kind::AuthenticationWanted,
            Self::FinishBegun { .. } => Kind::FinishBegun,
            Self::ProcessingSeen => Kind::ProcessingSeen,
            Self::OutcomeUnknown => Kind::OutcomeUnknown,
            Self::Paused { .. } => Kind::Paused,
            Self::Continued => Kind::Continued,
            Self::CancelBegun { .. } => Kind::CancelBegun,
            Self::GenerationClosed { .. } => Kind::GenerationClosed,
            Self::Voided => Kind::Voided,
            Self::Authorised { .. } => Kind::Authorised,
            Self::CaptureBegun { .. } => Kind::CaptureBegun,
            Self::Paid { .. } => Kind::Paid,
            Self::Blocked { .. } => Kind::Blocked,
            Self::ReceiptIssued => Kind::ReceiptIssued,
            Self::Seen => Kind::Seen,
            Self::IntentAdopted { .. } => Kind::IntentAdopted,
            Self::FromOlderCopy => Kind::FromOlderCopy,
            Self::Refund { .. } => Kind::Refund,
            Self::ChargeSeen { .. } => Kind::ChargeSeen,
        }
    }

    /// The fact's name in a timeline.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refund { what, .. } => what.name(),
            other => other.kind().name(),
        }
    }

    /// The code that belongs to the fact in a timeline, if any.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Declined { decline } => decline.decline_code.as_deref().or(decline.code.as_deref()),
            Self::AttemptRejected { code, message } => code.as_deref().or(message.as_deref()),
            Self::Blocked { detail, .. } => detail.as_deref(),
            Self::Refund { what: RefundFact::Seen { why, .. } | RefundFact::Rejected { why }, .. } => why.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_writes_a_fact_under_its_kind_s_name() {
        let entries = [
            Entry::Continued,
            Entry::Paid { charge: None, while_away: true },
            Entry::GenerationClosed { how: Closed::NeverConfirmed },
            Entry::Blocked { reason: BlockReason::KeyRejected, detail: None },
        ];
        for entry in entries {
            let json: serde_json::Value = serde_json::to_value(&entry).unwrap();
            assert_eq!(json["kind"], entry.kind().name());
            assert_eq!(serde_json::from_value::<Entry>(json).unwrap(), entry);
        }
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let names: std::collections::HashSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}

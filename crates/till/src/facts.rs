//! What Stripe told us, in our words. Everything here may be stored and shown.

use serde::{Deserialize, Serialize};

/// Where a PaymentIntent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
    /// A word we do not know yet.
    Other,
}

/// One PaymentIntent, checked to be ours.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentFacts {
    pub id: String,
    /// Stripe's clock, Unix seconds.
    pub created: i64,
    pub status: IntentStatus,
    /// Minor units.
    pub amount_received: i64,
    pub charge: Option<ChargeFacts>,
    /// Why the last card was not charged.
    pub decline: Option<Decline>,
    /// Held in memory while the bank asks, never stored.
    pub secret: Option<stripe_api::ClientSecret>,
}

/// The card that was charged, or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub brand: String,
    pub last4: String,
}

/// A charge that went through, with what a receipt needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeFacts {
    pub id: String,
    pub card: Card,
    /// Stripe's clock, Unix seconds.
    pub created: i64,
    /// `pm_…` of the card that was charged. It need not be the one that was typed last.
    #[serde(default)]
    pub payment_method: Option<String>,
    pub authorisation_code: Option<String>,
    pub statement_name: Option<String>,
    /// Unix seconds; after it an authorisation is gone.
    pub capture_before: Option<i64>,
}

/// Stripe's codes for a no. The page has the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    pub code: Option<String>,
    pub decline_code: Option<String>,
    pub advice_code: Option<String>,
}

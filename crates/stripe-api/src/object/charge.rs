//! The charge: what happened to one card, and what a receipt prints.

use serde::Deserialize;

use crate::lenient;
use crate::open::open_enum;

open_enum! {
    /// What became of one attempt.
    ChargeStatus {
        /// Approved.
        Succeeded = "succeeded",
        /// Under way.
        Pending = "pending",
        /// Declined or blocked; Stripe's word is less exact.
        Declined = "failed",
    }
}

/// One card's attempt.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Charge {
    /// `ch_…` or `py_…`.
    pub id: String,
    /// Minor units asked for; 0 when not told.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub amount: i64,
    /// Minor units taken.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub amount_captured: i64,
    /// Minor units given back.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub amount_refunded: i64,
    /// Three lower-case letters.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub currency: Option<String>,
    /// Unix seconds by Stripe's clock.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub created: Option<i64>,
    /// What became of it.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub status: Option<ChargeStatus>,
    /// Whether the money was taken, and not only held.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub captured: bool,
    /// Whether all of it was given back.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub refunded: bool,
    /// Whether the customer's bank disputes it.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub disputed: bool,
    /// The name the customer finds on the statement.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub calculated_statement_descriptor: Option<String>,
    /// As in an error's `code`.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub failure_code: Option<String>,
    /// Stripe's and the network's view.
    #[serde(default, deserialize_with = "lenient::object")]
    pub outcome: Option<Outcome>,
    /// `pi_…`.
    #[serde(default, deserialize_with = "lenient::id")]
    pub payment_intent: Option<String>,
    /// `pm_…` of the card.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub payment_method: Option<String>,
    /// Number of Stripe's own mailed receipt.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub receipt_number: Option<String>,
    #[serde(default, deserialize_with = "lenient::scalar")]
    authorization_code: Option<String>,
    #[serde(default, deserialize_with = "lenient::object")]
    payment_method_details: Option<Details>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Details {
    #[serde(default, deserialize_with = "lenient::object")]
    card: Option<CardDetails>,
}

impl Charge {
    /// The card that was actually charged.
    pub fn card(&self) -> Option<&CardDetails> {
        self.payment_method_details.as_ref()?.card.as_ref()
    }

    /// The bank's approval code, from whichever of its two places holds it.
    pub fn authorization_code(&self) -> Option<&str> {
        let of_card = self.card().and_then(|card| card.authorization_code.as_deref());
        of_card.or(self.authorization_code.as_deref())
    }
}

/// Stripe's and the network's view of an attempt. For staff, not for the customer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// `authorized`, `issuer_declined`, `blocked`, `invalid`, …
    #[serde(rename = "type", deserialize_with = "lenient::scalar")]
    pub kind: Option<String>,
    /// `approved_by_network`, `declined_by_network`, `not_sent_to_network`, …
    #[serde(deserialize_with = "lenient::scalar")]
    pub network_status: Option<String>,
    /// A decline code or the name of a rule.
    #[serde(deserialize_with = "lenient::scalar")]
    pub reason: Option<String>,
    /// `normal`, `elevated`, `highest`, …
    #[serde(deserialize_with = "lenient::scalar")]
    pub risk_level: Option<String>,
    /// A sentence for the seller.
    #[serde(deserialize_with = "lenient::scalar")]
    pub seller_message: Option<String>,
}

/// What may be kept and printed about a card.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CardDetails {
    /// `visa`, `mastercard`, `amex`, …
    #[serde(deserialize_with = "lenient::scalar")]
    pub brand: Option<String>,
    /// The network it was processed on.
    #[serde(deserialize_with = "lenient::scalar")]
    pub network: Option<String>,
    /// The last four digits.
    #[serde(deserialize_with = "lenient::scalar")]
    pub last4: Option<String>,
    /// 1 to 12.
    #[serde(deserialize_with = "lenient::scalar")]
    pub exp_month: Option<i64>,
    /// Four digits.
    #[serde(deserialize_with = "lenient::scalar")]
    pub exp_year: Option<i64>,
    /// `credit`, `debit`, `prepaid` or `unknown`.
    #[serde(deserialize_with = "lenient::scalar")]
    pub funding: Option<String>,
    /// Two letters.
    #[serde(deserialize_with = "lenient::scalar")]
    pub country: Option<String>,
    /// The bank's approval code; also see [`Charge::authorization_code`].
    #[serde(deserialize_with = "lenient::scalar")]
    pub authorization_code: Option<String>,
    /// Minor units the bank has approved.
    #[serde(deserialize_with = "lenient::scalar")]
    pub amount_authorized: Option<i64>,
    /// Unix seconds: held money is released then. Use this, not a number of days.
    #[serde(deserialize_with = "lenient::scalar")]
    pub capture_before: Option<i64>,
    /// Whether it counted as an order by telephone or letter.
    #[serde(deserialize_with = "lenient::scalar")]
    pub moto: Option<bool>,
    /// The network's reference.
    #[serde(deserialize_with = "lenient::scalar")]
    pub network_transaction_id: Option<String>,
}

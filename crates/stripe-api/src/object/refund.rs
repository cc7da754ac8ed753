//! The refund: money on its way back.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Said;
use crate::lenient;
use crate::open::open_enum;

open_enum! {
    /// Where a refund stands. `Succeeded` is not the end: for about 30 days it can still bounce.
    RefundStatus {
        /// Waiting, for the balance or for the network.
        Pending = "pending",
        /// Wants the customer; never for cards.
        RequiresAction = "requires_action",
        /// Sent to the bank.
        Succeeded = "succeeded",
        /// The bank sent it back, and the money is in the balance again.
        Bounced = "failed",
        /// Called off in the Dashboard.
        Canceled = "canceled",
    }
}

/// Money given back for one intent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Refund {
    /// `re_…` or `pyr_…`.
    pub id: String,
    /// Minor units.
    pub amount: i64,
    /// Three lower-case letters.
    pub currency: String,
    /// Where it stands. Stripe's schema promises no fixed words here.
    pub status: RefundStatus,
    /// Unix seconds by Stripe's clock.
    pub created: i64,
    /// `ch_…`.
    #[serde(default, deserialize_with = "lenient::id")]
    pub charge: Option<String>,
    /// `pi_…`.
    #[serde(default, deserialize_with = "lenient::id")]
    pub payment_intent: Option<String>,
    /// As sent at creation.
    #[serde(default, deserialize_with = "lenient::metadata")]
    pub metadata: BTreeMap<String, String>,
    /// `processing`, `insufficient_funds` or `charge_pending`.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub pending_reason: Option<String>,
    /// Why it bounced: `expired_or_canceled_card`, `declined`, …
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub failure_reason: Option<String>,
    #[serde(rename = "object", alias = "error")]
    _object: Said,
}

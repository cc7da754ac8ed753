//! The `PaymentIntent`: one promise of Stripe's to charge at most once.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Charge, ClientSecret, Expandable, Said};
use crate::error::ApiError;
use crate::lenient;
use crate::open::open_enum;

open_enum! {
    /// Where an intent stands.
    IntentStatus {
        /// Wants a card; also the state after a decline.
        RequiresPaymentMethod = "requires_payment_method",
        /// Has a card, or has been authenticated, and waits for the secret key.
        RequiresConfirmation = "requires_confirmation",
        /// The bank wants the customer to authenticate.
        RequiresAction = "requires_action",
        /// Under way; momentary for cards.
        Processing = "processing",
        /// The money is held.
        RequiresCapture = "requires_capture",
        /// Never charged, and never will be.
        Canceled = "canceled",
        /// Charged.
        Succeeded = "succeeded",
    }
}

open_enum! {
    /// When the money is taken.
    CaptureMethod {
        /// At once, booked at once.
        Automatic = "automatic",
        /// At once, booked a moment later.
        AutomaticAsync = "automatic_async",
        /// By a later call.
        Manual = "manual",
    }
}

open_enum! {
    /// What the customer has to do. Only the kind is read: the rest belongs to Stripe.js and is secret.
    NextAction {
        /// Stripe.js shows the bank's page.
        UseStripeSdk = "use_stripe_sdk",
        /// The customer is sent to a page.
        RedirectToUrl = "redirect_to_url",
    }
}

/// One promise to take one amount at most once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`.
    pub id: String,
    /// Minor units to be collected.
    pub amount: i64,
    /// Minor units held and not yet taken; 0 when not told.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub amount_capturable: i64,
    /// Minor units collected; 0 when not told, which equals no sale's total.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub amount_received: i64,
    /// Three lower-case letters.
    pub currency: String,
    /// Where it stands.
    pub status: IntentStatus,
    /// Real money or sandbox.
    pub livemode: bool,
    /// Unix seconds by Stripe's clock.
    pub created: i64,
    /// When the money is taken.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub capture_method: Option<CaptureMethod>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub canceled_at: Option<i64>,
    /// `abandoned`, `automatic`, `expired`, …
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub cancellation_reason: Option<String>,
    /// For Stripe.js in the card page.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub client_secret: Option<ClientSecret>,
    /// `cus_…`.
    #[serde(default, deserialize_with = "lenient::id")]
    pub customer: Option<String>,
    /// As sent at creation.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub description: Option<String>,
    /// Why the latest attempt came to nothing.
    #[serde(default, deserialize_with = "lenient::object")]
    pub last_payment_error: Option<Box<ApiError>>,
    /// The latest attempt's charge.
    #[serde(default, deserialize_with = "lenient::expandable")]
    pub latest_charge: Option<Expandable<Box<Charge>>>,
    /// As sent at creation.
    #[serde(default, deserialize_with = "lenient::metadata")]
    pub metadata: BTreeMap<String, String>,
    /// What the customer has to do.
    #[serde(default, deserialize_with = "next_action")]
    pub next_action: Option<NextAction>,
    /// `pm_…` of the card to be charged next.
    #[serde(default, deserialize_with = "lenient::id")]
    pub payment_method: Option<String>,
    #[serde(rename = "object", alias = "error")]
    _object: Said,
}

impl PaymentIntent {
    /// The latest charge, when the call expanded it.
    pub fn charge(&self) -> Option<&Charge> {
        match &self.latest_charge {
            Some(Expandable::Object(charge)) => Some(charge),
            Some(Expandable::Id(_)) | None => None,
        }
    }

    /// The latest charge's id, expanded or not.
    pub fn charge_id(&self) -> Option<&str> {
        match &self.latest_charge {
            Some(Expandable::Object(charge)) => Some(&charge.id),
            Some(Expandable::Id(id)) => Some(id),
            None => None,
        }
    }
}

fn next_action<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<NextAction>, D::Error> {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type", default, deserialize_with = "lenient::scalar")]
        kind: Option<NextAction>,
    }
    let found: Option<Kind> = lenient::object(deserializer)?;
    Ok(found.and_then(|found| found.kind))
}

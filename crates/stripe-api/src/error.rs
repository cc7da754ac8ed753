//! Stripe's error object, as it stands in an error answer and in an intent's `last_payment_error`.

use serde::{Deserialize, Deserializer};

use crate::lenient;
use crate::object::PaymentIntent;
use crate::open::open_enum;

open_enum! {
    /// The kind of an error: who has to change something.
    ErrorKind {
        /// Stripe's own trouble; the outcome is open.
        Api = "api_error",
        /// The card was declined.
        Card = "card_error",
        /// A key was used for two different bodies.
        Idempotency = "idempotency_error",
        /// Our request is wrong, or the object is in another state than we thought.
        InvalidRequest = "invalid_request_error",
    }
}

impl Default for ErrorKind {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

/// An error in Stripe's words. Decide by [`code`](Self::code) and by the intent's status: an authentication
/// that did not succeed, for one, comes as `invalid_request_error`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ApiError {
    /// Stripe's `type`.
    #[serde(rename = "type", deserialize_with = "lenient::scalar_or_default")]
    pub kind: ErrorKind,
    /// `card_declined`, `payment_intent_unexpected_state`, …
    #[serde(deserialize_with = "lenient::scalar")]
    pub code: Option<String>,
    /// Why the bank said no: `insufficient_funds`, `lost_card`, …
    #[serde(deserialize_with = "lenient::scalar")]
    pub decline_code: Option<String>,
    /// `confirm_card_data`, `do_not_try_again` or `try_again_later`.
    #[serde(deserialize_with = "lenient::scalar")]
    pub advice_code: Option<String>,
    /// The card network's own decline code.
    #[serde(deserialize_with = "lenient::scalar")]
    pub network_decline_code: Option<String>,
    /// For staff, in English; anything that looks like a secret is cut out.
    #[serde(deserialize_with = "scrubbed")]
    pub message: Option<String>,
    /// The parameter that Stripe did not like.
    #[serde(deserialize_with = "lenient::scalar")]
    pub param: Option<String>,
    /// `ch_…` of the attempt.
    #[serde(deserialize_with = "lenient::id")]
    pub charge: Option<String>,
    /// The intent as it stands now.
    #[serde(deserialize_with = "lenient::object")]
    pub payment_intent: Option<Box<PaymentIntent>>,
    /// `pm_…` of the card that was tried.
    #[serde(deserialize_with = "lenient::id")]
    pub payment_method: Option<String>,
    /// The request in the Dashboard's log.
    #[serde(deserialize_with = "scrubbed")]
    pub request_log_url: Option<String>,
}

fn scrubbed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text: Option<String> = lenient::scalar(deserializer)?;
    Ok(text.map(|text| if looks_secret(&text) { scrub(&text) } else { text }))
}

const SECRET_MARKS: [&str; 5] = ["sk_", "rk_", "ek_", "whsec_", "_secret_"];

fn looks_secret(text: &str) -> bool {
    SECRET_MARKS.iter().any(|mark| text.contains(mark))
}

/// Replaces every word that could be a key or a client secret. Stripe masks keys in its messages itself;
/// this does not rely on it.
fn scrub(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '*';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        out.push_str(if looks_secret(word) { "[redacted]" } else { word });
        let gap = tail.find(is_word).unwrap_or(tail.len());
        out.push_str(&tail[..gap]);
        rest = &tail[gap..];
    }
    out
}

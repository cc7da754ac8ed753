//! Reading what came back. Pure, and total: any bytes make an [`Answer`], none make a panic.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response};
use serde::Deserialize;

use crate::error::{ApiError, ErrorKind};
use crate::object::{Account, Balance, List, PaymentIntent, Refund};

#[cfg(test)]
mod meta_tests;
mod peek;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod tests;

/// A whole HTTP response, in our words.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What the headers say.
    pub meta: Meta,
    /// What the body says.
    pub body: Body,
}

/// What the headers say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// `req_…`; Stripe's own answers have one, a proxy's do not.
    pub request_id: Option<String>,
    /// Stripe's clock, in Unix seconds.
    pub date: Option<i64>,
    /// Whether this is the saved answer of an earlier call with the same key.
    pub replayed: bool,
    /// Stripe's own judgement; it overrides ours.
    pub should_retry: Option<bool>,
    /// How long Stripe, or what stands before it, asks us to wait.
    pub retry_after: Option<Duration>,
}

/// What the body says. Objects come only with a 2xx status and errors only with 4xx or 5xx; any other
/// combination is `Unreadable`, so that nothing can be paid, or declined, by an answer that contradicts itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// One intent.
    PaymentIntent(Box<PaymentIntent>),
    /// A page of intents.
    PaymentIntents(List<PaymentIntent>),
    /// One refund.
    Refund(Box<Refund>),
    /// A page of refunds.
    Refunds(List<Refund>),
    /// The account.
    Account(Box<Account>),
    /// The balance.
    Balance(Balance),
    /// Stripe's error object.
    Error(Box<ApiError>),
    /// Nothing that Stripe would say here. The text names the reason and quotes nothing of the body.
    Unreadable(String),
}

/// Reads a response of any status and content.
pub fn read(response: &Response<Bytes>) -> Answer {
    let status = response.status();
    let body = if status.is_success() {
        read_object(response.body())
    } else if status.is_client_error() || status.is_server_error() {
        read_error(response.body())
    } else {
        Err(format!("status {} is no answer of the API", status.as_u16()))
    };
    Answer { status: status.as_u16(), meta: read_meta(response.headers()), body: body.unwrap_or_else(Body::Unreadable) }
}

fn read_object(bytes: &[u8]) -> Result<Body, String> {
    let shape = peek::shape(bytes);
    let path = shape.url.as_deref().map(|url| url.split('?').next().unwrap_or(url));
    match (shape.object.as_deref(), shape.of.as_deref(), path) {
        (Some("payment_intent"), ..) => decode(bytes, "no complete payment_intent").map(Body::PaymentIntent),
        (Some("refund"), ..) => decode(bytes, "no complete refund").map(Body::Refund),
        (Some("account"), ..) => decode(bytes, "no complete account").map(Body::Account),
        (Some("balance"), ..) => decode(bytes, "no complete balance").map(Body::Balance),
        (Some("list"), Some("payment_intent"), _) | (Some("list"), None, Some("/v1/payment_intents")) => {
            decode(bytes, "no complete list of intents").map(Body::PaymentIntents)
        }
        (Some("list"), Some("refund"), _) | (Some("list"), None, Some("/v1/refunds")) => {
            decode(bytes, "no complete list of refunds").map(Body::Refunds)
        }
        (Some(_), ..) => Err("an object that was not asked for".to_owned()),
        (None, ..) => Err(format!("no object of the API ({} bytes)", bytes.len())),
    }
}

fn read_error(bytes: &[u8]) -> Result<Body, String> {
    #[derive(Deserialize)]
    struct Envelope {
        error: Box<ApiError>,
    }
    let Envelope { error } = decode(bytes, "no error object")?;
    if error.kind == ErrorKind::default() {
        return Err("an error without a type".to_owned());
    }
    Ok(Body::Error(error))
}

/// The decoder's own message may quote the body, which may hold a secret: only the place is kept.
fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T, String> {
    // Checking the whole text once is cheaper than checking each word of it.
    let decoded = match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(bytes),
    };
    decoded.map_err(|error| {
        let length = bytes.len();
        format!("{what} ({length} bytes, trouble at line {} column {})", error.line(), error.column())
    })
}

fn read_meta(headers: &HeaderMap) -> Meta {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text("date").and_then(unix_seconds);
    Meta {
        request_id: text("request-id").filter(|id| !id.is_empty()).map(str::to_owned),
        date,
        replayed: text("idempotent-replayed").is_some_and(|word| word.eq_ignore_ascii_case("true")),
        should_retry: text("stripe-should-retry").and_then(|word| word.to_ascii_lowercase().parse().ok()),
        retry_after: text("retry-after").and_then(|text| read_retry_after(text, date)),
    }
}

fn unix_seconds(text: &str) -> Option<i64> {
    let at = httpdate::parse_http_date(text).ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Seconds, or a moment on the clock of the answer's own `Date`.
fn read_retry_after(text: &str, date: Option<i64>) -> Option<Duration> {
    let seconds = match text.trim().parse::<u32>() {
        Ok(seconds) => u64::from(seconds),
        Err(_) => u64::try_from(unix_seconds(text)?.saturating_sub(date?)).unwrap_or(0),
    };
    Some(Duration::from_secs(seconds))
}

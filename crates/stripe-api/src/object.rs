//! Stripe's objects, as far as a till looks at them.
//!
//! Strict where money is decided (id, amount, currency, status, livemode), lenient everywhere else.

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use crate::lenient;

mod account;
mod charge;
mod intent;
mod refund;

pub use account::Account;
pub use charge::{CardDetails, Charge, ChargeStatus, Outcome};
pub use intent::{CaptureMethod, IntentStatus, NextAction, PaymentIntent};
pub use refund::{Refund, RefundStatus};

/// A reference: its id, or the object itself when the call asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expandable<T> {
    /// Only the id.
    Id(String),
    /// The object.
    Object(T),
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct List<T> {
    /// The objects of this page.
    pub data: Vec<T>,
    /// Whether there is another page behind the last object of this one.
    pub has_more: bool,
    #[serde(rename = "object", alias = "error")]
    _object: Said,
}

/// The balance, of which only the currencies are kept: those that the account is paid in, its own first.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Balance {
    #[serde(default, deserialize_with = "lenient::objects")]
    available: Vec<Funds>,
    #[serde(rename = "object", alias = "error")]
    _object: Said,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Funds {
    #[serde(default, deserialize_with = "lenient::scalar")]
    currency: Option<String>,
}

impl Balance {
    /// Three lower-case letters each.
    pub fn currencies(&self) -> impl Iterator<Item = &str> {
        self.available.iter().filter_map(|funds| funds.currency.as_deref())
    }
}

/// What an object is, which the reader knows already when it reads it whole. Every object has it once, under the name of
/// `object` or `error`: an answer that says both contradicts itself, and is not read.
pub(crate) type Said = IgnoredAny;

/// What the card page needs to run 3-D Secure for one intent. Wiped when dropped, redacted in `Debug`,
/// never stored: it can be fetched again at any time.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// The secret, for Stripe.js in the card page and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ClientSecret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret([redacted])")
    }
}

impl<'de> Deserialize<'de> for ClientSecret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::open::Word(std::marker::PhantomData))
    }
}

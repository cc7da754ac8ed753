//! A payment intent as it is kept, and what may follow what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::extras::Extras;
use crate::cards::Decline;
use crate::ids::Id;
use crate::search;
use crate::table::Row;

/// `status`, as the API spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Canceled,
    Succeeded,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Canceled => "canceled",
            Self::Succeeded => "succeeded",
        }
    }

    /// No card has been charged and none is barred from being.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::RequiresPaymentMethod | Self::RequiresConfirmation | Self::RequiresAction)
    }

    pub(crate) fn is_cancelable(self) -> bool {
        self.is_open() || self == Self::RequiresCapture
    }
}

/// When the money is taken after the bank approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Capture {
    Automatic,
    AutomaticAsync,
    Manual,
}

/// Who goes on after the customer has authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Confirmation {
    /// Stripe by itself; a page may confirm.
    Automatic,
    /// The server, by confirming again; a page may not.
    Manual,
}

/// One `pi_…`.
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) client_secret: String,
    /// Minor units of `currency`.
    pub(crate) amount: i64,
    pub(crate) amount_received: i64,
    pub(crate) currency: String,
    pub(crate) status: Status,
    pub(crate) capture: Capture,
    pub(crate) confirmation: Confirmation,
    /// `automatic_payment_methods`, if the intent takes whatever the Dashboard allows.
    pub(crate) automatic: Option<AutomaticMethods>,
    pub(crate) allowed_types: Option<Vec<String>>,
    /// `payment_method_options[card][request_three_d_secure]`
    pub(crate) request_three_ds: String,
    pub(crate) moto: bool,
    /// Wants a hold that can be raised.
    pub(crate) wants_incremental: bool,
    /// How often the hold was raised.
    pub(crate) increments: u32,
    pub(crate) customer: Option<Id>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) setup_future_usage: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    pub(crate) payment_method: Option<Id>,
    pub(crate) latest_charge: Option<Id>,
    pub(crate) last_error: Option<Box<LastError>>,
    pub(crate) action: Option<Box<Action>>,
    /// Unix seconds of the customer's authentication, while its second confirm is awaited.
    pub(crate) authenticated: Option<Authenticated>,
    /// Attempts so far; Stripe allows only so many.
    pub(crate) attempts: u32,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) cancellation_reason: Option<String>,
    #[serde(default)]
    pub(crate) extras: Option<Box<Extras>>,
}

impl Intent {
    /// The charge whose money is held and not taken yet, and how much that is.
    pub(crate) fn held(&self) -> Option<(Id, i64)> {
        let charge = self.latest_charge.clone().filter(|_| self.status == Status::RequiresCapture)?;
        Some((charge, self.amount))
    }
}

/// `automatic_payment_methods`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AutomaticMethods {
    pub(crate) allow_redirects: bool,
}

/// Why the last attempt came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastError {
    pub(crate) cause: Cause,
    pub(crate) charge: Option<Id>,
    pub(crate) method: Id,
}

/// The kinds of [`LastError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cause {
    Declined(Decline),
    /// The customer or the bank ended the authentication.
    NotAuthenticated,
}

/// An authentication that is awaited: the 3-D Secure state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Action {
    pub(crate) source: Id,
    pub(crate) frictionless: bool,
    /// Set when the customer is sent away instead of asked in the page.
    pub(crate) return_url: Option<String>,
}

/// An authentication that has been passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authenticated {
    /// Unix seconds.
    pub(crate) at: i64,
    pub(crate) frictionless: bool,
}

impl Row for Intent {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        self.customer.as_deref().into_iter().for_each(link);
    }

    fn facts(&self, fact: &mut dyn FnMut(u64)) {
        search::facts_of(self, super::search::SEARCHED, &self.metadata, fact);
    }
}

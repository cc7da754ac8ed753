//! A setup intent as it is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Id;
use crate::payment_intents::{Action, LastError};
use crate::table::Row;

/// `status`, as the API spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Canceled,
    Succeeded,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Canceled => "canceled",
            Self::Succeeded => "succeeded",
        }
    }

    pub(crate) fn is_open(self) -> bool {
        !matches!(self, Self::Canceled | Self::Succeeded)
    }
}

/// One `seti_…`: a card is prepared for later, and no money moves.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) client_secret: String,
    pub(crate) status: Status,
    pub(crate) customer: Option<Id>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) usage: String,
    /// Whether it takes whatever the Dashboard allows, and then whether that may redirect.
    pub(crate) allow_redirects: Option<bool>,
    pub(crate) allowed_types: Option<Vec<String>>,
    pub(crate) request_three_ds: String,
    pub(crate) payment_method: Option<Id>,
    pub(crate) latest_attempt: Option<Id>,
    /// Unix seconds of that attempt.
    #[serde(default)]
    pub(crate) attempted_at: i64,
    pub(crate) last_error: Option<Box<LastError>>,
    pub(crate) action: Option<Box<Action>>,
    pub(crate) cancellation_reason: Option<String>,
}

impl Row for Setup {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        self.customer.as_deref().into_iter().chain(self.payment_method.as_deref()).for_each(link);
    }
}

/// How a setup intent stood at one moment, for the events of its life.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SetupMoment {
    status: Status,
    payment_method: Option<Id>,
    latest_attempt: Option<Id>,
    last_error: Option<Box<LastError>>,
    action: Option<Box<Action>>,
    cancellation_reason: Option<String>,
}

impl SetupMoment {
    pub(crate) fn of(setup: &Setup) -> Self {
        Self {
            status: setup.status,
            payment_method: setup.payment_method.clone(),
            latest_attempt: setup.latest_attempt.clone(),
            last_error: setup.last_error.clone(),
            action: setup.action.clone(),
            cancellation_reason: setup.cancellation_reason.clone(),
        }
    }

    pub(crate) fn put_back(&self, setup: &mut Setup) {
        let then = self.clone();
        setup.status = then.status;
        setup.payment_method = then.payment_method;
        setup.latest_attempt = then.latest_attempt;
        setup.last_error = then.last_error;
        setup.action = then.action;
        setup.cancellation_reason = then.cancellation_reason;
    }
}

//! A refund as it is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agenda::Due;
use crate::ids::Id;
use crate::table::Row;

/// `status`, as the API spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Succeeded,
    Failed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// One `re_…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) charge: Id,
    pub(crate) intent: Id,
    pub(crate) method: Id,
    /// Minor units of `currency`.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) customer: Option<Id>,
    /// Absent when a hold was released: no money had moved.
    pub(crate) balance_transaction: Option<Id>,
    pub(crate) failure_balance_transaction: Option<Id>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) status: Status,
    /// What it will become, and when (unix seconds).
    pub(crate) turn: Option<(i64, Status)>,
}

impl Refund {
    /// What the clock still has to do with it.
    pub(crate) fn due(&self) -> Option<(i64, Due)> {
        self.turn.map(|(at, _)| (at, Due::Turns(self.id.clone())))
    }
}

impl Row for Refund {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        link(&self.intent);
        link(&self.charge);
    }
}

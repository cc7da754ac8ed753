//! A dispute as it is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agenda::Due;
use crate::cards::{Brand, Grounds};
use crate::ids::Id;
use crate::table::Row;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    #[default]
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

/// One `du_…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) charge: Id,
    pub(crate) intent: Id,
    /// Minor units of `currency`.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) grounds: Grounds,
    pub(crate) brand: Brand,
    /// Unix seconds; evidence after this comes too late.
    pub(crate) due_by: i64,
    /// The money that was taken from the account; none for an inquiry.
    pub(crate) balance_transaction: Option<Id>,
    /// The money that came back when it was won.
    #[serde(default)]
    pub(crate) reversal: Option<Id>,
    #[serde(default)]
    pub(crate) standing: Standing,
    /// What the merchant said for themselves, by Stripe's names for it.
    #[serde(default)]
    pub(crate) evidence: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) metadata: BTreeMap<String, String>,
    /// How often evidence was sent to the bank.
    #[serde(default)]
    pub(crate) submissions: u32,
    /// When the bank decides (unix seconds), and how.
    #[serde(default)]
    pub(crate) verdict: Option<(i64, Standing)>,
}

impl Dispute {
    /// A bank only asks; no money has moved.
    pub(crate) fn is_inquiry(&self) -> bool {
        self.grounds == Grounds::Inquiry
    }

    /// While a bank only asks, the merchant may still give the money back.
    pub(crate) fn is_refundable(&self) -> bool {
        self.is_inquiry() && self.standing != Standing::Lost
    }

    /// `status`, as the API spells it.
    pub(crate) fn status(&self) -> &'static str {
        match (self.standing, self.is_inquiry()) {
            (Standing::NeedsResponse, false) => "needs_response",
            (Standing::NeedsResponse, true) => "warning_needs_response",
            (Standing::UnderReview, false) => "under_review",
            (Standing::UnderReview, true) => "warning_under_review",
            (Standing::Won | Standing::Lost, true) => "warning_closed",
            (Standing::Won, false) => "won",
            (Standing::Lost, false) => "lost",
        }
    }

    /// What the clock still has to do with it.
    pub(crate) fn due(&self) -> Option<(i64, Due)> {
        self.verdict.map(|(at, _)| (at, Due::Decided(self.id.clone())))
    }
}

impl Row for Dispute {
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

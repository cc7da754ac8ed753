//! A dispute as it is kept.

use serde::{Deserialize, Serialize};

use crate::cards::{Brand, Grounds};
use crate::table::Row;

/// One `du_…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) charge: String,
    pub(crate) intent: String,
    /// Minor units of `currency`.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) grounds: Grounds,
    pub(crate) brand: Brand,
    /// Unix seconds; evidence after this comes too late.
    pub(crate) due_by: i64,
    /// The money that was taken from the account; none for an inquiry.
    pub(crate) balance_transaction: Option<String>,
}

impl Dispute {
    /// While a bank only asks, the merchant may still give the money back.
    pub(crate) fn is_refundable(&self) -> bool {
        self.grounds == Grounds::Inquiry
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

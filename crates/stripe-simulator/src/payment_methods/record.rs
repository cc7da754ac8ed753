//! A payment method as it is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cards::{Checks, Conduct, Face};
use crate::table::Row;

/// One `pm_…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Method {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) face: Face,
    pub(crate) conduct: Conduct,
    pub(crate) checks: Checks,
    pub(crate) billing: Billing,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) customer: Option<String>,
    /// Used in an attempt without belonging to a customer: it can never be used again.
    pub(crate) spent: bool,
}

impl Row for Method {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        self.customer.as_deref().into_iter().for_each(link);
    }
}

/// `billing_details`, kept and shown in the same shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Billing {
    pub(crate) address: Address,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) tax_id: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) line1: Option<String>,
    pub(crate) line2: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) state: Option<String>,
}

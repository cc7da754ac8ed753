//! A payment method as it is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::cards::{Check, Checks, Conduct, Face};
use crate::form::Group;
use crate::ids::Id;
use crate::table::Row;

/// One `pm_…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Method {
    pub(crate) id: Id,
    pub(crate) created: i64,
    #[serde(with = "crate::shared")]
    pub(crate) face: Arc<Face>,
    pub(crate) conduct: Conduct,
    pub(crate) checks: Checks,
    #[serde(with = "crate::shared")]
    pub(crate) billing: Arc<Billing>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) customer: Option<Id>,
    pub(crate) allow_redisplay: String,
    /// Used in an attempt without belonging to a customer, or taken from one: it can never be used again.
    pub(crate) spent: bool,
    /// A payment or a setup intent prepared it for later use. It may still be attached.
    pub(crate) set_up: bool,
}

impl Method {
    /// Nothing is checked before the first attempt; what was not supplied never will be.
    pub(crate) fn await_checks(&mut self, cvc: bool) {
        let when = |supplied: bool| supplied.then_some(Check::Unchecked);
        self.checks = Checks {
            address_line1_check: when(self.billing.address.line1.is_some()),
            address_postal_code_check: when(self.billing.address.postal_code.is_some()),
            cvc_check: when(cvc),
        };
    }

    /// The bank checks what was supplied, and nothing else.
    pub(crate) fn run_checks(&mut self) {
        self.checks = self.checked();
    }

    /// What the bank says of what was supplied.
    pub(crate) fn checked(&self) -> Checks {
        let Conduct { line1, postal_code, cvc, .. } = self.conduct;
        let checks = self.checks;
        Checks {
            address_line1_check: checks.address_line1_check.and(Some(line1)),
            address_postal_code_check: checks.address_postal_code_check.and(Some(postal_code)),
            cvc_check: checks.cvc_check.and(Some(cvc)),
        }
    }
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

/// Most cards come without any.
static NOTHING: LazyLock<Arc<Billing>> = LazyLock::new(Arc::default);

impl Billing {
    pub(crate) fn nothing() -> Arc<Self> {
        Arc::clone(&NOTHING)
    }

    /// Writes what `form` names; an empty text clears.
    pub(crate) fn merge(&mut self, form: &Group) {
        if let Some(address) = form.group("address") {
            self.address.merge(address);
        } else if form.text("address").is_some() {
            self.address = Address::default();
        }
        form.assign("email", &mut self.email);
        form.assign("name", &mut self.name);
        form.assign("phone", &mut self.phone);
        form.assign("tax_id", &mut self.tax_id);
    }
}

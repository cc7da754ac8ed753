//! A customer as it is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::ids::Id;
use crate::search::{self, Fact, Searchable};
use crate::table::Row;

/// One `cus_…`. A deleted one is kept, because its payments still name it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) address: Option<Address>,
    pub(crate) description: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) invoice_prefix: String,
    pub(crate) default_payment_method: Option<Id>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) preferred_locales: Vec<String>,
    pub(crate) shipping: Option<Shipping>,
    pub(crate) deleted: bool,
}

/// Where goods go, kept and shown in the same shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shipping {
    pub(crate) address: Address,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
}

impl Row for Customer {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        self.email.as_deref().into_iter().for_each(link);
    }

    fn facts(&self, fact: &mut dyn FnMut(u64)) {
        search::facts_of(self, super::tables::SEARCHED, &self.metadata, fact);
    }
}

impl Searchable for Customer {
    fn fact(&self, field: &str, key: &str) -> Fact<'_> {
        match field {
            "created" => Fact::Number(self.created),
            "email" => self.email.as_deref().into(),
            "metadata" => self.metadata.get(key).map(String::as_str).into(),
            "name" => self.name.as_deref().into(),
            "phone" => self.phone.as_deref().into(),
            _ => Fact::Absent,
        }
    }
}

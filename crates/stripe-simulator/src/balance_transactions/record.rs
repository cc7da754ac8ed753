//! Movements of the account's balance, as they are kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Id;
use crate::table::Row;

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    Charge,
    Refund,
    RefundFailure,
    Dispute,
    /// A dispute was won: its money comes back.
    DisputeReversal,
}

/// One `txn_…`. It never changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Transaction {
    pub(crate) id: Id,
    pub(crate) created: i64,
    /// Unix seconds; from then on it can be paid out.
    pub(crate) available_on: i64,
    /// Minor units of `currency`; negative when money leaves.
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: String,
    pub(crate) reason: Reason,
    /// The charge, refund or dispute that it belongs to.
    pub(crate) source: Id,
    pub(crate) description: Option<String>,
}

impl Transaction {
    pub(crate) fn net(&self) -> i64 {
        self.amount - self.fee
    }
}

impl Row for Transaction {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        link(&self.source);
    }
}

/// The balance, summed as transactions come in: reading it costs the same after a million of them.
#[derive(Debug, Default)]
pub(crate) struct Funds {
    /// By currency, and by the day on which they become available.
    sums: BTreeMap<String, BTreeMap<i64, i64>>,
}

impl Funds {
    pub(crate) fn add(&mut self, transaction: &Transaction) {
        if !self.sums.contains_key(&transaction.currency) {
            self.sums.insert(transaction.currency.clone(), BTreeMap::new());
        }
        if let Some(days) = self.sums.get_mut(&transaction.currency) {
            *days.entry(transaction.available_on).or_default() += transaction.net();
        }
    }

    /// Currency, available and pending, in the order of the codes.
    pub(crate) fn at(&self, now: i64) -> impl Iterator<Item = (&str, i64, i64)> {
        self.sums.iter().map(move |(currency, days)| {
            let available = days.range(..=now).map(|(_, sum)| sum).sum();
            let pending = days.range(now.saturating_add(1)..).map(|(_, sum)| sum).sum();
            (currency.as_str(), available, pending)
        })
    }
}

//! One attempt to take money, as it is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::agenda::Due;
use crate::cards::{Checks, Decline, Face, Later, Risk};
use crate::ids::Id;
use crate::payment_intents::Extras;
use crate::payment_methods::Billing;
use crate::search;
use crate::table::Row;

/// A card that disputes its charges does so this many seconds after they were taken.
const DISPUTED_AFTER: i64 = 5;

/// One `ch_…`. A declined attempt is a charge too: one that moved nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) intent: Id,
    pub(crate) method: Id,
    /// Minor units of `currency`, like every amount here.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) amount_captured: i64,
    pub(crate) amount_refunded: i64,
    /// Held and not taken: shown as refunded, though it never moved.
    pub(crate) released: i64,
    /// The money was taken, and is no longer only held.
    pub(crate) captured: bool,
    pub(crate) decline: Option<Decline>,
    #[serde(with = "crate::shared")]
    pub(crate) face: Arc<Face>,
    pub(crate) checks: Checks,
    pub(crate) risk: Risk,
    pub(crate) later: Later,
    #[serde(with = "crate::shared")]
    pub(crate) billing: Arc<Billing>,
    pub(crate) authorization_code: String,
    pub(crate) network_transaction_id: String,
    pub(crate) moto: bool,
    /// Its hold may be raised.
    pub(crate) incremental: bool,
    pub(crate) three_ds: Option<ThreeDs>,
    /// Unix seconds; the hold is gone after this.
    pub(crate) capture_before: Option<i64>,
    pub(crate) captured_at: Option<i64>,
    pub(crate) balance_transaction: Option<Id>,
    /// Unix seconds at which the balance transaction appears, until it has.
    pub(crate) settles_at: Option<i64>,
    /// The latest dispute.
    pub(crate) dispute: Option<Id>,
    /// Unix seconds at which it is disputed, until it has been.
    pub(crate) disputed_at: Option<i64>,
    pub(crate) customer: Option<Id>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    #[serde(default)]
    pub(crate) extras: Option<Box<Extras>>,
}

/// How the customer authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThreeDs {
    Challenge,
    Frictionless,
    /// Requested of a card that does not take part.
    Acknowledged,
}

impl Charge {
    pub(crate) fn is_approved(&self) -> bool {
        self.decline.is_none()
    }

    /// The money has been taken, and the clock has the rest to do.
    pub(crate) fn take(&mut self, amount: i64, now: i64, settles_after: i64) {
        self.captured = true;
        self.amount_captured = amount;
        self.capture_before = None;
        self.captured_at = Some(now);
        self.settles_at = Some(now + settles_after);
        let disputed = matches!(self.later, Later::Disputed(_) | Later::DisputedTwice);
        self.disputed_at = disputed.then_some(now + DISPUTED_AFTER);
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.is_approved() { "succeeded" } else { "failed" }
    }

    /// What could still be given back.
    pub(crate) fn refundable(&self) -> i64 {
        self.amount_captured - self.amount_refunded
    }

    pub(crate) fn is_refunded(&self) -> bool {
        self.amount_captured + self.released > 0 && self.refundable() == 0
    }

    /// What the clock still has to do with it.
    pub(crate) fn due(&self) -> impl Iterator<Item = (i64, Due)> {
        let settles = self.settles_at.map(|at| (at, Due::Settles(self.id.clone())));
        let lapses = self.capture_before.map(|at| (at, Due::Lapses(self.intent.clone())));
        let disputed = self.disputed_at.map(|at| (at, Due::Disputed(self.id.clone())));
        settles.into_iter().chain(lapses).chain(disputed)
    }
}

impl Row for Charge {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        link(&self.intent);
        self.customer.as_deref().into_iter().for_each(link);
    }

    fn facts(&self, fact: &mut dyn FnMut(u64)) {
        search::facts_of(self, super::search::SEARCHED, &self.metadata, fact);
    }
}

//! What Stripe has, by its own books: the ledger while the run lasts, and everything at its end.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::judge::Money;
use crate::desk::SimulatorProcess;

/// A PaymentIntent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) sale: String,
    pub(super) amount: i64,
    pub(super) status: String,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Charge {
    pub(super) sale: String,
    pub(super) amount: i64,
    pub(super) refunded: i64,
    /// The last four digits of the card.
    pub(super) card: u32,
}

/// Money that was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refund {
    /// The till's own id of it.
    pub(super) name: String,
    pub(super) amount: i64,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Books {
    pub(super) intents: Vec<Intent>,
    pub(super) charges: Vec<Charge>,
    pub(super) refunds: Vec<Refund>,
}

impl Books {
    pub(super) fn read(stripe: &SimulatorProcess) -> Result<Self> {
        let refund = |refund: &Value| Refund {
            name: text(&refund["metadata"]["refund_id"]),
            amount: refund["amount"].as_i64().unwrap_or(0),
        };
        Ok(Self {
            intents: intents(stripe)?,
            charges: charges(stripe)?,
            // A hold that was released is a refund of Stripe's own making, without a name of ours.
            refunds: pages(stripe, "refunds")?.iter().map(refund).filter(|refund| !refund.name.is_empty()).collect(),
        })
    }
}

/// Every PaymentIntent.
pub(super) fn intents(stripe: &SimulatorProcess) -> Result<Vec<Intent>> {
    let intent = |intent: &Value| Intent {
        id: text(&intent["id"]),
        sale: text(&intent["metadata"]["sale_id"]),
        amount: intent["amount"].as_i64().unwrap_or(0),
        status: text(&intent["status"]),
    };
    Ok(pages(stripe, "payment_intents")?.iter().map(intent).collect())
}

/// What was charged, by amount: each sale of a run has one of its own.
pub(super) fn money(stripe: &SimulatorProcess) -> Result<BTreeMap<i64, Money>> {
    let mut money: BTreeMap<i64, Money> = BTreeMap::new();
    for charge in charges(stripe)? {
        let one = money.entry(charge.amount).or_default();
        one.times += 1;
        one.refunded += charge.refunded;
        one.card = charge.card;
    }
    Ok(money)
}

fn charges(stripe: &SimulatorProcess) -> Result<Vec<Charge>> {
    let ledger = stripe.get("/_simulator/ledger")?;
    let charge = |line: &Value| Charge {
        sale: text(&line["metadata"]["sale_id"]),
        amount: line["amount"].as_i64().unwrap_or(0),
        refunded: line["amount_refunded"].as_i64().unwrap_or(0),
        card: line["last4"].as_str().and_then(|four| four.parse().ok()).unwrap_or(0),
    };
    Ok(ledger["charges"].as_array().context("no ledger")?.iter().map(charge).collect())
}

fn pages(stripe: &SimulatorProcess, what: &str) -> Result<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or_else(String::new, |last| format!("&starting_after={}", text(&last["id"])));
        let page = stripe.read(&format!("{what}?limit=100{after}"))?;
        all.extend(page["data"].as_array().context("no list")?.iter().cloned());
        if page["has_more"] != true {
            return Ok(all);
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

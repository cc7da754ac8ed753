//! Once nothing goes wrong any more: the till's list beside Stripe's books.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::stripe::Books;

/// One payment of the till's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) number: String,
    pub(super) sale: String,
    pub(super) amount: i64,
    pub(super) state: String,
    /// Given back for certain.
    pub(super) refunded: i64,
    /// A refund of which nobody knows yet.
    pub(super) refunding: bool,
    /// The last four digits of the card that paid.
    pub(super) card: Option<u32>,
    pub(super) receipt: bool,
}

impl Row {
    pub(super) fn of(payment: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let refunds = payment["refunds"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is = |refund: &Value, states: [&str; 2]| states.iter().any(|state| refund["state"] == **state);
        Self {
            number: text(&payment["number"]),
            sale: text(&payment["saleId"]),
            amount: payment["amount"].as_i64().unwrap_or(0),
            state: text(&payment["state"]),
            refunded: payment["refundedElsewhere"].as_i64().unwrap_or(0)
                + refunds
                    .iter()
                    .filter(|refund| is(refund, ["succeeded", "pending"]))
                    .filter_map(|refund| refund["amount"].as_i64())
                    .sum::<i64>(),
            refunding: payment["refundAsking"] == true || refunds.iter().any(|refund| is(refund, ["asked", "unknown"])),
            card: payment["card"]["last4"].as_str().and_then(|four| four.parse().ok()),
            receipt: !payment["receipt"].is_null(),
        }
    }

    /// Nothing is under way any more: it is over, or it waits for a person. Blocked names what that person has to do; it
    /// is counted, and wrong only if Stripe has money of it.
    pub(super) fn rests(&self) -> bool {
        matches!(self.state.as_str(), "paid" | "void" | "authorised" | "paused" | "ready" | "blocked")
            && !self.refunding
    }
}

/// What does not agree, in words.
pub(super) fn compare(rows: &[Row], books: &Books, rung_up: &BTreeSet<i64>, refunds_asked: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut charged: BTreeMap<&str, Vec<(i64, i64, u32)>> = BTreeMap::new();
    for charge in &books.charges {
        charged.entry(&charge.sale).or_default().push((charge.amount, charge.refunded, charge.card));
        if !rung_up.contains(&charge.amount) {
            wrong.push(format!("Stripe took {}, which nobody rang up", charge.amount));
        }
    }
    for row in rows {
        let taken = charged.remove(row.sale.as_str()).unwrap_or_default();
        let name = format!("{} ({}, {})", row.number, row.amount, row.state);
        if !row.rests() {
            wrong.push(format!("{name} does not come to rest; Stripe took {taken:?}"));
        }
        let held = books.intents.iter().any(|intent| intent.sale == row.sale && intent.status == "requires_capture");
        match row.state.as_str() {
            "paid" if taken.len() != 1 || taken[0].0 != row.amount => {
                wrong.push(format!("{name}: Stripe took {taken:?}"));
            }
            "paid" if taken[0].1 != row.refunded => {
                wrong.push(format!("{name}: {} refunded here, {} at Stripe", row.refunded, taken[0].1));
            }
            "paid" if row.card != Some(taken[0].2) || !row.receipt => {
                wrong.push(format!(
                    "{name} names the card {:?}, Stripe {}; receipt: {}",
                    row.card, taken[0].2, row.receipt
                ));
            }
            "authorised" if !held || !taken.is_empty() => {
                wrong.push(format!("{name}: Stripe holds nothing, and took {taken:?}"));
            }
            "paid" | "authorised" => {}
            _ if !taken.is_empty() || held => {
                wrong.push(format!("{name}: Stripe took {taken:?}{}", if held { " and holds it" } else { "" }));
            }
            _ => {}
        }
    }
    for (sale, taken) in charged {
        wrong.push(format!("Stripe took {taken:?} for {sale}, which is not in the list"));
    }
    let mut names = BTreeSet::new();
    for refund in &books.refunds {
        if !names.insert(&refund.name) {
            wrong.push(format!("the refund {} of {} is there twice", refund.name, refund.amount));
        }
    }
    if books.refunds.len() > refunds_asked {
        wrong.push(format!("{} refunds at Stripe, and {refunds_asked} were asked for", books.refunds.len()));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::stripe::{Charge, Intent, Refund};

    fn row(state: &str, refunded: i64) -> Row {
        Row {
            number: "K-1".into(),
            sale: "s1".into(),
            amount: 500,
            state: state.into(),
            refunded,
            refunding: false,
            card: Some(4_242),
            receipt: true,
        }
    }

    fn charge(sale: &str, amount: i64, refunded: i64) -> Charge {
        Charge { sale: sale.into(), amount, refunded, card: 4_242 }
    }

    fn found(rows: &[Row], books: &Books) -> Vec<String> {
        compare(rows, books, &BTreeSet::from([500]), 1)
    }

    #[test]
    fn a_list_that_agrees_is_left_alone() {
        let refund = Refund { name: "r1".into(), amount: 200 };
        let books = Books { charges: vec![charge("s1", 500, 200)], refunds: vec![refund], intents: Vec::new() };
        assert_eq!(found(&[row("paid", 200)], &books), Vec::<String>::new());
        let held = Intent { id: "pi_1".into(), sale: "s1".into(), amount: 500, status: "requires_capture".into() };
        let books = Books { intents: vec![held], ..Books::default() };
        assert_eq!(found(&[row("authorised", 0)], &books), Vec::<String>::new());
        for state in ["void", "paused", "ready", "blocked"] {
            assert_eq!(found(&[row(state, 0)], &Books::default()), Vec::<String>::new());
        }
    }

    #[test]
    fn whatever_does_not_agree_is_found() {
        let once = Books { charges: vec![charge("s1", 500, 0)], ..Books::default() };
        let twice = Books { charges: vec![charge("s1", 500, 0), charge("s1", 500, 0)], ..Books::default() };
        let other = Books { charges: vec![charge("s1", 600, 0)], ..Books::default() };
        let strange = Books { charges: vec![charge("s1", 500, 0), charge("s2", 500, 0)], ..Books::default() };
        let refund = || Refund { name: "r1".into(), amount: 200 };
        let doubled =
            Books { charges: vec![charge("s1", 500, 400)], refunds: vec![refund(), refund()], ..Books::default() };
        let table = [
            (row("paid", 0), Books::default(), "Stripe took []"),
            (row("paid", 0), twice, "Stripe took [(500, 0, 4242), (500, 0, 4242)]"),
            (row("paid", 0), other, "nobody rang up"),
            (row("paid", 200), once.clone(), "200 refunded here, 0 at Stripe"),
            (Row { card: None, ..row("paid", 0) }, once.clone(), "names the card None"),
            (row("void", 0), once.clone(), "K-1 (500, void): Stripe took [(500, 0, 4242)]"),
            (row("paused", 0), once.clone(), "paused"),
            (row("blocked", 0), once.clone(), "blocked): Stripe took"),
            (row("unknown", 0), once, "does not come to rest"),
            (row("authorised", 0), Books::default(), "holds nothing"),
            (row("paid", 0), strange, "s2, which is not in the list"),
            (row("paid", 400), doubled, "is there twice"),
        ];
        for (row, books, expected) in table {
            let found = found(&[row], &books).join("; ");
            assert!(found.contains(expected), "{expected} in {found}");
        }
    }

    #[test]
    fn a_payment_is_read_as_the_page_gets_it() {
        let payment = serde_json::json!({ "number": "K-1", "saleId": "s1", "amount": 500, "state": "paid",
            "refundedElsewhere": 5, "refundAsking": false, "card": { "last4": "4242" }, "receipt": {},
            "refunds": [{ "state": "succeeded", "amount": 100 }, { "state": "unknown", "amount": 50 }] });
        let read = Row::of(&payment);
        assert_eq!(read, Row { refunded: 105, refunding: true, ..row("paid", 0) });
        assert!(!read.rests());
    }
}

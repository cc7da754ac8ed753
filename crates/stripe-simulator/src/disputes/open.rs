//! A customer disputes a charge with their bank.

use std::collections::BTreeMap;

use super::record::{Dispute, Standing};
use crate::balance_transactions::{self, Reason, Transaction};
use crate::books::Books;
use crate::cards::{Grounds, Later};
use crate::charges::{Charge, ThreeDs};
use crate::events::{self, Kind};
use crate::ids::Id;

/// What Stripe takes for a dispute.
pub(super) const FEE: i64 = 1_500;
const DAY: i64 = 86_400;
/// Evidence is taken until the end of this day after the dispute.
const EVIDENCE_FOR: i64 = 9;

/// Opens the disputes of a charge whose card makes some.
pub(crate) fn open(books: &mut Books, charge: &str, at: i64) {
    let Some(charge) = books.charges.get_mut(charge) else { return };
    charge.disputed_at = None;
    let kept = charge.refundable();
    let charge = charge.clone();
    match charge.later {
        Later::Disputed(grounds) if kept > 0 && !is_protected(&charge, grounds) => {
            open_one(books, &charge, grounds, kept, at);
        }
        Later::DisputedTwice if kept > 1 => {
            open_one(books, &charge, Grounds::Fraud, kept / 2, at);
            open_one(books, &charge, Grounds::NotReceived, kept - kept / 2, at);
        }
        _ => {}
    }
}

/// Once the customer has authenticated, fraud is their bank's loss.
fn is_protected(charge: &Charge, grounds: Grounds) -> bool {
    matches!(grounds, Grounds::Fraud | Grounds::CompellingFraud)
        && matches!(charge.three_ds, Some(ThreeDs::Challenge | ThreeDs::Frictionless))
}

fn open_one(books: &mut Books, charge: &Charge, grounds: Grounds, amount: i64, at: i64) {
    let id = books.next_id("du_1");
    let withdrawn = (grounds != Grounds::Inquiry).then(|| withdraw(books, charge, &id, amount, at));
    let is_withdrawn = withdrawn.is_some();
    let dispute = Dispute {
        id: id.clone(),
        created: at,
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        amount,
        currency: charge.currency.clone(),
        grounds,
        brand: charge.face.brand,
        due_by: (at.div_euclid(DAY) + EVIDENCE_FOR + 1) * DAY - 1,
        balance_transaction: withdrawn,
        reversal: None,
        standing: Standing::NeedsResponse,
        evidence: BTreeMap::new(),
        metadata: BTreeMap::new(),
        submissions: 0,
        verdict: None,
    };
    books.disputes.put(dispute);
    if let Some(charge) = books.charges.get_mut(&charge.id) {
        charge.dispute = Some(id.clone());
    }
    events::note(books, Kind::ChargeDisputeCreated, &id);
    if is_withdrawn {
        events::note(books, Kind::ChargeDisputeFundsWithdrawn, &id);
    }
}

pub(super) fn withdraw(books: &mut Books, charge: &Charge, dispute: &Id, amount: i64, at: i64) -> Id {
    let movement = Transaction {
        id: books.next_id("txn_1"),
        created: at,
        available_on: at,
        amount: -amount,
        fee: FEE,
        currency: charge.currency.clone(),
        reason: Reason::Dispute,
        source: dispute.clone(),
        description: Some(format!("Chargeback withdrawal for {}", charge.id)),
    };
    balance_transactions::record(books, movement)
}

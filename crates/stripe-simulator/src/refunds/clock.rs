//! What becomes of a refund by itself, and of a hold that is released.

use std::collections::BTreeMap;

use super::record::{Refund, Status};
use crate::balance_transactions::{self, Reason, Transaction};
use crate::books::Books;
use crate::events::{self, Kind};

/// A refund that has reached its time becomes what it was going to become.
pub(crate) fn turn(books: &mut Books, id: &str, at: i64) {
    let Some(refund) = books.refunds.get_mut(id) else { return };
    let Some((_, becomes)) = refund.turn.take() else { return };
    refund.status = becomes;
    if becomes == Status::Failed {
        give_back(books, id, at);
        events::note(books, Kind::RefundFailed, id);
    }
    events::note(books, Kind::RefundUpdated, id);
    events::note(books, Kind::ChargeRefundUpdated, id);
}

/// The bank sent the money back: the account has it again, and the charge is no longer refunded.
fn give_back(books: &mut Books, id: &str, at: i64) {
    let transaction = books.next_id("txn_3");
    let Some(refund) = books.refunds.get_mut(id) else { return };
    refund.failure_balance_transaction = Some(transaction.clone());
    if let Some(charge) = books.charges.get_mut(&refund.charge) {
        charge.amount_refunded -= refund.amount;
    }
    let back = Transaction {
        id: transaction,
        created: at,
        available_on: at,
        amount: refund.amount,
        fee: 0,
        currency: refund.currency.clone(),
        reason: Reason::RefundFailure,
        source: refund.id.clone(),
        description: None,
    };
    balance_transactions::record(books, back);
}

/// Writes down what the refund will become, if it will.
pub(super) fn schedule(books: &mut Books, refund: &Refund) {
    if let Some((at, due)) = refund.due() {
        books.agenda.add(at, due);
    }
}

/// Releases held money that was not taken. Stripe shows it as a refund that moved nothing.
pub(crate) fn release(books: &mut Books, charge: &str, amount: i64, reason: Option<&str>, at: i64) {
    let id = books.next_id("re_3");
    let Some(charge) = books.charges.get_mut(charge).filter(|_| amount > 0) else { return };
    charge.released += amount;
    charge.capture_before = None;
    let refund = Refund {
        id,
        created: at,
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        method: charge.method.clone(),
        amount,
        currency: charge.currency.clone(),
        customer: charge.customer.clone(),
        balance_transaction: None,
        failure_balance_transaction: None,
        reason: reason.map(str::to_owned),
        metadata: BTreeMap::new(),
        status: Status::Succeeded,
        turn: None,
    };
    let id = refund.id.clone();
    books.refunds.put(refund);
    events::note(books, Kind::RefundCreated, &id);
}

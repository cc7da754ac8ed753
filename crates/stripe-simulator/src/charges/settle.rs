//! The money of a captured charge reaches the account's balance.

use super::record::Charge;
use crate::balance_transactions::{self, Reason, Transaction};
use crate::books::Books;
use crate::cards::Later;
use crate::events;
use crate::ids::Id;

/// Writes a charge down, with what the clock has to do with it.
pub(crate) fn open(books: &mut Books, charge: Charge, now: i64) {
    let id = charge.id.clone();
    books.charges.put(charge);
    await_clock(books, &id, now);
}

/// Puts what a charge waits for on the agenda; what is due already happens at once.
pub(crate) fn await_clock(books: &mut Books, id: &str, now: i64) {
    let Some(charge) = books.charges.get(id) else { return };
    for (at, due) in charge.due().filter(|(at, _)| *at > now) {
        books.agenda.add(at, due);
    }
    if charge.settles_at.is_some_and(|at| at <= now) {
        settle(books, id, now);
    }
}

/// The balance transaction of a charge appears after its answer.
pub(crate) fn settle_late(books: &mut Books, id: &str, at: i64) {
    settle(books, id, at);
    events::note(books, events::Kind::ChargeUpdated, id);
}

/// Makes the balance transaction of a charge.
fn settle(books: &mut Books, id: &str, at: i64) {
    if books.charges.get(id).is_none_or(|charge| charge.settles_at.is_none()) {
        return;
    }
    let transaction = books.next_id("txn_3");
    let Some(charge) = books.charges.get_mut(id) else { return };
    charge.settles_at = None;
    charge.balance_transaction = Some(transaction.clone());
    let movement = movement(charge, transaction, at);
    balance_transactions::record(books, movement);
}

fn movement(charge: &Charge, id: Id, at: i64) -> Transaction {
    let at_once = charge.later == Later::FundsAtOnce;
    Transaction {
        id,
        created: at,
        available_on: if at_once { at } else { balance_transactions::available_on(at) },
        amount: charge.amount_captured,
        fee: balance_transactions::fee(charge.amount_captured),
        currency: charge.currency.clone(),
        reason: Reason::Charge,
        source: charge.id.clone(),
        description: charge.description.clone(),
    }
}

//! Balance transactions: what charges, refunds and disputes leave on the account's balance.

mod record;
mod view;

pub(crate) use record::{Funds, Reason, Transaction};
pub(crate) use view::TransactionView;

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::ids::Id;
use crate::params::{self, Kind, Param, TEXT, TIME_WINDOW, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

/// The listed price of an online card payment, in hundredths of a percent and in minor units.
const FEE_RATE: i64 = 290;
const FEE_FIXED: i64 = 30;
const DAY: i64 = 86_400;
/// Funds of a charge become available on this day after it.
const AVAILABLE_AFTER: i64 = 2;

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

const LIST: &[Param] = &[
    takes("created", TIME_WINDOW),
    takes("currency", TEXT),
    takes("source", TEXT),
    takes("type", TEXT),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
    takes("payout", Kind::Unplayed),
];

/// Stripe's fee on `amount`, rounded up to a minor unit.
pub(crate) fn fee(amount: i64) -> i64 {
    (amount.saturating_mul(FEE_RATE) + 9_999) / 10_000 + FEE_FIXED
}

/// When the funds of a charge that settles `at` can be paid out: at the beginning of a day.
pub(crate) fn available_on(at: i64) -> i64 {
    (at.div_euclid(DAY) + AVAILABLE_AFTER) * DAY
}

/// Writes a movement down; its id.
pub(crate) fn record(books: &mut Books, transaction: Transaction) -> Id {
    let id = transaction.id.clone();
    books.funds.add(&transaction);
    books.transactions.put(transaction);
    id
}

/// `GET /v1/balance_transactions/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    call.expand.only("balance_transaction")?;
    let missing = || Refusal::missing("balance transaction", id, "id");
    let transaction = books.transactions.get(id).ok_or_else(missing)?;
    Ok(answer::json(&TransactionView::of(transaction, books, &call.expand, call.now())))
}

/// `GET /v1/balance_transactions`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only_in_list("balance_transaction")?;
    let form = &call.form;
    let (currency, kind, source) = (form.filled("currency"), form.filled("type"), form.filled("source"));
    let keep = |transaction: &Transaction| {
        currency.is_none_or(|code| transaction.currency == code)
            && kind.is_none_or(|kind| transaction.reason.kind() == kind)
            && source.is_none_or(|id| transaction.source == id)
    };
    let links: Vec<&str> = source.into_iter().collect();
    let page = Page::read(form, "balance transaction")?;
    let (transactions, more) = books.transactions.page(&page, &links, keep)?;
    let inside = call.expand.inside("data");
    let view = |transaction| TransactionView::of(transaction, books, &inside, call.now());
    let views = transactions.into_iter().map(view).collect();
    Ok(answer::list("/v1/balance_transactions", views, more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_rounded_up_and_funds_arrive_at_the_beginning_of_a_day() {
        assert_eq!((fee(2_345), fee(100), fee(1)), (99, 33, 31));
        assert_eq!(available_on(1_774_905_651), 1_775_001_600);
    }
}

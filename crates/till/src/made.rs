//! What several tests of this crate are made of.

use crate::money::{Currency, Money};
use crate::sale::{Capture, Entered, Line, Mode, Sale, SaleId};

/// Minor units of every sale here.
pub(crate) const TOTAL: i64 = 2345;

/// A sale of [`TOTAL`] US cents, keyed at the counter.
pub(crate) fn sale(capture: Capture) -> Sale {
    Sale {
        id: SaleId::from_bits(7),
        number: 1042,
        total: Money { minor: TOTAL, currency: Currency::parse("usd").unwrap() },
        lines: vec![Line { label: "Amount".to_owned(), minor: TOTAL }],
        note: String::new(),
        entered: Entered::Keyed,
        capture,
        mode: Mode::Training,
        account: None,
        till: "Till 1".to_owned(),
        till_id: String::new(),
        at: 0,
    }
}

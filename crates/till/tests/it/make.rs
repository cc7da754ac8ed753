//! Small things that tests need.

use till::entry::{CallRecord, Entry};
use till::money::{Currency, Money};
use till::payment::Payment;
use till::sale::{Capture, Entered, Line, Mode, Sale, SaleId};

pub fn sale(number: u32) -> Sale {
    Sale {
        id: SaleId::from_bits(u128::from(number)),
        number,
        total: Money { minor: 2345, currency: Currency::parse("usd").unwrap() },
        lines: vec![Line { label: "Amount".to_owned(), minor: 2345 }],
        note: format!("Table {number}"),
        entered: Entered::Keyed,
        capture: Capture::AtOnce,
        mode: Mode::Training,
        account: None,
        till: "Till 1".to_owned(),
        till_id: String::new(),
        at: 1_800_000_000,
    }
}

/// A history up to Ready, and the payment it adds up to.
pub fn ready(number: u32) -> (Payment, Vec<Entry>) {
    let call = CallRecord { key: format!("{number}:create"), body: "00".to_owned(), at_stripe: None };
    let entries = vec![
        Entry::SaleFrozen { sale: Box::new(sale(number)) },
        Entry::GenerationBegun { generation: 1, call },
        Entry::IntentCreated { intent: format!("pi_{number}"), created: 1 },
    ];
    (Payment::fold(&entries).unwrap(), entries)
}

/// [`ready`], and then voided.
pub fn void(number: u32) -> (Payment, Vec<Entry>) {
    let (_, mut entries) = ready(number);
    entries.push(Entry::GenerationClosed { how: till::entry::Closed::NeverConfirmed });
    entries.push(Entry::Voided);
    (Payment::fold(&entries).unwrap(), entries)
}

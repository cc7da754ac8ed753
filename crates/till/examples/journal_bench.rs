//! What the journal costs, for `cargo xtask bench`.
//!
//! `journal_bench make FOLDER COUNT` makes a journal of so many old sales and one that is open.
//! `journal_bench confirm FOLDER` measures the two commits around a confirm, and prints the 99th percentile in ms.
//! `journal_bench search FOLDER` looks for what no sale has, and prints the time in ms.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use till::entry::{CallRecord, Closed, Entry};
use till::facts::{Card, ChargeFacts};
use till::journal::{Filter, Journal, SqliteJournal};
use till::money::{Currency, Money};
use till::payment::Payment;
use till::sale::{Capture, Entered, Line, Mode, Sale, SaleId};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many sales one commit of `make` brings.
const BATCH: u32 = 20_000;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make", folder, count] => make(&journal(folder), count.parse()?),
        ["confirm", folder] => confirm(&journal(folder)),
        ["search", folder] => search(&journal(folder)),
        _ => Err("journal_bench make FOLDER COUNT | confirm FOLDER | search FOLDER".into()),
    }
}

fn journal(folder: &str) -> std::path::PathBuf {
    Path::new(folder).join("test.sqlite")
}

fn call(key: String) -> CallRecord {
    CallRecord { key, body: "7f".repeat(32), at_stripe: Some(1_800_000_000) }
}

fn frozen(number: u32) -> Entry {
    let minor = 100 + i64::from(number % 9_000);
    let currency = Currency::parse("usd").unwrap_or_else(|| panic!("there are dollars"));
    let sale = Sale {
        // Ids come from chance: spread them as chance would.
        id: SaleId::from_bits(u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)),
        number,
        total: Money { minor, currency },
        lines: vec![Line { label: "Amount".to_owned(), minor }],
        note: format!("Table {}", number % 40),
        entered: Entered::Keyed,
        capture: Capture::AtOnce,
        mode: Mode::Test,
        account: None,
        till: "Till 1".to_owned(),
        till_id: String::new(),
        at: 1_700_000_000 + i64::from(number),
    };
    Entry::SaleFrozen { sale: Box::new(sale) }
}

fn ready(number: u32) -> Vec<Entry> {
    let create = call(format!("{number}:g1:create"));
    vec![
        frozen(number),
        Entry::GenerationBegun { generation: 1, call: create },
        Entry::IntentCreated { intent: format!("pi_{number}"), created: 1 },
    ]
}

fn attempt(number: u32) -> Entry {
    let confirm = call(format!("{number}:g1:a1:c1"));
    Entry::AttemptBegun { attempt: 1, payment_method: format!("pm_{number}"), call: confirm }
}

fn paid(number: u32) -> Entry {
    let charge = ChargeFacts {
        id: format!("ch_{number}"),
        card: Card { brand: "visa".to_owned(), last4: format!("{:04}", number % 10_000) },
        created: 1,
        payment_method: None,
        authorisation_code: None,
        statement_name: None,
        capture_before: None,
    };
    Entry::Paid { charge: Some(Box::new(charge)), while_away: false }
}

/// Nine of ten sales were paid, one was not.
fn old(number: u32) -> Vec<Entry> {
    let mut entries = ready(number);
    if number.is_multiple_of(10) {
        entries.extend([Entry::GenerationClosed { how: Closed::NeverConfirmed }, Entry::Voided]);
    } else {
        entries.extend([attempt(number), paid(number)]);
    }
    entries
}

fn make(path: &Path, count: u32) -> Outcome<()> {
    let mut journal = SqliteJournal::open(path)?;
    for first in (1..=count).step_by(BATCH as usize) {
        let histories: Vec<_> = (first..(first + BATCH).min(count + 1)).map(old).collect();
        journal.append_histories(1_800_000_000, &histories)?;
    }
    journal.append_histories(1_800_000_000, &[ready(count + 1)])?;
    Ok(())
}

fn confirm(path: &Path) -> Outcome<()> {
    let mut journal = SqliteJournal::open(path)?;
    let first = journal.last_number()? + 1;
    let mut took = Vec::new();
    for number in first..first + 1_000 {
        let mut entries = ready(number);
        journal.append(1, &Payment::fold(&entries)?, &entries)?;
        let steps = [attempt(number), paid(number)].map(|entry| {
            entries.push(entry);
            (Payment::fold(&entries), entries.len() - 1)
        });
        let began = Instant::now();
        for (after, at) in steps {
            journal.append(1, &after?, &entries[at..=at])?;
        }
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    println!("{:.3}", took[took.len() * 99 / 100]);
    Ok(())
}

fn search(path: &Path) -> Outcome<()> {
    let mut journal = SqliteJournal::open(path)?;
    let filter = Filter { search: "nobody has this".to_owned(), before: None, limit: 50 };
    let mut took = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        let found = journal.payments(&filter)?;
        assert!(found.is_empty());
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    println!("{:.3}", took[1]);
    Ok(())
}

//! The file: durable, private, and never believed when it is damaged.

use crate::make;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use till::books::BookEntry;
use till::entry::{CallRecord, Entry};
use till::facts::{Card, ChargeFacts};
use till::journal::{Filter, Journal, JournalError, SqliteJournal};
use till::money::{Currency, Money};
use till::payment::Payment;
use till::sale::Sale;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("training.sqlite")
    }

    fn open(&self) -> SqliteJournal {
        SqliteJournal::open(&self.file()).unwrap()
    }

    /// A journal of some sales, closed again.
    fn with_sales(count: u32) -> Self {
        let folder = Self::new();
        let mut journal = folder.open();
        for number in 1..=count {
            let (payment, entries) = make::ready(number);
            journal.append(i64::from(number), &payment, &entries).unwrap();
        }
        folder
    }

    /// Changes the file behind the journal's back.
    fn tamper(&self, sql: &str) {
        let db = Connection::open(self.file()).unwrap();
        db.execute_batch(sql).unwrap();
    }

    fn refusal(&self) -> JournalError {
        SqliteJournal::open(&self.file()).unwrap_err()
    }
}

fn page(search: &str, before: Option<u32>, limit: u32) -> Filter {
    Filter { search: search.to_owned(), before, limit }
}

fn numbers(payments: &[Payment]) -> Vec<u32> {
    payments.iter().map(|payment| payment.sale.number).collect()
}

#[test]
fn whatever_was_appended_is_there_after_each_single_step() {
    let folder = Folder::new();
    let (_, entries) = make::void(1);
    for count in 1..=entries.len() {
        let payment = Payment::fold(&entries[..count]).unwrap();
        folder.open().append(7, &payment, &entries[count - 1..count]).unwrap();
        let mut journal = folder.open();
        let history = journal.history(payment.sale.id).unwrap();
        let read: Vec<_> = history.iter().map(|written| written.entry.clone()).collect();
        assert_eq!(read, entries[..count]);
        assert_eq!(journal.payment(payment.sale.id).unwrap().as_ref(), Some(&payment));
        assert_eq!(journal.open_payments().unwrap().is_empty(), payment.phase.is_final());
        assert_eq!(journal.verify().unwrap(), i64::try_from(count).unwrap());
    }
}

#[test]
fn open_payments_come_back_oldest_first_and_settled_ones_do_not() {
    let folder = Folder::with_sales(3);
    let (payment, entries) = make::void(2);
    folder.open().append(9, &payment, &entries[3..]).unwrap();
    let mut journal = folder.open();
    assert_eq!(numbers(&journal.open_payments().unwrap()), [1, 3]);
    assert_eq!(journal.last_number().unwrap(), 3);
}

#[test]
fn payments_are_found_by_what_a_cashier_remembers() {
    let folder = Folder::with_sales(12);
    let mut journal = folder.open();
    let table = [
        (page("", None, 3), vec![12, 11, 10]),
        (page("", Some(10), 3), vec![9, 8, 7]),
        (page("k-12", None, 9), vec![12]),
        (page("TABLE 7", None, 9), vec![7]),
        (page("pi_5", None, 9), vec![5]),
        (page("23.45 pi_3", None, 9), vec![3]),
        (page("nobody", None, 9), vec![]),
        (page("'; DROP TABLE entry; --", None, 9), vec![]),
    ];
    for (filter, expected) in table {
        assert_eq!(numbers(&journal.payments(&filter).unwrap()), expected, "{filter:?}");
    }
}

#[test]
fn facts_that_belong_to_no_sale_are_kept_in_the_same_chain() {
    let folder = Folder::with_sales(1);
    let mut journal = folder.open();
    let mut books = journal.books().unwrap();
    for entry in [BookEntry::Restored, BookEntry::Swept { account: "acct_1".to_owned(), until: 9 }] {
        books.apply(&entry);
        journal.append_books(7, &books, &[entry]).unwrap();
    }
    drop(journal);
    let mut journal = folder.open();
    assert_eq!(journal.books().unwrap(), books);
    assert_eq!(journal.verify().unwrap(), 5);
    assert_eq!(numbers(&journal.payments(&page("", None, 9)).unwrap()), [1]);
    drop(journal);
    folder.tamper("UPDATE books SET state = replace(state, '9', '8')");
    assert!(matches!(folder.refusal(), JournalError::Damaged(_)));
}

#[test]
fn a_second_till_is_kept_out_while_the_first_one_runs() {
    let folder = Folder::with_sales(1);
    let first = folder.open();
    assert!(matches!(folder.refusal(), JournalError::InUse(_)));
    drop(first);
    assert_eq!(folder.open().last_number().unwrap(), 1);
}

#[test]
fn an_entry_can_neither_be_changed_nor_deleted() {
    let folder = Folder::with_sales(1);
    let db = Connection::open(folder.file()).unwrap();
    for sql in ["UPDATE entry SET at = 0", "DELETE FROM entry"] {
        let error = db.execute_batch(sql).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

#[test]
fn a_changed_missing_or_invented_entry_is_noticed_at_the_next_start() {
    let without_triggers = "DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted;";
    let table = [
        "UPDATE entry SET at = at + 1 WHERE seq = 2",
        "UPDATE entry SET body = replace(body, '2345', '1') WHERE seq = 1",
        "UPDATE entry SET sale = 'x' WHERE seq = 3",
        "UPDATE entry SET hash = zeroblob(32) WHERE seq = 6",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 1",
        "INSERT INTO entry SELECT 7, at, sale, kind, body, hash, hash FROM entry WHERE seq = 6",
    ];
    for sql in table {
        let folder = Folder::with_sales(2);
        folder.tamper(&format!("{without_triggers} {sql}"));
        assert!(matches!(folder.refusal(), JournalError::Damaged(_)), "{sql}");
    }
}

#[test]
fn a_payment_table_that_says_something_else_than_the_entries_is_found_by_verify() {
    let folder = Folder::with_sales(2);
    folder.tamper("UPDATE payment SET search = 'nothing' WHERE number = 2");
    let mut journal = folder.open();
    assert!(matches!(journal.verify(), Err(JournalError::Damaged(why)) if why.contains("K-2")));
}

#[test]
fn what_is_not_our_file_is_refused_and_left_as_it_was() {
    fn text(path: &Path) {
        std::fs::write(path, "a shopping list, long enough to be looked at as pages").unwrap();
    }
    fn stranger(path: &Path) {
        Connection::open(path).unwrap().execute_batch("CREATE TABLE t (x); PRAGMA user_version = 1").unwrap();
    }
    fn newer(path: &Path) {
        drop(SqliteJournal::open(path).unwrap());
        Connection::open(path).unwrap().execute_batch("PRAGMA user_version = 3").unwrap();
    }
    let table = [(text as fn(&Path), "damaged"), (stranger, "damaged"), (newer, "newer Keytill (format 3")];
    for (make, expected) in table {
        let folder = Folder::new();
        make(&folder.file());
        let before = std::fs::read(folder.file()).unwrap();
        let error = folder.refusal().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(std::fs::read(folder.file()).unwrap() == before, "{error}: the file has changed");
    }
}

#[test]
fn a_flipped_bit_in_any_page_never_passes_for_the_truth() {
    let folder = Folder::with_sales(40);
    let good = std::fs::read(folder.file()).unwrap();
    let mut truth = folder.open();
    let expected = truth.payments(&page("", None, 100)).unwrap();
    drop(truth);
    let mut noticed = 0;
    for at in (100..good.len()).step_by(997) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        std::fs::write(folder.file(), &bad).unwrap();
        let opened = SqliteJournal::open(&folder.file());
        match opened.and_then(|mut journal| journal.verify().map(|_| journal)) {
            Ok(mut journal) => {
                let read = journal.payments(&page("", None, 100)).unwrap();
                assert!(read == expected, "byte {at}: {:?}", numbers(&read));
            }
            Err(_) => noticed += 1,
        }
    }
    assert!(noticed > 10, "{noticed}");
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_sales(1);
    let _journal = folder.open();
    for entry in std::fs::read_dir(folder.0.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
}

#[test]
fn the_sqlite_in_use_is_one_that_does_not_lose_its_log() {
    // Older ones can corrupt a write-ahead log that two connections had open.
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn an_impossible_history_is_not_folded() {
    let (payment, entries) = make::ready(1);
    let twice: Vec<Entry> = entries.iter().chain(&entries[2..]).cloned().collect();
    assert!(Payment::fold(&twice).is_err());
    assert!(Payment::fold(&entries[1..]).is_err());
    assert!(Payment::fold(&[]).is_err());
    assert_eq!(Payment::fold(&entries).unwrap(), payment);
}

#[test]
fn an_export_holds_every_entry_once_and_reads_back() {
    let folder = Folder::with_sales(2);
    let journal = folder.open();
    let mut text = Vec::new();
    journal.export(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    let (_, entries) = make::ready(2);
    for (index, entry) in entries.iter().enumerate() {
        let line = &lines[3 + index];
        assert_eq!(line["seq"], 4 + index);
        assert_eq!(serde_json::from_value::<Entry>(line["entry"].clone()).unwrap(), *entry);
        assert_eq!(line["previous"], lines[2 + index]["hash"]);
    }
}

#[test]
fn the_largest_amount_is_of_what_a_bank_approved_in_that_currency() {
    let charge = ChargeFacts {
        id: "ch_1".to_owned(),
        card: Card { brand: "visa".to_owned(), last4: "4242".to_owned() },
        created: 2,
        payment_method: None,
        authorisation_code: None,
        statement_name: None,
        capture_before: None,
    };
    let call = || CallRecord { key: "k".to_owned(), body: "00".to_owned(), at_stripe: None };
    let history = |number: u32, code: &str, minor: i64, paid: bool| {
        let total = Money { minor, currency: Currency::parse(code).unwrap() };
        let sale = Sale { total, note: "9999999 9".to_owned(), ..make::sale(number) };
        let mut entries = vec![
            Entry::SaleFrozen { sale: Box::new(sale) },
            Entry::GenerationBegun { generation: 1, call: call() },
            Entry::IntentCreated { intent: format!("pi_{number}"), created: 1 },
            Entry::AttemptBegun { attempt: 1, payment_method: "pm_1".to_owned(), call: call() },
        ];
        let charge = Some(Box::new(charge.clone()));
        entries.push(if paid { Entry::Paid { charge, while_away: false } } else { Entry::OutcomeUnknown });
        entries
    };
    let folder = Folder::new();
    let mut journal = folder.open();
    let largest = |journal: &mut SqliteJournal, code| journal.largest_paid(Currency::parse(code).unwrap()).unwrap();
    assert_eq!(largest(&mut journal, "usd"), 0);
    let histories = [
        history(1, "usd", 900, true),
        history(2, "usd", 12_345, true),
        history(3, "usd", 999_999, false),
        history(4, "jpy", 500_000, true),
        history(5, "usd", 2_000, true),
    ];
    journal.append_histories(7, &histories).unwrap();
    assert_eq!((largest(&mut journal, "usd"), largest(&mut journal, "jpy")), (12_345, 500_000));
    assert_eq!(largest(&mut journal, "eur"), 0);
}

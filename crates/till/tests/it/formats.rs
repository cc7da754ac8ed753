//! Older formats: opened, kept aside as they were, and every fact the same.

use rusqlite::Connection;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use till::journal::{Filter, Journal, SqliteJournal};

/// A journal of format 1, as a dump that people can read, and what its own program exported from it.
const V1: &str = include_str!("journals/v1.sql");
const V1_EXPORT: &str = include_str!("journals/v1.jsonl");

struct Folder(tempfile::TempDir);

impl Folder {
    fn with_v1() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        Connection::open(folder.file("training.sqlite")).unwrap().execute_batch(V1).unwrap();
        folder
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn number(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn export(journal: &SqliteJournal) -> String {
    let mut lines = Vec::new();
    journal.export(&mut lines).unwrap();
    String::from_utf8(lines).unwrap()
}

#[test]
fn a_journal_of_format_1_is_brought_over_with_every_fact() {
    let folder = Folder::with_v1();
    let mut journal = SqliteJournal::open(&folder.file("training.sqlite")).unwrap();
    assert!(export(&journal) == V1_EXPORT);
    assert_eq!(journal.verify().unwrap(), 47);
    let phases: Vec<String> = journal
        .payments(&Filter { limit: 99, ..Filter::default() })
        .unwrap()
        .iter()
        .rev()
        .map(|payment| format!("{:?}", payment.phase))
        .collect();
    let expected = ["Ready", "Paid", "Void", "Blocked", "Unknown", "Paid", "Capturing", "Void"];
    assert_eq!(phases, expected);
    let open: Vec<u32> = journal.open_payments().unwrap().iter().map(|payment| payment.sale.number).collect();
    assert_eq!(open, [1001, 1004, 1005, 1006, 1007]);
    assert_eq!(journal.last_number().unwrap(), 1008);
    drop(journal);
    assert_eq!(number(&folder.file("training.sqlite"), "PRAGMA user_version"), 2);
}

#[test]
fn before_it_is_brought_over_the_old_file_is_kept_aside_for_its_owner_only() {
    let folder = Folder::with_v1();
    drop(SqliteJournal::open(&folder.file("training.sqlite")).unwrap());
    let aside = folder.file("training.v1.sqlite");
    assert_eq!(number(&aside, "PRAGMA user_version"), 1);
    assert_eq!(number(&aside, "SELECT count(*) FROM payment WHERE state LIKE '%'"), 8);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(aside.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let first = std::fs::read(&aside).unwrap();
    drop(SqliteJournal::open(&folder.file("training.sqlite")).unwrap());
    assert!(std::fs::read(&aside).unwrap() == first);
}

#[test]
fn a_damaged_journal_of_format_1_is_not_brought_over() {
    let folder = Folder::with_v1();
    let file = folder.file("training.sqlite");
    Connection::open(&file)
        .unwrap()
        .execute_batch("DROP TRIGGER entry_is_never_changed; UPDATE entry SET at = 1 WHERE seq = 7")
        .unwrap();
    let error = SqliteJournal::open(&file).unwrap_err().to_string();
    assert!(error.contains("entry 7"), "{error}");
    assert_eq!(number(&file, "PRAGMA user_version"), 1);
}

/// Every row that is made of entries, as text.
fn projections(file: &Path) -> String {
    let db = Connection::open(file).unwrap();
    let mut text = String::new();
    for (table, fields) in
        [("payment", "number || sale || open || facts || search"), ("books", "state"), ("seal", "hex(hash)")]
    {
        let mut rows = db.prepare(&format!("SELECT {fields} FROM {table} ORDER BY 1")).unwrap();
        for row in rows.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            writeln!(text, "{table} {}", row.unwrap()).unwrap();
        }
    }
    text
}

#[test]
fn everything_that_is_made_of_entries_is_made_again_just_so() {
    use till::books::{BookEntry, Books};
    let folder = Folder::with_v1();
    let file = folder.file("training.sqlite");
    let mut journal = SqliteJournal::open(&file).unwrap();
    let mut books = Books::default();
    let swept = BookEntry::Swept { account: "acct_1".to_owned(), until: 9 };
    books.apply(&swept);
    journal.append_books(7, &books, &[swept]).unwrap();
    drop(journal);
    let before = projections(&file);
    assert_eq!(before.lines().count(), 10);
    let spoilt =
        ["DELETE FROM payment", "DELETE FROM books", "UPDATE seal SET hash = x'00'", "UPDATE payment SET open = 1"];
    for sql in spoilt {
        Connection::open(&file).unwrap().execute_batch(sql).unwrap();
        assert!(SqliteJournal::open(&file).is_err(), "{sql}");
        drop(SqliteJournal::rebuild(&file).unwrap());
        assert_eq!(projections(&file), before, "{sql}");
    }
}

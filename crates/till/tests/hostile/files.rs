//! A journal's files after somebody or something wrote over them.

use crate::change::{self, Dice};
use std::fs;
use std::path::Path;
use till::books::{BookEntry, Books};
use till::journal::{Journal, JournalError, SqliteJournal};

/// A journal with something in its log, as it lies there after a kill.
fn killed(folder: &Path) -> [Vec<u8>; 3] {
    let file = folder.join("training.sqlite");
    let mut books = Books::default();
    let mut write = |journal: &mut SqliteJournal, until: i64| {
        let entry = BookEntry::Swept { account: "acct_1".to_owned(), until };
        books.apply(&entry);
        journal.append_books(1, &books, &[entry]).unwrap();
    };
    let mut journal = SqliteJournal::open(&file).unwrap();
    (0..20).for_each(|until| write(&mut journal, until));
    drop(journal);
    let mut journal = SqliteJournal::open(&file).unwrap();
    (20..24).for_each(|until| write(&mut journal, until));
    NAMES.map(|name| fs::read(folder.join(name)).unwrap())
}

const NAMES: [&str; 3] = ["training.sqlite", "training.sqlite-wal", "training.mark"];

fn look(file: &Path) -> Result<(i64, bool), JournalError> {
    let mut journal = SqliteJournal::open(file)?;
    let entries = journal.verify()?;
    Ok((entries, journal.is_behind()))
}

#[test]
fn a_spoilt_journal_is_refused_or_tells_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let good = killed(folder.path());
    let file = folder.path().join(NAMES[0]);
    let (mut whole, mut shorter, mut refused) = (0, 0, 0);
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let which = dice.below(3);
        let _ = fs::remove_file(folder.path().join("training.damaged.sqlite"));
        for (index, name) in NAMES.iter().enumerate() {
            let bytes = if index == which {
                change::spoil(&good[index], &good[dice.below(3)], &mut dice)
            } else {
                good[index].clone()
            };
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        match look(&file) {
            Ok((24, _)) => whole += 1,
            // The log was cut short: a whole commit less, never half of one.
            Ok((entries @ 20..24, _)) if which == 1 => shorter += i64::from(entries > 0),
            Ok((entries, _)) => panic!("seed {seed}: {entries} entries"),
            Err(JournalError::InUse(_) | JournalError::Full | JournalError::ReadOnly(_)) => panic!("seed {seed}"),
            Err(_) => refused += 1,
        }
    }
    assert!(whole > 20 && shorter > 20 && refused > 20, "{whole} {shorter} {refused}");
}

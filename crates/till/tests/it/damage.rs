//! What may become of a journal's files while nobody looks: each has its sentence, and nothing is lost by looking.

use crate::make;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use till::books::{BookEntry, Books};
use till::journal::{Journal, JournalError, SqliteJournal};

struct Folder(TempDir);

impl Folder {
    fn with_sales(count: u32) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.sell(1..=count);
        folder
    }

    fn sell(&self, numbers: impl IntoIterator<Item = u32>) {
        let mut journal = SqliteJournal::open(&self.journal()).unwrap();
        for number in numbers {
            let (payment, entries) = if number % 2 == 0 { make::void(number) } else { make::ready(number) };
            journal.append(i64::from(number), &payment, &entries).unwrap();
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn journal(&self) -> PathBuf {
        self.file("training.sqlite")
    }

    fn refusal(&self) -> JournalError {
        SqliteJournal::open(&self.journal()).unwrap_err()
    }
}

/// The open sales' numbers, unless the journal says that something is wrong.
fn open_sales(file: &Path) -> Result<Vec<u32>, JournalError> {
    let open = SqliteJournal::open(file)?.open_payments()?;
    Ok(open.iter().map(|payment| payment.sale.number).collect())
}

#[test]
fn a_file_cut_off_at_any_page_is_refused_and_kept_as_it_is() {
    let folder = Folder::with_sales(40);
    let good = fs::read(folder.journal()).unwrap();
    let pages = good.len() / 4096;
    assert!(pages > 10, "{pages}");
    for page in 1..pages {
        for length in [page * 4096, page * 4096 + 100] {
            fs::write(folder.journal(), &good[..length]).unwrap();
            assert!(matches!(folder.refusal(), JournalError::Damaged(_)), "{length} bytes");
            assert!(fs::read(folder.journal()).unwrap() == good[..length], "{length} bytes have changed");
        }
    }
}

/// A journal that was killed while three sales were in its log only, as files.
fn killed() -> (Vec<u8>, Vec<u8>, Folder) {
    let folder = Folder::with_sales(3);
    let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
    for number in 4..=6 {
        let (payment, entries) = make::ready(number);
        journal.append(i64::from(number), &payment, &entries).unwrap();
    }
    let log = fs::read(folder.file("training.sqlite-wal")).unwrap();
    let main = fs::read(folder.journal()).unwrap();
    drop(journal);
    fs::remove_file(folder.file("training.mark")).unwrap();
    (main, log, folder)
}

#[test]
fn a_log_cut_off_anywhere_gives_the_commits_that_are_whole_and_no_other() {
    let (main, log, folder) = killed();
    assert!(log.len() > 8 * 4096);
    let mut seen = std::collections::BTreeSet::new();
    for length in (0..log.len()).step_by(1030).chain([log.len()]) {
        fs::write(folder.journal(), &main).unwrap();
        fs::write(folder.file("training.sqlite-wal"), &log[..length]).unwrap();
        let _ = fs::remove_file(folder.file("training.mark"));
        let open = open_sales(&folder.journal()).unwrap();
        assert!([&[1, 3][..], &[1, 3, 4], &[1, 3, 4, 5], &[1, 3, 4, 5, 6]].contains(&&*open), "{length}: {open:?}");
        seen.insert(open.len());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [2, 3, 4, 5]);
}

#[test]
fn a_flipped_bit_never_hides_an_open_sale_from_a_start() {
    let folder = Folder::with_sales(40);
    let good = fs::read(folder.journal()).unwrap();
    let truth = open_sales(&folder.journal()).unwrap();
    let (mut refused, mut unmoved) = (0, 0);
    for at in (100..good.len()).step_by(1021) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(folder.journal(), &bad).unwrap();
        match open_sales(&folder.journal()) {
            Ok(open) => {
                assert_eq!(open, truth, "byte {at}");
                unmoved += 1;
            }
            Err(JournalError::Damaged(_) | JournalError::Newer { .. } | JournalError::Unwritable(_)) => refused += 1,
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
    assert!(refused > 20 && unmoved > 20, "{refused} refused, {unmoved} unmoved");
}

#[test]
fn a_damaged_journal_is_copied_aside_once_and_never_changed() {
    let folder = Folder::with_sales(40);
    let mut bytes = fs::read(folder.journal()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x55);
    fs::write(folder.journal(), &bytes).unwrap();
    assert!(matches!(folder.refusal(), JournalError::Damaged(_)));
    let aside = folder.file("training.damaged.sqlite");
    assert!(fs::read(&aside).unwrap() == bytes);
    fs::write(folder.journal(), &bytes[..9 * 4096]).unwrap();
    assert!(matches!(folder.refusal(), JournalError::Damaged(_)));
    assert!(fs::read(&aside).unwrap() == bytes, "the first copy was written over");
}

#[test]
fn an_older_copy_put_back_is_noticed_until_the_journal_itself_says_so() {
    let folder = Folder::with_sales(3);
    let backup = fs::read(folder.journal()).unwrap();
    folder.sell(4..=5);
    fs::write(folder.journal(), &backup).unwrap();
    for _ in 0..2 {
        assert!(SqliteJournal::open(&folder.journal()).unwrap().is_behind());
    }
    let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
    let mut books = Books::default();
    books.apply(&BookEntry::Restored);
    journal.append_books(7, &books, &[BookEntry::Restored]).unwrap();
    assert!(!journal.is_behind());
    drop(journal);
    let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
    assert!(!journal.is_behind() && journal.books().unwrap().cards_are_off());
}

#[test]
fn a_copy_that_went_another_way_than_the_journal_is_noticed() {
    let folder = Folder::with_sales(3);
    let backup = fs::read(folder.journal()).unwrap();
    let mark = fs::read(folder.file("training.mark")).unwrap();
    folder.sell(4..=5);
    let other_mark = fs::read(folder.file("training.mark")).unwrap();
    fs::write(folder.journal(), &backup).unwrap();
    fs::write(folder.file("training.mark"), mark).unwrap();
    folder.sell(7..=10);
    assert!(!SqliteJournal::open(&folder.journal()).unwrap().is_behind());
    fs::write(folder.file("training.mark"), other_mark).unwrap();
    assert!(SqliteJournal::open(&folder.journal()).unwrap().is_behind());
}

#[test]
fn a_mark_that_does_not_read_costs_one_comparison_with_stripe_and_nothing_else() {
    let folder = Folder::with_sales(1);
    for rubbish in [&b""[..], b"\xff\xfe", b"12", b"4 00"] {
        fs::write(folder.file("training.mark"), rubbish).unwrap();
        assert!(SqliteJournal::open(&folder.journal()).unwrap().is_behind());
    }
}

#[test]
fn a_journal_that_is_gone_is_missed_and_begins_anew_only_when_a_person_says_so() {
    for empty in [false, true] {
        let folder = Folder::with_sales(2);
        fs::remove_file(folder.journal()).unwrap();
        if empty {
            fs::write(folder.journal(), b"").unwrap();
        }
        for _ in 0..2 {
            let refusal = folder.refusal();
            assert!(matches!(refusal, JournalError::Missing(_)), "{refusal}");
            assert!(refusal.to_string().contains("put it back from a backup"));
        }
        let mut journal = SqliteJournal::begin_anew(&folder.journal(), None).unwrap();
        assert!(journal.is_behind() && journal.last_number().unwrap() == 0);
        drop(journal);
        assert!(SqliteJournal::open(&folder.journal()).unwrap().is_behind());
    }
}

#[test]
fn a_journal_that_never_held_anything_is_not_missed() {
    let folder = Folder::with_sales(0);
    fs::remove_file(folder.journal()).unwrap();
    assert!(!SqliteJournal::open(&folder.journal()).unwrap().is_behind());
}

#[test]
fn a_running_till_finds_damage_by_itself_and_writes_no_more() {
    let folder = Folder::with_sales(40);
    Connection::open(folder.journal())
        .unwrap()
        .execute_batch("UPDATE payment SET search = 'nothing' WHERE number = 31")
        .unwrap();
    let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
    let damage = loop {
        match journal.check_on() {
            Ok(more) => assert!(more, "all was checked and nothing was found"),
            Err(damage) => break damage.to_string(),
        }
    };
    assert!(damage.contains("K-31"), "{damage}");
    let (payment, entries) = make::ready(99);
    assert!(matches!(journal.append(1, &payment, &entries), Err(JournalError::Damaged(_))));
}

#[test]
fn a_running_till_comes_to_the_end_of_its_check() {
    let folder = Folder::with_sales(300);
    let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
    let mut pieces = 0;
    while journal.check_on().unwrap() {
        pieces += 1;
    }
    assert!((8..100).contains(&pieces), "{pieces}");
    assert_eq!(journal.verify().unwrap(), 150 * 3 + 150 * 5);
    assert!(!journal.check_on().unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn where_nothing_may_be_written_the_folder_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_sales(1);
    fs::set_permissions(folder.journal(), fs::Permissions::from_mode(0o400)).unwrap();
    // Root may write anywhere but where the system lets nobody.
    let is_root = fs::File::options().write(true).open(folder.journal()).is_ok();
    let path = if is_root { PathBuf::from("/sys/kernel/training.sqlite") } else { folder.journal() };
    let refusal = SqliteJournal::open(&path).unwrap_err();
    assert!(matches!(refusal, JournalError::ReadOnly(_)), "{refusal}");
    assert!(refusal.to_string().contains("may not write to"), "{refusal}");
}

#[cfg(unix)]
#[test]
fn permissions_that_are_too_wide_are_mended_at_the_next_start() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_sales(1);
    for name in ["training.sqlite", "training.mark"] {
        fs::set_permissions(folder.file(name), fs::Permissions::from_mode(0o666)).unwrap();
    }
    folder.sell([2]);
    for name in ["training.sqlite", "training.mark"] {
        let mode = folder.file(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// Every file of the folder, with what tells whether somebody touched it.
#[cfg(unix)]
fn traces(folder: &Folder) -> Vec<(PathBuf, Vec<u8>, u32, u64)> {
    use std::os::unix::fs::MetadataExt;
    let mut traces: Vec<_> = fs::read_dir(folder.0.path())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let about = path.metadata().unwrap();
            (path.clone(), fs::read(&path).unwrap(), about.mode(), about.ino())
        })
        .collect();
    traces.sort();
    traces
}

/// Whether that is what a look should say.
#[cfg(unix)]
type Said = fn(&Result<Option<SqliteJournal>, JournalError>) -> bool;

#[cfg(unix)]
#[test]
fn looking_at_a_journal_changes_nothing_whatever_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let closed = Folder::with_sales(3);
    let crashed = Folder::with_sales(3);
    let mut journal = SqliteJournal::open(&crashed.journal()).unwrap();
    let (payment, entries) = make::ready(9);
    journal.append(1, &payment, &entries).unwrap();
    // As a process leaves it that is killed: its log was not brought home.
    let copy = Folder(tempfile::tempdir().unwrap());
    for name in ["training.sqlite", "training.sqlite-wal", "training.mark"] {
        fs::copy(crashed.file(name), copy.file(name)).unwrap();
        fs::set_permissions(copy.file(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let damaged = Folder::with_sales(3);
    fs::write(damaged.journal(), "not a journal, and long enough to be looked at").unwrap();
    let gone = Folder::with_sales(3);
    fs::remove_file(gone.journal()).unwrap();
    let none = Folder(tempfile::tempdir().unwrap());
    let table: [(&Folder, Said); 5] = [
        (&closed, |looked| matches!(looked, Ok(Some(_)))),
        (&copy, |looked| matches!(looked, Ok(Some(_)))),
        (&damaged, |looked| matches!(looked, Err(JournalError::Damaged(_)))),
        (&gone, |looked| matches!(looked, Err(JournalError::Missing(_)))),
        (&none, |looked| matches!(looked, Ok(None))),
    ];
    for (number, (folder, right)) in table.into_iter().enumerate() {
        let before = traces(folder);
        let mut looked = SqliteJournal::look(&folder.journal());
        assert!(right(&looked), "{number}: {looked:?}");
        if let Ok(Some(journal)) = &mut looked {
            assert!(journal.verify().unwrap() > 0);
            assert!(journal.export(&mut Vec::new()).is_ok());
        }
        drop(looked);
        assert!(traces(folder) == before, "{number} has changed");
    }
    assert_eq!(
        SqliteJournal::look(&copy.journal()).unwrap().unwrap().last_number().unwrap(),
        9,
        "the log is read, too"
    );
    assert!(matches!(SqliteJournal::look(&crashed.journal()), Err(JournalError::InUse(_))));
}

/// A backup of the whole folder brings the mark beside the journal along.
#[test]
fn a_whole_folder_that_was_put_back_is_noticed_by_the_mark_outside_it() {
    let folder = Folder::with_sales(2);
    let outside = tempfile::tempdir().unwrap();
    let mark = outside.path().join("till.mark");
    let open = || SqliteJournal::open_marked(&folder.journal(), Some(mark.clone())).unwrap();
    drop(open());
    let backup = Folder(tempfile::tempdir().unwrap());
    for name in ["training.sqlite", "training.mark"] {
        fs::copy(folder.file(name), backup.file(name)).unwrap();
    }
    let mut journal = open();
    assert!(!journal.is_behind());
    let (payment, entries) = make::ready(3);
    journal.append(1, &payment, &entries).unwrap();
    drop(journal);
    for name in ["training.sqlite", "training.mark"] {
        fs::copy(backup.file(name), folder.file(name)).unwrap();
    }
    assert!(!SqliteJournal::look(&folder.journal()).unwrap().unwrap().is_behind(), "the folder alone does not tell");
    assert!(open().is_behind());
    // A folder that is gone is missed, too.
    for name in ["training.sqlite", "training.mark"] {
        fs::remove_file(folder.file(name)).unwrap();
    }
    let refused = SqliteJournal::open_marked(&folder.journal(), Some(mark.clone()));
    assert!(matches!(refused, Err(JournalError::Missing(_))));
    // What lies outside and is no mark, or cannot be written, keeps nobody from selling.
    fs::write(&mark, "rubbish").unwrap();
    assert!(!SqliteJournal::open_marked(&folder.journal(), Some(mark)).unwrap().is_behind());
    let nowhere = outside.path().join("no/such/place.mark");
    assert!(SqliteJournal::open_marked(&folder.journal(), Some(nowhere)).is_ok());
}

/// However the process ends: an older copy that is put back after a kill is noticed, too.
#[test]
fn the_mark_is_brought_up_to_the_journal_while_it_is_open() {
    let folder = Folder::with_sales(2);
    let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
    assert!(!journal.is_mark_due());
    let (payment, entries) = make::ready(3);
    journal.append(1, &payment, &entries).unwrap();
    assert!(journal.is_mark_due());
    let before = fs::read(folder.file("training.mark")).unwrap();
    journal.mark();
    assert!(!journal.is_mark_due());
    assert_ne!(fs::read(folder.file("training.mark")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_running_till_writes_nothing_more_once_its_file_was_moved_or_exchanged() {
    for exchanged in [false, true] {
        let folder = Folder::with_sales(2);
        let mut journal = SqliteJournal::open(&folder.journal()).unwrap();
        journal.check_place().unwrap();
        fs::rename(folder.journal(), folder.file("moved.sqlite")).unwrap();
        if exchanged {
            fs::copy(folder.file("moved.sqlite"), folder.journal()).unwrap();
        }
        let (payment, entries) = make::ready(3);
        let refused = journal.append(1, &payment, &entries).unwrap_err();
        assert!(matches!(refused, JournalError::Exchanged(_)), "{refused}");
        assert!(journal.check_place().is_err());
    }
}

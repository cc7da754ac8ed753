//! The journal's real code on a disk that loses its power: what was acknowledged must be there after every cut, and what
//! was not must be there whole or not at all.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use power_cut::{Disk, Trouble};
use till::books::{BookEntry, Books};
use till::entry::Entry;
use till::journal::{Journal, JournalError, MemoryJournal, Shelf, SqliteJournal};
use till::payment::Payment;
use till::sale::SaleId;

use crate::subject::Accident;

const NAME: &str = "training.sqlite";
/// A commit is about a dozen writes and a sync; a start that brings the log home, some more.
const WITHIN_A_COMMIT: u32 = 24;
const WITHIN_A_START: u32 = 40;

/// What one commit would make durable.
#[derive(Debug)]
pub(crate) enum Commit {
    Sale(i64, Box<Payment>, Vec<Entry>),
    Books(i64, Books, Vec<BookEntry>),
}

/// A journal and the disk that it lies on.
#[derive(Debug)]
pub(crate) struct Powered {
    disk: Disk,
    /// None only while it is closed.
    journal: Option<SqliteJournal>,
    /// The commit of which nobody knows whether it is there.
    limbo: Option<Commit>,
    sales: BTreeSet<SaleId>,
}

impl Powered {
    pub(crate) fn new(disk: Disk) -> Result<Self, JournalError> {
        let journal = Some(open(&disk)?);
        Ok(Self { disk, journal, limbo: None, sales: BTreeSet::new() })
    }

    pub(crate) fn journal(&mut self) -> &mut SqliteJournal {
        self.journal.as_mut().unwrap_or_else(|| panic!("the journal is open while the till runs"))
    }

    /// Commits, with an accident on the way. Returns what the till hears, and the accident if it really happened.
    pub(crate) fn commit(
        &mut self,
        accident: Option<Accident>,
        write: &impl Fn(&mut dyn Journal) -> Result<(), JournalError>,
        keep: impl Fn() -> Commit,
    ) -> (Result<(), JournalError>, Option<Accident>) {
        let crash = matches!(accident, Some(Accident::CrashBefore | Accident::CrashAfter));
        let trouble = match accident {
            None => None,
            Some(_) if crash => Some((Trouble::Cut, self.disk.chance(WITHIN_A_COMMIT))),
            Some(_) if self.disk.chance(2) == 0 => Some((Trouble::NotSynced, 0)),
            Some(_) => Some((Trouble::Full, self.disk.chance(WITHIN_A_COMMIT))),
        };
        self.disk.arrange(trouble);
        let done = write(self.journal());
        if let Commit::Sale(_, payment, _) = keep() {
            self.sales.insert(payment.sale.id);
        }
        if done.is_err() {
            self.limbo = Some(keep());
        }
        if !crash {
            self.disk.arrange(None);
        }
        // A disk that happened to hold out until the commit was done has had no accident yet; a cut comes anyway.
        let happened = accident.filter(|_| crash || done.is_err());
        (done, happened)
    }

    /// The till ends and another one begins: closed in peace, killed, or cut off; perhaps once more while it starts.
    pub(crate) fn reopen(&mut self, rows: &mut MemoryJournal) -> Result<(), JournalError> {
        let (was_cut, way) = (self.disk.is_off(), self.disk.chance(4));
        if way > 0 {
            self.disk.stop();
        }
        drop(self.journal.take());
        if was_cut || way > 1 {
            self.disk.start_after_cut();
        } else {
            self.disk.start();
        }
        self.journal = Some(self.start()?);
        self.resolve(rows)?;
        self.compare(rows)
    }

    /// A start, cut off as often as chance wants.
    fn start(&self) -> Result<SqliteJournal, JournalError> {
        loop {
            let cut = self.disk.chance(4) == 0;
            self.disk.arrange(cut.then(|| (Trouble::Cut, self.disk.chance(WITHIN_A_START))));
            let opened = open(&self.disk);
            if !self.disk.is_off() {
                self.disk.arrange(None);
                return opened;
            }
            drop(opened);
            self.disk.start_after_cut();
        }
    }

    /// Whether the commit in limbo is there: the rows in memory are told, so that both know the same.
    fn resolve(&mut self, rows: &mut MemoryJournal) -> Result<(), JournalError> {
        let Some(commit) = self.limbo.take() else {
            return Ok(());
        };
        let journal = self.journal();
        match &commit {
            Commit::Sale(at, after, entries) => {
                let sale = after.sale.id;
                let kept = journal.history(sale)?;
                let known = rows.history(sale).len();
                if kept.len() == known {
                    return Ok(());
                }
                if !kept.iter().skip(known).map(|written| &written.entry).eq(entries) {
                    return Err(JournalError::Damaged("half of a commit is there".to_owned()));
                }
                rows.append(*at, after, entries)
            }
            Commit::Books(at, after, entries) => {
                if journal.books()? == *after {
                    rows.append_books(*at, after, entries)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Everything that was acknowledged is there, and nothing else.
    fn compare(&mut self, rows: &mut MemoryJournal) -> Result<(), JournalError> {
        let sales = self.sales.clone();
        let journal = self.journal();
        journal.verify()?;
        if journal.is_behind() {
            return Err(JournalError::Damaged("the mark is ahead of the journal".to_owned()));
        }
        for sale in sales {
            let kept = journal.history(sale)?;
            if !kept.iter().map(|written| &written.entry).eq(rows.history(sale)) {
                return Err(JournalError::Damaged(format!("{sale} is not as it was acknowledged")));
            }
        }
        if journal.books()? == rows.books()? {
            Ok(())
        } else {
            Err(JournalError::Damaged("the books are not as they were acknowledged".to_owned()))
        }
    }
}

/// The journal on a disk that loses its power.
///
/// # Errors
/// As for [`SqliteJournal::open`].
pub fn open(disk: &Disk) -> Result<SqliteJournal, JournalError> {
    SqliteJournal::open_on(Path::new(&disk.path(NAME)), Box::new(OnDisk(disk.clone())), None)
}

/// The disk as the journal's own files lie on it, beside SQLite's.
#[derive(Debug)]
struct OnDisk(Disk);

/// The disk has one folder.
fn name(path: &Path) -> io::Result<String> {
    let name = PathBuf::from(path).file_name().map(|name| name.to_string_lossy().into_owned());
    name.ok_or_else(|| io::ErrorKind::NotFound.into())
}

impl Shelf for OnDisk {
    fn vfs(&self) -> Option<&'static str> {
        Some(Disk::vfs())
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.read(&name(path)?))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        Ok(self.read(path)?.map(|bytes| bytes.len() as u64))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.0.replace(&name(path)?, bytes)
    }

    fn name(&self, written: &Path, path: &Path) -> io::Result<()> {
        self.0.name(&name(written)?, &name(path)?)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.remove(&name(path)?)
    }

    fn keep_private(&self, path: &Path) -> io::Result<()> {
        self.0.touch(&name(path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use till::books::Books;

    fn entry(until: i64) -> (Books, BookEntry) {
        let mut books = Books::default();
        let entry = BookEntry::Swept { account: "acct_1".to_owned(), until };
        books.apply(&entry);
        (books, entry)
    }

    /// The `until` of the newest entry, 0 if there is none.
    fn last(journal: &mut SqliteJournal) -> i64 {
        let before = |books: &Books| books.sweep_from("acct_1");
        let (none, first) = (0, before(&entry(0).0).unwrap_or(0));
        let books = journal.books().unwrap_or_else(|error| panic!("{error}"));
        before(&books).map_or(none, |from| from - first)
    }

    #[test]
    fn a_full_disk_says_so_loses_nothing_and_goes_on_once_there_is_room() {
        let disk = Disk::new(1);
        let mut journal = open(&disk).unwrap_or_else(|error| panic!("{error}"));
        let (mut written, mut refused) = (0, 0);
        for round in 0..40 {
            let full = round % 2 == 1;
            disk.arrange(full.then_some((Trouble::Full, round % 7)));
            let (books, entry) = entry(written + 1);
            match journal.append_books(1, &books, &[entry]) {
                Ok(()) => written += 1,
                Err(JournalError::Full) if full => refused += 1,
                Err(other) => panic!("{other}"),
            }
            assert_eq!(last(&mut journal), written);
        }
        assert!(refused > 10, "{refused}");
        drop(journal);
        disk.start_after_cut();
        let mut journal = open(&disk).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(journal.verify().unwrap_or(-1), written);
        assert_eq!(last(&mut journal), written);
    }

    #[test]
    fn a_start_on_a_full_disk_says_so_whatever_it_was_about_to_write() {
        let mut refused = 0;
        for writes in 0..60 {
            let disk = Disk::new(7);
            disk.arrange(Some((Trouble::Full, writes)));
            match open(&disk) {
                Ok(_) => break,
                Err(JournalError::Full) => refused += 1,
                Err(other) => panic!("after {writes} writes: {other}"),
            }
        }
        assert!(refused > 5, "{refused}");
    }
}

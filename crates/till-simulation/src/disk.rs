//! The journal of the simulated till: the one for proofs, with a disk under it that has accidents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use till::books::{BookEntry, Books};
use till::entry::{CallRecord, Entry};
use till::journal::{Journal, JournalError, MemoryJournal, SqliteJournal};
use till::payment::Payment;
use till::refund::RefundFact;
use till::sale::SaleId;

use crate::powered::{Commit, Powered};
use crate::reading::Reading;
use crate::subject::Accident;

/// Facts in memory, and in a file too if there is one: then the file is what is read.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    rows: MemoryJournal,
    file: Option<SqliteJournal>,
    /// A file on a disk that loses its power.
    powered: Option<Powered>,
    pub(crate) arranged: Option<Accident>,
    /// Commits so far, and accidents that wait for one of them by its number, counted from 1.
    pub(crate) commits: u32,
    pub(crate) script: Vec<(u32, Accident)>,
    pub(crate) happened: Option<Accident>,
    /// A copy that somebody made, with what the watcher had read by then.
    copy: Option<(MemoryJournal, BTreeMap<SaleId, Reading>)>,
    /// The copy was put back, and the till has not taken note of it yet.
    behind: bool,
    /// What the till wrote down of the fences around what a copy did not know.
    fences: Vec<CallRecord>,
}

impl Disk {
    pub(crate) fn history(&self, sale: SaleId) -> &[Entry] {
        self.rows.history(sale)
    }

    /// Keeps a file from now on.
    pub(crate) fn keep_in(&mut self, path: &Path) -> Result<(), JournalError> {
        self.file = Some(SqliteJournal::open(path)?);
        Ok(())
    }

    /// Keeps a file on a disk that loses its power, from now on.
    pub(crate) fn lie_on(&mut self, disk: power_cut::Disk) -> Result<(), JournalError> {
        self.powered = Some(Powered::new(disk)?);
        Ok(())
    }

    /// Writes, unless the disk has an accident just now.
    fn commit(
        &mut self,
        write: impl Fn(&mut dyn Journal) -> Result<(), JournalError>,
        keep: impl Fn() -> Commit,
    ) -> Result<(), JournalError> {
        self.commits += 1;
        let scripted = self.script.iter().find(|(number, _)| *number == self.commits).map(|(_, accident)| *accident);
        let accident = self.arranged.take().or(scripted);
        if let Some(powered) = &mut self.powered {
            let (done, happened) = powered.commit(accident, &write, keep);
            self.happened = happened.or(self.happened);
            return done.and_then(|()| write(&mut self.rows));
        }
        self.happened = accident.or(self.happened);
        if !matches!(accident, Some(Accident::CrashBefore | Accident::NotWritten)) {
            write(&mut self.rows)?;
            if let Some(file) = &mut self.file {
                write(file)?;
            }
        }
        match accident {
            None | Some(Accident::CrashAfter) => Ok(()),
            Some(_) => Err(JournalError::Unwritable("the disk had an accident".to_owned())),
        }
    }

    /// The process has died: its file is closed as it is, and the next one opens it.
    pub(crate) fn reopen(&mut self) -> Result<(), JournalError> {
        if let Some(powered) = &mut self.powered {
            return powered.reopen(&mut self.rows);
        }
        let Some(path) = self.file.take().map(|file| file.path().to_owned()) else {
            return Ok(());
        };
        self.keep_in(&path)
    }

    /// The file that is read, if there is one.
    fn file(&mut self) -> Option<&mut SqliteJournal> {
        self.powered.as_mut().map(Powered::journal).or(self.file.as_mut())
    }

    /// What is read.
    fn reader(&mut self) -> &mut dyn Journal {
        match self.powered.as_mut().map(Powered::journal).or(self.file.as_mut()) {
            Some(file) => file,
            None => &mut self.rows,
        }
    }

    /// Whether the file, if there is one, holds the very same facts.
    pub(crate) fn is_same_on_file(&mut self, sale: SaleId) -> Result<bool, JournalError> {
        let Some(file) = self.file() else {
            return Ok(true);
        };
        file.verify()?;
        let kept = file.history(sale)?;
        Ok(kept.iter().map(|written| &written.entry).eq(self.rows.history(sale)))
    }

    /// Somebody copies the journal, with its file if there is one; not the one on a disk that loses its power.
    pub(crate) fn back_up(&mut self, read: BTreeMap<SaleId, Reading>) -> bool {
        if self.powered.is_some() || self.copy.is_some() {
            return false;
        }
        if let Some(file) = &self.file {
            exchange(file.path(), "", ".copy");
        }
        self.copy = Some((self.rows.clone(), read));
        true
    }

    /// The copy takes the journal's place; `with_mark`: and the mark that would tell of it is as old.
    pub(crate) fn put_back(&mut self, with_mark: bool) -> Option<BTreeMap<SaleId, Reading>> {
        let (rows, read) = self.copy.take()?;
        (self.rows, self.behind) = (rows, !with_mark);
        if let Some(path) = self.file.take().map(|file| file.path().to_owned()) {
            exchange(&path, ".copy", "");
            if with_mark {
                let _ = std::fs::remove_file(path.with_extension("mark"));
            }
            self.keep_in(&path).unwrap_or_else(|error| panic!("I10: {error}"));
        }
        Some(read)
    }

    /// The record of the call that this key belongs to.
    pub(crate) fn call(&self, sale: SaleId, key: &str) -> Option<&CallRecord> {
        self.history(sale).iter().rev().filter_map(call_of).find(|call| call.key == key)
    }

    /// The same for a fence that belongs to no payment of the journal.
    pub(crate) fn fence(&self, key: &str) -> Option<&CallRecord> {
        self.fences.iter().rev().find(|call| call.key == key)
    }
}

/// Copies a journal's file and its log; what there is none of, the copy has none of either.
fn exchange(path: &Path, from: &str, to: &str) {
    for part in ["", "-wal"] {
        let named = |more: &str| PathBuf::from(format!("{}{more}{part}", path.display()));
        if std::fs::copy(named(from), named(to)).is_err() {
            let _ = std::fs::remove_file(named(to));
        }
    }
}

fn call_of(entry: &Entry) -> Option<&CallRecord> {
    match entry {
        Entry::GenerationBegun { call, .. }
        | Entry::CreateRetried { call, .. }
        | Entry::AttemptBegun { call, .. }
        | Entry::FinishBegun { call }
        | Entry::CancelBegun { call, .. }
        | Entry::CaptureBegun { call, .. }
        | Entry::Refund { what: RefundFact::Begun { call, .. }, .. } => Some(call),
        _ => None,
    }
}

impl Journal for Disk {
    fn append(&mut self, at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        let keep = || Commit::Sale(at, Box::new(after.clone()), entries.to_vec());
        self.commit(|journal| journal.append(at, after, entries), keep)
    }

    fn append_books(&mut self, at: i64, after: &Books, entries: &[BookEntry]) -> Result<(), JournalError> {
        let keep = || Commit::Books(at, after.clone(), entries.to_vec());
        self.commit(|journal| journal.append_books(at, after, entries), keep)?;
        self.behind &= !entries.contains(&BookEntry::Restored);
        self.fences.extend(entries.iter().filter_map(|entry| match entry {
            BookEntry::FenceBegun { call, .. } => Some(call.clone()),
            _ => None,
        }));
        Ok(())
    }

    fn is_behind(&self) -> bool {
        self.behind
    }

    fn books(&mut self) -> Result<Books, JournalError> {
        self.reader().books()
    }

    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError> {
        self.reader().open_payments()
    }

    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError> {
        self.reader().payment(sale)
    }

    fn last_number(&mut self) -> Result<u32, JournalError> {
        self.reader().last_number()
    }
}

//! The journal of the simulated till: the one for proofs, with a disk under it that has accidents.

use till::entry::{CallRecord, Entry};
use till::journal::{Journal, JournalError, MemoryJournal};
use till::payment::Payment;
use till::sale::SaleId;

use crate::subject::Accident;

#[derive(Debug, Default)]
pub(crate) struct Disk {
    rows: MemoryJournal,
    pub(crate) arranged: Option<Accident>,
    /// Commits so far, and accidents that wait for one of them by its number, counted from 1.
    pub(crate) commits: u32,
    pub(crate) script: Vec<(u32, Accident)>,
    pub(crate) happened: Option<Accident>,
}

impl Disk {
    pub(crate) fn history(&self, sale: SaleId) -> &[Entry] {
        self.rows.history(sale)
    }

    /// The record of the call that this key belongs to.
    pub(crate) fn call(&self, sale: SaleId, key: &str) -> Option<&CallRecord> {
        self.history(sale).iter().rev().filter_map(call_of).find(|call| call.key == key)
    }
}

fn call_of(entry: &Entry) -> Option<&CallRecord> {
    match entry {
        Entry::GenerationBegun { call, .. }
        | Entry::CreateRetried { call, .. }
        | Entry::AttemptBegun { call, .. }
        | Entry::FinishBegun { call }
        | Entry::CancelBegun { call, .. }
        | Entry::CaptureBegun { call, .. } => Some(call),
        _ => None,
    }
}

impl Journal for Disk {
    fn append(&mut self, at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        self.commits += 1;
        let scripted = self.script.iter().find(|(number, _)| *number == self.commits).map(|(_, accident)| *accident);
        let accident = self.arranged.take().or(scripted);
        self.happened = accident.or(self.happened);
        if !matches!(accident, Some(Accident::CrashBefore | Accident::NotWritten)) {
            self.rows.append(at, after, entries)?;
        }
        match accident {
            None | Some(Accident::CrashAfter) => Ok(()),
            Some(_) => Err(JournalError::Unwritable("the disk had an accident".to_owned())),
        }
    }

    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError> {
        self.rows.open_payments()
    }

    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError> {
        self.rows.payment(sale)
    }

    fn last_number(&mut self) -> Result<u32, JournalError> {
        self.rows.last_number()
    }
}

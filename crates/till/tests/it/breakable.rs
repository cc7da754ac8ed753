//! A journal that cannot be written, or is an older copy of itself.

use till::books::{BookEntry, Books};
use till::entry::Entry;
use till::journal::{Journal, JournalError, MemoryJournal};
use till::payment::Payment;
use till::sale::SaleId;

/// A journal on a disk that may fill up.
#[derive(Debug, Default)]
pub struct Breakable {
    pub kept: MemoryJournal,
    pub full: bool,
    pub behind: bool,
}

impl Journal for Breakable {
    fn append(&mut self, at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        if self.full {
            return Err(JournalError::Unwritable("the disk is full".to_owned()));
        }
        self.kept.append(at, after, entries)
    }

    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError> {
        self.kept.open_payments()
    }

    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError> {
        self.kept.payment(sale)
    }

    fn last_number(&mut self) -> Result<u32, JournalError> {
        self.kept.last_number()
    }

    fn append_books(&mut self, at: i64, after: &Books, entries: &[BookEntry]) -> Result<(), JournalError> {
        if self.full {
            return Err(JournalError::Unwritable("the disk is full".to_owned()));
        }
        self.kept.append_books(at, after, entries)
    }

    fn books(&mut self) -> Result<Books, JournalError> {
        self.kept.books()
    }

    fn is_behind(&self) -> bool {
        self.behind
    }
}

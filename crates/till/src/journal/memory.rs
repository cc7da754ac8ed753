//! A journal in memory, for proofs that run many thousand histories a second.

use super::{Journal, JournalError};
use crate::books::{BookEntry, Books};
use crate::entry::Entry;
use crate::payment::Payment;
use crate::sale::SaleId;
use std::collections::BTreeMap;

/// Durable as long as it is not dropped: a simulated crash drops everything else.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    histories: BTreeMap<SaleId, Vec<Entry>>,
    order: Vec<SaleId>,
    books: Books,
}

impl MemoryJournal {
    /// A sale's facts so far.
    pub fn history(&self, sale: SaleId) -> &[Entry] {
        self.histories.get(&sale).map_or(&[], Vec::as_slice)
    }

    /// An older copy: without some sales, and with only the first facts of others.
    #[must_use]
    pub fn copy_without(&self, forgotten: &[SaleId], older: &[(SaleId, usize)]) -> Self {
        let mut copy = Self { histories: self.histories.clone(), order: self.order.clone(), books: self.books.clone() };
        copy.order.retain(|sale| !forgotten.contains(sale));
        copy.histories.retain(|sale, _| !forgotten.contains(sale));
        for (sale, facts) in older {
            copy.histories.entry(*sale).and_modify(|history| history.truncate(*facts));
        }
        copy
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, _at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        let history = self.histories.entry(after.sale.id).or_insert_with(|| {
            self.order.push(after.sale.id);
            Vec::new()
        });
        history.extend_from_slice(entries);
        Ok(())
    }

    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError> {
        let payments = self.order.iter().map(|sale| Payment::fold(self.history(*sale)));
        payments.filter(|payment| payment.as_ref().map_or(true, Payment::is_open)).map(|p| Ok(p?)).collect()
    }

    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError> {
        let Some(history) = self.histories.get(&sale) else {
            return Ok(None);
        };
        Ok(Some(Payment::fold(history)?))
    }

    fn last_number(&mut self) -> Result<u32, JournalError> {
        Ok(self.order.len().try_into().unwrap_or(u32::MAX))
    }

    fn append_books(&mut self, _at: i64, after: &Books, _entries: &[BookEntry]) -> Result<(), JournalError> {
        self.books.clone_from(after);
        Ok(())
    }

    fn books(&mut self) -> Result<Books, JournalError> {
        Ok(self.books.clone())
    }
}

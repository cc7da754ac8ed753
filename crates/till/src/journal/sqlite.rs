//! The journal as one SQLite file: one connection, one thread, one till.

use super::mark::{Mark, Marks};
use super::projections::{self, Sum};
use super::rows::{self, NO_SALE, trouble};
use super::shelf::Shelf;
use super::verify::Checked;
use super::{Journal, JournalError, Written};
use crate::books::{BookEntry, Books};
use crate::entry::Entry;
use crate::money::Currency;
use crate::payment::Payment;
use crate::sale::SaleId;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// An open journal. Dropping it closes the file.
#[derive(Debug)]
pub struct SqliteJournal {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
    pub(super) shelf: Box<dyn Shelf>,
    pub(super) sum: Sum,
    /// Less is here than the mark beside it says was durable.
    pub(super) is_behind: bool,
    pub(super) checked: Checked,
    pub(super) marks: Marks,
    /// The entry that the marks name.
    pub(super) marked: i64,
    /// The identity of the file that was opened.
    pub(super) identity: Option<(u64, u64)>,
    /// It was opened to be looked at: nothing on the disk is changed, not even a mark.
    pub(super) is_looked_at: bool,
}

/// Which payments to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Every word must occur in amount, last four, note, number or reference.
    pub search: String,
    /// Only sales with a smaller number.
    pub before: Option<u32>,
    /// At most this many.
    pub limit: u32,
}

impl SqliteJournal {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, JournalError> {
        read(&self.db).map_err(|error| trouble(&self.db, &error))
    }

    /// A sale's facts, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn history(&mut self, sale: SaleId) -> Result<Vec<Written>, JournalError> {
        rows::history(&self.db, &sale.to_string())
    }

    /// Payments, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn payments(&mut self, filter: &Filter) -> Result<Vec<Payment>, JournalError> {
        let words: Vec<String> = filter.search.split_whitespace().map(str::to_lowercase).collect();
        let conditions = "AND instr(search, ?) > 0 ".repeat(words.len());
        let sql = format!("SELECT sale FROM payment WHERE number < ? {conditions}ORDER BY number DESC LIMIT ?");
        let before = filter.before.map_or(i64::MAX, i64::from);
        let sales: Vec<String> = self.read(|db| {
            let mut statement = db.prepare_cached(&sql)?;
            let words = words.iter().map(|word| word as &dyn rusqlite::ToSql);
            let first: [&dyn rusqlite::ToSql; 1] = [&before];
            let last: [&dyn rusqlite::ToSql; 1] = [&filter.limit];
            let all: Vec<_> = first.into_iter().chain(words).chain(last).collect();
            statement.query_map(&*all, |row| row.get(0))?.collect()
        })?;
        sales.iter().map(|sale| self.listed(sale)).collect()
    }

    /// The largest amount that a bank ever approved here in a currency, in minor units; 0 where there is none.
    ///
    /// The amount stands second in the line that is searched. No index has it, so this goes through all those lines: whoever
    /// wants to know more often than once a run remembers the answer.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn largest_paid(&mut self, currency: Currency) -> Result<i64, JournalError> {
        const LARGEST_FIRST: &str = "SELECT sale FROM payment ORDER BY CAST(substr(search, instr(search, ' ') + 1) AS INTEGER) DESC, number DESC";
        let mut statement = self.db.prepare_cached(LARGEST_FIRST).map_err(|error| trouble(&self.db, &error))?;
        let mut rows = statement.query([]).map_err(|error| trouble(&self.db, &error))?;
        while let Some(row) = rows.next().map_err(|error| trouble(&self.db, &error))? {
            let sale: String = row.get(0).map_err(|error| trouble(&self.db, &error))?;
            let payment = self.listed(&sale)?;
            if payment.sale.total.currency == currency && payment.charge.is_some() {
                return Ok(payment.sale.total.minor);
            }
        }
        Ok(0)
    }

    pub(super) fn stored_books(&self) -> Result<Books, JournalError> {
        if self.sum.books.is_empty() { Ok(Books::default()) } else { rows::decode(&self.sum.books) }
    }

    /// Whole histories in one commit, as when many old sales are brought in.
    ///
    /// # Errors
    /// A history that cannot be, or as for [`Journal::append`].
    pub fn append_histories(&mut self, at: i64, histories: &[Vec<Entry>]) -> Result<(), JournalError> {
        let payments: Vec<Payment> = histories.iter().map(Payment::fold).collect::<Result<_, _>>()?;
        self.commit(|db, sum| {
            let all = payments.iter().zip(histories);
            all.into_iter().try_for_each(|(after, entries)| add(db, sum, at, after, entries))
        })
    }

    /// A payment that the table has.
    fn listed(&self, sale: &str) -> Result<Payment, JournalError> {
        let payment = projections::payment(&self.db, sale)?;
        payment.ok_or_else(|| JournalError::Damaged(format!("{sale} has no entries")))
    }

    /// One commit: `write` adds entries and what they change, and the seal ends it. Nothing of it is remembered here
    /// before all of it is durable.
    fn commit(
        &mut self,
        write: impl FnOnce(&Connection, &mut Sum) -> rusqlite::Result<()>,
    ) -> Result<(), JournalError> {
        if let Some(damage) = &self.checked.damage {
            return Err(JournalError::Damaged(damage.clone()));
        }
        self.check_place()?;
        let mut sum = self.sum.clone();
        let committed = self.db.unchecked_transaction().and_then(|transaction| {
            write(&transaction, &mut sum)?;
            sum.put_seal(&transaction)?;
            transaction.commit()
        });
        committed.map_err(|error| trouble(&self.db, &error))?;
        self.sum = sum;
        Ok(())
    }

    /// Leaves the marks, unless those that lie there know of more. They may lag behind, never run ahead: what they name is
    /// durable.
    pub(super) fn leave_marks(&mut self) -> Result<(), JournalError> {
        if self.is_behind || self.is_looked_at || self.checked.damage.is_some() {
            return Ok(());
        }
        let (seq, hash) = self.sum.end;
        self.marks
            .leave(&*self.shelf, Mark { seq, hash })
            .map_err(|(path, error)| super::open::refused(&path, error))?;
        self.marked = seq;
        Ok(())
    }

    /// Says whether the marks lag behind the journal.
    pub fn is_mark_due(&self) -> bool {
        self.marked < self.sum.end.0 && !self.is_behind
    }

    /// Brings the marks up to the journal, so that they are there however the process ends. Without them the next start
    /// knows a little less about restored backups, and nothing else.
    pub fn mark(&mut self) {
        if self.leave_marks().is_err() {
            self.marked = self.sum.end.0;
        }
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        self.mark();
    }
}

fn add(db: &Connection, sum: &mut Sum, at: i64, after: &Payment, entries: &[Entry]) -> rusqlite::Result<()> {
    let sale = after.sale.id.to_string();
    for entry in entries {
        sum.end = rows::add(db, sum.end, at, &sale, (entry.kind().name(), &rows::encode(entry)?))?;
    }
    sum.put(db, after, entries.len())
}

impl Journal for SqliteJournal {
    fn append(&mut self, at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        self.commit(|db, sum| add(db, sum, at, after, entries))
    }

    fn append_books(&mut self, at: i64, after: &Books, entries: &[BookEntry]) -> Result<(), JournalError> {
        self.commit(|db, sum| {
            for entry in entries {
                sum.end = rows::add(db, sum.end, at, NO_SALE, (entry.name(), &rows::encode(entry)?))?;
            }
            sum.put_books(db, after)
        })?;
        if entries.contains(&BookEntry::Restored) {
            // From now on the journal itself says it.
            self.is_behind = false;
            self.leave_marks()?;
        }
        Ok(())
    }

    fn books(&mut self) -> Result<Books, JournalError> {
        self.stored_books()
    }

    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError> {
        self.sum.open.values().map(|(sale, _)| self.listed(sale)).collect()
    }

    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError> {
        projections::payment(&self.db, &sale.to_string())
    }

    fn last_number(&mut self) -> Result<u32, JournalError> {
        Ok(self.sum.number)
    }

    fn is_behind(&self) -> bool {
        self.is_behind
    }

    fn check_place(&self) -> Result<(), JournalError> {
        if self.identity.is_some() && self.shelf.identity(&self.path).ok() != Some(self.identity) {
            return Err(JournalError::Exchanged(self.path.clone()));
        }
        Ok(())
    }
}

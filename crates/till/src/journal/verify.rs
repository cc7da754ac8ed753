//! Every entry and everything made of them, checked: at once when somebody asks, and in small pieces while a till runs.

use super::chain::{Hash, ROOT};
use super::rows::{self, trouble};
use super::sqlite::SqliteJournal;
use super::{JournalError, hex, projections};
use crate::sale::SaleId;
use rusqlite::Connection;
use std::io::{self, Write};

/// How many entries and payments one piece checks: a millisecond or two.
const PIECE: i64 = 200;

/// How far a running till has checked its journal since it started.
#[derive(Debug, Default)]
pub(super) struct Checked {
    seq: i64,
    hash: Hash,
    number: u32,
    /// What was found. Nothing is written any more then.
    pub(super) damage: Option<String>,
}

/// SQLite's own whole check. The quick one misses an index that hides a row.
pub(super) fn pages(db: &Connection) -> Result<(), JournalError> {
    let word: String =
        db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|error| trouble(db, &error))?;
    if word == "ok" { Ok(()) } else { Err(JournalError::Damaged(word)) }
}

impl SqliteJournal {
    /// Checks every page, every entry, and that every payment is what its entries add up to. Returns how many entries
    /// there are.
    ///
    /// # Errors
    /// [`JournalError::Damaged`], naming the first entry or sale that is wrong.
    pub fn verify(&mut self) -> Result<i64, JournalError> {
        pages(&self.db)?;
        let end = rows::walk(&self.db, 0, Some(ROOT), i64::MAX)?;
        if end != self.sum.end {
            return Err(JournalError::Damaged("entries are missing".to_owned()));
        }
        let sales = rows::sales(&self.db)?;
        for sale in &sales {
            SaleId::parse(sale).ok_or_else(|| JournalError::Damaged(format!("{sale} is not a sale")))?;
            self.check_sale(sale)?;
        }
        let listed: i64 = self
            .db
            .query_row("SELECT count(*) FROM payment", [], |row| row.get(0))
            .map_err(|error| trouble(&self.db, &error))?;
        if usize::try_from(listed).ok() != Some(sales.len()) {
            return Err(JournalError::Damaged("a payment has no entries".to_owned()));
        }
        self.check_books()?;
        Ok(end.0)
    }

    fn check_sale(&self, sale: &str) -> Result<(), JournalError> {
        let payment = projections::payment(&self.db, sale)?;
        let payment = payment.ok_or_else(|| JournalError::Damaged(format!("{sale} has no entries")))?;
        if projections::lists(&self.db, &payment)? { Ok(()) } else { Err(projections::differs(&payment)) }
    }

    fn check_books(&self) -> Result<(), JournalError> {
        let folded = projections::books(&rows::book_entries(&self.db)?);
        // As values: a field that the program has learnt since is not a difference.
        if self.stored_books()? == folded {
            return Ok(());
        }
        Err(JournalError::Damaged("the books are not what their entries say".to_owned()))
    }

    /// Checks a little more of the journal while there is nothing else to do. False once all of it was checked.
    ///
    /// # Errors
    /// [`JournalError::Damaged`]. Nothing is written to the journal after that.
    pub fn check_on(&mut self) -> Result<bool, JournalError> {
        if self.checked.damage.is_some() {
            return Ok(false);
        }
        let checked = self.check_piece();
        if let Err(JournalError::Damaged(damage)) = &checked {
            self.checked.damage = Some(damage.clone());
        }
        checked
    }

    /// What was found to be wrong since the start, if anything.
    pub fn damage(&self) -> Option<&str> {
        self.checked.damage.as_deref()
    }

    fn check_piece(&mut self) -> Result<bool, JournalError> {
        if self.checked.seq < self.sum.end.0 {
            let hash = if self.checked.seq == 0 { ROOT } else { self.checked.hash };
            let (seq, hash) = rows::walk(&self.db, self.checked.seq, Some(hash), PIECE)?;
            if seq == self.checked.seq {
                return Err(JournalError::Damaged(format!("the entries after {seq} are missing")));
            }
            (self.checked.seq, self.checked.hash) = (seq, hash);
            return Ok(true);
        }
        let next: Vec<(u32, String)> = self
            .db
            .prepare_cached("SELECT number, sale FROM payment WHERE number > ?1 ORDER BY number LIMIT ?2")
            .and_then(|mut statement| {
                let rows = statement
                    .query_map([i64::from(self.checked.number), PIECE / 4], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect()
            })
            .map_err(|error| trouble(&self.db, &error))?;
        for (number, sale) in &next {
            self.check_sale(sale)?;
            self.checked.number = *number;
        }
        Ok(!next.is_empty())
    }

    /// Writes every entry as a line of JSON, in order, with its place in the chain. Each line goes out whole.
    ///
    /// # Errors
    /// When the journal cannot be read, or `out` does not take it.
    pub fn export(&self, out: &mut impl Write) -> Result<(), JournalError> {
        let mut unwritten = None;
        let read = (|| {
            let mut statement =
                self.db.prepare("SELECT seq, at, sale, body, prev_hash, hash FROM entry ORDER BY seq")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (seq, at): (i64, i64) = (row.get(0)?, row.get(1)?);
                let (sale, body): (String, String) = (row.get(2)?, row.get(3)?);
                let (previous, hash): (Hash, Hash) = (row.get(4)?, row.get(5)?);
                let (previous, hash) = (hex::write(&previous), hex::write(&hash));
                // The body is JSON already, and the other texts hold nothing that JSON would escape.
                let line = format!(
                    r#"{{"seq":{seq},"at":{at},"sale":"{sale}","entry":{body},"previous":"{previous}","hash":"{hash}"}}"#
                );
                if let Err(error) = out.write_all(format!("{line}\n").as_bytes()) {
                    unwritten = Some(error);
                    break;
                }
            }
            Ok(())
        })();
        read.map_err(|error| trouble(&self.db, &error))?;
        unwritten.or_else(|| out.flush().err()).map_or(Ok(()), |error: io::Error| Err(error.into()))
    }
}

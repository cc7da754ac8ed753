//! What screens read, made of the entries and written with them; and the seal that tells a start whether it still is
//! what was written.
//!
//! The seal covers where the chain ends, the highest number, every open payment and the books. A start reads those
//! anyway, so that it need not read the whole file to know that none of them is hidden or invented.

use super::JournalError;
use super::chain::Hash;
use super::rows::{self, End, trouble};
use crate::books::Books;
use crate::payment::Payment;
use crate::sale::SaleId;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the projections add up to: as much of them as every commit and every start needs.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    pub(super) end: End,
    /// The highest sale number.
    pub(super) number: u32,
    /// Open payments by number, with how many facts each has.
    pub(super) open: BTreeMap<u32, (String, i64)>,
    /// The books, as their row has them.
    pub(super) books: Arc<str>,
}

impl Sum {
    pub(super) fn of_nothing() -> Self {
        Self { end: (0, super::chain::ROOT), number: 0, open: BTreeMap::new(), books: Arc::from("") }
    }

    fn seal(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(self.end.0.to_be_bytes());
        hasher.update(self.end.1);
        hasher.update(self.number.to_be_bytes());
        for (number, (sale, facts)) in &self.open {
            hasher.update(number.to_be_bytes());
            hasher.update(sale);
            hasher.update(facts.to_be_bytes());
        }
        hasher.update(&*self.books);
        hasher.finalize().into()
    }

    /// Writes a payment that has got so many facts more.
    pub(super) fn put(&mut self, db: &Connection, payment: &Payment, more: usize) -> rusqlite::Result<()> {
        let number = payment.sale.number;
        let sale = payment.sale.id.to_string();
        let facts = db
            .prepare_cached(
                "INSERT INTO payment (number, sale, open, facts, search) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (sale) DO UPDATE
                 SET open = excluded.open, facts = facts + excluded.facts, search = excluded.search RETURNING facts",
            )?
            .query_row(
                params![number, sale, payment.is_open(), i64::try_from(more).unwrap_or(0), search_text(payment)],
                |row| row.get(0),
            )?;
        self.number = self.number.max(number);
        if payment.is_open() {
            self.open.insert(number, (sale, facts));
        } else {
            self.open.remove(&number);
        }
        Ok(())
    }

    pub(super) fn put_books(&mut self, db: &Connection, books: &Books) -> rusqlite::Result<()> {
        self.books = rows::encode(books)?.into();
        db.prepare_cached("INSERT OR REPLACE INTO books (id, state) VALUES (1, ?)")?.execute([&*self.books])?;
        Ok(())
    }

    /// Puts the seal on. The last thing in a commit.
    pub(super) fn put_seal(&self, db: &Connection) -> rusqlite::Result<()> {
        db.prepare_cached("INSERT OR REPLACE INTO seal (id, hash) VALUES (1, ?)")?.execute([self.seal()])?;
        Ok(())
    }

    /// Reads what the file says, and whether it is what was sealed.
    pub(super) fn read(db: &Connection, end: End) -> Result<Self, JournalError> {
        let read = || -> rusqlite::Result<(Self, Option<Hash>)> {
            let number = db.query_row("SELECT coalesce(max(number), 0) FROM payment", [], |row| row.get(0))?;
            let mut open = BTreeMap::new();
            let mut statement = db.prepare("SELECT number, sale, facts FROM payment WHERE open = 1")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                open.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
            }
            let books: Option<String> = db.query_row("SELECT state FROM books", [], |row| row.get(0)).optional()?;
            let seal = db.query_row("SELECT hash FROM seal", [], |row| row.get(0)).optional()?;
            Ok((Self { end, number, open, books: books.unwrap_or_default().into() }, seal))
        };
        let (sum, seal) = read().map_err(|error| trouble(db, &error))?;
        let is_new = end.0 == 0 && sum.number == 0 && seal.is_none();
        if is_new || seal == Some(sum.seal()) {
            return Ok(sum);
        }
        Err(JournalError::Damaged("what is open is not what was written last".to_owned()))
    }
}

/// One payment, from its entries. They must be as many as were counted.
pub(super) fn payment(db: &Connection, sale: &str) -> Result<Option<Payment>, JournalError> {
    let counted: Option<i64> = db
        .prepare_cached("SELECT facts FROM payment WHERE sale = ?1")
        .and_then(|mut statement| statement.query_row([sale], |row| row.get(0)).optional())
        .map_err(|error| trouble(db, &error))?;
    let history = rows::history(db, sale)?;
    if i64::try_from(history.len()).ok() != Some(counted.unwrap_or(0)) {
        return Err(JournalError::Damaged(format!("entries of {sale} are missing")));
    }
    if history.is_empty() {
        return Ok(None);
    }
    let payment = Payment::fold(history.iter().map(|written| &written.entry))?;
    if payment.sale.id.to_string() == sale { Ok(Some(payment)) } else { Err(differs(&payment)) }
}

/// That a payment's row is not what its entries say.
pub(super) fn differs(payment: &Payment) -> JournalError {
    JournalError::Damaged(format!("sale {} is not what its entries say", payment.sale.name()))
}

/// Whether the row is what the payment is.
pub(super) fn lists(db: &Connection, payment: &Payment) -> Result<bool, JournalError> {
    let row = db
        .prepare_cached("SELECT number, open, search FROM payment WHERE sale = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([payment.sale.id.to_string()], |row| {
                    Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?, row.get::<_, String>(2)?))
                })
                .optional()
        })
        .map_err(|error| trouble(db, &error))?;
    Ok(row == Some((payment.sale.number, payment.is_open(), search_text(payment))))
}

/// Makes all of it again from the entries, inside the caller's transaction.
pub(super) fn rebuild(db: &Connection) -> Result<Sum, JournalError> {
    let write = |done: rusqlite::Result<()>| done.map_err(|error| trouble(db, &error));
    write(db.execute_batch("DELETE FROM payment; DELETE FROM books; DELETE FROM seal;"))?;
    let mut sum = Sum { end: rows::newest(db)?, ..Sum::of_nothing() };
    for sale in rows::sales(db)? {
        if SaleId::parse(&sale).is_none() {
            return Err(JournalError::Damaged(format!("{sale} is not a sale")));
        }
        let history = rows::history(db, &sale)?;
        let payment = Payment::fold(history.iter().map(|written| &written.entry))?;
        write(sum.put(db, &payment, history.len()))?;
    }
    let entries = rows::book_entries(db)?;
    if !entries.is_empty() {
        write(sum.put_books(db, &books(&entries)))?;
    }
    write(sum.put_seal(db))?;
    Ok(sum)
}

pub(super) fn books(entries: &[crate::books::BookEntry]) -> Books {
    entries.iter().fold(Books::default(), |mut books, entry| {
        books.apply(entry);
        books
    })
}

/// What a cashier may remember of a sale, in one line of lower case.
fn search_text(payment: &Payment) -> String {
    let sale = &payment.sale;
    let charge = payment.charge.as_ref();
    let card = charge.map(|charge| format!("{} {}", charge.card.brand, charge.card.last4)).unwrap_or_default();
    let codes = charge.and_then(|charge| charge.authorisation_code.as_deref()).unwrap_or_default();
    let intent = payment.intent.as_deref().unwrap_or_default();
    format!("{} {} {} {card} {} {intent} {codes}", sale.name(), sale.total.minor, sale.total, sale.note).to_lowercase()
}

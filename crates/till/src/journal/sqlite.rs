//! The journal as one SQLite file: one connection, one thread, one till.

use super::chain::{Hash, Link, ROOT};
use super::{Journal, JournalError, Written, schema};
use crate::books::{BookEntry, Books};
use crate::entry::Entry;
use crate::payment::Payment;
use crate::sale::SaleId;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, params};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many of the newest entries a start checks; `verify` checks all.
const TAIL: i64 = 1_000;
/// In the place of a sale's id, where a fact belongs to none.
const NO_SALE: &str = "";

/// An open journal. Dropping it closes the file.
#[derive(Debug)]
pub struct SqliteJournal {
    db: Connection,
    path: PathBuf,
    last: (i64, Hash),
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

/// What SQLite's words mean for a till.
pub(super) fn trouble(db: &Connection, error: &rusqlite::Error) -> JournalError {
    let path = || PathBuf::from(db.path().unwrap_or_default());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::InUse(path()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => JournalError::Damaged(error.to_string()),
        _ => JournalError::Unwritable(error.to_string()),
    }
}

impl SqliteJournal {
    /// Opens, or begins, the journal at `path`. Its folder must exist.
    ///
    /// # Errors
    /// When another till has it, when it is damaged or newer, or when this computer would not keep it safe.
    /// The file is then as it was.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        keep_private(path)?;
        let db = Connection::open(path).map_err(|error| JournalError::Unwritable(error.to_string()))?;
        // Another till holds the file for as long as it runs: waiting would be in vain.
        db.busy_timeout(Duration::ZERO).map_err(|error| trouble(&db, &error))?;
        schema::lock(&db)?;
        let is_new = schema::is_new(&db)?;
        schema::set_pragmas(&db)?;
        if is_new {
            schema::create(&db)?;
        }
        schema::add_books(&db)?;
        let mut journal = Self { db, path: path.to_owned(), last: (0, ROOT) };
        journal.check_pages()?;
        journal.last = journal.check_chain(TAIL)?;
        Ok(journal)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, JournalError> {
        read(&self.db).map_err(|error| trouble(&self.db, &error))
    }

    /// The whole check, not the quick one: that one misses an index that hides an open payment.
    fn check_pages(&self) -> Result<(), JournalError> {
        let word: String = self.read(|db| db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)))?;
        if word == "ok" { Ok(()) } else { Err(JournalError::Damaged(word)) }
    }

    /// Checks the hash chain over the newest `most` entries and returns where it ends.
    fn check_chain(&self, most: i64) -> Result<(i64, Hash), JournalError> {
        let newest: i64 =
            self.read(|db| db.query_row("SELECT coalesce(max(seq), 0) FROM entry", [], |row| row.get(0)))?;
        let mut expected: Option<(i64, Hash)> = (newest <= most).then_some((0, ROOT));
        self.read(|db| {
            let mut rows =
                db.prepare("SELECT seq, at, sale, kind, body, prev_hash, hash FROM entry WHERE seq > ?1 ORDER BY seq")?;
            let mut rows = rows.query([newest - most])?;
            let mut broken = None;
            while let Some(row) = rows.next()? {
                let link = Link {
                    seq: row.get(0)?,
                    at: row.get(1)?,
                    sale: row.get_ref(2)?.as_str()?,
                    kind: row.get_ref(3)?.as_str()?,
                    body: row.get_ref(4)?.as_str()?,
                };
                let (previous, hash): (Hash, Hash) = (row.get(5)?, row.get(6)?);
                let follows = expected.is_none_or(|last| last == (link.seq - 1, previous));
                if broken.is_none() && !(follows && link.hash(&previous) == hash) {
                    broken = Some(link.seq);
                }
                expected = Some((link.seq, hash));
            }
            Ok(broken)
        })?
        .map_or(Ok(()), |seq| {
            Err(JournalError::Damaged(format!("entry {seq} does not follow from the one before it")))
        })?;
        Ok(expected.unwrap_or((0, ROOT)))
    }

    /// Checks every entry and that every payment is what its entries add up to. Returns how many entries there are.
    ///
    /// # Errors
    /// [`JournalError::Damaged`], naming the first entry or sale that is wrong.
    pub fn verify(&mut self) -> Result<i64, JournalError> {
        let (last, _) = self.check_chain(i64::MAX)?;
        let sales: Vec<String> = self.read(|db| {
            db.prepare("SELECT DISTINCT sale FROM entry WHERE sale <> ''")?.query_map([], |row| row.get(0))?.collect()
        })?;
        for sale in sales {
            let id = SaleId::parse(&sale).ok_or_else(|| JournalError::Damaged(format!("{sale} is not a sale")))?;
            let history = self.history(id)?;
            let folded = Payment::fold(history.iter().map(|written| &written.entry))?;
            if !self.lists(&folded)? {
                return Err(JournalError::Damaged(format!("sale {} is not what its entries say", folded.sale.name())));
            }
        }
        let mut books = Books::default();
        self.book_entries()?.iter().for_each(|entry| books.apply(entry));
        if self.books()? != books {
            return Err(JournalError::Damaged("the books are not what their entries say".to_owned()));
        }
        Ok(last)
    }

    fn book_entries(&self) -> Result<Vec<BookEntry>, JournalError> {
        let bodies: Vec<String> = self.read(|db| {
            db.prepare("SELECT body FROM entry WHERE sale = '' ORDER BY seq")?
                .query_map([], |row| row.get(0))?
                .collect()
        })?;
        bodies.iter().map(|body| decode(body)).collect()
    }

    /// Every entry as a line of JSON, in order, with its place in the chain.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn export(&self) -> Result<String, JournalError> {
        self.read(|db| {
            let mut lines = String::new();
            let mut statement =
                db.prepare("SELECT seq, at, sale, body, hex(prev_hash), hex(hash) FROM entry ORDER BY seq")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (seq, at): (i64, i64) = (row.get(0)?, row.get(1)?);
                let text = |index| row.get::<_, String>(index);
                let (sale, body, previous, hash) = (text(2)?, text(3)?, text(4)?, text(5)?);
                // The body is JSON already, and the other texts hold nothing that JSON would escape.
                let _ = writeln!(
                    lines,
                    r#"{{"seq":{seq},"at":{at},"sale":"{sale}","entry":{body},"previous":"{previous}","hash":"{hash}"}}"#
                );
            }
            Ok(lines)
        })
    }

    /// Whether the table that screens read has this payment just so.
    fn lists(&self, payment: &Payment) -> Result<bool, JournalError> {
        let row = self.read(|db| {
            db.query_row(
                "SELECT number, open, search, state FROM payment WHERE sale = ?1",
                [payment.sale.id.to_string()],
                |row| {
                    Ok((
                        row.get::<_, u32>(0)?,
                        row.get::<_, bool>(1)?,
                        row.get::<_, String>(2)?,
                        row.get::<_, String>(3)?,
                    ))
                },
            )
            .optional()
        })?;
        let Some((number, open, search, state)) = row else { return Ok(false) };
        let read: Payment = decode(&state)?;
        Ok(read == *payment
            && number == payment.sale.number
            && open == payment.is_open()
            && search == search_text(payment))
    }

    /// A sale's facts, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn history(&mut self, sale: SaleId) -> Result<Vec<Written>, JournalError> {
        let rows: Vec<(i64, String)> = self.read(|db| {
            db.prepare_cached("SELECT at, body FROM entry WHERE sale = ?1 ORDER BY seq")?
                .query_map([sale.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.into_iter().map(|(at, body)| Ok(Written { at, entry: decode(&body)? })).collect()
    }

    /// Payments, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn payments(&mut self, filter: &Filter) -> Result<Vec<Payment>, JournalError> {
        let words: Vec<String> = filter.search.split_whitespace().map(str::to_lowercase).collect();
        let conditions = "AND instr(search, ?) > 0 ".repeat(words.len());
        let sql = format!("SELECT state FROM payment WHERE number < ? {conditions}ORDER BY number DESC LIMIT ?");
        let before = filter.before.map_or(i64::MAX, i64::from);
        let states: Vec<String> = self.read(|db| {
            let mut statement = db.prepare_cached(&sql)?;
            let words = words.iter().map(|word| word as &dyn rusqlite::ToSql);
            let first: [&dyn rusqlite::ToSql; 1] = [&before];
            let last: [&dyn rusqlite::ToSql; 1] = [&filter.limit];
            let all: Vec<_> = first.into_iter().chain(words).chain(last).collect();
            statement.query_map(&*all, |row| row.get(0))?.collect()
        })?;
        states.iter().map(|state| decode(state)).collect()
    }
}

impl Journal for SqliteJournal {
    fn append(&mut self, at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        let last = self.last;
        let written = self.db.transaction().and_then(|transaction| {
            let last = write(&transaction, last, at, after, entries)?;
            transaction.commit()?;
            Ok(last)
        });
        self.last = written.map_err(|error| trouble(&self.db, &error))?;
        Ok(())
    }

    fn append_books(&mut self, at: i64, after: &Books, entries: &[BookEntry]) -> Result<(), JournalError> {
        let mut last = self.last;
        let written = self.db.transaction().and_then(|transaction| {
            for entry in entries {
                last = link(&transaction, last, at, NO_SALE, (entry.name(), &encode(entry)?))?;
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO books (id, state) VALUES (1, ?)")?
                .execute([encode(after)?])?;
            transaction.commit()
        });
        written.map_err(|error| trouble(&self.db, &error))?;
        self.last = last;
        Ok(())
    }

    fn books(&mut self) -> Result<Books, JournalError> {
        let state: Option<String> =
            self.read(|db| db.query_row("SELECT state FROM books", [], |row| row.get(0)).optional())?;
        state.map_or_else(|| Ok(Books::default()), |state| decode(&state))
    }

    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError> {
        let states: Vec<String> = self.read(|db| {
            db.prepare("SELECT state FROM payment WHERE open = 1 ORDER BY number")?
                .query_map([], |row| row.get(0))?
                .collect()
        })?;
        states.iter().map(|state| decode(state)).collect()
    }

    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError> {
        let state: Option<String> = self.read(|db| {
            db.prepare_cached("SELECT state FROM payment WHERE sale = ?1")?
                .query_row([sale.to_string()], |row| row.get(0))
                .optional()
        })?;
        state.map(|state| decode(&state)).transpose()
    }

    fn last_number(&mut self) -> Result<u32, JournalError> {
        self.read(|db| db.query_row("SELECT coalesce(max(number), 0) FROM payment", [], |row| row.get(0)))
    }
}

fn write(
    transaction: &Transaction<'_>,
    mut last: (i64, Hash),
    at: i64,
    after: &Payment,
    entries: &[Entry],
) -> rusqlite::Result<(i64, Hash)> {
    let sale = after.sale.id.to_string();
    for entry in entries {
        last = link(transaction, last, at, &sale, (entry.kind().name(), &encode(entry)?))?;
    }
    transaction
        .prepare_cached(
            "INSERT INTO payment (sale, number, open, search, state) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (sale) DO UPDATE SET open = excluded.open, search = excluded.search, state = excluded.state",
        )?
        .execute(params![sale, after.sale.number, after.is_open(), search_text(after), encode(after)?])?;
    Ok(last)
}

/// One entry more on the chain.
fn link(
    transaction: &Transaction<'_>,
    last: (i64, Hash),
    at: i64,
    sale: &str,
    (kind, body): (&str, &str),
) -> rusqlite::Result<(i64, Hash)> {
    let link = Link { seq: last.0 + 1, at, sale, kind, body };
    let hash = link.hash(&last.1);
    transaction
        .prepare_cached("INSERT INTO entry (seq, at, sale, kind, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![link.seq, at, sale, kind, body, last.1, hash])?;
    Ok((link.seq, hash))
}

fn encode<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, JournalError> {
    serde_json::from_str(text).map_err(|error| JournalError::Damaged(format!("an entry does not read: {error}")))
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

/// The file is the owner's alone, before SQLite writes the first byte to it.
fn keep_private(path: &Path) -> Result<(), JournalError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600);
        let file = options.open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    options.open(path)?;
    Ok(())
}

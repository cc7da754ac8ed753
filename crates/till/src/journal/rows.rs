//! Entries as rows: each is written onto the chain, and none is read that does not carry its own hash.

use super::chain::{Hash, Link, ROOT};
use super::{JournalError, Written};
use crate::books::BookEntry;
use crate::entry::Entry;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use std::path::PathBuf;

/// In the place of a sale's id, where a fact belongs to none.
pub(super) const NO_SALE: &str = "";

/// Where the chain ends.
pub(super) type End = (i64, Hash);

/// What every reader of entries selects, in this order.
const FIELDS: &str = "seq, at, sale, kind, body, prev_hash, hash";

/// What SQLite's words mean for a till.
pub(super) fn trouble(db: &Connection, error: &rusqlite::Error) -> JournalError {
    let path = || PathBuf::from(db.path().unwrap_or_default());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::InUse(path()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => JournalError::Damaged(error.to_string()),
        Some(ErrorCode::DiskFull) => JournalError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => JournalError::ReadOnly(path()),
        _ => match error {
            // A field that is not of its kind: SQLite's strict tables never hold one.
            rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..) => {
                JournalError::Damaged(error.to_string())
            }
            _ => JournalError::Unwritable(error.to_string()),
        },
    }
}

pub(super) fn encode<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, JournalError> {
    serde_json::from_str(text).map_err(|error| JournalError::Damaged(format!("an entry does not read: {error}")))
}

/// One entry more on the chain.
pub(super) fn add(db: &Connection, end: End, at: i64, sale: &str, (kind, body): (&str, &str)) -> rusqlite::Result<End> {
    let link = Link { seq: end.0 + 1, at, sale, kind, body };
    let hash = link.hash(&end.1);
    db.prepare_cached("INSERT INTO entry (seq, at, sale, kind, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![link.seq, at, sale, kind, body, end.1, hash])?;
    Ok((link.seq, hash))
}

/// The row's link, the hash before it and its own, if it is the one that it should be.
fn checked<'a>(row: &'a Row<'_>) -> rusqlite::Result<(Link<'a>, Hash, Option<Hash>)> {
    let link = Link {
        seq: row.get(0)?,
        at: row.get(1)?,
        sale: row.get_ref(2)?.as_str()?,
        kind: row.get_ref(3)?.as_str()?,
        body: row.get_ref(4)?.as_str()?,
    };
    let (previous, hash): (Hash, Hash) = (row.get(5)?, row.get(6)?);
    let own = (link.hash(&previous) == hash).then_some(hash);
    Ok((link, previous, own))
}

fn broken(seq: i64) -> JournalError {
    JournalError::Damaged(format!("entry {seq} does not follow from the one before it"))
}

/// The newest entry's place and hash, as the file says them.
pub(super) fn newest(db: &Connection) -> Result<End, JournalError> {
    let row = db
        .query_row("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional();
    Ok(row.map_err(|error| trouble(db, &error))?.unwrap_or((0, ROOT)))
}

/// The hash of one entry, if there is that one.
pub(super) fn hash_of(db: &Connection, seq: i64) -> Result<Option<Hash>, JournalError> {
    let hash = db.query_row("SELECT hash FROM entry WHERE seq = ?", [seq], |row| row.get(0)).optional();
    hash.map_err(|error| trouble(db, &error))
}

/// Walks the chain over at most `most` entries after `from`, and returns where it stands then. Without a known hash,
/// the first entry's word on the one before it is taken.
pub(super) fn walk(db: &Connection, from: i64, hash: Option<Hash>, most: i64) -> Result<End, JournalError> {
    let mut end = hash.map(|hash| (from, hash));
    let mut fault = None;
    let walked = (|| {
        let sql = format!("SELECT {FIELDS} FROM entry WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query([from, most])?;
        while let Some(row) = rows.next()? {
            let (link, previous, own) = checked(row)?;
            let follows = end.map_or(link.seq == from + 1, |end| end == (link.seq - 1, previous));
            match own {
                Some(own) if follows => end = Some((link.seq, own)),
                _ => {
                    fault = Some(link.seq);
                    break;
                }
            }
        }
        Ok(())
    })();
    walked.map_err(|error| trouble(db, &error))?;
    match fault {
        Some(seq) => Err(broken(seq)),
        None => Ok(end.unwrap_or((from, ROOT))),
    }
}

/// Gives `each` every entry of a sale, oldest first, after its own hash was checked.
fn of_sale(
    db: &Connection,
    sale: &str,
    mut each: impl FnMut(Link<'_>) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let mut fault = None;
    let read = (|| {
        let sql = format!("SELECT {FIELDS} FROM entry WHERE sale = ?1 ORDER BY seq");
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query([sale])?;
        while let Some(row) = rows.next()? {
            let (link, _, own) = checked(row)?;
            let done = if own.is_some() { each(link) } else { Err(broken(link.seq)) };
            if let Err(error) = done {
                fault = Some(error);
                break;
            }
        }
        Ok(())
    })();
    read.map_err(|error| trouble(db, &error))?;
    fault.map_or(Ok(()), Err)
}

/// A sale's facts, oldest first.
pub(super) fn history(db: &Connection, sale: &str) -> Result<Vec<Written>, JournalError> {
    let mut history = Vec::new();
    of_sale(db, sale, |link| {
        history.push(Written { at: link.at, entry: decode::<Entry>(link.body)? });
        Ok(())
    })?;
    Ok(history)
}

/// The facts that belong to no sale, oldest first.
pub(super) fn book_entries(db: &Connection) -> Result<Vec<BookEntry>, JournalError> {
    let mut entries = Vec::new();
    of_sale(db, NO_SALE, |link| {
        entries.push(decode(link.body)?);
        Ok(())
    })?;
    Ok(entries)
}

/// Every sale that has entries, in the order of their ids.
pub(super) fn sales(db: &Connection) -> Result<Vec<String>, JournalError> {
    let read = db.prepare("SELECT DISTINCT sale FROM entry WHERE sale <> ''").and_then(|mut statement| {
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
    });
    read.map_err(|error| trouble(db, &error))
}

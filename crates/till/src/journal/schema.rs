//! The file's tables, and the settings that make a commit survive a power cut.

use super::JournalError;
use rusqlite::Connection;

/// `PRAGMA user_version` of this schema.
pub(super) const VERSION: i64 = 2;

/// `PRAGMA application_id`: `KEYT`.
const APPLICATION: i64 = 0x4B45_5954;

/// The facts.
const ENTRIES: &str = "
    CREATE TABLE entry (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        sale TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX entry_of_sale ON entry (sale, seq);
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
";

/// What lists and starts read. Written in the same transaction, and can be made again from the entries.
pub(super) const PROJECTIONS: &str = "
    CREATE TABLE payment (
        number INTEGER PRIMARY KEY,
        sale TEXT NOT NULL UNIQUE,
        open INTEGER NOT NULL,
        facts INTEGER NOT NULL,
        search TEXT NOT NULL
    ) STRICT;
    CREATE INDEX open_payment ON payment (number) WHERE open = 1;
    CREATE TABLE books (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT;
    CREATE TABLE seal (id INTEGER PRIMARY KEY CHECK (id = 1), hash BLOB NOT NULL) STRICT;
";

/// Each with the value it must read back as. `FULL` syncs at every commit.
const PRAGMAS: &[(&str, &str, &str)] = &[
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("mmap_size", "0", "0"),
    #[cfg(target_os = "macos")]
    ("fullfsync", "ON", "1"),
    #[cfg(target_os = "macos")]
    ("checkpoint_fullfsync", "ON", "1"),
];

/// Keeps a second till out, from the first look on. Writes nothing.
pub(super) fn lock(db: &Connection) -> Result<(), JournalError> {
    set(db, &[("locking_mode", "EXCLUSIVE", "exclusive")])
}

/// Makes commits durable.
pub(super) fn set_pragmas(db: &Connection) -> Result<(), JournalError> {
    set(db, PRAGMAS)
}

/// Sets pragmas and reads them back: one that did not take makes the file unfit for money.
fn set(db: &Connection, pragmas: &[(&str, &str, &str)]) -> Result<(), JournalError> {
    for (name, value, expected) in pragmas {
        db.execute_batch(&format!("PRAGMA {name} = {value}")).map_err(|error| super::rows::trouble(db, &error))?;
        let read: Option<String> = db
            .query_row(&format!("PRAGMA {name}"), [], |row| {
                row.get_ref(0).map(|value| match value {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    other => other.as_str().unwrap_or_default().to_owned(),
                })
            })
            .map(Some)
            .or_else(|error| match error {
                // Built without memory mapping: there is nothing to switch off.
                rusqlite::Error::QueryReturnedNoRows => Ok(None),
                error => Err(super::rows::trouble(db, &error)),
            })?;
        if read.is_some_and(|read| !read.eq_ignore_ascii_case(expected)) {
            return Err(JournalError::Unsafe(format!("PRAGMA {name} is not {expected}")));
        }
    }
    Ok(())
}

/// The file's format, 0 for a new file. A newer one and a stranger are refused before anything is written to them.
pub(super) fn version(db: &Connection) -> Result<i64, JournalError> {
    let number = |name: &str| {
        let read = db.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        read.map_err(|error| super::rows::trouble(db, &error))
    };
    match (number("user_version")?, number("application_id")?, number("schema_version")?) {
        (0, 0, 0) => Ok(0),
        (found @ 1..=VERSION, APPLICATION, _) => Ok(found),
        (found, APPLICATION, _) if found > VERSION => Err(JournalError::Newer { found, known: VERSION }),
        _ => Err(JournalError::Damaged("this file is not a Keytill journal".to_owned())),
    }
}

/// Makes the tables in a new file.
pub(super) fn create(db: &Connection) -> Result<(), JournalError> {
    db.execute_batch(&format!(
        "BEGIN IMMEDIATE; {ENTRIES} {PROJECTIONS}
         PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
    ))
    .map_err(|error| super::rows::trouble(db, &error))
}

//! Opening the file: locked first, looked at before anything is written to it, and believed only as far as it was
//! checked.

use super::chain::ROOT;
use super::mark::{self, Found, Mark};
use super::projections::{self, Sum};
use super::rows::{self, trouble};
use super::shelf::{Files, Shelf};
use super::sqlite::SqliteJournal;
use super::verify::{self, Checked};
use super::{JournalError, migrations, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many of the newest entries a start checks; `verify` checks all.
const TAIL: i64 = 1_000;
/// Up to this length a start checks every page: that takes no time that anybody would notice.
const SMALL: u64 = 16 << 20;

impl SqliteJournal {
    /// Opens, or begins, the journal at `path`. Its folder must exist.
    ///
    /// # Errors
    /// When another till has it, when it is damaged, newer or gone, or when this computer would not keep it safe.
    /// The file is then as it was; of a damaged one a copy lies beside it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let opened = Self::open_on(path, Box::new(Files));
        if let Err(JournalError::Damaged(_)) = opened {
            // For whoever has to find out what happened; if there is no room for it, the file itself is still there.
            let _ = keep_copy(path);
        }
        opened
    }

    /// As [`SqliteJournal::open`], wherever the files lie.
    ///
    /// # Errors
    /// As there, but for the copy.
    pub fn open_on(path: &Path, shelf: Box<dyn Shelf>) -> Result<Self, JournalError> {
        let found = mark::look(&*shelf, path)?;
        let is_missing = shelf.length(path)?.unwrap_or(0) == 0;
        if is_missing && !matches!(found, Found::Nothing | Found::Mark(Mark::BEGINNING)) {
            return Err(JournalError::Missing(path.to_owned()));
        }
        Self::take(path, shelf, found)
    }

    /// Begins a journal where one is gone, because a person says so. It knows that it is behind.
    ///
    /// # Errors
    /// As for [`SqliteJournal::open`].
    pub fn begin_anew(path: &Path) -> Result<Self, JournalError> {
        let found = mark::look(&Files, path)?;
        Self::take(path, Box::new(Files), found)
    }

    /// Makes again from the entries everything that is made of them, whatever state it is in.
    ///
    /// # Errors
    /// When the entries themselves are damaged, or as for [`SqliteJournal::open`].
    pub fn rebuild(path: &Path) -> Result<Self, JournalError> {
        let (db, _) = connect(path, &Files)?;
        schema::set_pragmas(&db)?;
        rows::walk(&db, 0, Some(ROOT), i64::MAX)?;
        let begun = db.unchecked_transaction().map_err(|error| trouble(&db, &error))?;
        projections::rebuild(&db)?;
        begun.commit().map_err(|error| trouble(&db, &error))?;
        drop(db);
        Self::open(path)
    }

    fn take(path: &Path, shelf: Box<dyn Shelf>, found: Found) -> Result<Self, JournalError> {
        shelf.keep_private(path).map_err(|error| refused(path, error))?;
        let (mut db, mut version) = connect(path, &*shelf)?;
        if settle(path, &*shelf)? {
            drop(db);
            (db, version) = connect(path, &*shelf)?;
        }
        schema::set_pragmas(&db)?;
        match version {
            0 => schema::create(&db)?,
            schema::VERSION => {}
            older => {
                copy_older(&db, path, shelf.as_ref(), older)?;
                migrations::migrate(&db, older)?;
            }
        }
        if shelf.length(path)?.unwrap_or(0) <= SMALL {
            verify::pages(&db)?;
        }
        let end = rows::newest(&db)?;
        let start = (end.0 - TAIL).max(0);
        let walked = rows::walk(&db, start, (start == 0).then_some(ROOT), TAIL)?;
        if walked != end {
            return Err(JournalError::Damaged("entries are missing".to_owned()));
        }
        let sum = Sum::read(&db, end)?;
        let is_behind = is_behind(&db, found, sum.end.0)?;
        set(&db, DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let journal = Self { db, path: path.to_owned(), shelf, sum, is_behind, checked: Checked::default() };
        journal.leave_mark()?;
        Ok(journal)
    }
}

/// A connection that keeps every other one out, from its first look on, and the format that it found. It changes
/// nothing, and when it is dropped leaves the log where it is.
fn connect(path: &Path, shelf: &dyn Shelf) -> Result<(Connection, i64), JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match shelf.vfs() {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        None => Connection::open_with_flags(path, flags),
    };
    let db = opened.map_err(|error| JournalError::Unwritable(error.to_string()))?;
    // Another till holds the file for as long as it runs: waiting would be in vain.
    db.busy_timeout(Duration::ZERO).map_err(|error| trouble(&db, &error))?;
    set(&db, DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    schema::lock(&db)?;
    let version = schema::version(&db)?;
    Ok((db, version))
}

fn set(db: &Connection, config: DbConfig, on: bool) -> Result<(), JournalError> {
    db.set_db_config(config, on).map(drop).map_err(|error| trouble(db, &error))
}

/// A file or folder that does not let us write has a sentence of its own.
fn refused(path: &Path, error: std::io::Error) -> JournalError {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => JournalError::ReadOnly(path.to_owned()),
        _ => error.into(),
    }
}

/// What an earlier process wrote to the log and could not sync reads as if it were durable, and no later sync brings it
/// to the disk: the system takes it for written. So the log is written anew, beside the old one and then in its place,
/// before anything follows from it. True if it was: whoever has it open has the old one.
///
/// Where files that are open cannot be replaced, the system does not forget what it could not sync either.
fn settle(path: &Path, shelf: &dyn Shelf) -> Result<bool, JournalError> {
    let log = beside(path, "-wal");
    match shelf.read(&log)? {
        Some(bytes) if cfg!(unix) && !bytes.is_empty() => {
            shelf.replace(&log, &bytes).map(|()| true).map_err(Into::into)
        }
        _ => Ok(false),
    }
}

/// Whether the mark knows of an entry that is not here.
fn is_behind(db: &Connection, found: Found, last: i64) -> Result<bool, JournalError> {
    match found {
        Found::Nothing | Found::Mark(Mark::BEGINNING) => Ok(false),
        Found::Mark(mark) => Ok(mark.seq > last || rows::hash_of(db, mark.seq)? != Some(mark.hash)),
        // It may have said anything: better one comparison with Stripe too many.
        Found::Unreadable => Ok(true),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// `training.v1.sqlite` beside `training.sqlite`, before the latter is made over.
fn copy_older(db: &Connection, path: &Path, shelf: &dyn Shelf, version: i64) -> Result<(), JournalError> {
    let copy = path.with_extension(format!("v{version}.sqlite"));
    if shelf.length(&copy)?.is_some() {
        return Ok(());
    }
    // What lies under this name was left by a start that was cut off: not a copy yet.
    let half = beside(&copy, ".new");
    shelf.remove(&half)?;
    shelf.keep_private(&half)?;
    db.execute("VACUUM INTO ?", [half.to_string_lossy()]).map_err(|error| trouble(db, &error))?;
    Ok(shelf.name(&half, &copy)?)
}

/// Copies a damaged journal and its log aside, once: `training.damaged.sqlite`. A later damage does not write over it.
fn keep_copy(path: &Path) -> std::io::Result<()> {
    let copy = path.with_extension("damaged.sqlite");
    if Files.length(&copy)?.is_some() {
        return Ok(());
    }
    Files.keep_private(&copy)?;
    fs::copy(path, &copy)?;
    let log = beside(path, "-wal");
    if Files.length(&log)?.is_some() {
        let log_copy = beside(&copy, "-wal");
        Files.keep_private(&log_copy)?;
        fs::copy(log, log_copy)?;
    }
    Ok(())
}

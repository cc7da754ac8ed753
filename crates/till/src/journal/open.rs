//! Opening the file: locked first, looked at before anything is written to it, and believed only as far as it was
//! checked.

use super::chain::ROOT;
use super::mark::{Found, Marks};
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
    /// Opens, or begins, the journal at `path`. Its folder must exist. `outside` is where a second mark lies, which a
    /// backup of the folder does not bring along.
    ///
    /// # Errors
    /// When another till has it, when it is damaged, newer or gone, or when this computer would not keep it safe.
    /// The file is then as it was; of a damaged one a copy lies beside it.
    pub fn open_marked(path: &Path, outside: Option<PathBuf>) -> Result<Self, JournalError> {
        let opened = Self::open_on(path, Box::new(Files), outside);
        if let Err(JournalError::Damaged(_)) = opened {
            // For whoever has to find out what happened; if there is no room for it, the file itself is still there.
            let _ = keep_copy(path);
        }
        opened
    }

    /// As [`SqliteJournal::open_marked`], with the mark beside the journal alone.
    ///
    /// # Errors
    /// As there.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Self::open_marked(path, None)
    }

    /// As [`SqliteJournal::open_marked`], wherever the files lie.
    ///
    /// # Errors
    /// As there, but for the copy.
    pub fn open_on(path: &Path, shelf: Box<dyn Shelf>, outside: Option<PathBuf>) -> Result<Self, JournalError> {
        let marks = Marks::of(path, outside);
        let found = marks.look(&*shelf)?;
        let is_missing = shelf.length(path)?.unwrap_or(0) == 0;
        if is_missing && found.iter().any(|found| found.knows_of_entries()) {
            return Err(JournalError::Missing(path.to_owned()));
        }
        Self::take(path, shelf, marks, &found)
    }

    /// Begins a journal where one is gone, because a person says so. It knows that it is behind.
    ///
    /// # Errors
    /// As for [`SqliteJournal::open`].
    pub fn begin_anew(path: &Path, outside: Option<PathBuf>) -> Result<Self, JournalError> {
        let marks = Marks::of(path, outside);
        let found = marks.look(&Files)?;
        Self::take(path, Box::new(Files), marks, &found)
    }

    /// Opens a journal to be looked at; none if none was begun. Nothing on the disk is changed by it: no file is made,
    /// given to another owner or brought to a newer format.
    ///
    /// # Errors
    /// As for [`SqliteJournal::open`]; an older format is told as one that the till brings over.
    pub fn look(path: &Path) -> Result<Option<Self>, JournalError> {
        let marks = Marks::of(path, None);
        let found = marks.look(&Files)?;
        if Files.length(path)?.unwrap_or(0) == 0 {
            let was_there = found.iter().any(|found| found.knows_of_entries());
            return if was_there { Err(JournalError::Missing(path.to_owned())) } else { Ok(None) };
        }
        let has_log = Files.length(&beside(path, "-wal"))?.unwrap_or(0) > 0;
        let db = if has_log { connect_to_log(path)? } else { connect_untouched(path)? };
        let version = schema::version(&db)?;
        if version != schema::VERSION {
            return Err(JournalError::Unwritable(format!("it has format {version}: start the till once")));
        }
        let mut looked = Self::read_in(path, Box::new(Files), marks, &found, db)?;
        looked.is_looked_at = true;
        Ok(Some(looked))
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

    fn take(path: &Path, shelf: Box<dyn Shelf>, marks: Marks, found: &[Found]) -> Result<Self, JournalError> {
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
        set(&db, DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let mut journal = Self::read_in(path, shelf, marks, found, db)?;
        journal.leave_marks()?;
        Ok(journal)
    }

    /// Reads a file of this format, and checks what a start relies on.
    fn read_in(
        path: &Path,
        shelf: Box<dyn Shelf>,
        marks: Marks,
        found: &[Found],
        db: Connection,
    ) -> Result<Self, JournalError> {
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
        let mut is_behind = false;
        for found in found {
            is_behind |= knows_more(&db, *found, sum.end.0)?;
        }
        let identity = shelf.identity(path)?;
        let (path, checked) = (path.to_owned(), Checked::default());
        Ok(Self { db, path, shelf, sum, is_behind, checked, marks, marked: 0, identity, is_looked_at: false })
    }
}

/// A connection to a journal that has a log. It makes no file, and leaves the log as it is.
fn connect_to_log(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(|error| JournalError::Unwritable(error.to_string()))?;
    hold(&db)?;
    Ok(db)
}

/// A connection to a journal without a log: nobody has it open, and nothing but the file itself is read.
fn connect_untouched(path: &Path) -> Result<Connection, JournalError> {
    let text = path.to_string_lossy();
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let opened = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags);
    opened.map_err(|error| JournalError::Unwritable(error.to_string()))
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
    hold(&db)?;
    let version = schema::version(&db)?;
    Ok((db, version))
}

/// Keeps every other connection out, and leaves the log where it is when it ends.
fn hold(db: &Connection) -> Result<(), JournalError> {
    // Another till holds the file for as long as it runs: waiting would be in vain.
    db.busy_timeout(Duration::ZERO).map_err(|error| trouble(db, &error))?;
    set(db, DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    schema::lock(db)
}

fn set(db: &Connection, config: DbConfig, on: bool) -> Result<(), JournalError> {
    db.set_db_config(config, on).map(drop).map_err(|error| trouble(db, &error))
}

/// A file or folder that does not let us write has a sentence of its own.
pub(super) fn refused(path: &Path, error: std::io::Error) -> JournalError {
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
fn knows_more(db: &Connection, found: Found, last: i64) -> Result<bool, JournalError> {
    match found {
        Found::Mark(mark) if found.knows_of_entries() => {
            Ok(mark.seq > last || rows::hash_of(db, mark.seq)? != Some(mark.hash))
        }
        Found::Nothing | Found::Mark(_) => Ok(false),
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

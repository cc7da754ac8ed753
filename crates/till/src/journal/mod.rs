//! The journal: what happened, in order, durable before anything follows from it.

mod chain;
mod hex;
mod mark;
mod memory;
mod migrations;
mod open;
mod projections;
mod rows;
mod schema;
mod shelf;
mod sqlite;
mod verify;

pub use memory::MemoryJournal;
pub use shelf::{Files, Shelf};
pub use sqlite::{Filter, SqliteJournal};

use crate::books::{BookEntry, Books};
use crate::entry::Entry;
use crate::payment::{Impossible, Payment};
use crate::sale::SaleId;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// One line of a payment's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// This computer's clock, Unix seconds. Shown, never decided by.
    pub at: i64,
    pub entry: Entry,
}

/// Why the journal cannot be used. None of these lost anything that was durable, and none changed the file.
#[derive(Debug, Error)]
pub enum JournalError {
    #[error("another copy of Keytill is using {}", .0.display())]
    InUse(PathBuf),
    #[error("the journal was written by a newer Keytill (format {found}; this one knows {known})")]
    Newer { found: i64, known: i64 },
    #[error("the journal is damaged: {0}")]
    Damaged(String),
    /// There was one, by the mark beside it.
    #[error("the journal {} is gone: put it back from a backup, or let a new one begin", .0.display())]
    Missing(PathBuf),
    #[error("this computer does not keep the journal safe: {0}")]
    Unsafe(String),
    #[error("this computer's disk is full: make room, then start Keytill again")]
    Full,
    #[error("Keytill may not write to {}: {}", .0.display(), whose(.0))]
    ReadOnly(PathBuf),
    /// Somebody has moved it, or put another in its place.
    #[error("{} is no longer the journal that was opened: put the right one back and start Keytill again", .0.display())]
    Exchanged(PathBuf),
    #[error("the journal cannot be written: {0}")]
    Unwritable(String),
    #[error("the journal cannot be opened: {0}")]
    Folder(#[source] io::Error),
}

/// A disk without room says so under its own name, wherever it is met.
impl From<io::Error> for JournalError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Folder(error),
        }
    }
}

impl From<Impossible> for JournalError {
    fn from(impossible: Impossible) -> Self {
        Self::Damaged(impossible.to_string())
    }
}

/// The reason why a file cannot be written. Mostly it belongs to another user, as after a command that was run as another user.
#[cfg(unix)]
fn whose(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let me = rustix::process::geteuid().as_raw();
    let owner = |path: &Path| std::fs::metadata(path).ok().map(|found| found.uid()).filter(|owner| *owner != me);
    match owner(path).or_else(|| path.parent().and_then(owner)) {
        Some(owner) => format!("it belongs to user {owner}, and this is user {me}; `sudo chown {me}` gives it back"),
        None => "the folder or the file is read-only".to_owned(),
    }
}

#[cfg(not(unix))]
fn whose(_: &Path) -> String {
    "the folder or the file is read-only".to_owned()
}

/// Where facts go. Two kinds: the file, and memory for proofs.
pub trait Journal {
    /// Makes entries durable, all or none. `after` is the payment with them applied; `at` is this computer's
    /// clock, Unix seconds, for people.
    ///
    /// # Errors
    /// Nothing can be relied on to be durable then, and nothing may follow from the entries.
    fn append(&mut self, at: i64, after: &Payment, entries: &[Entry]) -> Result<(), JournalError>;

    /// Payments that want a look after a start, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn open_payments(&mut self) -> Result<Vec<Payment>, JournalError>;

    /// One payment.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn payment(&mut self, sale: SaleId) -> Result<Option<Payment>, JournalError>;

    /// The highest sale number so far, 0 if none.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn last_number(&mut self) -> Result<u32, JournalError>;

    /// Makes facts that belong to no sale durable, all or none. `after` is the books with them applied.
    ///
    /// # Errors
    /// As for [`Journal::append`].
    fn append_books(&mut self, at: i64, after: &Books, entries: &[BookEntry]) -> Result<(), JournalError>;

    /// What the facts that belong to no sale add up to.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn books(&mut self) -> Result<Books, JournalError>;

    /// Whether less is here than was once durable: an older copy was put back, or the file was begun anew.
    fn is_behind(&self) -> bool {
        false
    }

    /// Checks that the file at the journal's path is still the one that was opened.
    ///
    /// # Errors
    /// [`JournalError::Exchanged`].
    fn check_place(&self) -> Result<(), JournalError> {
        Ok(())
    }
}

//! Marks of how far the journal had come. An older journal and a newer mark: a backup was put back. A mark without a
//! journal: there was one.
//!
//! One lies beside the journal. A backup of the whole folder brings that one along, so that a second one lies outside.

use super::chain::{Hash, ROOT};
use super::shelf::Shelf;
use super::{JournalError, hex};
use std::io;
use std::path::{Path, PathBuf};

/// The end of the chain when the till last started or stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) seq: i64,
    pub(super) hash: Hash,
}

impl Mark {
    pub(super) const BEGINNING: Self = Self { seq: 0, hash: ROOT };

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (seq, hash) = std::str::from_utf8(bytes).ok()?.trim_end().split_once(' ')?;
        Some(Self { seq: seq.parse().ok()?, hash: hex::read(hash)? })
    }

    fn text(self) -> String {
        format!("{} {}\n", self.seq, hex::write(&self.hash))
    }

    fn leave(self, on: &dyn Shelf, at: &Path) -> io::Result<()> {
        let text = self.text();
        if on.read(at)?.as_deref() == Some(text.as_bytes()) {
            return Ok(());
        }
        on.replace(at, text.as_bytes())
    }
}

/// The content of a mark's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Mark(Mark),
    /// Something that is no mark.
    Unreadable,
}

impl Found {
    /// Says whether there was a journal with at least one entry.
    pub(super) fn knows_of_entries(self) -> bool {
        !matches!(self, Self::Nothing | Self::Mark(Mark::BEGINNING))
    }
}

/// The two places of a journal's marks.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    beside: PathBuf,
    outside: Option<PathBuf>,
}

impl Marks {
    /// `training.mark` beside `training.sqlite`, and the one outside, if there is a place for it.
    pub(super) fn of(journal: &Path, outside: Option<PathBuf>) -> Self {
        Self { beside: journal.with_extension("mark"), outside }
    }

    /// Reads both marks. One outside that cannot be read says nothing: it need not be this folder's.
    pub(super) fn look(&self, on: &dyn Shelf) -> Result<Vec<Found>, JournalError> {
        let read = |bytes: Option<Vec<u8>>| {
            bytes.map_or(Found::Nothing, |bytes| Mark::parse(&bytes).map_or(Found::Unreadable, Found::Mark))
        };
        let beside = read(on.read(&self.beside)?);
        let outside = self.outside.as_ref().and_then(|outside| on.read(outside).ok()).map(read);
        Ok(std::iter::once(beside).chain(outside.filter(|found| *found != Found::Unreadable)).collect())
    }

    /// Leaves the mark in both places.
    ///
    /// # Errors
    /// The one beside the journal is not there; without the other the next start only knows a little less. The path is the
    /// one that could not be written.
    pub(super) fn leave(&self, on: &dyn Shelf, mark: Mark) -> Result<(), (PathBuf, io::Error)> {
        if let Some(outside) = &self.outside {
            let _ = mark.leave(on, outside);
        }
        mark.leave(on, &self.beside).map_err(|error| (self.beside.clone(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_and_nothing_else_passes_for_one() {
        let mark = Mark { seq: 12, hash: [0xAB; 32] };
        assert_eq!(Mark::parse(mark.text().as_bytes()), Some(mark));
        for text in ["", "12", "x 00", "12 abcd", &format!("12 {}", "g".repeat(64)), "\u{fffd}"] {
            assert_eq!(Mark::parse(text.as_bytes()), None, "{text}");
        }
    }
}

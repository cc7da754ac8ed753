//! A mark beside the journal: how far it had come. An older journal beside a newer mark is a restored backup; a mark
//! without a journal says that there was one.

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

    /// Leaves the mark beside the journal.
    pub(super) fn leave(self, on: &dyn Shelf, journal: &Path) -> io::Result<()> {
        let text = self.text();
        if on.read(&beside(journal))?.as_deref() == Some(text.as_bytes()) {
            return Ok(());
        }
        on.replace(&beside(journal), text.as_bytes())
    }
}

/// What lies beside a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Mark(Mark),
    /// Something that is no mark.
    Unreadable,
}

pub(super) fn look(on: &dyn Shelf, journal: &Path) -> Result<Found, JournalError> {
    let bytes = on.read(&beside(journal))?;
    Ok(bytes.map_or(Found::Nothing, |bytes| Mark::parse(&bytes).map_or(Found::Unreadable, Found::Mark)))
}

/// `training.mark` beside `training.sqlite`.
pub(super) fn beside(journal: &Path) -> PathBuf {
    journal.with_extension("mark")
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

//! One file: what a process reads in it, what is on the disk for certain, and what lies between.

use rand_chacha::ChaCha8Rng;

use crate::platter::{below, one_in};

/// What a disk writes whole, if it is in luck.
const SECTOR: usize = 512;

/// A change that no sync has covered.
#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Resize(usize),
}

/// A file's contents, whatever its names.
#[derive(Debug, Default)]
pub(crate) struct File {
    seen: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

impl File {
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Whether a write there would make it longer.
    pub(crate) fn would_grow(&self, at: usize, length: usize) -> bool {
        at + length > self.seen.len()
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.seen, at, bytes);
        self.unsynced.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    pub(crate) fn resize(&mut self, length: usize) {
        self.seen.resize(length, 0);
        self.unsynced.push(Change::Resize(length));
    }

    /// Everything so far is on the disk.
    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            match change {
                Change::Write { at, bytes } => put(&mut self.durable, at, &bytes),
                Change::Resize(length) => self.durable.resize(length, 0),
            }
        }
    }

    /// A sync that could not be done: some of it may be on the disk, and no later sync will bring the rest. That is
    /// what Linux does: the pages count as clean afterwards, and reading still shows them.
    pub(crate) fn lose_sync(&mut self, chance: &mut ChaCha8Rng) {
        for change in std::mem::take(&mut self.unsynced) {
            self.happen_to(&change, chance);
        }
    }

    /// The power was cut.
    pub(crate) fn lose(&mut self, chance: &mut ChaCha8Rng) {
        self.lose_sync(chance);
        self.seen.clone_from(&self.durable);
    }

    /// What a change comes to: all of it, nothing, or a part.
    fn happen_to(&mut self, what: &Change, chance: &mut ChaCha8Rng) {
        match (below(chance, 3), what) {
            (0, _) => {}
            (1, Change::Write { at, bytes }) => self.tear(*at, bytes, chance),
            (_, Change::Write { at, bytes }) => put(&mut self.durable, *at, bytes),
            (_, Change::Resize(length)) => self.durable.resize(*length, 0),
        }
    }

    /// Some sectors are written, some are not, and some only in part or with rubbish in them. Bytes beside the write
    /// stay as they were.
    fn tear(&mut self, at: usize, bytes: &[u8], chance: &mut ChaCha8Rng) {
        for (index, sector) in bytes.chunks(SECTOR).enumerate() {
            let at = at + index * SECTOR;
            match below(chance, 4) {
                0 => {}
                1 => {
                    let length = usize::try_from(below(chance, 513)).unwrap_or(0).min(sector.len());
                    put(&mut self.durable, at, &sector[..length]);
                }
                2 if one_in(chance, 4) => put(&mut self.durable, at, &vec![0xA5; sector.len()]),
                _ => put(&mut self.durable, at, sector),
            }
        }
    }
}

/// A write beyond the end leaves a hole of zeros, as files do.
fn put(image: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if image.len() < end {
        image.resize(end, 0);
    }
    image[at..end].copy_from_slice(bytes);
}

//! Finding places of records by the hash of a text: an id, or what records belong to.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::ids;

/// The places of the records that share a link, oldest first. Most links have one record, so the list is boxed.
#[allow(clippy::box_collection, reason = "half the size for the many that have one")]
#[derive(Debug)]
pub(super) enum Places {
    One(Place),
    Many(Box<Vec<Place>>),
}

/// Where a record stands in its table. Four thousand million are enough.
pub(crate) type Place = u32;

impl Places {
    pub(super) fn as_slice(&self) -> &[Place] {
        match self {
            Self::One(at) => std::slice::from_ref(at),
            Self::Many(places) => places,
        }
    }

    /// Adds a place where it belongs; one that is known stays single.
    pub(super) fn add(&mut self, at: Place) {
        let places = self.as_slice();
        let position = if places.last().is_some_and(|last| *last < at) {
            places.len()
        } else {
            let Err(position) = places.binary_search(&at) else { return };
            position
        };
        match self {
            Self::One(first) => {
                let mut places = vec![*first];
                places.insert(position, at);
                *self = Self::Many(Box::new(places));
            }
            Self::Many(places) => places.insert(position, at),
        }
    }
}

/// Texts are kept in the records; here their hashes are enough.
pub(super) type ByHash = HashMap<u64, Places, BuildHasherDefault<Hashed>>;

/// Passes on what has been hashed already.
#[derive(Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, byte| sum.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Eight bytes at a time: ids are made here, so nobody chooses them to collide.
pub(crate) fn hash(text: &str) -> u64 {
    let mut chunks = text.as_bytes().chunks_exact(8);
    let start = text.len() as u64;
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word: u64, byte| word << 8 | u64::from(*byte));
    let whole = (&mut chunks).fold(start, |sum, chunk| ids::mix(sum ^ word(chunk)));
    ids::mix(whole ^ word(chunks.remainder()))
}

pub(super) fn add(index: &mut ByHash, hash: u64, at: Place) {
    index.entry(hash).and_modify(|places| places.add(at)).or_insert(Places::One(at));
}

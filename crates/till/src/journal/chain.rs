//! The chain: each entry's hash covers the one before it, so that nothing can be changed or taken out unseen.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub(super) type Hash = [u8; 32];

/// What the first entry follows.
pub(super) const ROOT: Hash = [0; 32];

/// One row, as the file holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) sale: &'a str,
    pub(super) kind: &'a str,
    pub(super) body: &'a str,
}

impl Link<'_> {
    /// Every field goes in with its length before it: no two different rows give the same bytes.
    pub(super) fn hash(self, previous: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.at.to_be_bytes());
        for field in [self.sale, self.kind, self.body] {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_its_border_counts() {
        let link = Link { seq: 1, at: 2, sale: "ab", kind: "c", body: "d" };
        let others = [
            Link { seq: 2, ..link },
            Link { at: 3, ..link },
            Link { sale: "a", kind: "bc", ..link },
            Link { kind: "cd", body: "", ..link },
            Link { body: "e", ..link },
        ];
        for other in others {
            assert_ne!(other.hash(&ROOT), link.hash(&ROOT), "{other:?}");
        }
        assert_ne!(link.hash(&ROOT), link.hash(&link.hash(&ROOT)));
    }
}

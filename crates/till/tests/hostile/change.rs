//! Takes good input and spoils it a little.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fs;
use std::path::Path;

/// The dice of one input.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `end`; 0 if that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64()).unwrap_or(0) % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        const LIKELY: &[u8] = b"\0\xff\"{}[]:,-0912e.\\n tf_;'%\x80\xc3";
        let any = u8::try_from(self.below(256)).unwrap_or(0);
        if self.below(2) == 0 { LIKELY[self.below(LIKELY.len())] } else { any }
    }
}

/// Up to four changes: a bit, a byte, a piece taken out, doubled, or swapped for one of another input.
pub(crate) fn spoil(good: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            1 if !bytes.is_empty() => bytes[at] = dice.byte(),
            2 => bytes.insert(at, dice.byte()),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let from = dice.below(other.len());
                let piece = other[from..(from + dice.below(40)).min(other.len())].to_vec();
                bytes.splice(at..end, piece);
            }
        }
    }
    bytes
}

/// The files of a folder of the corpus, in the order of their names.
pub(crate) fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// The lines of a file of words.
pub(crate) fn lines(file: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus/words").join(file);
    fs::read(path).unwrap().split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Gives `take` each good input as it is, and then `count` spoilt ones.
pub(crate) fn each(corpus: &[Vec<u8>], count: u64, mut take: impl FnMut(&[u8])) {
    for good in corpus {
        take(good);
    }
    for seed in 0..count {
        let mut dice = Dice::new(seed);
        let (good, other) = (dice.below(corpus.len()), dice.below(corpus.len()));
        take(&spoil(&corpus[good], &corpus[other], &mut dice));
    }
}

//! Chance that can be lived again: each stream of numbers belongs to a seed, a purpose and a turn of it.

/// Numbers from a seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The dice of the `nth` turn of one purpose, whatever the other purposes have thrown.
    pub(super) fn of(seed: u64, purpose: &str, nth: u64) -> Self {
        let mut mixed = 0xCBF2_9CE4_8422_2325_u64;
        for byte in seed.to_le_bytes().into_iter().chain(purpose.bytes()).chain(nth.to_le_bytes()) {
            mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        Self(mixed)
    }

    /// splitmix64: its first numbers are as good as its later ones.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(super) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    pub(super) fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }

    /// One of some, each as likely as its weight says.
    pub(super) fn weighed<T: Copy>(&mut self, choice: &[(T, u64)]) -> Option<T> {
        let mut left = self.below(choice.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in choice {
            if left < *weight {
                return Some(*one);
            }
            left -= weight;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_everything_and_each_purpose_has_its_own_numbers() {
        let throw = |seed, purpose, nth| {
            let mut dice = Dice::of(seed, purpose, nth);
            [dice.below(1_000), dice.below(1_000), dice.between(5, 9)]
        };
        assert_eq!(throw(7, "fault", 3), throw(7, "fault", 3));
        assert_ne!(throw(7, "fault", 3)[..2], throw(8, "fault", 3)[..2]);
        assert_ne!(throw(7, "fault", 3)[..2], throw(7, "sale", 3)[..2]);
        assert!((5..=9).contains(&throw(7, "fault", 3)[2]));
    }

    #[test]
    fn what_weighs_nothing_is_never_taken() {
        let mut dice = Dice::of(1, "weights", 0);
        let taken: Vec<_> = (0..200).filter_map(|_| dice.weighed(&[('a', 1), ('b', 0), ('c', 3)])).collect();
        assert!(taken.contains(&'a') && taken.contains(&'c') && !taken.contains(&'b'));
        assert_eq!(taken.len(), 200);
    }
}

//! What goes wrong between the till and Stripe, and which request meets it.

use super::dice::Dice;

/// One way in which a request, or what comes back of it, goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    CutBefore,
    CutAfter,
    CutInBody,
    Delayed,
    StalledHead,
    Dripped,
    Twice,
    Late,
    Error500,
    Error500After,
    Html502,
    Html200,
    TooMany429,
    KeyInUse409,
    Junk400,
    Halved,
    Swapped,
    NoRequestId,
    Down,
    SlowAccept,
    WrongLength,
}

/// Each with how often it strikes beside the others; what makes everybody wait is seldom.
const WEIGHTS: [(Fault, u64); 21] = [
    (Fault::CutBefore, 6),
    (Fault::CutAfter, 8),
    (Fault::CutInBody, 5),
    (Fault::Delayed, 6),
    (Fault::StalledHead, 3),
    (Fault::Dripped, 3),
    (Fault::Twice, 6),
    (Fault::Late, 6),
    (Fault::Error500, 4),
    (Fault::Error500After, 6),
    (Fault::Html502, 3),
    (Fault::Html200, 3),
    (Fault::TooMany429, 4),
    (Fault::KeyInUse409, 4),
    (Fault::Junk400, 3),
    (Fault::Halved, 4),
    (Fault::Swapped, 5),
    (Fault::NoRequestId, 4),
    (Fault::Down, 2),
    (Fault::SlowAccept, 3),
    (Fault::WrongLength, 4),
];

/// So many requests in a hundred are struck.
const STRUCK: u64 = 35;

impl Fault {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        WEIGHTS.iter().map(|(fault, _)| *fault)
    }

    /// What happens, for the log.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::CutBefore => "the connection is cut before the request arrives",
            Self::CutAfter => "the request arrives, and the connection is cut before the answer",
            Self::CutInBody => "the answer is cut in the middle of its body",
            Self::Delayed => "the answer takes its time",
            Self::StalledHead => "the answer's head stalls half-way",
            Self::Dripped => "the answer's body comes byte by byte",
            Self::Twice => "the request is delivered twice",
            Self::Late => "the connection is cut, and the request arrives later all the same",
            Self::Error500 => "500, and nothing was done",
            Self::Error500After => "500, and it was done",
            Self::Html502 => "a gateway's page with 502",
            Self::Html200 => "somebody's page with 200",
            Self::TooMany429 => "429 with Retry-After",
            Self::KeyInUse409 => "409: the idempotency key is in use",
            Self::Junk400 => "400 with JSON that is none",
            Self::Halved => "half of the JSON, under a length that is right",
            Self::Swapped => "the answer of another request",
            Self::NoRequestId => "the answer without its Request-Id",
            Self::Down => "nobody listens for some seconds",
            Self::SlowAccept => "the next connection is accepted late",
            Self::WrongLength => "the answer's length is not what its head says",
        }
    }
}

/// A fault that strikes, and its time or size where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strike {
    pub(super) fault: Fault,
    pub(super) ms: u64,
    /// Heads or tails, for faults of two kinds.
    pub(super) heads: bool,
}

/// So many requests in a row make a spell, and one spell in so many is bad: nothing comes through in time. A till that
/// asks again at once meets the same, and what it gave up arrives when it has gone on to something else.
const SPELL: u64 = 5;
const BAD: u64 = 10;
const BAD_WEIGHTS: [(Fault, u64); 4] =
    [(Fault::Late, 5), (Fault::CutBefore, 2), (Fault::CutAfter, 1), (Fault::Error500After, 1)];

/// What the `nth` request meets; most meet nothing.
pub(super) fn planned(seed: u64, nth: u64) -> Option<Strike> {
    let mut dice = Dice::of(seed, "fault", nth);
    let bad = Dice::of(seed, "spell", nth / SPELL).one_in(BAD);
    if !bad && dice.below(100) >= STRUCK {
        return None;
    }
    let fault = if bad { dice.weighed(&BAD_WEIGHTS) } else { dice.weighed(&WEIGHTS) }?;
    let ms = match fault {
        // Longer than the till waits between two signs of life.
        Fault::Delayed if dice.one_in(25) => dice.between(31_000, 34_000),
        Fault::Delayed if dice.one_in(4) => dice.between(4_000, 5_000),
        Fault::Delayed => dice.between(300, 1_500),
        Fault::Late => dice.between(200, 20_000),
        Fault::StalledHead | Fault::SlowAccept => dice.between(500, 3_000),
        Fault::Down => dice.between(1_000, 5_000),
        _ => 0,
    };
    Some(Strike { fault, ms, heads: dice.one_in(2) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_plans_the_same_faults_again_and_another_seed_others() {
        let plan = |seed| (0..400).map(|nth| planned(seed, nth)).collect::<Vec<_>>();
        assert_eq!(plan(5), plan(5));
        assert_ne!(plan(5), plan(6));
    }

    #[test]
    fn every_fault_strikes_and_most_requests_meet_none() {
        let struck: Vec<_> = (0..4_000).filter_map(|nth| planned(1, nth)).collect();
        assert!((1_450..1_900).contains(&struck.len()), "{}", struck.len());
        let kinds: BTreeSet<_> = struck.iter().map(|strike| strike.fault).collect();
        assert_eq!(kinds, Fault::all().collect());
        let sentences: BTreeSet<_> = Fault::all().map(Fault::sentence).collect();
        assert_eq!(sentences.len(), kinds.len(), "each has a sentence of its own");
    }

    #[test]
    fn in_a_bad_spell_nothing_comes_through() {
        let row =
            |from: u64| (from..from + SPELL).map(|nth| planned(1, nth).map(|strike| strike.fault)).collect::<Vec<_>>();
        let bad = |fault: &Option<Fault>| fault.is_some_and(|fault| BAD_WEIGHTS.iter().any(|(bad, _)| *bad == fault));
        let spells = (0..200).filter(|spell| row(spell * SPELL).iter().all(bad)).count();
        assert!((10..40).contains(&spells), "{spells}");
    }

    #[test]
    fn a_delay_beyond_what_the_till_waits_is_seldom_and_there() {
        let delays: Vec<_> =
            (0..20_000).filter_map(|nth| planned(1, nth)).filter(|strike| strike.fault == Fault::Delayed).collect();
        let long = delays.iter().filter(|strike| strike.ms > 30_000).count();
        assert!(long > 0 && long * 10 < delays.len(), "{long} of {}", delays.len());
    }
}

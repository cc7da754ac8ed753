//! What can go wrong, and how each seed chooses among it.

use crate::agenda::{HOUR, MINUTE, Moment, SECOND};
use crate::chance::Chance;

/// The kinds of trouble. Each seed switches a random part of them on: some histories need two troubles
/// and the absence of a third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    // On the wire.
    RequestLost,
    AnswerLost,
    AnswerSlow,
    Late,
    Twice,
    Conflict,
    RateLimit,
    ErrorBefore,
    ErrorAfter,
    Html,
    Truncated,
    Foreign,
    Processing,
    // At the counter.
    Declines,
    NoMoneyAtAll,
    Asks,
    DoubleSubmit,
    Impatient,
    AuthoriseOnly,
    Phone,
    SecondSale,
    // In this computer.
    CrashAtCommit,
    CrashAtCall,
    DiskTrouble,
    Asleep,
    Away,
    ClockJump,
    OlderCopy,
    /// With the older copy its mark comes back, so that nothing beside it tells of it.
    WholeFolder,
    // With the account.
    KeyRevoked,
    KeyForbidden,
    OtherAccount,
    // With refunds.
    Dashboard,
    Refunding,
    KeyInDoubt,
}

use Fault::{
    AnswerLost, AnswerSlow, Asleep, Away, ClockJump, Conflict, CrashAtCall, Dashboard, ErrorAfter, ErrorBefore,
    Foreign, Html, KeyForbidden, KeyRevoked, Late, OlderCopy, OtherAccount, Processing, RateLimit, RequestLost,
    Truncated, Twice,
};

const WIRE: [Fault; 13] = [
    RequestLost,
    AnswerLost,
    AnswerSlow,
    Late,
    Twice,
    Conflict,
    RateLimit,
    ErrorBefore,
    ErrorAfter,
    Html,
    Truncated,
    Foreign,
    Processing,
];

/// Trouble that comes over the whole shop and not over one request.
const SHOP: [Fault; 9] =
    [CrashAtCall, Asleep, Away, ClockJump, OlderCopy, KeyRevoked, KeyForbidden, OtherAccount, Dashboard];

/// The troubles of one seed.
#[derive(Debug, Clone)]
pub(crate) struct Weather {
    on: u64,
    wire: Vec<Fault>,
    shop: Vec<Fault>,
    /// One request in so many meets trouble.
    pub(crate) rate: u32,
}

impl Weather {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        // Half of the kinds, or a quarter: few troubles at a time go deeper.
        let (half, other_half) = (chance.bits(), chance.bits());
        let on = if chance.one_in(2) { half } else { half & other_half };
        let rate = chance.pick(&[2, 3, 4, 8]);
        Self::of(on, rate)
    }

    /// As it is, but this computer neither crashes nor fails.
    pub(crate) fn with_a_sound_computer(&self) -> Self {
        let unsound = Fault::CrashAtCommit.bit() | Fault::CrashAtCall.bit() | Fault::DiskTrouble.bit();
        Self::of(self.on & !unsound, self.rate)
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm() -> Self {
        Self::of(0, 1)
    }

    fn of(on: u64, rate: u32) -> Self {
        // A copy that is older than a change of account knows nothing of the other account's payments, and nobody who
        // holds one key can tell: decision 010 names it as the limit that it is.
        let moves = OtherAccount.bit() | Fault::KeyInDoubt.bit();
        let on = if on & moves == 0 { on } else { on & !OlderCopy.bit() };
        let only = |all: &[Fault]| all.iter().copied().filter(|fault| on & fault.bit() != 0).collect();
        Self { on, wire: only(&WIRE), shop: only(&SHOP), rate }
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.on & fault.bit() != 0
    }

    /// What becomes of the next request.
    pub(crate) fn of_request(&self, chance: &mut Chance) -> Option<Fault> {
        (!self.wire.is_empty() && chance.one_in(self.rate)).then(|| chance.pick(&self.wire))
    }

    /// What comes over the shop now.
    pub(crate) fn of_shop(&self, chance: &mut Chance) -> Option<Fault> {
        // An older copy takes two visits: one that makes it, and one that puts it back.
        let times = if self.has(OlderCopy) { 3 } else { 6 };
        (!self.shop.is_empty() && chance.one_in(times)).then(|| chance.pick(&self.shop))
    }
}

impl Fault {
    fn bit(self) -> u64 {
        1 << (self as u32)
    }
}

/// How long something that is late takes: mostly within the minutes in which a person acts, sometimes a day.
pub(crate) fn lateness(chance: &mut Chance) -> Moment {
    match chance.below(8) {
        0..=2 => Moment::from(chance.between(2, 60)) * SECOND,
        3..=5 => Moment::from(chance.between(1, 20)) * MINUTE,
        6 => Moment::from(chance.between(1, 20)) * HOUR,
        _ => Moment::from(chance.between(23, 30)) * HOUR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_trouble_has_a_bit_of_its_own_and_comes_over_some_seed() {
        let counter = [Fault::Declines, Fault::Asks, Fault::DoubleSubmit, Fault::Impatient, Fault::AuthoriseOnly];
        let others = [Fault::NoMoneyAtAll, Fault::Phone, Fault::SecondSale, Fault::CrashAtCommit, Fault::DiskTrouble];
        let all = [&WIRE[..], &SHOP, &counter, &others];
        let refunds = [Fault::Refunding, Fault::KeyInDoubt, Fault::WholeFolder];
        let all = [&all.concat()[..], &refunds];
        let seen = (0..64).map(|seed| Weather::draw(&mut Chance::new(seed)).on).fold(0, |seen, on| seen | on);
        let bits = all.concat().iter().fold(0, |bits: u64, fault| {
            assert_eq!(bits & fault.bit(), 0, "{fault:?} twice");
            bits | fault.bit()
        });
        assert_eq!(seen & bits, bits);
    }
}

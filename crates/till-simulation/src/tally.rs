//! What a run has seen: proof that the troubles really came.

use std::fmt;
use std::ops::AddAssign;

use crate::reading::Ways;

/// Counts over one seed, or over many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub seeds: u64,
    pub steps: u64,
    pub requests: u64,
    pub crashes: u64,
    pub timeouts: u64,
    pub late: u64,
    pub twice: u64,
    pub disk: u64,
    pub away: u64,
    pub wrong_key: u64,
    pub cards: u64,
    pub three_ds: u64,
    pub other_card: u64,
    pub paid: u64,
    pub void: u64,
    pub refunds: u64,
    /// Older copies of the journal that were put back.
    pub copies: u64,
    /// Blocked for good: the PaymentIntent is in another account.
    pub stuck_elsewhere: u64,
    pub ways: Ways,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.requests += other.requests;
        self.crashes += other.crashes;
        self.timeouts += other.timeouts;
        self.late += other.late;
        self.twice += other.twice;
        self.disk += other.disk;
        self.away += other.away;
        self.wrong_key += other.wrong_key;
        self.cards += other.cards;
        self.three_ds += other.three_ds;
        self.other_card += other.other_card;
        self.paid += other.paid;
        self.void += other.void;
        self.refunds += other.refunds;
        self.copies += other.copies;
        self.stuck_elsewhere += other.stuck_elsewhere;
        self.ways.join(other.ways);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (walked, all) = self.ways.count();
        write!(
            f,
            "steps={} requests={} crashes={} timeouts={} late={} twice={} disk={} away={} wrong_key={} cards={} 3ds={} \
             other_card={} paid={} void={} refunds={} copies={} blocked={} ways={walked}/{all}",
            self.steps,
            self.requests,
            self.crashes,
            self.timeouts,
            self.late,
            self.twice,
            self.disk,
            self.away,
            self.wrong_key,
            self.cards,
            self.three_ds,
            self.other_card,
            self.paid,
            self.void,
            self.refunds,
            self.copies,
            self.stuck_elsewhere,
        )
    }
}

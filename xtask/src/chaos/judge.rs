//! Holds what the screens say against what Stripe has, by a clock that is handed in.
//!
//! A claim is false only beyond doubt: "charged" when Stripe, asked after the screen was read, has no charge; "not
//! charged" when Stripe had one before it was read. "So far" speaks of Stripe's last word, so it is false once the till
//! was told; until then it is behind, which is measured but is the line's fault. A screen needs a moment to follow, so
//! only what stays false for longer than [`PATIENCE_MS`] is a deviation.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claim, Says};

/// A false claim of this age is a deviation.
pub(super) const PATIENCE_MS: u64 = 1_000;

/// What Stripe has of the payment with one amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Money {
    /// Successful charges; more than one is the worst there is.
    pub(super) times: u32,
    pub(super) refunded: i64,
    /// The last four digits of the card that was charged.
    pub(super) card: u32,
}

/// What is so, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) charged: BTreeMap<i64, Money>,
    /// Reserved and not yet taken.
    pub(super) held: BTreeSet<i64>,
    /// Of what was charged, what the till got told.
    pub(super) told: BTreeSet<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    True,
    Behind,
    False,
}

#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    false_since: Option<u64>,
    behind_since: Option<u64>,
    reported: bool,
}

/// What it has read and found.
#[derive(Debug, Default)]
pub(super) struct Judge {
    standing: BTreeMap<(i64, Says), Standing>,
    pub(super) screens: u64,
    pub(super) claims: u64,
    /// Claims that were false for less than the time that counts.
    pub(super) blinks: u64,
    pub(super) longest_false_ms: u64,
    pub(super) longest_behind_ms: u64,
    twice: BTreeSet<i64>,
    pub(super) deviations: Vec<String>,
}

impl Judge {
    /// A screen was read at `now_ms`, between two looks at Stripe. Gives what is wrong that was not said before.
    pub(super) fn hear(&mut self, now_ms: u64, claims: &[Claim], before: &Facts, after: &Facts) -> Vec<String> {
        self.screens += 1;
        self.claims += claims.len() as u64;
        let mut said = Vec::new();
        for (amount, money) in &after.charged {
            if money.times > 1 && self.twice.insert(*amount) {
                said.push(format!("{amount} was charged {} times", money.times));
            }
        }
        let gone: Vec<_> =
            self.standing.keys().copied().filter(|key| !claims.iter().any(|c| (c.amount, c.says) == *key)).collect();
        for key in gone {
            self.settle(key, now_ms);
        }
        for claim in claims {
            let key = (claim.amount, claim.says);
            match truth(claim, before, after) {
                Truth::True => self.settle(key, now_ms),
                Truth::Behind => {
                    let since = self.standing.entry(key).or_default().behind_since.get_or_insert(now_ms);
                    self.longest_behind_ms = self.longest_behind_ms.max(now_ms.saturating_sub(*since));
                }
                Truth::False => {
                    let standing = self.standing.entry(key).or_default();
                    let for_ms = now_ms.saturating_sub(*standing.false_since.get_or_insert(now_ms));
                    self.longest_false_ms = self.longest_false_ms.max(for_ms);
                    if for_ms > PATIENCE_MS && !standing.reported {
                        standing.reported = true;
                        said.push(format!(
                            "false for {for_ms} ms: {claim:?}; Stripe has {:?}",
                            after.charged.get(&claim.amount)
                        ));
                    }
                }
            }
        }
        self.deviations.extend(said.iter().cloned());
        said
    }

    /// The screen went dark: what stood on it stands there no more.
    pub(super) fn dark(&mut self, now_ms: u64) {
        for key in self.standing.keys().copied().collect::<Vec<_>>() {
            self.settle(key, now_ms);
        }
    }

    /// It is true now, or not said any more. What it was at the last look it may have been until this one.
    fn settle(&mut self, key: (i64, Says), now_ms: u64) {
        let Some(standing) = self.standing.remove(&key) else { return };
        if let Some(since) = standing.false_since {
            self.longest_false_ms = self.longest_false_ms.max(now_ms.saturating_sub(since));
            self.blinks += u64::from(!standing.reported);
        }
    }
}

fn truth(claim: &Claim, before: &Facts, after: &Facts) -> Truth {
    let known = |so: bool| if so { Truth::True } else { Truth::False };
    let was_charged = before.charged.contains_key(&claim.amount);
    let was_told = before.told.contains(&claim.amount);
    match claim.says {
        // What was reserved is still said to be, until the till hears that it was taken.
        Says::NotSoFar | Says::Held if was_charged => {
            if was_told {
                Truth::False
            } else {
                Truth::Behind
            }
        }
        Says::Unknown | Says::NotSoFar => Truth::True,
        Says::Charged => known(after.charged.contains_key(&claim.amount)),
        Says::NotCharged => known(!was_charged),
        Says::Held => known(after.held.contains(&claim.amount) || after.charged.contains_key(&claim.amount)),
        Says::Card(four) => known(after.charged.get(&claim.amount).is_some_and(|money| money.card == four)),
        Says::Refunded(back) => known(after.charged.get(&claim.amount).is_some_and(|money| money.refunded >= back)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::claim;
    use crate::chaos::screen::{Screen, Spot};

    fn claim(says: Says) -> Claim {
        Claim { amount: 500, says, place: "panel".into(), words: String::new() }
    }

    fn charged(refunded: i64) -> Facts {
        Facts { charged: BTreeMap::from([(500, Money { times: 1, refunded, card: 4_242 })]), ..Facts::default() }
    }

    fn told(facts: Facts) -> Facts {
        Facts { told: BTreeSet::from([500]), ..facts }
    }

    /// The same claim at each of these moments, over the same facts: how many deviations there are.
    fn hear(judge: &mut Judge, moments: &[u64], says: Says, facts: &Facts) -> usize {
        moments.iter().map(|now| judge.hear(*now, &[claim(says)], facts, facts).len()).sum()
    }

    #[test]
    fn a_claim_that_is_false_for_longer_than_a_second_is_told_once() {
        let mut judge = Judge::default();
        assert_eq!(hear(&mut judge, &[0, 400, 1_000], Says::NotCharged, &charged(0)), 0, "a second is not longer");
        assert_eq!(hear(&mut judge, &[1_001, 1_500, 9_000], Says::NotCharged, &charged(0)), 1);
        assert_eq!((judge.deviations.len(), judge.longest_false_ms, judge.blinks), (1, 9_000, 0));
        assert_eq!((judge.screens, judge.claims), (6, 6));
    }

    #[test]
    fn a_claim_that_is_put_right_in_time_is_counted_and_its_time_begins_anew() {
        let mut judge = Judge::default();
        assert_eq!(hear(&mut judge, &[0, 900], Says::Charged, &Facts::default()), 0);
        assert_eq!(hear(&mut judge, &[950], Says::Charged, &charged(0)), 0);
        assert_eq!(hear(&mut judge, &[5_000, 5_900], Says::Charged, &Facts::default()), 0);
        judge.dark(5_950);
        assert_eq!((judge.blinks, judge.longest_false_ms, judge.deviations.len()), (2, 950, 0));
    }

    #[test]
    fn a_claim_that_goes_away_stands_no_more() {
        let mut judge = Judge::default();
        assert_eq!(hear(&mut judge, &[0], Says::NotCharged, &charged(0)), 0);
        judge.hear(500, &[], &charged(0), &charged(0));
        assert_eq!(hear(&mut judge, &[2_000, 2_900], Says::NotCharged, &charged(0)), 0);
        assert_eq!(judge.blinks, 1);
    }

    #[test]
    fn what_happened_between_two_looks_is_nobodys_lie() {
        let none = Facts::default();
        let mut judge = Judge::default();
        for now in [0, 2_000] {
            let says = [claim(Says::Charged), claim(Says::NotCharged), claim(Says::NotSoFar)];
            assert!(judge.hear(now, &says, &none, &charged(0)).is_empty());
        }
        assert_eq!(judge.longest_false_ms, 0);
    }

    #[test]
    fn so_far_is_behind_until_the_till_was_told_and_false_from_then_on() {
        let mut judge = Judge::default();
        assert_eq!(hear(&mut judge, &[0, 30_000], Says::NotSoFar, &charged(0)), 0);
        assert_eq!((judge.longest_behind_ms, judge.longest_false_ms), (30_000, 0));
        assert_eq!(hear(&mut judge, &[30_100, 31_000, 31_200], Says::NotSoFar, &told(charged(0))), 1);
    }

    #[test]
    fn each_kind_of_lie_is_found() {
        let held = Facts { held: BTreeSet::from([500]), ..Facts::default() };
        let table = [
            (Says::Charged, Facts::default(), 1),
            (Says::Charged, charged(0), 0),
            (Says::NotCharged, Facts::default(), 0),
            (Says::Unknown, charged(0), 0),
            (Says::Held, held.clone(), 0),
            (Says::Held, Facts::default(), 1),
            (Says::Held, told(charged(0)), 1),
            (Says::Charged, held, 1),
            (Says::Card(4_242), charged(0), 0),
            (Says::Card(4_444), charged(0), 1),
            (Says::Refunded(200), charged(200), 0),
            (Says::Refunded(200), charged(100), 1),
            (Says::Refunded(200), Facts::default(), 1),
        ];
        for (says, facts, found) in table {
            assert_eq!(hear(&mut Judge::default(), &[0, 1_500], says, &facts), found, "{says:?} with {facts:?}");
        }
    }

    #[test]
    fn two_charges_for_one_sale_are_told_once_whatever_the_screen_says() {
        let twice =
            Facts { charged: BTreeMap::from([(500, Money { times: 2, ..Money::default() })]), ..Facts::default() };
        let mut judge = Judge::default();
        assert_eq!(hear(&mut judge, &[0, 5_000], Says::Charged, &twice), 1);
    }

    #[test]
    fn a_page_that_says_not_charged_over_a_charge_is_caught() {
        let spot = Spot {
            place: "panel".into(),
            state: "ready".into(),
            amount: "$5.00".into(),
            words: "Needs attention\nThe customer was not charged.".into(),
            ..Spot::default()
        };
        let mut screen = Screen::default();
        screen.till.spots.push(spot);
        let mut judge = Judge::default();
        let found: Vec<_> = [0, 1_100]
            .into_iter()
            .flat_map(|now| judge.hear(now, &claim::claims(&screen), &charged(0), &charged(0)))
            .collect();
        assert!(matches!(&found[..], [one] if one.contains("The customer was not charged.")), "{found:?}");
    }
}

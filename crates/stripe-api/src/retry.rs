//! Whether the same bytes may be sent again with the same key, and when.
//!
//! This is the courtesy towards Stripe, not the safety of the payment: how old a key may be, and that a
//! changing call answered with 5xx is looked up first, is for the caller to hold.

use std::time::Duration;

use crate::answer::{Answer, Body};
use crate::transport::Unanswered;

/// How often a call is sent at most: once, and twice more.
pub const MOST_SENDS: u32 = 3;

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A cashier does not wait longer than this; the regular recovery looks again instead.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// How long to wait before sending the same call again, or `None` when it must not be sent again.
///
/// `attempt` counts the sends so far, so 1 after the first. `jitter` is a random number from 0 to 1 that
/// keeps tills which lost the same network apart; the same arguments always give the same wait.
pub fn wait_before(attempt: u32, outcome: &Result<Answer, Unanswered>, jitter: f64) -> Option<Duration> {
    if attempt >= MOST_SENDS || !may_repeat(outcome) {
        return None;
    }
    let asked = outcome.as_ref().ok().and_then(|answer| answer.meta.retry_after).unwrap_or_default();
    // Coming back earlier than asked would be wrong, and much later is of no use here.
    (asked <= LONGEST_RETRY_AFTER).then(|| back_off(attempt, jitter).max(asked))
}

fn may_repeat(outcome: &Result<Answer, Unanswered>) -> bool {
    let answer = match outcome {
        Err(Unanswered::NotSent(_) | Unanswered::Lost(_)) => return true,
        Ok(answer) => answer,
    };
    if let Some(judgement) = answer.meta.should_retry {
        return judgement;
    }
    // Junk is a lost answer that happens to have bytes.
    let junk = matches!(answer.body, Body::Unreadable(_));
    // Key in use, dependency, rate limit: nothing decided, and nothing saved under the key.
    junk || matches!(answer.status, 409 | 424 | 429) || answer.status >= 500
}

/// Half a second doubling to five, times 0.5 to 1, never under half a second.
fn back_off(attempt: u32, jitter: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(10));
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
    doubled.min(LONGEST_WAIT).mul_f64(0.5 + 0.5 * jitter).max(FIRST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Meta;

    type Outcome = Result<Answer, Unanswered>;

    fn answered(status: u16, body: Body, meta: Meta) -> Answer {
        Answer { status, meta, body }
    }

    fn error(status: u16, meta: Meta) -> Answer {
        answered(status, Body::Error(Box::default()), meta)
    }

    fn waits(outcome: &Outcome) -> bool {
        wait_before(1, outcome, 0.5).is_some()
    }

    #[test]
    fn only_open_outcomes_are_sent_again() {
        for (status, again) in [
            (400, false),
            (401, false),
            (402, false),
            (403, false),
            (404, false),
            (409, true),
            (424, true),
            (429, true),
            (500, true),
            (502, true),
            (503, true),
            (504, true),
        ] {
            assert_eq!(waits(&Ok(error(status, Meta::default()))), again, "{status}");
        }
        assert!(waits(&Err(Unanswered::NotSent(String::new()))));
        assert!(waits(&Err(Unanswered::Lost(String::new()))));
        assert!(!waits(&Ok(answered(200, Body::Balance, Meta::default()))));
        assert!(waits(&Ok(answered(200, Body::Unreadable(String::new()), Meta::default()))));
    }

    #[test]
    fn stripes_own_judgement_comes_first() {
        for status in [200, 400, 402, 409, 429, 500] {
            for judgement in [true, false] {
                let meta = Meta { should_retry: Some(judgement), ..Meta::default() };
                assert_eq!(waits(&Ok(error(status, meta))), judgement, "{status}");
            }
        }
    }

    #[test]
    fn a_call_is_sent_three_times_at_most() {
        let meta = Meta { should_retry: Some(true), ..Meta::default() };
        for outcome in [Err(Unanswered::Lost(String::new())), Ok(error(500, meta))] {
            let waiting: Vec<bool> = (0..6).map(|n| wait_before(n, &outcome, 1.0).is_some()).collect();
            assert_eq!(waiting, [true, true, true, false, false, false]);
            assert_eq!(wait_before(u32::MAX, &outcome, 1.0), None);
        }
    }

    #[test]
    fn waits_grow_and_stay_within_their_bounds() {
        for (attempt, jitter, millis) in
            [(1, 0.0, 500), (1, 1.0, 500), (2, 0.0, 500), (2, 0.5, 750), (2, 1.0, 1000), (2, f64::NAN, 1000)]
        {
            let wait = wait_before(attempt, &Err(Unanswered::Lost(String::new())), jitter);
            assert_eq!(wait, Some(Duration::from_millis(millis)), "{attempt} {jitter}");
        }
        for attempt in 0..100 {
            for jitter in [-9.0, 0.0, 0.3, 1.0, 9.0, f64::INFINITY] {
                assert!((FIRST_WAIT..=LONGEST_WAIT).contains(&back_off(attempt, jitter)));
            }
        }
    }

    #[test]
    fn retry_after_is_waited_for_or_not_retried_at_all() {
        for (seconds, wait) in [(0, Some(500)), (1, Some(1_000)), (60, Some(60_000)), (61, None), (u64::MAX, None)] {
            let meta = Meta { retry_after: Some(Duration::from_secs(seconds)), ..Meta::default() };
            assert_eq!(wait_before(1, &Ok(error(429, meta)), 0.0), wait.map(Duration::from_millis), "{seconds}");
        }
    }
}

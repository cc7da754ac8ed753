//! What comes back to the cashier: answers, and the end of a wait; and what time it is then.

use super::{Cashier, Effect, Errand, Now};
use crate::evidence::{self, Evidence};
use crate::journal::Journal;
use crate::payment::step::{self, At, Event};
use crate::sale::SaleId;
use std::time::Duration;
use stripe_api::{Answer, Unanswered};

/// Longer than between two sweeps.
const SLEPT: Duration = Duration::from_secs(15 * 60);

impl<J: Journal> Cashier<J> {
    /// A sweep comes every ten minutes: when nothing came for longer, the computer slept.
    pub(super) fn notice_sleep(&mut self, now: Now) {
        if now.monotonic.saturating_sub(self.awake) > SLEPT {
            self.before_sleep = self.next_flight;
        }
        self.awake = now.monotonic;
    }

    pub(super) fn at(&self, now: Now) -> At {
        let stripe = self.stripe_time.map(|(date, heard)| {
            let since = now.monotonic.saturating_sub(heard).as_secs();
            date.saturating_add(i64::try_from(since).unwrap_or(i64::MAX))
        });
        At { monotonic: now.monotonic, stripe }
    }

    /// An answer has come, or will never come. Answers that nobody waits for any more are dropped: what they
    /// would say is read again.
    pub fn answered(
        &mut self,
        now: Now,
        errand: Errand,
        flight: u64,
        outcome: &Result<Answer, Unanswered>,
    ) -> Vec<Effect> {
        self.reached = Some(outcome.is_ok());
        self.notice_sleep(now);
        let date = outcome.as_ref().ok().and_then(|answer| answer.meta.date);
        if let Some(date) = date.filter(|_| flight > self.before_sleep) {
            self.stripe_time = Some((date, now.monotonic));
        }
        match errand {
            Errand::Payment(sale) => self.payment_answered(now, sale, flight, outcome),
            Errand::Refund(sale) => self.refund_answered(now, sale, flight, outcome),
            Errand::Sweep => self.sweep_answered(now, flight, outcome),
        }
    }

    fn payment_answered(
        &mut self,
        now: Now,
        sale: SaleId,
        flight: u64,
        outcome: &Result<Answer, Unanswered>,
    ) -> Vec<Effect> {
        let Some(held) = self.held.get_mut(&sale) else {
            return Vec::new();
        };
        let Some(flight) = held.flight.take_if(|waiting| waiting.id == flight && waiting.due.is_none()) else {
            return Vec::new();
        };
        let evidence = evidence::read(&held.payment, flight.what, outcome);
        held.live.busy = None;
        if let Evidence::Intent(facts) | Evidence::WrongState(facts) = &evidence {
            held.secret.clone_from(&facts.secret);
            held.live.looks = 0;
            held.live.contradicted = false;
        }
        self.advance(now, sale, Event::Answered(flight.what, Box::new(evidence)), |_| ()).unwrap_or_default()
    }

    /// The time of a waiting request has come. A computer that slept meanwhile may find that it is long past:
    /// then it does not go any more, and counts as unanswered.
    pub fn due(&mut self, now: Now, errand: Errand, flight: u64) -> Vec<Effect> {
        self.notice_sleep(now);
        match errand {
            Errand::Payment(sale) => self.payment_due(now, sale, flight),
            Errand::Refund(sale) => self.refund_due(now, sale, flight),
            Errand::Sweep => self.sweep_due(flight),
        }
    }

    fn payment_due(&mut self, now: Now, sale: SaleId, flight: u64) -> Vec<Effect> {
        let writable = self.broken.is_none();
        let Some(held) = self.held.get_mut(&sale) else {
            return Vec::new();
        };
        let Some(waiting) = held.flight.as_mut().filter(|waiting| waiting.id == flight && waiting.due.is_some()) else {
            return Vec::new();
        };
        waiting.due = None;
        let what = waiting.what;
        if held.live.sends > 0 && !step::in_time(what, &held.live, now.monotonic) {
            held.flight = None;
            let unanswered = Event::Answered(what, Box::new(Evidence::Unanswered));
            return self.advance(now, sale, unanswered, |_| ()).unwrap_or_default();
        }
        held.launch(what, flight, sale, writable).into_iter().collect()
    }
}

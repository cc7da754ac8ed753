//! How a history ends: the troubles stop, people finish what is open, and at last everything late arrives.

use till::refund::{Refund, RefundPhase};

use crate::agenda::{HOUR, MINUTE, Moment, SECOND};
use crate::fault::{Fault, Weather};
use crate::stripe::Key;
use crate::subject::{Act, Standing, Subject};
use crate::world::{Breach, Event, World};

/// How long a sale may take to come to rest once nothing goes wrong any more.
const LONGEST: u64 = 20 * MINUTE;
/// Long enough for an answer.
const A_MOMENT: u64 = 2 * SECOND;
/// How often people try to end a sale.
const ROUNDS: u32 = 12;

impl<S: Subject> World<S> {
    /// One whole history.
    pub(crate) fn live(&mut self) -> Result<(), Breach> {
        // Short histories find more in the same time: every mutant is caught sooner than with twice as many acts. Some
        // are long enough for what wants many, as the limit of cards that Stripe sets an intent.
        let acts = if self.chance.one_in(40) { self.chance.between(14, 40) } else { self.chance.between(3, 7) };
        // A refund comes after everything else.
        let acts =
            acts + if self.weather.has(Fault::Refunding) && self.weather.has(Fault::KeyInDoubt) { 10 } else { 0 };
        self.come_back()?;
        for _ in 0..acts {
            self.next_person();
            self.until_a_person_came()?;
        }
        self.calm()?;
        self.settle()?;
        self.aftermath()
    }

    fn until_a_person_came(&mut self) -> Result<(), Breach> {
        while let Some((at, event)) = self.agenda.take() {
            self.clock = self.clock.max(at);
            self.tally.steps += 1;
            let person = matches!(event, Event::Person);
            self.happen(event)?;
            if person {
                break;
            }
        }
        Ok(())
    }

    /// I5: once the troubles stop, every sale comes to rest by itself.
    fn calm(&mut self) -> Result<(), Breach> {
        let moved = self.weather.has(Fault::OtherAccount);
        self.trace.note(self.clock, || "the troubles are over".to_owned());
        self.weather = Weather::calm();
        (self.stripe.key, self.skew) = (Key::Ours, 0);
        self.work_for_key()?;
        if self.broken || moved {
            self.crash("started anew")?;
        }
        self.rest()
    }

    fn rest(&mut self) -> Result<(), Breach> {
        self.run_until(self.clock + A_MOMENT)?;
        let deadline = self.clock + LONGEST;
        while let Some(place) = self.restless() {
            if !self.go_on()? || self.clock > deadline {
                let word = self.subject.tell(self.sales[place].id);
                return Err(format!("I5: sale {} does not come to rest: {word}", place + 1));
            }
        }
        Ok(())
    }

    fn run_until(&mut self, end: Moment) -> Result<(), Breach> {
        while self.agenda.next().is_some_and(|at| at <= end) {
            self.go_on()?;
        }
        self.clock = self.clock.max(end);
        Ok(())
    }

    fn restless(&mut self) -> Option<usize> {
        if self.subject.is_behind() || !self.subject.is_compared() {
            return Some(0);
        }
        (0..self.sales.len()).find(|place| {
            let id = self.sales[*place].id;
            let standing = self.subject.standing(id);
            let asked = |refund: &Refund| refund.phase == RefundPhase::Asked;
            if self.sales[*place].model.wish.is_some() && self.subject.refunds(id).iter().any(asked) {
                return true;
            }
            !(standing.rests() || matches!(standing, Standing::Absent | Standing::Asking))
        })
    }

    /// I5, the rest of it: whatever a sale rests in, people can end it.
    fn settle(&mut self) -> Result<(), Breach> {
        for round in 0..ROUNDS {
            if self.broken {
                self.crash("started anew")?;
            }
            if self.subject.cards_are_off() {
                self.manager_reads()?;
            }
            let mut open = self.subject.cards_are_off();
            for place in 0..self.sales.len() {
                open |= self.end(place, round)?;
            }
            if !open {
                break;
            }
            self.rest()?;
        }
        for place in 0..self.sales.len() {
            self.settle_refund(place)?;
            match self.subject.standing(self.sales[place].id) {
                Standing::Paid => self.tally.paid += 1,
                Standing::Void => self.tally.void += 1,
                Standing::Absent => {}
                // Its PaymentIntent is in the other account, and only that account's key can end it.
                Standing::Blocked if self.stripe.has_other() => self.tally.stuck_elsewhere += 1,
                _ => {
                    let word = self.subject.tell(self.sales[place].id);
                    return Err(format!("I5: nobody can end sale {}: {word}", place + 1));
                }
            }
        }
        Ok(())
    }

    /// I5 for refunds: Stripe has it, or it is let go a day later.
    fn settle_refund(&mut self, place: usize) -> Result<(), Breach> {
        let id = self.sales[place].id;
        for _ in 0..ROUNDS {
            let open = |refund: &Refund| refund.phase.is_open();
            if self.sales[place].model.wish.is_none() || !self.subject.refunds(id).iter().any(open) {
                return Ok(());
            }
            if self.broken {
                self.crash("started anew")?;
            }
            self.act(place, Act::CheckRefund)?;
            self.rest()?;
            self.act(place, Act::GiveUpRefund)?;
            self.pass(3 * HOUR)?;
            self.rest()?;
        }
        // Its charge is in the other account.
        if self.stripe.has_other() { Ok(()) } else { Err(format!("I5: nobody can end a refund of sale {}", place + 1)) }
    }

    /// Does what the screen offers to end a sale. False if there is nothing left to do.
    fn end(&mut self, place: usize, round: u32) -> Result<bool, Breach> {
        let pays = round < 4 && self.chance.one_in(4);
        match self.subject.standing(self.sales[place].id) {
            Standing::Absent | Standing::Paid | Standing::Void => return Ok(false),
            Standing::Form if pays => self.good_card(place)?,
            Standing::Paused if pays => self.act(place, Act::TakeCard)?,
            Standing::Authorised => self.act(place, if pays { Act::Capture } else { Act::Release })?,
            Standing::Blocked if round.is_multiple_of(2) => self.act(place, Act::CheckNow)?,
            _ => self.act(place, Act::Cancel)?,
        }
        Ok(true)
    }

    /// Everything that is still on its way arrives at last, and changes nothing.
    fn aftermath(&mut self) -> Result<(), Breach> {
        self.trace.note(self.clock, || "what is late arrives".to_owned());
        for (at, event) in self.agenda.take_all() {
            if let Event::Arrive(mut parcel) = event {
                self.clock = self.clock.max(at);
                parcel.epoch = None;
                self.happen(Event::Arrive(parcel))?;
            }
        }
        if self.tally.copies > 0 {
            // Somebody starts the till once more, and it looks at what arrived.
            self.crash("started anew")?;
            self.rest()?;
        }
        self.check_whole()
    }
}

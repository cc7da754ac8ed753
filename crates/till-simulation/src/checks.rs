//! The invariants, checked after every step. What Stripe really did is read from its own books.

use crate::stripe::AMOUNT;
use crate::subject::{Standing, Subject};
use crate::world::{Breach, Watched, World};

impl<S: Subject> World<S> {
    /// After the till did something: what it says is held against Stripe's books.
    pub(crate) fn check(&mut self) -> Result<(), Breach> {
        for place in 0..self.sales.len() {
            self.check_sale(place, false)?;
        }
        Ok(())
    }

    /// After Stripe did something: nothing may have been taken twice, or beside a final word.
    pub(crate) fn check_money(&mut self) -> Result<(), Breach> {
        for watched in &self.sales {
            let taken = self.taken(watched)?;
            let settled = watched.settled;
            if settled == Some(Standing::Void) && taken > 0 {
                return Err(format!("I4: {} is void and was charged", watched.text));
            }
        }
        Ok(())
    }

    /// At the very end, over everything.
    pub(crate) fn check_whole(&mut self) -> Result<(), Breach> {
        for place in 0..self.sales.len() {
            self.check_sale(place, true)?;
            let watched = &self.sales[place];
            let begun = self.stripe.attempts(&watched.text);
            if begun > watched.submits + watched.stale {
                let submits = watched.submits;
                return Err(format!("I6: {begun} cards tried at Stripe, {submits} submitted for {}", watched.text));
            }
        }
        Ok(())
    }

    /// How often this sale was charged: I1 and I7.
    fn taken(&self, watched: &Watched) -> Result<usize, Breach> {
        let is_ours = |line: &&stripe_simulator::LedgerLine| line.metadata.get("sale_id") == Some(&watched.text);
        let mut count = 0;
        for line in self.stripe.taken.iter().filter(is_ours) {
            count += 1;
            if line.amount != AMOUNT || line.currency != "usd" {
                return Err(format!("I7: {} {} was taken for {}", line.amount, line.currency, watched.text));
            }
        }
        if count > 1 {
            return Err(format!("I1: {} was charged {count} times", watched.text));
        }
        Ok(count)
    }

    fn check_sale(&mut self, place: usize, whole: bool) -> Result<(), Breach> {
        let id = self.sales[place].id;
        let standing = self.subject.standing(id);
        let taken = self.taken(&self.sales[place])?;
        let watched = &mut self.sales[place];
        match standing {
            Standing::Paid if taken != 1 => return Err(format!("I3: {} is paid and was not charged", watched.text)),
            Standing::Void if taken != 0 => return Err(format!("I4: {} is void and was charged", watched.text)),
            _ => {}
        }
        // What only stands on the screen is forgotten by a crash, and found again at Stripe.
        if watched.settled.is_none() && standing.is_final() && !self.broken {
            watched.settled = Some(standing);
        }
        if watched.settled.is_some_and(|settled| settled != standing) {
            return Err(format!("I10: {} was {:?} and is {standing:?}", watched.text, watched.settled));
        }
        self.subject.check_history(id, whole)
    }
}

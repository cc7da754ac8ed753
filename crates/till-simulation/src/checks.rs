//! The invariants, checked after every step. What Stripe really did is read from its own books; the [`Model`] says
//! what follows from it.
//!
//! [`Model`]: crate::model::Model

use crate::model::Model;
use crate::subject::{Named, Standing, Subject};
use crate::world::{Breach, Watched, World};

/// How many histories share one search for secrets: it reads every word of the journal.
const SECRETS: u64 = 64;

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
            self.taken(watched)?;
        }
        Ok(())
    }

    /// At the very end, over everything.
    pub(crate) fn check_whole(&mut self) -> Result<(), Breach> {
        for place in 0..self.sales.len() {
            self.check_sale(place, true)?;
            let watched = &self.sales[place];
            watched.named(watched.model.tried(self.stripe.attempts(&watched.text)))?;
            self.check_accounts(place)?;
            if self.seed.is_multiple_of(SECRETS) {
                let secret = self.subject.finds_secret(self.sales[place].id);
                secret.map_or(Ok(()), |found| Err(format!("I9: the journal holds {found}")))?;
            }
        }
        Ok(())
    }

    /// I13: money of a sale that the journal lost is told to a manager.
    fn check_accounts(&self, place: usize) -> Result<(), Breach> {
        let watched = &self.sales[place];
        if !watched.lost {
            return Ok(());
        }
        match self.stripe.charged(&watched.text).find(|intent| !self.subject.has_told_of(intent)) {
            Some(intent) => Err(format!("I13: nobody was told of {intent}, charged for {}", watched.text)),
            None => Ok(()),
        }
    }

    /// How often this sale was charged.
    fn taken(&self, watched: &Watched) -> Result<usize, Breach> {
        let is_ours = |line: &&stripe_simulator::LedgerLine| line.metadata.get("sale_id") == Some(&watched.text);
        let taken = self.stripe.taken.iter().filter(is_ours);
        watched.named(watched.model.charged(taken.map(|line| (line.amount, line.currency.as_str()))))
    }

    /// The card that the till names, and the one that Stripe charged.
    fn check_card(&mut self, place: usize) -> Result<(), Breach> {
        let said = match self.subject.names_card(self.sales[place].id) {
            Some(Named::Last4(last4)) => Some(last4),
            Some(Named::PaymentMethod(id)) => self.stripe.cards.get(&id).cloned(),
            None => None,
        };
        let watched = &self.sales[place];
        let charged = self.stripe.taken.iter().find(|line| line.metadata.get("sale_id") == Some(&watched.text));
        charged.map_or(Ok(()), |line| watched.named(Model::names(said.as_deref(), &line.last4)))
    }

    fn check_sale(&mut self, place: usize, whole: bool) -> Result<(), Breach> {
        let id = self.sales[place].id;
        let standing = self.subject.standing(id);
        let taken = self.taken(&self.sales[place])?;
        let watched = &mut self.sales[place];
        let said = watched.model.says(standing, taken, !self.broken);
        watched.named(said)?;
        if standing == Standing::Paid {
            self.check_card(place)?;
        }
        if self.sales[place].model.wish.is_some() {
            let at_till = self.subject.refunds(id);
            let watched = &self.sales[place];
            let at_stripe: Vec<_> = self.stripe.refunds(&watched.text).collect();
            watched.named(watched.model.given_back(&at_stripe, &at_till))?;
            if whole && !watched.lost {
                watched.named(watched.model.knows_refunds(&at_stripe, &at_till))?;
            }
        }
        self.subject.check_history(id, whole)
    }
}

impl Watched {
    /// A breach, with the sale's name.
    pub(crate) fn named<T>(&self, held: Result<T, Breach>) -> Result<T, Breach> {
        held.map_err(|breach| format!("{breach} ({})", self.text))
    }
}

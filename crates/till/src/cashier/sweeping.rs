//! The sweep at the cashier's: at a start and then again and again, the books are compared with Stripe's.

use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::books::{BookEntry, Finding};
use crate::entry::Entry;
use crate::journal::{Journal, JournalError};
use crate::payment::step::Event;
use crate::sale::SaleId;
use crate::sweep::{self, AGAIN, Meaning, Next, PERIOD, Sweep};
use std::time::Duration;
use stripe_api::{Answer, PaymentIntent, Unanswered};

/// What only this process knows of the sweep.
#[derive(Debug, Default)]
pub(super) struct Sweeping {
    /// Which till's PaymentIntents are ours.
    pub(super) till: String,
    /// Whose books they are compared with, if the key may tell.
    account: String,
    sweep: Sweep,
    flight: u64,
    /// A payment that Stripe has charged elsewhere could not take that in yet.
    unsettled: bool,
}

impl Sweeping {
    /// Whose key is in use, if that is known.
    pub(super) fn account(&self) -> Option<String> {
        (!self.account.is_empty()).then(|| self.account.clone())
    }
}

impl<J: Journal> Cashier<J> {
    /// From now on this account's key is used. What was compared with another's is not compared with its.
    pub fn set_account(&mut self, account: Option<&str>) -> Vec<Effect> {
        let account = account.unwrap_or_default();
        if self.sweeping.account == account {
            return Vec::new();
        }
        account.clone_into(&mut self.sweeping.account);
        self.sweep().into_iter().collect()
    }

    /// A manager has read what was found: cards may be taken again.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn read_findings(&mut self, now: Now) -> Result<(), Refusal> {
        self.keep_books(now, &[BookEntry::Read]).map_err(Refusal::Journal)
    }

    /// The journal is an older copy of itself. Until it was compared, nothing is closed as never confirmed.
    pub(super) fn take_up_older_copy(&mut self, now: Now) {
        if !self.journal.is_behind() || self.books.is_behind() {
            return;
        }
        let sales: Vec<SaleId> = self.held.keys().copied().collect();
        for sale in sales {
            if let Some(mut held) = self.held.remove(&sale) {
                let _ = self.record(now, &mut held, &[Entry::FromOlderCopy], true);
                self.held.insert(sale, held);
            }
        }
        // What cannot be written breaks the till: nothing is sent then.
        let _ = self.keep_books(now, &[BookEntry::Restored]);
    }

    /// Begins a sweep.
    pub(super) fn sweep(&mut self) -> Option<Effect> {
        if self.sweeping.till.is_empty() || self.broken.is_some() {
            return None;
        }
        self.sweeping.sweep = Sweep::of(self.books.sweep_from(&self.sweeping.account));
        self.sweeping.unsettled = false;
        Some(self.next_page())
    }

    fn next_page(&mut self) -> Effect {
        self.next_flight += 1;
        self.sweeping.flight = self.next_flight;
        Effect::Call { errand: Errand::Sweep, flight: self.next_flight, call: self.sweeping.sweep.call() }
    }

    fn sweep_after(&mut self, after: Duration) -> Effect {
        self.next_flight += 1;
        self.sweeping.flight = self.next_flight;
        Effect::Wake { errand: Errand::Sweep, flight: self.next_flight, after }
    }

    pub(super) fn sweep_due(&mut self, flight: u64) -> Vec<Effect> {
        if self.sweeping.flight != flight {
            return Vec::new();
        }
        self.sweep().into_iter().collect()
    }

    pub(super) fn sweep_answered(
        &mut self,
        now: Now,
        flight: u64,
        outcome: &Result<Answer, Unanswered>,
    ) -> Vec<Effect> {
        if self.sweeping.flight != flight {
            return Vec::new();
        }
        let Ok(answer) = outcome else {
            return vec![self.sweep_after(AGAIN)];
        };
        let (intents, next) = self.sweeping.sweep.read(answer);
        let mut effects = Vec::new();
        // A journal that cannot be read says nothing about what it lacks.
        let Ok(findings) = self.compare(now, intents, &mut effects) else {
            effects.push(self.sweep_after(AGAIN));
            return effects;
        };
        let mut entries: Vec<_> = findings.into_iter().map(|finding| BookEntry::Found { finding }).collect();
        if let (Next::Done { until }, false) = (&next, self.sweeping.unsettled) {
            entries.push(BookEntry::Swept { account: self.sweeping.account.clone(), until: *until });
        }
        let kept = self.keep_books(now, &entries);
        effects.push(match (next, kept) {
            (Next::Page, Ok(())) => self.next_page(),
            (Next::Done { .. }, Ok(())) if !self.sweeping.unsettled => self.sweep_after(PERIOD),
            _ => self.sweep_after(AGAIN),
        });
        effects
    }

    /// What is strange on a page. Payments that are open take in what Stripe says of them.
    fn compare(
        &mut self,
        now: Now,
        intents: &[PaymentIntent],
        effects: &mut Vec<Effect>,
    ) -> Result<Vec<Finding>, JournalError> {
        let mut strange = Vec::new();
        for intent in intents {
            let Some(text) = sweep::sale_of(intent, &self.sweeping.till) else {
                continue;
            };
            let payment = match SaleId::parse(text) {
                None => None,
                Some(sale) => match self.held.get(&sale) {
                    Some(held) => Some(held.payment.clone()),
                    None => self.journal.payment(sale)?,
                },
            };
            match sweep::meaning(intent, text, payment.as_ref(), self.books.is_behind()) {
                Meaning::Nothing => {}
                Meaning::Strange(found) if self.books.knows(&found.intent) => {}
                Meaning::Strange(found) => strange.push(found),
                Meaning::Adopt { sale, intent, created } => {
                    let seen = Event::SeenElsewhere { intent, created };
                    if let Ok(more) = self.advance(now, sale, seen, |_| ()) {
                        effects.extend(more);
                        continue;
                    }
                    // What the payment holds itself has to be over first: Stripe is asked how it stands.
                    self.sweeping.unsettled = true;
                    effects.extend(self.advance(now, sale, Event::CheckNow, |_| ()).unwrap_or_default());
                }
            }
        }
        Ok(strange)
    }

    fn keep_books(&mut self, now: Now, entries: &[BookEntry]) -> Result<(), JournalError> {
        if entries.is_empty() {
            return Ok(());
        }
        if let Some(broken) = &self.broken {
            return Err(JournalError::Unwritable(broken.clone()));
        }
        let mut after = self.books.clone();
        for entry in entries {
            after.apply(entry);
        }
        self.journal
            .append_books(now.wall, &after, entries)
            .inspect_err(|error| self.broken = Some(error.to_string()))?;
        self.books = after;
        Ok(())
    }
}

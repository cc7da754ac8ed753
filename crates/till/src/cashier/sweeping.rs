//! The sweep at the cashier's: at a start and then again and again, the books are compared with Stripe's.

use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::books::BookEntry;
use crate::entry::Entry;
use crate::journal::{Journal, JournalError};
use crate::payment::step::{Event, Live};
use crate::payment::{Payment, Phase, calls};
use crate::sale::SaleId;
use crate::sweep::{self, AGAIN, Meaning, Next, PERIOD, REFUNDS_PERIOD, Sweep};
use std::time::Duration;
use stripe_api::{Answer, Body, Call, PaymentIntent, Unanswered};

/// What only this process knows of the sweep.
#[derive(Debug, Default)]
pub(super) struct Sweeping {
    /// Which till's PaymentIntents are ours.
    pub(super) till: String,
    /// Whose books they are compared with, if the key may tell.
    account: String,
    sweep: Sweep,
    flight: u64,
    /// Something of what Stripe has could not be settled yet.
    unsettled: bool,
    /// While refunds are read: since when they count, by Stripe's clock, Unix seconds.
    refunds: Option<i64>,
    /// When they are to be read next: this process's clock. Not at once at a start, which has more urgent things to ask.
    refunds_due: Option<Duration>,
}

/// What a page leads to.
#[derive(Debug, Default)]
struct Page {
    entries: Vec<BookEntry>,
    /// To be sent once the entries are durable.
    fences: Vec<Call>,
    effects: Vec<Effect>,
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

    /// While the journal is an older copy that was not compared yet, nothing is decided on what it says; and what has no
    /// PaymentIntent any more, where no answer of Stripe's would contradict it, not before its own account was asked.
    /// Whoever wants to know has it asked now.
    pub(super) fn must_ask_first(&self, sale: SaleId, event: &Event) -> Result<bool, Refusal> {
        let held = self.held.get(&sale);
        let nowhere = held.is_some_and(|held| held.payment.intent.is_none());
        let account = held.and_then(|held| held.payment.sale.account.as_deref());
        let left_behind = nowhere && account.is_some_and(|account| self.books.is_behind_on(account));
        let behind = self.books.is_behind() || left_behind;
        let off = match event {
            Event::TakeCard | Event::Submit { .. } => behind || self.books.cards_are_off(),
            Event::Cancel | Event::Capture | Event::Release | Event::ActionDone { .. } => behind,
            _ => false,
        };
        match event {
            _ if off => Err(Refusal::CardsOff),
            Event::CheckNow => Ok(behind && nowhere),
            _ => Ok(false),
        }
    }

    /// Begins a sweep.
    pub(super) fn sweep(&mut self) -> Option<Effect> {
        if self.sweeping.till.is_empty() || self.broken.is_some() {
            return None;
        }
        self.sweeping.sweep = Sweep::of(self.books.sweep_from(&self.sweeping.account));
        (self.sweeping.unsettled, self.sweeping.refunds) = (false, None);
        Some(self.next_page())
    }

    fn next_page(&mut self) -> Effect {
        self.sweep_with(self.sweeping.sweep.call())
    }

    fn sweep_with(&mut self, call: Call) -> Effect {
        self.next_flight += 1;
        self.sweeping.flight = self.next_flight;
        Effect::Call { errand: Errand::Sweep, flight: self.next_flight, call }
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
        if let Some(at) = self.sweeping.refunds {
            return self.refunds_read(now, at, answer);
        }
        let (intents, next) = self.sweeping.sweep.read(answer);
        let mut page = Page::default();
        // A journal that cannot be read says nothing about what it lacks.
        if self.compare(now, intents, &mut page).is_err() {
            page.effects.push(self.sweep_after(AGAIN));
            return page.effects;
        }
        if let (Next::Done { until }, false) = (&next, self.sweeping.unsettled) {
            page.entries.push(BookEntry::Swept { account: self.sweeping.account.clone(), until: *until });
        }
        let kept = self.keep_books(now, &page.entries);
        if kept.is_ok() {
            page.effects.extend(page.fences.into_iter().map(|call| self.fence(call)));
        }
        page.effects.push(match (next, kept) {
            (Next::Page, Ok(())) => self.next_page(),
            (Next::Done { until }, Ok(())) if !self.sweeping.unsettled => self.compared(now, until),
            _ => self.sweep_after(AGAIN),
        });
        page.effects
    }

    /// PaymentIntents are compared up to this moment of Stripe's clock. Now and then refunds follow.
    fn compared(&mut self, now: Now, until: i64) -> Effect {
        if now.monotonic < *self.sweeping.refunds_due.get_or_insert(now.monotonic + PERIOD) {
            return self.sweep_after(PERIOD);
        }
        self.sweeping.refunds = Some(until);
        self.sweep_with(sweep::refunds(until, None))
    }

    /// A page of refunds: of what came back the payment is told, and the manager. A key that may not read them is no
    /// reason to ask without end.
    fn refunds_read(&mut self, now: Now, at: i64, answer: &Answer) -> Vec<Effect> {
        let Body::Refunds(page) = &answer.body else {
            return vec![self.sweep_after(PERIOD)];
        };
        let mut found = Vec::new();
        let mut effects = Vec::new();
        for refund in &page.data {
            let Some((text, id)) = sweep::refund_of(refund) else {
                continue;
            };
            // What is not in this journal is another till's.
            let Ok(Some(payment)) = self.known(text) else {
                continue;
            };
            if let Some(finding) = sweep::came_back(refund, id, &payment) {
                effects.extend(self.ask_of_refund(now, payment.sale.id, id));
                found.extend((!self.books.knows(&refund.id)).then_some(BookEntry::Found { finding }));
            }
        }
        let next = page.data.last().filter(|_| page.has_more).map(|last| last.id.clone());
        effects.push(match (self.keep_books(now, &found), next) {
            (Ok(()), Some(last)) => self.sweep_with(sweep::refunds(at, Some(&last))),
            (kept, _) => {
                let pause = if kept.is_ok() { REFUNDS_PERIOD } else { PERIOD };
                self.sweeping.refunds_due = Some(now.monotonic + pause);
                self.sweep_after(PERIOD)
            }
        });
        effects
    }

    /// The payment of a sale that Stripe names, as it stands: in hand, or in the journal.
    fn known(&mut self, sale: &str) -> Result<Option<Payment>, JournalError> {
        let Some(sale) = SaleId::parse(sale) else {
            return Ok(None);
        };
        match self.held.get(&sale) {
            Some(held) => Ok(Some(held.payment.clone())),
            None => self.journal.payment(sale),
        }
    }

    /// Sends a fence. Nobody waits for its answer: the next sweep sees what came of it.
    fn fence(&mut self, call: Call) -> Effect {
        self.next_flight += 1;
        Effect::Call { errand: Errand::Sweep, flight: self.next_flight, call }
    }

    /// What a page of PaymentIntents means. Payments that are open take in what Stripe says of them.
    fn compare(&mut self, now: Now, intents: &[PaymentIntent], page: &mut Page) -> Result<(), JournalError> {
        let behind = self.books.is_behind_on(&self.sweeping.account);
        for intent in intents {
            let Some(text) = sweep::sale_of(intent, &self.sweeping.till) else {
                continue;
            };
            let payment = self.known(text)?;
            match sweep::meaning(intent, text, payment.as_ref(), behind) {
                Meaning::Nothing => {}
                Meaning::Strange(found) if self.books.knows(&found.intent) => {}
                Meaning::Strange(finding) => page.entries.push(BookEntry::Found { finding }),
                Meaning::Fence { sale, intent } => {
                    self.sweeping.unsettled = true;
                    // A payment that is still looking for its PaymentIntent may find this one.
                    if payment.is_none_or(|payment| payment.phase != Phase::Preparing) {
                        let number = self.books.fences() + u32::try_from(page.fences.len()).unwrap_or(0) + 1;
                        let call = Sweep::fence(sale, &intent, number);
                        let record = calls::record(&call, self.at(now).stripe);
                        page.entries.push(BookEntry::FenceBegun { intent, call: record });
                        page.fences.push(call);
                    }
                }
                Meaning::Adopt { sale, intent, created } => {
                    let seen = Event::SeenElsewhere { intent: intent.clone(), created };
                    let remember = |live: &mut Live| live.elsewhere = Some((intent.clone(), created));
                    if let Ok(more) = self.advance(now, sale, seen, remember) {
                        page.effects.extend(more);
                        let held = self.held.get(&sale).and_then(|held| held.payment.intent.as_ref());
                        self.sweeping.unsettled |= held != Some(&intent);
                        continue;
                    }
                    // What the payment holds itself has to be over first: Stripe is asked how it stands.
                    self.sweeping.unsettled = true;
                    page.effects.extend(self.advance(now, sale, Event::CheckNow, |_| ()).unwrap_or_default());
                }
            }
        }
        Ok(())
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

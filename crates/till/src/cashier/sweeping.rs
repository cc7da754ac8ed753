//! The sweep at the cashier's: at a start and then again and again, the books are compared with Stripe's.

mod refunds;
mod trust;

use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::books::BookEntry;
use crate::journal::{Journal, JournalError};
use crate::payment::step::{Event, Live, backoff};
use crate::payment::{Payment, Phase, calls};
use crate::sale::{SaleId, number_of};
use crate::sweep::{self, AGAIN, Meaning, Next, OwnIntent, PERIOD, REFUNDS_PERIOD, RefundSweep, Sweep, TillIds};
use std::collections::BTreeSet;
use std::time::Duration;
use stripe_api::{Answer, Call, PaymentIntent, Unanswered};

/// Numbers above this are not ours: somebody has edited the description.
const MOST_NUMBER: u32 = 100_000_000;
/// The pause after the first failed request of a comparison. It doubles with each further failure.
const SOON: Duration = Duration::from_secs(2);

/// What only this process knows of the sweep.
#[derive(Debug, Default)]
pub(super) struct Sweeping {
    /// Which till's PaymentIntents are ours.
    pub(super) till: TillIds,
    /// Whose books they are compared with, if the key may tell.
    account: String,
    /// The comparison that is under way, or that rests until the next.
    sweep: Sweep,
    /// The request that is out, or the pause that runs. After a pause the comparison continues at its present page.
    flight: u64,
    under_way: bool,
    /// Requests in a row that came to nothing.
    failures: u32,
    /// Comparisons in a row that left something open.
    rounds: u32,
    /// Something of what Stripe has could not be settled yet.
    unsettled: bool,
    /// While refunds are read: how far they are.
    refunds: Option<RefundSweep>,
    /// When the refunds of a month are to be read next: this process's clock. Not at once at a start, which has more
    /// urgent things to ask.
    refunds_due: Option<Duration>,
    /// The key may not read refunds.
    refunds_refused: bool,
    /// The accounts that this process has compared the journal with, once and wholly.
    compared: BTreeSet<String>,
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
    /// From now on another key is used, or the same account's again. What was compared with another account is not
    /// compared with this one.
    pub fn set_account(&mut self, account: Option<&str>) -> Vec<Effect> {
        self.identity += 1;
        let account = account.unwrap_or_default();
        if self.sweeping.account == account && !self.sweeping.refunds_refused {
            return Vec::new();
        }
        self.sweeping.refunds_refused = false;
        self.sweeping.compared.remove(account);
        account.clone_into(&mut self.sweeping.account);
        self.sweep().into_iter().collect()
    }

    /// A manager has read what was found: cards may be taken again. `shown` is how many findings were there to be read.
    ///
    /// # Errors
    /// When one has come since, or the journal cannot be written.
    pub fn read_findings(&mut self, now: Now, shown: usize) -> Result<(), Refusal> {
        if shown != self.books.unread().len() {
            return Err(Refusal::NotNow);
        }
        self.keep_books(now, &[BookEntry::Read]).map_err(Refusal::Journal)
    }

    /// Begins a comparison.
    pub(super) fn sweep(&mut self) -> Option<Effect> {
        // A file that was exchanged shows at the latest here, when nothing is written for long.
        if let Err(error) = self.journal.check_place() {
            self.breaks(error);
        }
        if self.sweeping.till.current.is_empty() || self.broken.is_some() {
            return None;
        }
        self.sweeping.sweep = Sweep::of(self.books.sweep_from(&self.sweeping.account));
        (self.sweeping.unsettled, self.sweeping.refunds, self.sweeping.under_way) = (false, None, true);
        Some(self.next_page())
    }

    /// Goes on with the comparison at once, where it stands, or begins one.
    pub(super) fn sweep_now(&mut self) -> Option<Effect> {
        if self.sweeping.under_way && self.broken.is_none() { Some(self.next_page()) } else { self.sweep() }
    }

    /// Asks for the page that the comparison has come to.
    fn next_page(&mut self) -> Effect {
        let call = self.sweeping.refunds.as_ref().map_or_else(|| self.sweeping.sweep.call(), RefundSweep::call);
        self.next_flight += 1;
        self.sweeping.flight = self.next_flight;
        Effect::Call { errand: Errand::Sweep, flight: self.next_flight, call }
    }

    fn sweep_after(&mut self, after: Duration) -> Effect {
        self.next_flight += 1;
        self.sweeping.flight = self.next_flight;
        Effect::Wake { errand: Errand::Sweep, flight: self.next_flight, after }
    }

    /// The page after this one: at once, or after the pause that a long list wants.
    fn turn_page(&mut self, pause: Duration) -> Effect {
        if pause.is_zero() { self.next_page() } else { self.sweep_after(pause) }
    }

    /// Requests the same page again after a longer pause each time. A lost page does not restart the comparison.
    fn same_page_later(&mut self) -> Effect {
        let pause = backoff(self.sweeping.failures, SOON, AGAIN);
        self.sweeping.failures += 1;
        self.sweep_after(pause)
    }

    /// Nothing more to compare until then.
    fn rest(&mut self, pause: Duration) -> Effect {
        self.sweeping.under_way = false;
        self.sweep_after(pause)
    }

    pub(super) fn sweep_due(&mut self, flight: u64) -> Vec<Effect> {
        if self.sweeping.flight != flight {
            return Vec::new();
        }
        self.sweep_now().into_iter().collect()
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
        let answer = match outcome {
            Ok(answer) => answer,
            Err(Unanswered::TooLarge) if self.make_page_smaller() => return vec![self.next_page()],
            Err(_) => return vec![self.same_page_later()],
        };
        if self.sweeping.refunds.is_some() {
            return self.refunds_read(now, answer);
        }
        let (intents, next) = self.sweeping.sweep.read(answer);
        if self.is_of_newer_journal(intents) {
            self.declare_older_copy(now);
            return self.sweep().into_iter().collect();
        }
        let mut page = Page::default();
        // A journal that cannot be read says nothing about what it lacks.
        if self.compare(now, intents, &mut page).is_err() {
            page.effects.push(self.rest(AGAIN));
            return page.effects;
        }
        let kept = self.keep_books(now, &page.entries);
        if kept.is_ok() {
            page.effects.extend(page.fences.into_iter().map(|call| self.fence(call)));
        }
        let next = if kept.is_ok() { next } else { Next::Anew };
        if !matches!(next, Next::Again) {
            self.sweeping.failures = 0;
        }
        page.effects.push(match next {
            Next::Page { pause } => self.turn_page(pause),
            Next::Again => self.same_page_later(),
            Next::Done { until } if !self.sweeping.unsettled => self.intents_compared(now, until),
            Next::Done { .. } | Next::Anew => self.again_later(),
        });
        page.effects
    }

    /// Begins another comparison after a pause, because this one left something open. What it cancels or takes up is
    /// mostly over within seconds, and people wait for it.
    fn again_later(&mut self) -> Effect {
        let pause = backoff(self.sweeping.rounds, SOON, AGAIN);
        self.sweeping.rounds += 1;
        self.rest(pause)
    }

    /// Halves the page size when a page does not fit into an answer.
    fn make_page_smaller(&mut self) -> bool {
        match &mut self.sweeping.refunds {
            Some(refunds) => refunds.make_page_smaller(),
            None => self.sweeping.sweep.make_page_smaller(),
        }
    }

    /// PaymentIntents are compared up to this moment of Stripe's clock. The first time in a process, and on an older copy,
    /// refunds follow: those since the last comparison, which this journal may have lost. Now and then those of a month do,
    /// which may have come back.
    fn intents_compared(&mut self, now: Now, until: i64) -> Effect {
        if !self.is_compared() || self.is_copy_behind() {
            let since = self.books.refunds_from(&self.sweeping.account);
            // Never compared: those of a month, which are few beside its payments.
            let refunds = since.map_or_else(|| RefundSweep::of_the_month(until), |since| RefundSweep::of(since, until));
            self.sweeping.refunds = Some(refunds);
            return self.next_page();
        }
        if now.monotonic < *self.sweeping.refunds_due.get_or_insert(now.monotonic + PERIOD) {
            return self.compared(now, until);
        }
        self.sweeping.refunds_due = Some(now.monotonic + REFUNDS_PERIOD);
        self.sweeping.refunds = Some(RefundSweep::of_the_month(until));
        self.next_page()
    }

    /// All that Stripe has up to this moment of its clock was compared with the journal.
    fn compared(&mut self, now: Now, until: i64) -> Effect {
        let account = self.sweeping.account.clone();
        let swept = BookEntry::Swept { account: account.clone(), until };
        let refunds = self.sweeping.refunds.take().map(|_| BookEntry::RefundsSwept { account: account.clone(), until });
        let marks: Vec<BookEntry> = refunds.into_iter().chain([swept]).collect();
        if self.keep_books(now, &marks).is_err() {
            return self.rest(AGAIN);
        }
        self.sweeping.compared.insert(account);
        self.sweeping.rounds = 0;
        self.rest(PERIOD)
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
        for intent in intents {
            let Some(OwnIntent { sale: text, is_shared }) = sweep::sale_of(intent, &self.sweeping.till) else {
                continue;
            };
            let payment = self.known(text)?;
            if is_shared && payment.is_none() {
                continue;
            }
            // A number that stands on a receipt is not given again, whatever this journal has lost.
            let number = intent.description.as_deref().and_then(number_of).filter(|number| *number < MOST_NUMBER);
            self.next_number = self.next_number.max(number.map_or(0, |number| number + 1));
            let untrusted = payment.as_ref().is_some_and(|payment| self.is_untrusted(payment.sale.id));
            let behind = untrusted || self.books.is_behind_on(&self.sweeping.account);
            match sweep::meaning(intent, text, payment.as_ref(), behind) {
                Meaning::Nothing => {}
                // The list does not name the card. Until a look does, the screen says that the outcome is not known.
                Meaning::News { sale } => {
                    let contradicted = |live: &mut Live| live.contradicted = true;
                    let look = self.advance(now, sale, Event::CheckNow, contradicted);
                    page.effects.extend(look.unwrap_or_default());
                }
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
        if self.broken.is_some() {
            return Err(self.unwritable());
        }
        let mut after = self.books.clone();
        for entry in entries {
            after.apply(entry);
        }
        self.journal.append_books(now.wall, &after, entries).map_err(|error| self.breaks(error))?;
        self.books = after;
        if entries.iter().any(|entry| matches!(entry, BookEntry::Found { .. })) {
            self.take_up_findings();
        }
        Ok(())
    }
}

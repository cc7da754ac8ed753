//! The sweep at the cashier's: at a start and then again and again, the books are compared with Stripe's.

use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::books::BookEntry;
use crate::entry::Entry;
use crate::journal::{Journal, JournalError};
use crate::payment::step::backoff;
use crate::payment::step::{Event, Live};
use crate::payment::{Payment, Phase, calls};
use crate::refund::{RefundFact, evidence};
use crate::sale::SaleId;
use crate::sweep::{self, AGAIN, Meaning, Next, PERIOD, REFUNDS_PERIOD, RefundSweep, Sweep};
use std::collections::BTreeSet;
use std::time::Duration;
use stripe_api::{Answer, Body, Call, PaymentIntent, Unanswered};

/// How long after the first request of a comparison that came to nothing.
const SOON: Duration = Duration::from_secs(2);

/// What only this process knows of the sweep.
#[derive(Debug, Default)]
pub(super) struct Sweeping {
    /// Which till's PaymentIntents are ours.
    pub(super) till: String,
    /// Whose books they are compared with, if the key may tell.
    account: String,
    /// The comparison that is under way, or that rests until the next.
    sweep: Sweep,
    /// What is out, or waits; what waits goes on where the comparison stands.
    flight: u64,
    under_way: bool,
    /// Requests in a row that came to nothing.
    failures: u32,
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

    /// A manager has read what was found: cards may be taken again.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn read_findings(&mut self, now: Now) -> Result<(), Refusal> {
        self.keep_books(now, &[BookEntry::Read]).map_err(Refusal::Journal)
    }

    /// The journal is an older copy of itself. Until it was compared, nothing is closed as never confirmed.
    pub(super) fn take_up_older_copy(&mut self, now: Now) {
        if self.journal.is_behind() && !self.books.is_behind() {
            self.declare_older_copy(now);
        }
    }

    fn declare_older_copy(&mut self, now: Now) {
        let open = self.held.iter().filter(|(_, held)| !held.payment.phase.is_final());
        let open: Vec<SaleId> = open.map(|(sale, _)| *sale).collect();
        // What cannot be written breaks the till: nothing is sent then.
        for sale in open {
            let _ = self.write_fact(now, sale, Entry::FromOlderCopy);
        }
        let _ = self.keep_books(now, &[BookEntry::Restored]);
    }

    /// Whether the journal has been compared with this account in this process, once and wholly. A till without an id
    /// cannot be compared.
    pub fn is_compared(&self) -> bool {
        self.sweeping.till.is_empty() || self.sweeping.compared.contains(&self.sweeping.account)
    }

    /// What was open at the start is believed only once the journal was compared: whoever puts back a whole folder brings
    /// along what would have told of it. While the journal is known to be an older copy, nothing at all is decided on what
    /// it says; and what has no PaymentIntent any more, where no answer of Stripe's would contradict it, not before its
    /// own account was asked. Whoever wants to know has it asked now.
    pub(super) fn must_ask_first(&self, sale: SaleId, event: &Event) -> Result<bool, Refusal> {
        let held = self.held.get(&sale);
        let nowhere = held.is_some_and(|held| held.payment.intent.is_none());
        let account = held.and_then(|held| held.payment.sale.account.as_deref());
        let left_behind = nowhere && account.is_some_and(|account| self.books.is_behind_on(account));
        let behind = self.books.is_behind() || left_behind;
        let untrusted = self.found_open.contains(&sale) && !self.is_compared();
        match event {
            Event::TakeCard | Event::Submit { .. } if behind || self.books.cards_are_off() => Err(Refusal::CardsOff),
            Event::Cancel | Event::Capture | Event::Release | Event::ActionDone { .. } if behind => {
                Err(Refusal::CardsOff)
            }
            Event::TakeCard
            | Event::Submit { .. }
            | Event::Cancel
            | Event::Capture
            | Event::Release
            | Event::ActionDone { .. }
                if untrusted =>
            {
                Err(Refusal::NotCompared)
            }
            Event::CheckNow => Ok(nowhere && (behind || untrusted)),
            _ => Ok(false),
        }
    }

    /// Begins a comparison.
    pub(super) fn sweep(&mut self) -> Option<Effect> {
        // A file that was exchanged shows at the latest here, when nothing is written for long.
        if let Err(error) = self.journal.check_place() {
            self.breaks(error);
        }
        if self.sweeping.till.is_empty() || self.broken.is_some() {
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

    /// The same page again, later each time: a comparison that loses one page does not begin anew.
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
            Next::Done { .. } | Next::Anew => self.rest(AGAIN),
        });
        page.effects
    }

    /// The journal is an older copy that was not compared with this account yet.
    fn is_copy_behind(&self) -> bool {
        self.books.is_behind() || self.books.is_behind_on(&self.sweeping.account)
    }

    /// A page that does not fit into an answer is asked for in smaller ones.
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
        self.rest(PERIOD)
    }

    /// A page of refunds: what this journal lost is taken up, and of what came back the payment is told, and the manager.
    /// A key that may not read refunds is no reason to ask without end: it can make none either.
    fn refunds_read(&mut self, now: Now, answer: &Answer) -> Vec<Effect> {
        let Some(mut sweep) = self.sweeping.refunds.take() else {
            return Vec::new();
        };
        let page = match &answer.body {
            Body::Refunds(page) if answer.meta.request_id.is_some() => page,
            Body::Error(_) if answer.status == 403 && !self.is_copy_behind() => {
                // What was lost of them is read once another key may.
                self.sweeping.refunds_refused = true;
                self.sweeping.compared.insert(self.sweeping.account.clone());
                return vec![self.rest(PERIOD)];
            }
            _ => {
                self.sweeping.refunds = Some(sweep);
                return vec![self.same_page_later()];
            }
        };
        self.sweeping.failures = 0;
        let mut found = Vec::new();
        let mut effects = Vec::new();
        for refund in &page.data {
            let Some((text, id)) = sweep::refund_of(refund) else {
                continue;
            };
            // What is not in this journal is another till's, or its charge is told as an orphan.
            let Ok(Some(payment)) = self.known(text) else {
                continue;
            };
            let sale = payment.sale.id;
            if !payment.refunds.iter().any(|known| known.id == id) {
                effects.extend(self.take_up_refund(now, sale, id, refund));
            }
            if let Some(finding) = sweep::came_back(refund, id, &payment) {
                effects.extend(self.ask_of_refund(now, sale, id));
                found.extend((!self.books.knows(&refund.id)).then_some(BookEntry::Found { finding }));
            }
        }
        let kept = self.keep_books(now, &found).is_ok() && self.broken.is_none();
        let until = sweep.until();
        effects.push(match sweep.turn(page) {
            _ if !kept => self.rest(AGAIN),
            Next::Page { pause } => {
                self.sweeping.refunds = Some(sweep);
                self.turn_page(pause)
            }
            Next::Done { .. } => {
                self.sweeping.refunds = Some(sweep);
                self.compared(now, until)
            }
            Next::Again | Next::Anew => self.rest(AGAIN),
        });
        effects
    }

    /// A refund of ours that this journal lost becomes a fact of its sale.
    fn take_up_refund(&mut self, now: Now, sale: SaleId, id: &str, found: &stripe_api::Refund) -> Vec<Effect> {
        let Some(intent) = found.payment_intent.clone() else {
            return Vec::new();
        };
        let (stripe, amount) = (found.id.clone(), found.amount);
        let (status, why) = (evidence::status(found), evidence::why(found));
        let what = RefundFact::Found { intent, amount, stripe, status, why };
        let entry = Entry::Refund { refund: id.to_owned(), what };
        let taken_up = self.take_in_hand(sale).and_then(|()| self.write_fact(now, sale, entry));
        if taken_up.is_ok() { self.recover_refund(now, sale) } else { Vec::new() }
    }

    /// Whether a page names a PaymentIntent of this till that its journal must have known before it was made: then the
    /// journal is an older copy of itself, whatever its mark says.
    fn is_of_newer_journal(&mut self, intents: &[PaymentIntent]) -> bool {
        !self.books.is_behind() && intents.iter().any(|intent| self.was_lost(intent).unwrap_or(false))
    }

    fn was_lost(&mut self, intent: &PaymentIntent) -> Result<bool, JournalError> {
        let Some(sale) = sweep::sale_of(intent, &self.sweeping.till) else {
            return Ok(false);
        };
        // What was cancelled can do nothing any more; what a manager was told of is known.
        if intent.status == stripe_api::IntentStatus::Canceled || self.books.knows(&intent.id) {
            return Ok(false);
        }
        let generation = intent.metadata.get("gen").and_then(|generation| generation.parse::<u32>().ok());
        let payment = self.known(sale)?;
        Ok(payment.is_none_or(|payment| {
            let is_newer = generation.is_some_and(|generation| generation > payment.generation);
            // A card was tried on it, and the journal says that none was.
            let own = payment.intent.as_ref() == Some(&intent.id) && payment.attempts == 0;
            is_newer || (own && intent.charge_id().is_some())
        }))
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
            let Some(text) = sweep::sale_of(intent, &self.sweeping.till) else {
                continue;
            };
            let payment = self.known(text)?;
            let sale = payment.as_ref().map(|payment| payment.sale.id);
            let untrusted = !self.is_compared() && sale.is_some_and(|sale| self.found_open.contains(&sale));
            let behind = untrusted || self.books.is_behind_on(&self.sweeping.account);
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
        if self.broken.is_some() {
            return Err(self.unwritable());
        }
        let mut after = self.books.clone();
        for entry in entries {
            after.apply(entry);
        }
        self.journal.append_books(now.wall, &after, entries).map_err(|error| self.breaks(error))?;
        self.books = after;
        Ok(())
    }
}

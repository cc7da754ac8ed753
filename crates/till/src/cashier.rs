//! The cashier: the only thing that advances payments.
//!
//! Each event goes one way: decide, make durable, apply, then let requests go. There is no other way in.
//! The cashier itself knows no sockets, clock or threads; [`crate::desk`] gives it those.

use crate::books::Books;
use crate::card_number::holds_card_number;
use crate::entry::Entry;
use crate::journal::{Journal, JournalError};
use crate::payment::Payment;
use crate::payment::step::{self, Event, Live, Step};
use crate::sale::{LONGEST_NOTE, Sale, SaleId};
use crate::sweep::FormerId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use stripe_api::{Call, ClientSecret};

mod held;
mod landing;
mod refunds;
mod refusal;
mod sweeping;

use held::Held;
pub use held::{Seen, Token};
pub use refusal::Refusal;
use sweeping::Sweeping;

/// The moment something reaches the cashier.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Since the process started. Never jumps, and runs on while the computer sleeps; decisions about waiting
    /// read this.
    pub monotonic: Duration,
    /// This computer's clock, Unix seconds. Written down for people; no decision reads it.
    pub wall: i64,
}

/// On whose behalf something is done outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    Payment(SaleId),
    /// A refund of this sale.
    Refund(SaleId),
    /// The whole till compares itself with Stripe.
    Sweep,
}

/// What has to be done outside, in order.
#[derive(Debug)]
pub enum Effect {
    /// Send this and bring the answer to [`Cashier::answered`].
    Call { errand: Errand, flight: u64, call: Call },
    /// After this time, call [`Cashier::due`].
    Wake { errand: Errand, flight: u64, after: Duration },
}

/// Takes payments, one event at a time.
pub struct Cashier<J> {
    journal: J,
    held: BTreeMap<SaleId, Held>,
    books: Books,
    sweeping: Sweeping,
    /// Stripe's clock when it was last heard, and this process's clock then.
    stripe_time: Option<(i64, Duration)>,
    /// When something last happened here: this process's clock.
    awake: Duration,
    /// The last request before the computer slept. What answers it now says when it was answered, not what time it is.
    before_sleep: u64,
    next_flight: u64,
    next_number: u32,
    /// Counts the keys and accounts that requests went under: answers to two of them prove nothing about each other.
    identity: u64,
    /// Sales that were open when this process started. The till acts on what the journal says of them only after a
    /// comparison with Stripe.
    found_open: BTreeSet<SaleId>,
    chance: Box<dyn FnMut() -> u128 + Send>,
    /// Whether the last request was answered at all.
    reached: Option<bool>,
    /// Set once a commit did not succeed: nothing is sent any more.
    broken: Option<JournalError>,
}

impl<J: std::fmt::Debug> std::fmt::Debug for Cashier<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cashier").field("journal", &self.journal).field("held", &self.held).finish_non_exhaustive()
    }
}

impl<J: Journal> Cashier<J> {
    /// Takes up a journal. `chance` gives 128 bits that nobody can guess, for ids and tokens.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open(mut journal: J, chance: Box<dyn FnMut() -> u128 + Send>) -> Result<Self, JournalError> {
        let payments = journal.open_payments()?;
        let next_number = journal.last_number()?.max(1_000) + 1;
        let books = journal.books()?;
        let held: BTreeMap<_, _> = payments.into_iter().map(|payment| (payment.sale.id, Held::new(payment))).collect();
        let found_open = held.keys().copied().collect();
        Ok(Self {
            journal,
            held,
            books,
            sweeping: Sweeping::default(),
            stripe_time: None,
            awake: Duration::ZERO,
            before_sleep: 0,
            next_flight: 0,
            next_number,
            identity: 0,
            found_open,
            chance,
            reached: None,
            broken: None,
        })
    }

    /// Gives the till the id that its PaymentIntents carry. Without one it cannot be compared with Stripe.
    #[must_use]
    pub fn named(mut self, till_id: &str) -> Self {
        till_id.clone_into(&mut self.sweeping.till.current);
        self
    }

    /// Counts as its own, too, what it made under other ids before it came to this computer.
    #[must_use]
    pub fn formerly(mut self, ids: Vec<FormerId>) -> Self {
        self.sweeping.till.former = ids;
        self
    }

    /// Looks at every open payment and refund, as after a start, and compares the books. Reads, and never confirms.
    pub fn recover(&mut self, now: Now) -> Vec<Effect> {
        self.take_up_older_copy(now);
        self.take_up_findings();
        let sales: Vec<SaleId> = self.held.keys().copied().collect();
        let mut effects = Vec::new();
        for sale in sales {
            effects.extend(self.advance(now, sale, Event::Restarted, |_| ()).unwrap_or_default());
            effects.extend(self.recover_refund(now, sale));
        }
        effects.extend(self.sweep());
        effects
    }

    /// An id for a sale that is being rung up, and the number it would get.
    pub fn next_sale(&mut self) -> (SaleId, u32) {
        (SaleId::from_bits((self.chance)()), self.next_number)
    }

    /// Freezes a sale and begins its payment. `shown` is the total that the cashier saw, in minor units.
    /// A sale that is already being charged stays as it is: a double click is no second sale.
    ///
    /// # Errors
    /// When the amount is not the one shown, or cannot be charged, or the journal cannot be written.
    pub fn charge(&mut self, now: Now, sale: Sale, shown: i64) -> Result<Vec<Effect>, Refusal> {
        if shown != sale.total.minor {
            return Err(Refusal::AmountDiffers);
        }
        let id = sale.id;
        if self.held.contains_key(&id) || self.journal.payment(id)?.is_some() {
            return Ok(Vec::new());
        }
        if self.books.cards_are_off() {
            return Err(Refusal::CardsOff);
        }
        sale.total.chargeable().map_err(Refusal::Amount)?;
        if sale.note.chars().count() > LONGEST_NOTE {
            return Err(Refusal::NoteTooLong);
        }
        if holds_card_number(&sale.note) {
            return Err(Refusal::CardNumber);
        }
        let sale = Sale {
            number: self.next_number,
            at: now.wall,
            till_id: self.sweeping.till.current.clone(),
            account: sale.account.or_else(|| self.sweeping.account()),
            ..sale
        };
        let frozen = Entry::SaleFrozen { sale: Box::new(sale.clone()) };
        let payment = Payment::begin(sale);
        let mut step = step::first(&payment, self.at(now));
        step.entries.insert(0, frozen);
        let mut held = Held::new(payment);
        held.live.attended = true;
        let effects = self.commit(now, held, step, true);
        match &effects {
            Ok(_) => self.next_number += 1,
            Err(_) => drop(self.held.remove(&id)),
        }
        effects
    }

    /// The card page has made a payment method for the payment whose token it holds.
    ///
    /// # Errors
    /// When the token is not ours, or the text is no payment method, or the journal cannot be written. The token of
    /// the submit before is taken and does nothing: a double click is no second card.
    pub fn submit(&mut self, now: Now, token: &str, payment_method: &str) -> Result<Vec<Effect>, Refusal> {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !payment_method.starts_with("pm_") || payment_method.len() > 255 || !plain(payment_method) {
            return Err(Refusal::BadPaymentMethod);
        }
        if self.held.values().any(|held| held.has_spent(token)) {
            return Ok(Vec::new());
        }
        let sale = self.sale_of(token)?;
        self.handle(now, sale, Event::Submit { payment_method: payment_method.to_owned() })
    }

    /// The bank's dialog has ended.
    ///
    /// # Errors
    /// When the token is not good (any more), or the journal cannot be written.
    pub fn action_done(&mut self, now: Now, token: &str, completed: bool) -> Result<Vec<Effect>, Refusal> {
        let sale = self.sale_of(token)?;
        self.handle(now, sale, Event::ActionDone { completed })
    }

    /// The client secret for the bank's dialog.
    ///
    /// # Errors
    /// When the token is not good, or no bank is asking.
    pub fn secret(&self, token: &str) -> Result<ClientSecret, Refusal> {
        let sale = self.sale_of(token)?;
        self.held.get(&sale).and_then(|held| held.secret.clone()).ok_or(Refusal::NotNow)
    }

    fn sale_of(&self, token: &str) -> Result<SaleId, Refusal> {
        let has = |held: &Held| held.token.as_ref().is_some_and(|known| known.text() == token);
        self.held.iter().find(|(_, held)| has(held)).map(|(sale, _)| *sale).ok_or(Refusal::TokenUsed)
    }

    /// Whatever else a person, or the card page's end, does to a payment.
    ///
    /// # Errors
    /// When the sale is unknown, the event is not for this phase, or the journal cannot be written.
    pub fn handle(&mut self, now: Now, sale: SaleId, event: Event) -> Result<Vec<Effect>, Refusal> {
        self.take_in_hand(sale)?;
        if self.must_ask_first(sale, &event)? {
            return Ok(self.sweep_now().into_iter().collect());
        }
        let wants_card = matches!(event, Event::TakeCard);
        let by_person = !matches!(event, Event::PageGone | Event::Seen | Event::Restarted);
        self.advance(now, sale, event, |live| {
            live.attended |= by_person;
            live.wants_card |= wants_card;
        })
    }

    /// Brings a payment of the journal back before the cashier.
    fn take_in_hand(&mut self, sale: SaleId) -> Result<(), Refusal> {
        if !self.held.contains_key(&sale) {
            let payment = self.journal.payment(sale)?.ok_or(Refusal::UnknownSale)?;
            self.held.insert(sale, Held::new(payment));
        }
        Ok(())
    }

    /// Payments in hand, oldest first.
    pub fn held(&self) -> impl Iterator<Item = Seen<'_>> {
        let mut held: Vec<_> = self.held.values().map(Held::seen).collect();
        held.sort_by_key(|seen| seen.payment.sale.number);
        held.into_iter()
    }

    /// One payment in hand.
    pub fn seen(&self, sale: SaleId) -> Option<Seen<'_>> {
        self.held.get(&sale).map(Held::seen)
    }

    /// Puts away what is settled and seen, so that only the journal has it.
    pub fn put_away(&mut self) {
        self.held.retain(|_, held| held.payment.is_open() || held.unsaved || held.refunding.is_asking());
        self.take_up_findings();
    }

    /// What the till knows beside its payments.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Whether Stripe answered the last request; unknown before the first.
    pub fn reached(&self) -> Option<bool> {
        self.reached
    }

    /// Why nothing can be written any more, if so.
    pub fn broken(&self) -> Option<&JournalError> {
        self.broken.as_ref()
    }

    /// Ends the cashier. Nothing has to be saved: everything that counts is in the journal.
    pub fn close(self) -> J {
        self.journal
    }

    /// The journal, for lists and timelines.
    pub fn journal(&mut self) -> &mut J {
        &mut self.journal
    }

    fn advance(
        &mut self,
        now: Now,
        sale: SaleId,
        event: Event,
        prepare: impl FnOnce(&mut Live),
    ) -> Result<Vec<Effect>, Refusal> {
        self.notice_sleep(now);
        let at = self.at(now);
        let heard = matches!(event, Event::Answered(..));
        let held = self.held.get_mut(&sale).ok_or(Refusal::UnknownSale)?;
        let step = step::step(&held.payment, &held.live, at, event)?;
        prepare(&mut held.live);
        let Some(held) = self.held.remove(&sale) else {
            return Err(Refusal::UnknownSale);
        };
        self.commit(now, held, step, !heard)
    }

    fn commit(&mut self, now: Now, mut held: Held, step: Step, may_refuse: bool) -> Result<Vec<Effect>, Refusal> {
        let before = held.payment.phase;
        if let Err(refusal) = self.record(now, &mut held, &step.entries, may_refuse) {
            self.held.insert(held.payment.sale.id, held);
            return Err(refusal);
        }
        let changed = held.payment.phase != before;
        Ok(self.go_on(now, held, changed, step.send))
    }

    /// Durable first; only then applied, shown and sent. `may_refuse`: nothing has happened outside yet, so that
    /// an unwritable journal simply means no. An answer from Stripe cannot be refused: it is shown, marked unsaved.
    fn record(&mut self, now: Now, held: &mut Held, entries: &[Entry], may_refuse: bool) -> Result<(), Refusal> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut after = held.payment.clone();
        let mut facts = entries.iter().filter(|entry| !matches!(entry, Entry::SaleFrozen { .. }));
        let written = facts
            .try_for_each(|entry| after.apply(entry))
            .map_err(JournalError::from)
            .and_then(|()| self.write(now, &after, entries));
        if let Err(error) = written {
            if may_refuse {
                return Err(Refusal::Journal(error));
            }
            self.broken.get_or_insert(error);
            held.unsaved = true;
        }
        held.payment = after;
        Ok(())
    }

    /// What follows once the facts are durable: the phase arrives, and the request goes or waits.
    fn go_on(&mut self, now: Now, mut held: Held, changed: bool, send: Option<step::Send>) -> Vec<Effect> {
        held.arrive(changed, &mut self.chance);
        let effect = send.and_then(|send| {
            self.next_flight += 1;
            held.take_off(now, send, self.next_flight, self.broken.is_none())
        });
        self.held.insert(held.payment.sale.id, held);
        effect.into_iter().collect()
    }

    /// The refusal of a till that cannot write its journal.
    fn unwritable(&self) -> JournalError {
        match &self.broken {
            Some(JournalError::Full) => JournalError::Full,
            Some(JournalError::Exchanged(path)) => JournalError::Exchanged(path.clone()),
            broken => JournalError::Unwritable(broken.as_ref().map(ToString::to_string).unwrap_or_default()),
        }
    }

    /// Remembers that a commit failed. After that nothing is written or sent.
    fn breaks(&mut self, error: JournalError) -> JournalError {
        self.broken.get_or_insert(error);
        self.unwritable()
    }

    fn write(&mut self, now: Now, after: &Payment, entries: &[Entry]) -> Result<(), JournalError> {
        if self.broken.is_some() {
            return Err(self.unwritable());
        }
        self.journal.append(now.wall, after, entries).map_err(|error| self.breaks(error))
    }
}

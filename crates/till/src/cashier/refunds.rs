//! Refunds at the cashier's: one of a sale's is on its way at a time.

use super::held::Held;
use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::entry::Entry;
use crate::journal::Journal;
use crate::payment::{Payment, Phase};
use crate::refund::step::{self, Event, Live, NotNow, Send, Step, What};
use crate::refund::{Refund, RefundFact, calls, evidence};
use crate::sale::{LONGEST_NOTE, SaleId};
use stripe_api::{Answer, Call, Unanswered};

/// What only this process knows of a sale's refunds.
#[derive(Debug, Default)]
pub(super) struct Refunding {
    live: Live,
    flight: Option<Flight>,
}

#[derive(Debug)]
struct Flight {
    id: u64,
    /// Which refund.
    refund: String,
    what: What,
    /// What goes once its time has come; none when it has gone.
    waiting: Option<Call>,
}

impl Refunding {
    pub(super) fn may_give_up<'a>(&self, payment: &'a Payment) -> Option<&'a str> {
        let open = payment.refunds.iter().find(|refund| refund.phase.is_open())?;
        step::may_be_given_up(open, &self.live).then_some(open.id.as_str())
    }
}

/// Whose turn it is: what is open before what only waits for its bank.
fn turn(payment: &Payment) -> Option<&Refund> {
    let refunds = || payment.refunds.iter();
    refunds().find(|refund| refund.phase.is_open()).or_else(|| refunds().find(|refund| refund.phase.wants_a_look()))
}

impl<J: Journal> Cashier<J> {
    /// Gives money back: `amount` minor units of the sale's currency, of its own charge or of another one that was
    /// found for it at Stripe. `reason` is for the books here.
    ///
    /// # Errors
    /// When nothing was taken, another refund of the sale is open, the amount is more than is left, Stripe has not
    /// been reached in this process, or the journal cannot be written.
    pub fn refund(
        &mut self,
        now: Now,
        sale: SaleId,
        intent: Option<&str>,
        amount: i64,
        reason: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        self.take_in_hand(sale)?;
        let at = self.at(now);
        let held = self.held.get(&sale).ok_or(Refusal::UnknownSale)?;
        let (intent, taken) = self.taken(&held.payment, intent).ok_or(Refusal::NotNow)?;
        if held.payment.refunds.iter().any(|refund| refund.phase.is_open()) || self.books.is_behind() {
            return Err(Refusal::NotNow);
        }
        let left = held.payment.refundable(&intent, taken);
        if amount < 1 || amount > left {
            return Err(Refusal::RefundTooLarge { left });
        }
        if reason.chars().count() > LONGEST_NOTE {
            return Err(Refusal::NoteTooLong);
        }
        // How old its key is has to be known later.
        at.stripe.ok_or(Refusal::StripeUnheard)?;
        let id = SaleId::from_bits((self.chance)()).to_string();
        let call = calls::create(&id, &sale.to_string(), &intent, amount);
        let record = crate::payment::calls::record(&call, at.stripe);
        let fact = RefundFact::Begun { intent, amount, reason: reason.to_owned(), call: record };
        let send = Send { what: What::Create, call, after: std::time::Duration::ZERO };
        if let Some(held) = self.held.get_mut(&sale) {
            held.refunding = Refunding { live: Live { fresh: true, ..Live::default() }, flight: None };
        }
        self.commit_refund(now, sale, &id, Step { fact: Some(fact), send: Some(send) }, true)
    }

    /// Asks Stripe about the sale's refunds.
    ///
    /// # Errors
    /// When there is none to ask about.
    pub fn check_refund(&mut self, now: Now, sale: SaleId) -> Result<Vec<Effect>, Refusal> {
        self.take_in_hand(sale)?;
        let payment = &self.held.get(&sale).ok_or(Refusal::UnknownSale)?.payment;
        let refund = turn(payment).or_else(|| payment.refunds.last()).map(|refund| refund.id.clone());
        self.advance_refund(now, sale, &refund.ok_or(Refusal::NotNow)?, Event::CheckNow, true)
    }

    /// Asks Stripe about one refund of which it said something new.
    pub(super) fn ask_of_refund(&mut self, now: Now, sale: SaleId, refund: &str) -> Vec<Effect> {
        let asked = self.take_in_hand(sale);
        asked.and_then(|()| self.advance_refund(now, sale, refund, Event::CheckNow, true)).unwrap_or_default()
    }

    /// Lets a refund go that Stripe does not have and never will, so that another can be begun.
    ///
    /// # Errors
    /// When that is not certain.
    pub fn give_up_refund(&mut self, now: Now, sale: SaleId) -> Result<Vec<Effect>, Refusal> {
        let held = self.held.get(&sale).ok_or(Refusal::UnknownSale)?;
        let refund = held.refunding.may_give_up(&held.payment).ok_or(Refusal::NotNow)?.to_owned();
        self.advance_refund(now, sale, &refund, Event::GiveUp, true)
    }

    /// What a PaymentIntent took, if it is this sale's: its own, or one that was found beside it.
    fn taken(&self, payment: &Payment, intent: Option<&str>) -> Option<(String, i64)> {
        let own = payment.intent.as_deref().filter(|_| payment.phase == Phase::Paid);
        match intent.or(own) {
            Some(intent) if Some(intent) == own => Some((intent.to_owned(), payment.sale.total.minor)),
            Some(intent) => {
                let sale = payment.sale.id.to_string();
                let found = self.books.findings().iter().find(|found| found.intent == intent && found.sale == sale)?;
                payment.phase.is_final().then(|| (found.intent.clone(), found.amount))
            }
            None => None,
        }
    }

    pub(super) fn recover_refund(&mut self, now: Now, sale: SaleId) -> Vec<Effect> {
        let refund = self.held.get(&sale).and_then(|held| turn(&held.payment)).map(|refund| refund.id.clone());
        let Some(refund) = refund else { return Vec::new() };
        self.advance_refund(now, sale, &refund, Event::Restarted, true).unwrap_or_default()
    }

    pub(super) fn refund_answered(
        &mut self,
        now: Now,
        sale: SaleId,
        flight: u64,
        outcome: &Result<Answer, Unanswered>,
    ) -> Vec<Effect> {
        let Some(held) = self.held.get_mut(&sale) else {
            return Vec::new();
        };
        let landed = held.refunding.flight.take_if(|known| known.id == flight && known.waiting.is_none());
        let Some(landed) = landed else { return Vec::new() };
        let Some(refund) = held.payment.refunds.iter().find(|refund| refund.id == landed.refund) else {
            return Vec::new();
        };
        let event = Event::Answered(landed.what, evidence::read(refund, outcome));
        let mut effects = self.advance_refund(now, sale, &landed.refund, event, false).unwrap_or_default();
        if effects.is_empty() {
            effects = self.recover_refund(now, sale);
        }
        effects
    }

    /// As for payments: what waited while the computer slept may be too old to go.
    pub(super) fn refund_due(&mut self, now: Now, sale: SaleId, flight: u64) -> Vec<Effect> {
        let (at, writable) = (self.at(now), self.broken.is_none());
        let Some(held) = self.held.get_mut(&sale) else { return Vec::new() };
        let Held { payment, refunding, .. } = held;
        let Some(known) = refunding.flight.as_mut().filter(|known| known.id == flight) else {
            return Vec::new();
        };
        let (what, Some(call), id) = (known.what, known.waiting.take(), known.refund.clone()) else {
            return Vec::new();
        };
        let refund = payment.refunds.iter().find(|refund| refund.id == id);
        let may_leave = refund.is_some_and(|refund| step::may_leave(refund, &refunding.live, at));
        if what == What::Create && !may_leave {
            let unanswered = Event::Answered(what, evidence::Evidence::Unanswered);
            return self.advance_refund(now, sale, &id, unanswered, false).unwrap_or_default();
        }
        refunding.launch(sale, flight, what, call, writable).into_iter().collect()
    }

    fn advance_refund(
        &mut self,
        now: Now,
        sale: SaleId,
        refund: &str,
        event: Event,
        may_refuse: bool,
    ) -> Result<Vec<Effect>, Refusal> {
        let at = self.at(now);
        let held = self.held.get_mut(&sale).ok_or(Refusal::UnknownSale)?;
        let known = held.payment.refunds.iter().find(|known| known.id == refund).ok_or(Refusal::UnknownSale)?;
        let step = step::step(&sale.to_string(), known, &mut held.refunding.live, at, event)
            .map_err(|NotNow| Refusal::NotNow)?;
        self.commit_refund(now, sale, refund, step, may_refuse)
    }

    fn commit_refund(
        &mut self,
        now: Now,
        sale: SaleId,
        refund: &str,
        step: Step,
        may_refuse: bool,
    ) -> Result<Vec<Effect>, Refusal> {
        let mut held = self.held.remove(&sale).ok_or(Refusal::UnknownSale)?;
        let fact = step.fact.map(|what| Entry::Refund { refund: refund.to_owned(), what });
        let recorded = self.record(now, &mut held, fact.as_slice(), may_refuse);
        let writable = self.broken.is_none();
        self.next_flight += 1;
        let id = self.next_flight;
        let effect = recorded
            .map(|()| step.send.and_then(|send| held.refunding.take_off(now, sale, refund, send, id, writable)));
        self.held.insert(sale, held);
        effect.map(|effect| effect.into_iter().collect())
    }
}

impl Refunding {
    /// Makes a request the one that is out or waiting; an earlier one is no longer listened to.
    fn take_off(
        &mut self,
        now: Now,
        sale: SaleId,
        refund: &str,
        send: Send,
        id: u64,
        writable: bool,
    ) -> Option<Effect> {
        let Send { what, call, after } = send;
        let flight = |waiting| Some(Flight { id, refund: refund.to_owned(), what, waiting });
        if after.is_zero() {
            self.flight = flight(None);
            if what == What::Create && self.live.sends == 0 {
                self.live.first_sent = now.monotonic;
            }
            return self.launch(sale, id, what, call, writable);
        }
        self.flight = flight(Some(call));
        Some(Effect::Wake { errand: Errand::Refund(sale), flight: id, after })
    }

    /// Lets the request go. While the journal cannot be written only reading ones do.
    fn launch(&mut self, sale: SaleId, flight: u64, what: What, call: Call, writable: bool) -> Option<Effect> {
        if !writable && what == What::Create {
            return None;
        }
        match what {
            What::Create => self.live.sends += 1,
            What::Look => self.live.looks += 1,
            What::Prove => {}
        }
        Some(Effect::Call { errand: Errand::Refund(sale), flight, call })
    }
}

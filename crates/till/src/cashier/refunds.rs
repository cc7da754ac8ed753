//! Refunds at the cashier's: one of a sale's is on its way at a time.

mod charge_check;

use self::charge_check::{ChargeCheck, WantedRefund};
use super::held::Held;
use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::books::Strange;
use crate::card_number::holds_card_number;
use crate::entry::Entry;
use crate::journal::Journal;
use crate::money::Money;
use crate::payment::{Payment, Phase};
use crate::refund::step::{self, Event, Live, NotNow, Send, Step, What};
use crate::refund::{NotSent, Refund, RefundPhase, evidence};
use crate::sale::{LONGEST_NOTE, SaleId};
use std::time::Duration;
use stripe_api::{Answer, Call, Unanswered};

/// No answer comes later than this after its request: the client gives up before.
const LONGEST_CALL: Duration = Duration::from_secs(100);

/// What only this process knows of a sale's refunds.
#[derive(Debug, Default)]
pub(super) struct Refunding {
    live: Live,
    flight: Option<Flight>,
    /// Stripe is being asked what is left, for a refund that a person wants or may want. Nothing of it is durable, and nothing was
    /// sent.
    check: Option<ChargeCheck>,
    /// The reason why the last wanted refund was not sent.
    pub(super) not_sent: Option<NotSent>,
}

#[derive(Debug)]
struct Flight {
    id: u64,
    /// Which refund.
    refund: String,
    what: What,
    /// The identity that it was asked under.
    identity: u64,
    /// What goes once its time has come; none when it has gone.
    waiting: Option<Call>,
    /// The moment at which it went, or began to wait, by this process's clock.
    since: Duration,
}

impl Flight {
    /// Says whether the request for the refund itself has gone and its answer may still come.
    fn is_creating(&self, now: Now) -> bool {
        let has_time = now.monotonic.saturating_sub(self.since) < LONGEST_CALL;
        self.what == What::Create && self.waiting.is_none() && has_time
    }
}

impl Refunding {
    pub(super) fn may_give_up<'a>(&self, payment: &'a Payment) -> Option<&'a str> {
        let open = payment.refunds.iter().find(|refund| refund.phase.is_open())?;
        step::may_be_given_up(open, &self.live).then_some(open.id.as_str())
    }

    /// Stripe is being asked what is left, before a refund leaves.
    pub(super) fn is_asking(&self) -> bool {
        self.check.is_some()
    }
}

/// Whose turn it is: what is open before what only waits for its bank.
fn turn(payment: &Payment) -> Option<&Refund> {
    let refunds = || payment.refunds.iter();
    refunds().find(|refund| refund.phase.is_open()).or_else(|| refunds().find(|refund| refund.phase.wants_a_look()))
}

impl<J: Journal> Cashier<J> {
    /// Gives money back: `amount` minor units of the sale's currency. `finding` names the finding that it answers, and
    /// with it the charge; without one it is the sale's own. `reason` is for the books here.
    ///
    /// Stripe is asked first what is left of the charge: others may have given money back, and this journal may not know
    /// of all that it did itself. What came of it stands in [`super::Seen`].
    ///
    /// # Errors
    /// When nothing was taken, another refund of the sale is open, the finding is answered already, the amount is more
    /// than is left here, Stripe has not been reached or compared in this process, or the journal cannot be written.
    pub fn refund(
        &mut self,
        now: Now,
        sale: SaleId,
        finding: Option<&str>,
        amount: i64,
        reason: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        self.take_in_hand(sale)?;
        let at = self.at(now);
        let held = self.held.get(&sale).ok_or(Refusal::UnknownSale)?;
        let payment = &held.payment;
        let (intent, taken) = self.taken(payment, finding).ok_or(Refusal::NotNow)?;
        let is_open = payment.refunds.iter().any(|refund| refund.phase.is_open());
        let is_answered = finding.is_some_and(|finding| payment.answers(finding));
        if is_open || is_answered || held.refunding.is_asking() {
            return Err(Refusal::NotNow);
        }
        let left = payment.refundable(&intent, taken);
        if amount < 1 || amount > left {
            return Err(Refusal::RefundTooLarge { left });
        }
        Money { minor: amount, ..payment.sale.total }.is_round().map_err(Refusal::Amount)?;
        if reason.chars().count() > LONGEST_NOTE {
            return Err(Refusal::NoteTooLong);
        }
        if holds_card_number(reason) {
            return Err(Refusal::CardNumber);
        }
        if self.broken.is_some() {
            return Err(Refusal::Journal(self.unwritable()));
        }
        if !self.is_compared() {
            return Err(Refusal::NotCompared);
        }
        // How old its key is has to be known later.
        at.stripe.ok_or(Refusal::StripeUnheard)?;
        let wanted = WantedRefund { amount, reason: reason.to_owned(), finding: finding.map(str::to_owned) };
        Ok(self.ask_what_is_left(sale, intent, Some(wanted)))
    }

    /// Writes one fact of a sale in hand down, and applies it.
    pub(super) fn write_fact(&mut self, now: Now, sale: SaleId, entry: Entry) -> Result<(), Refusal> {
        let mut held = self.held.remove(&sale).ok_or(Refusal::UnknownSale)?;
        let written = self.record(now, &mut held, &[entry], true);
        self.held.insert(sale, held);
        written
    }

    /// Asks Stripe about the sale's refunds: about the one that is not known, or else what is left for another.
    ///
    /// # Errors
    /// When there is nothing to ask about, or the answer to the refund itself is on its way.
    pub fn check_refund(&mut self, now: Now, sale: SaleId) -> Result<Vec<Effect>, Refusal> {
        self.take_in_hand(sale)?;
        let held = self.held.get(&sale).ok_or(Refusal::UnknownSale)?;
        let turn = turn(&held.payment).map(|refund| (refund.id.clone(), refund.phase.is_open()));
        let left_of = self.taken(&held.payment, None).filter(|_| !held.refunding.is_asking());
        let mut effects = Vec::new();
        if let Some((refund, is_open)) = turn {
            let asked = self.advance_refund(now, sale, &refund, Event::CheckNow, true);
            if is_open {
                return asked;
            }
            effects = asked.unwrap_or_default();
        }
        let (intent, _) = left_of.ok_or(Refusal::NotNow)?;
        effects.extend(self.ask_what_is_left(sale, intent, None));
        Ok(effects)
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

    /// The PaymentIntent to refund and the amount that it took: the sale's own, or that of a finding.
    fn taken(&self, payment: &Payment, finding: Option<&str>) -> Option<(String, i64)> {
        let own =
            payment.intent.clone().filter(|_| payment.phase == Phase::Paid).map(|own| (own, payment.sale.total.minor));
        let Some(finding) = finding else { return own };
        let sale = payment.sale.id.to_string();
        let found = self.books.findings().iter().find(|found| found.intent == finding && found.sale == sale)?;
        if found.strange == Strange::RefundBounced {
            // Of the charge whose refund came back.
            let bounced = payment.refunds.iter().find(|refund| refund.stripe.as_deref() == Some(finding))?;
            let other = self.books.findings().iter().find(|other| other.intent == bounced.intent && other.sale == sale);
            return own
                .filter(|(own, _)| *own == bounced.intent)
                .or(other.map(|other| (other.intent.clone(), other.amount)));
        }
        payment.phase.is_final().then(|| (found.intent.clone(), found.amount))
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
        if let Some(check) = held.refunding.check.take_if(|check| check.flight == flight) {
            return self.charge_answered(now, sale, check, outcome);
        }
        let landed = held.refunding.flight.take_if(|known| known.id == flight && known.waiting.is_none());
        let Some(landed) = landed else { return Vec::new() };
        let Some(refund) = held.payment.refunds.iter().find(|refund| refund.id == landed.refund) else {
            return Vec::new();
        };
        let evidence = evidence::read(refund, outcome);
        let intent = refund.intent.clone();
        let event = Event::Answered { what: landed.what, evidence, identity: landed.identity };
        let mut effects = self.advance_refund(now, sale, &landed.refund, event, false).unwrap_or_default();
        let held = self.held.get(&sale).map(|held| &held.payment.refunds);
        let is_rejected = |refund: &Refund| refund.id == landed.refund && refund.phase == RefundPhase::Rejected;
        if held.is_some_and(|refunds| refunds.iter().any(is_rejected)) {
            // Perhaps somebody was faster: the screen has to say what is left now.
            effects.extend(self.ask_what_is_left(sale, intent, None));
        }
        if effects.is_empty() {
            effects = self.recover_refund(now, sale);
        }
        effects
    }

    /// As for payments: what waited while the computer slept may be too old to go.
    pub(super) fn refund_due(&mut self, now: Now, sale: SaleId, flight: u64) -> Vec<Effect> {
        let (at, writable, identity) = (self.at(now), self.broken.is_none(), self.identity);
        let Some(held) = self.held.get_mut(&sale) else { return Vec::new() };
        let Held { payment, refunding, .. } = held;
        if let Some(check) = refunding.check.as_mut().filter(|check| check.flight == flight) {
            check.identity = identity;
            let call = Call::retrieve_intent(&check.intent);
            return vec![Effect::Call { errand: Errand::Refund(sale), flight, call }];
        }
        let Some(known) = refunding.flight.as_mut().filter(|known| known.id == flight) else {
            return Vec::new();
        };
        let (what, Some(call), id) = (known.what, known.waiting.take(), known.refund.clone()) else {
            return Vec::new();
        };
        (known.identity, known.since) = (identity, now.monotonic);
        let refund = payment.refunds.iter().find(|refund| refund.id == id);
        let may_leave = refund.is_some_and(|refund| step::may_leave(refund, &refunding.live, at));
        if what == What::Create && !may_leave {
            let unanswered = Event::Answered { what, evidence: evidence::Evidence::Unanswered, identity };
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
        let (at, writable) = (self.at(now), self.broken.is_none());
        let held = self.held.get_mut(&sale).ok_or(Refusal::UnknownSale)?;
        // Only the first answer to the request itself can say that Stripe did nothing; a look in its place would lose it.
        let is_creating = writable && held.refunding.flight.as_ref().is_some_and(|flight| flight.is_creating(now));
        if is_creating && matches!(event, Event::CheckNow | Event::Restarted) {
            return Err(Refusal::NotNow);
        }
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
        let (writable, identity) = (self.broken.is_none(), self.identity);
        self.next_flight += 1;
        let (id, since) = (self.next_flight, now.monotonic);
        let flight = Flight { id, refund: refund.to_owned(), what: What::Look, identity, waiting: None, since };
        let effect =
            recorded.map(|()| step.send.and_then(|send| held.refunding.take_off(now, sale, flight, send, writable)));
        self.held.insert(sale, held);
        effect.map(|effect| effect.into_iter().collect())
    }
}

impl Refunding {
    /// Makes a request the one that is out or waiting; an earlier one is no longer listened to.
    fn take_off(&mut self, now: Now, sale: SaleId, flight: Flight, send: Send, writable: bool) -> Option<Effect> {
        let Send { what, call, after } = send;
        let id = flight.id;
        if after.is_zero() {
            self.flight = Some(Flight { what, ..flight });
            if what == What::Create && self.live.sends == 0 {
                self.live.first_sent = now.monotonic;
            }
            return self.launch(sale, id, what, call, writable);
        }
        self.flight = Some(Flight { what, waiting: Some(call), ..flight });
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

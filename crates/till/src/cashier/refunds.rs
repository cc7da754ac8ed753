//! Refunds at the cashier's: one of a sale's is on its way at a time.

use super::held::Held;
use super::{Cashier, Effect, Errand, Now, Refusal};
use crate::books::Strange;
use crate::card_number::holds_card_number;
use crate::entry::Entry;
use crate::journal::Journal;
use crate::money::Money;
use crate::payment::step::backoff;
use crate::payment::{Payment, Phase};
use crate::refund::step::{self, Event, Live, NotNow, Send, Step, What};
use crate::refund::{ChargeSeen, NotSent, Refund, RefundFact, RefundPhase, calls, evidence};
use crate::sale::{LONGEST_NOTE, SaleId};
use std::time::Duration;
use stripe_api::{Answer, Call, Unanswered};

/// The till reads the charge at most this often before it gives the refund up.
const MOST_LOOKS: u32 = 3;

/// What only this process knows of a sale's refunds.
#[derive(Debug, Default)]
pub(super) struct Refunding {
    live: Live,
    flight: Option<Flight>,
    /// A person wants it, and Stripe is being asked what is left. Nothing of it is durable, and nothing was sent.
    wish: Option<Wish>,
    /// The reason why the last wish was not sent.
    pub(super) not_sent: Option<NotSent>,
}

/// A refund that a person wants, or only what is left for one.
#[derive(Debug)]
struct Wish {
    intent: String,
    wanted: Option<Wanted>,
    /// The look at its charge that is out, or waits.
    flight: u64,
    /// The key and account under which Stripe reads the charge.
    identity: u64,
    looks: u32,
}

#[derive(Debug)]
struct Wanted {
    amount: i64,
    reason: String,
    finding: Option<String>,
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
}

impl Flight {
    /// The request that gives the money back has gone.
    fn is_creating(&self) -> bool {
        self.what == What::Create && self.waiting.is_none()
    }
}

impl Refunding {
    pub(super) fn may_give_up<'a>(&self, payment: &'a Payment) -> Option<&'a str> {
        let open = payment.refunds.iter().find(|refund| refund.phase.is_open())?;
        step::may_be_given_up(open, &self.live).then_some(open.id.as_str())
    }

    /// Stripe is being asked what is left, before a refund leaves.
    pub(super) fn is_asking(&self) -> bool {
        self.wish.is_some()
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
        let wanted = Wanted { amount, reason: reason.to_owned(), finding: finding.map(str::to_owned) };
        Ok(self.ask_what_is_left(sale, intent, Some(wanted)))
    }

    fn ask_what_is_left(&mut self, sale: SaleId, intent: String, wanted: Option<Wanted>) -> Vec<Effect> {
        let wish = Wish { intent, wanted, flight: 0, identity: self.identity, looks: 0 };
        self.look_at_charge(sale, wish, Duration::ZERO).into_iter().collect()
    }

    /// Asks Stripe how the charge of a wish stands.
    fn look_at_charge(&mut self, sale: SaleId, wish: Wish, after: Duration) -> Option<Effect> {
        self.next_flight += 1;
        let (flight, errand) = (self.next_flight, Errand::Refund(sale));
        let wish = Wish { flight, identity: self.identity, looks: wish.looks + 1, ..wish };
        let call = Call::retrieve_intent(&wish.intent);
        let refunding = &mut self.held.get_mut(&sale)?.refunding;
        (refunding.wish, refunding.not_sent) = (Some(wish), None);
        Some(if after.is_zero() {
            Effect::Call { errand, flight, call }
        } else {
            Effect::Wake { errand, flight, after }
        })
    }

    /// Handles the answer about the charge. The till refunds only what Stripe has left.
    fn charge_answered(
        &mut self,
        now: Now,
        sale: SaleId,
        wish: Wish,
        outcome: &Result<Answer, Unanswered>,
    ) -> Vec<Effect> {
        let state = match evidence::charge_state(&wish.intent, outcome) {
            // Another key may mean another account: what this one says proves nothing for it.
            Ok(_) if wish.identity != self.identity && wish.looks < MOST_LOOKS => {
                return self.look_at_charge(sale, wish, Duration::ZERO).into_iter().collect();
            }
            Err(NotSent::NoAnswer) if wish.looks < MOST_LOOKS => {
                let pause = backoff(wish.looks, Duration::from_millis(500), Duration::from_secs(4));
                return self.look_at_charge(sale, wish, pause).into_iter().collect();
            }
            Ok(_) if wish.identity != self.identity => Err(NotSent::NoAnswer),
            state => state,
        };
        let sent = state.and_then(|state| self.send_wish(now, sale, wish, state));
        sent.unwrap_or_else(|not_sent| {
            if let Some(held) = self.held.get_mut(&sale) {
                held.refunding.not_sent = Some(not_sent);
            }
            Vec::new()
        })
    }

    fn send_wish(
        &mut self,
        now: Now,
        sale: SaleId,
        wish: Wish,
        state: evidence::ChargeState,
    ) -> Result<Vec<Effect>, NotSent> {
        let Wish { intent, wanted, .. } = wish;
        let at = self.at(now);
        let payment = &self.held.get(&sale).ok_or(NotSent::NoAnswer)?.payment;
        let elsewhere = state.refunded.saturating_sub(payment.refunded(&intent)).max(0);
        let known = payment.refunded_elsewhere(&intent);
        let charge = ChargeSeen { intent: intent.clone(), elsewhere, disputed: state.disputed, at: at.stripe };
        let is_news = elsewhere > known;
        if (elsewhere, state.disputed) != (known, payment.is_disputed(&intent)) {
            self.write_fact(now, sale, Entry::ChargeSeen { charge })
                .map_err(|error| NotSent::NotWritten(error.to_string()))?;
        }
        let Some(Wanted { amount, reason, finding }) = wanted else { return Ok(Vec::new()) };
        if state.disputed {
            return Err(NotSent::Disputed);
        }
        let left = state.captured.saturating_sub(state.refunded).max(0);
        // The person did not know of the other refunds, so they have to decide again.
        if is_news || amount > left {
            return Err(NotSent::Elsewhere { left });
        }
        let id = SaleId::from_bits((self.chance)()).to_string();
        let call = calls::create(&id, &sale.to_string(), &intent, amount, finding.as_deref());
        let record = crate::payment::calls::record(&call, at.stripe);
        let fact = RefundFact::Begun { intent, amount, reason, call: record, finding };
        let send = Send { what: What::Create, call, after: Duration::ZERO };
        if let Some(held) = self.held.get_mut(&sale) {
            (held.refunding.live, held.refunding.flight) = (Live { fresh: true, ..Live::default() }, None);
        }
        let begun = self.commit_refund(now, sale, &id, Step { fact: Some(fact), send: Some(send) }, true);
        begun.map_err(|refusal| NotSent::NotWritten(refusal.to_string()))
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
        if let Some(wish) = held.refunding.wish.take_if(|wish| wish.flight == flight) {
            return self.charge_answered(now, sale, wish, outcome);
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
        if let Some(wish) = refunding.wish.as_mut().filter(|wish| wish.flight == flight) {
            wish.identity = identity;
            let call = Call::retrieve_intent(&wish.intent);
            return vec![Effect::Call { errand: Errand::Refund(sale), flight, call }];
        }
        let Some(known) = refunding.flight.as_mut().filter(|known| known.id == flight) else {
            return Vec::new();
        };
        let (what, Some(call), id) = (known.what, known.waiting.take(), known.refund.clone()) else {
            return Vec::new();
        };
        known.identity = identity;
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
        let is_creating = writable && held.refunding.flight.as_ref().is_some_and(Flight::is_creating);
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
        let flight =
            Flight { id: self.next_flight, refund: refund.to_owned(), what: What::Look, identity, waiting: None };
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

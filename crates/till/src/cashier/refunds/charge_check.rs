//! The till asks Stripe what is left of a charge before a refund of it leaves.

use super::step::{Live, Send, Step, What};
use crate::cashier::{Cashier, Effect, Errand, Now};
use crate::entry::Entry;
use crate::journal::Journal;
use crate::payment::step::backoff;
use crate::refund::{ChargeSeen, NotSent, RefundFact, calls, evidence};
use crate::sale::SaleId;
use std::time::Duration;
use stripe_api::{Answer, Call, Unanswered};

/// The till reads the charge at most this often before it gives the refund up.
const MOST_LOOKS: u32 = 3;

/// A question to Stripe about a charge, and the refund that leaves if the answer allows it.
#[derive(Debug)]
pub(super) struct ChargeCheck {
    pub(super) intent: String,
    pub(super) wanted: Option<WantedRefund>,
    /// The look at its charge that is out, or waits.
    pub(super) flight: u64,
    /// The key and account under which Stripe reads the charge.
    pub(super) identity: u64,
    pub(super) looks: u32,
}

#[derive(Debug)]
pub(super) struct WantedRefund {
    pub(super) amount: i64,
    pub(super) reason: String,
    pub(super) finding: Option<String>,
}

impl<J: Journal> Cashier<J> {
    /// Asks Stripe how a charge stands, and refunds what is wanted of it if that can be.
    pub(super) fn ask_what_is_left(
        &mut self,
        sale: SaleId,
        intent: String,
        wanted: Option<WantedRefund>,
    ) -> Vec<Effect> {
        let check = ChargeCheck { intent, wanted, flight: 0, identity: self.identity, looks: 0 };
        self.look_at_charge(sale, check, Duration::ZERO).into_iter().collect()
    }

    /// Asks Stripe how the charge of a check stands.
    fn look_at_charge(&mut self, sale: SaleId, check: ChargeCheck, after: Duration) -> Option<Effect> {
        self.next_flight += 1;
        let (flight, errand) = (self.next_flight, Errand::Refund(sale));
        let check = ChargeCheck { flight, identity: self.identity, looks: check.looks + 1, ..check };
        let call = Call::retrieve_intent(&check.intent);
        let refunding = &mut self.held.get_mut(&sale)?.refunding;
        (refunding.check, refunding.not_sent) = (Some(check), None);
        Some(if after.is_zero() {
            Effect::Call { errand, flight, call }
        } else {
            Effect::Wake { errand, flight, after }
        })
    }

    /// Handles the answer about the charge. The till refunds only what Stripe has left.
    pub(super) fn charge_answered(
        &mut self,
        now: Now,
        sale: SaleId,
        check: ChargeCheck,
        outcome: &Result<Answer, Unanswered>,
    ) -> Vec<Effect> {
        let state = match evidence::charge_state(&check.intent, outcome) {
            // Another key may mean another account: what this one says proves nothing for it.
            Ok(_) if check.identity != self.identity && check.looks < MOST_LOOKS => {
                return self.look_at_charge(sale, check, Duration::ZERO).into_iter().collect();
            }
            Err(NotSent::NoAnswer) if check.looks < MOST_LOOKS => {
                let pause = backoff(check.looks, Duration::from_millis(500), Duration::from_secs(4));
                return self.look_at_charge(sale, check, pause).into_iter().collect();
            }
            Ok(_) if check.identity != self.identity => Err(NotSent::NoAnswer),
            state => state,
        };
        let sent = state.and_then(|state| self.send_wanted(now, sale, check, state));
        sent.unwrap_or_else(|not_sent| {
            if let Some(held) = self.held.get_mut(&sale) {
                held.refunding.not_sent = Some(not_sent);
            }
            Vec::new()
        })
    }

    fn send_wanted(
        &mut self,
        now: Now,
        sale: SaleId,
        check: ChargeCheck,
        state: evidence::ChargeState,
    ) -> Result<Vec<Effect>, NotSent> {
        let ChargeCheck { intent, wanted, .. } = check;
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
        let Some(WantedRefund { amount, reason, finding }) = wanted else { return Ok(Vec::new()) };
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
}

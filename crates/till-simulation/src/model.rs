//! The reference model: one sale, as Stripe and the people at the counter know it, and what a till may say of it.
//!
//! It knows nothing of how a till works: no phases, keys, generations or journal. A till that contradicts it is wrong.

use till::refund::{Refund, RefundPhase};

use crate::stripe::AMOUNT;
use crate::subject::Standing;
use crate::world::Breach;

/// A sale, from outside.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Cards that the page submitted and the till took.
    pub(crate) submits: u32,
    /// Confirms that reached Stripe after it had forgotten their key: a fault of the wire, not of the till.
    pub(crate) stale: u32,
    /// Refunds likewise.
    pub(crate) stale_refunds: bool,
    /// The amount that the customer is to get back in all, in minor units.
    pub(crate) wish: Option<i64>,
    settled: Option<Standing>,
    /// Receipts that did not say COPY.
    originals: u32,
}

impl Model {
    /// I1 and I7: at most one charge, of the whole amount. Returns how many there were.
    pub(crate) fn charged<'a>(&self, taken: impl Iterator<Item = (i64, &'a str)>) -> Result<usize, Breach> {
        let mut count = 0;
        for (amount, currency) in taken {
            count += 1;
            if (amount, currency) != (AMOUNT, "usd") {
                return Err(format!("I7: {amount} {currency} was taken"));
            }
        }
        match count {
            0 | 1 if self.settled == Some(Standing::Void) && count > 0 => Err("I4: it is void and was charged".into()),
            0 | 1 => Ok(count),
            _ => Err(format!("I1: it was charged {count} times")),
        }
    }

    /// I3, I4 and I10: what the till says, beside what Stripe took. What only stands on the screen (`saved` is false)
    /// is forgotten by a crash, and found again at Stripe.
    pub(crate) fn says(&mut self, standing: Standing, taken: usize, saved: bool) -> Result<(), Breach> {
        match standing {
            Standing::Paid if taken != 1 => return Err("I3: it is paid and was not charged".into()),
            Standing::Void if taken != 0 => return Err("I4: it is void and was charged".into()),
            _ => {}
        }
        if self.settled.is_none() && standing.is_final() && saved {
            self.settled = Some(standing);
        }
        match self.settled {
            Some(settled) if settled != standing => Err(format!("I10: it was {settled:?} and is {standing:?}")),
            _ => Ok(()),
        }
    }

    /// I6: nobody but the page begins a charge.
    pub(crate) fn tried(&self, cards: u32) -> Result<(), Breach> {
        let submits = self.submits;
        if cards > submits + self.stale { Err(format!("I6: {cards} cards tried, {submits} submitted")) } else { Ok(()) }
    }

    /// I8: no more is given back than was taken, each refund at most once, and the till says of each what Stripe has.
    ///
    /// I15: nor more than the customer was to get, whatever was put back meanwhile: people give nothing back that the till
    /// says was given back.
    pub(crate) fn given_back(&self, at_stripe: &[(&str, i64)], at_till: &[Refund]) -> Result<(), Breach> {
        let sum: i64 = at_stripe.iter().map(|(_, amount)| amount).sum();
        if sum > AMOUNT {
            return Err(format!("I8: {sum} was given back"));
        }
        if self.stale_refunds {
            return Ok(());
        }
        if sum > self.wish.unwrap_or(0) {
            return Err(format!("I15: {sum} was given back, and {:?} was asked for", self.wish));
        }
        let times = |id: &str| at_stripe.iter().filter(|(known, _)| *known == id).count();
        if let Some((id, _)) = at_stripe.iter().find(|(id, _)| times(id) > 1) {
            return Err(format!("I8: refund {id} was made {} times", times(id)));
        }
        at_till.iter().try_for_each(|refund| {
            let there = at_stripe.contains(&(&refund.id, refund.amount));
            let right = match refund.phase {
                RefundPhase::Asked | RefundPhase::Unknown => true,
                RefundPhase::Rejected | RefundPhase::GivenUp => !there,
                RefundPhase::Pending | RefundPhase::Succeeded | RefundPhase::Bounced | RefundPhase::Canceled => there,
            };
            let at = if there { "has" } else { "does not have" };
            if right { Ok(()) } else { Err(format!("I8: a refund is {:?} and Stripe {at} it", refund.phase)) }
        })
    }

    /// I14: what Stripe gave back under an id of ours, the till knows of, once it has compared itself.
    pub(crate) fn knows_refunds(&self, at_stripe: &[(&str, i64)], at_till: &[Refund]) -> Result<(), Breach> {
        let unknown = at_stripe.iter().find(|(id, _)| !at_till.iter().any(|refund| refund.id == **id));
        match unknown {
            Some((id, amount)) if !self.stale_refunds => {
                Err(format!("I14: nobody here knows of refund {id} of {amount}"))
            }
            _ => Ok(()),
        }
    }

    /// I17: what is paid names the card that was charged.
    pub(crate) fn names(said: Option<&str>, charged: &str) -> Result<(), Breach> {
        match said {
            Some(said) if said == charged => Ok(()),
            said => Err(format!("I17: card {charged} was charged, and the till names {said:?}")),
        }
    }

    /// I12: a receipt is the original once; `receipts` counts the one in hand.
    pub(crate) fn printed(&mut self, receipts: u32) -> Result<(), Breach> {
        self.originals += u32::from(receipts == 1);
        if self.originals > 1 { Err("I12: a second original was printed".into()) } else { Ok(()) }
    }

    /// The till works on an older copy of its journal: what it said since is not held against it.
    pub(crate) fn forget_what_was_said(&mut self) {
        (self.settled, self.originals) = (None, 0);
    }
}

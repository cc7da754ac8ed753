//! A payment: one promise to take one amount once. Its state is the sum of its entries.

pub mod calls;
pub mod step;
pub mod table;

pub use table::Phase;

use crate::entry::{BlockReason, Closed, Entry, Kind, Then};
use crate::facts::{ChargeFacts, Decline, IntentStatus};
use crate::refund::{ChargeSeen, Refund, RefundFact, is_made_up_for};
use crate::sale::{Capture, Sale};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One sale's way to being paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    pub sale: Sale,
    pub phase: Phase,
    /// Which PaymentIntent of this sale; 0 before the first.
    pub generation: u32,
    /// Creates sent for this generation.
    pub creates: u32,
    /// Stripe's id of the present generation; none once it is closed.
    pub intent: Option<String>,
    /// Stripe's clock when the create was first sent, if known: the start of the window to find it in.
    pub created_after: Option<i64>,
    /// Cards confirmed on this generation.
    pub attempts: u32,
    /// Second confirms sent for the present card: a bank may have to be asked about more than once.
    #[serde(default)]
    pub finishes: u32,
    /// The card at Stripe.
    pub payment_method: Option<String>,
    pub cancels: u32,
    pub captures: u32,
    /// What a running cancel is for.
    pub then: Then,
    /// The last word on the PaymentIntent when the payment was paused.
    pub status: Option<IntentStatus>,
    pub decline: Option<Decline>,
    /// Stripe refused the last card's request as wrong, in Stripe's code or words.
    pub rejected: Option<String>,
    pub charge: Option<ChargeFacts>,
    pub blocked: Option<Blocked>,
    pub receipts: u32,
    /// Settled while no cashier was there, and not seen since.
    pub unseen: bool,
    /// Oldest first.
    #[serde(default)]
    pub refunds: Vec<Refund>,
    /// Refunds by others and disputes of its charges, as Stripe last reported them.
    #[serde(default)]
    pub charges_seen: Vec<ChargeSeen>,
    /// When the last confirm left, by Stripe's clock, Unix seconds.
    #[serde(default)]
    pub confirmed_at: Option<i64>,
    /// The same for the last confirm that nobody has answered: it may still arrive, and charge its card.
    #[serde(default)]
    pub unanswered: Option<i64>,
}

/// For so long after it left, in seconds, a confirm without an answer is still thought to be on its way: about as long as proxies
/// hold a request, and longer than a bank takes. Until then the till does not repeat that nothing was charged.
const LATE: i64 = 60;

/// Why a payment waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    pub reason: BlockReason,
    pub detail: Option<String>,
    /// Where it stood: whether a card was out decides what may be said about money.
    pub from: Phase,
}

/// A history that cannot be: the journal is damaged or the code is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{kind:?} cannot follow {phase:?}")]
pub struct Impossible {
    pub phase: Phase,
    pub kind: Kind,
}

impl Payment {
    /// The payment that a frozen sale begins.
    pub fn begin(sale: Sale) -> Self {
        Self {
            sale,
            phase: Phase::Frozen,
            generation: 0,
            creates: 0,
            intent: None,
            created_after: None,
            attempts: 0,
            finishes: 0,
            payment_method: None,
            cancels: 0,
            captures: 0,
            then: Then::Void,
            status: None,
            decline: None,
            rejected: None,
            charge: None,
            blocked: None,
            receipts: 0,
            unseen: false,
            refunds: Vec::new(),
            charges_seen: Vec::new(),
            confirmed_at: None,
            unanswered: None,
        }
    }

    /// The sum of a whole history.
    ///
    /// # Errors
    /// A history that begins with anything but the frozen sale, or goes on impossibly.
    pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, Impossible> {
        let mut entries = entries.into_iter();
        let impossible = |kind| Impossible { phase: Phase::Frozen, kind };
        let mut payment = match entries.next() {
            Some(Entry::SaleFrozen { sale }) => Self::begin((**sale).clone()),
            Some(other) => return Err(impossible(other.kind())),
            None => return Err(impossible(Kind::SaleFrozen)),
        };
        entries.try_for_each(|entry| payment.apply(entry))?;
        Ok(payment)
    }

    /// Adds one fact.
    ///
    /// # Errors
    /// [`Impossible`], with the payment unchanged.
    pub(crate) fn apply(&mut self, entry: &Entry) -> Result<(), Impossible> {
        let kind = entry.kind();
        let from = self.phase;
        let impossible = Impossible { phase: from, kind };
        let to = table::next(from, kind).ok_or(impossible)?;
        if let Entry::Refund { refund, what } = entry
            && !what.apply(refund, &mut self.refunds)
        {
            return Err(impossible);
        }
        self.phase = to;
        if from == Phase::Blocked && self.phase != from {
            self.blocked = None;
        }
        match entry {
            Entry::SaleFrozen { .. } | Entry::AuthenticationWanted | Entry::ProcessingSeen | Entry::Voided => {}
            Entry::Refund { what, .. } => {
                if let RefundFact::Found { intent, amount, created, .. } = what
                    && let Some(charge) = self.charges_seen.iter_mut().find(|charge| charge.intent == *intent)
                {
                    charge.found(*amount, *created);
                }
            }
            Entry::GenerationBegun { generation, call } => {
                self.generation = *generation;
                self.creates = 1;
                self.attempts = 0;
                self.cancels = 0;
                self.captures = 0;
                self.created_after = call.at_stripe;
                self.unanswered = None;
            }
            Entry::CreateRetried { attempt, .. } => self.creates = *attempt,
            Entry::IntentCreated { intent, .. } => self.intent = Some(intent.clone()),
            Entry::AttemptBegun { attempt, payment_method, call } => {
                self.attempts = *attempt;
                self.confirmed_at = call.at_stripe;
                self.finishes = 0;
                self.payment_method = Some(payment_method.clone());
                self.decline = None;
                self.rejected = None;
            }
            Entry::FinishBegun { call } => {
                self.finishes += 1;
                self.confirmed_at = call.at_stripe;
            }
            // Of unknown age is as good as old: then the looks of a paused payment have to do.
            Entry::OutcomeUnknown => self.unanswered = Some(self.confirmed_at.unwrap_or(0)),
            Entry::Declined { decline } => {
                self.payment_method = None;
                self.decline = Some(decline.clone());
            }
            Entry::AttemptRejected { code, message } => {
                self.payment_method = None;
                self.rejected = message.clone().or_else(|| code.clone());
            }
            Entry::Paused { status } => self.status = *status,
            Entry::Continued => {
                self.status = None;
                self.payment_method = None;
            }
            Entry::CancelBegun { attempt, then, .. } => {
                self.cancels = *attempt;
                self.then = *then;
            }
            Entry::GenerationClosed { how } => {
                self.intent = None;
                self.payment_method = None;
                self.status = (*how == Closed::Canceled).then_some(IntentStatus::Canceled);
            }
            Entry::Authorised { charge } => self.charge = Some((**charge).clone()),
            Entry::CaptureBegun { attempt, .. } => self.captures = *attempt,
            Entry::Paid { charge, while_away } => {
                self.unseen = *while_away;
                if let Some(charge) = charge {
                    self.charge = Some((**charge).clone());
                }
            }
            Entry::Blocked { reason, detail } => {
                self.blocked = Some(Blocked { reason: *reason, detail: detail.clone(), from });
            }
            Entry::ReceiptIssued => self.receipts += 1,
            Entry::Seen => self.unseen = false,
            Entry::IntentAdopted { intent, .. } => {
                self.intent = Some(intent.clone());
                self.status = None;
                self.attempts = self.attempts.max(1);
            }
            // A card may have been tried: nothing may be closed as never confirmed any more.
            Entry::FromOlderCopy => self.attempts = self.attempts.max(1),
            Entry::ChargeSeen { charge } => {
                self.charges_seen.retain(|known| known.intent != charge.intent);
                self.charges_seen.push(charge.clone());
            }
        }
        Ok(())
    }

    /// Whether a later start has to look at it again.
    pub fn is_open(&self) -> bool {
        !self.phase.is_final() || self.unseen || self.refunds.iter().any(|refund| refund.phase.wants_a_look())
    }

    /// The rest that can still be refunded of what `intent` took, in minor units, when it took `taken`; as far as this journal
    /// knows.
    pub fn refundable(&self, intent: &str, taken: i64) -> i64 {
        if self.is_disputed(intent) {
            return 0;
        }
        taken.saturating_sub(self.refunded(intent)).saturating_sub(self.refunded_elsewhere(intent)).max(0)
    }

    /// The sum of this till's refunds of `intent`, those in doubt included, in minor units.
    pub fn refunded(&self, intent: &str) -> i64 {
        let gone = self.refunds.iter().filter(|refund| refund.intent == intent && refund.phase.counts());
        gone.fold(0, |sum, refund| sum.saturating_add(refund.amount))
    }

    /// The sum of others' refunds of it, as Stripe last reported it, in minor units.
    pub fn refunded_elsewhere(&self, intent: &str) -> i64 {
        self.charge_seen(intent).map_or(0, |charge| charge.elsewhere)
    }

    /// Says whether the customer disputed it, as Stripe last reported it.
    pub fn is_disputed(&self, intent: &str) -> bool {
        self.charge_seen(intent).is_some_and(|charge| charge.disputed)
    }

    fn charge_seen(&self, intent: &str) -> Option<&ChargeSeen> {
        self.charges_seen.iter().find(|charge| charge.intent == intent)
    }

    /// Says whether a refund was made for this finding, or may have been. A finding is answered once: if that refund comes
    /// back, too, it is a finding of its own.
    pub fn answers(&self, finding: &str) -> bool {
        let mut made = self.refunds.iter().filter(|refund| refund.was_made());
        made.any(|refund| refund.finding.as_deref() == Some(finding)) || is_made_up_for(finding, &self.refunds)
    }

    /// Says whether the bank charged another card than the one that was typed last.
    pub fn charged_another_card(&self) -> bool {
        let charged = self.charge.as_ref().and_then(|charge| charge.payment_method.as_ref());
        self.payment_method.is_some() && charged.is_some() && self.payment_method.as_ref() != charged
    }

    /// Says whether a confirm without an answer left so short a while ago that it may well be on its way. `now` is Stripe's clock,
    /// Unix seconds; as long as Stripe has not told the time, it may.
    pub fn may_arrive_late(&self, now: Option<i64>) -> bool {
        self.unanswered.is_some_and(|left| now.is_none_or(|now| now.saturating_sub(left) < LATE))
    }

    /// Whether the present generation may still be confirmed at Stripe by something we sent.
    pub fn card_is_out(&self) -> bool {
        self.payment_method.is_some()
    }

    /// Authorise-only sales end in Authorised.
    pub fn captures_later(&self) -> bool {
        self.sale.capture == Capture::Later
    }
}

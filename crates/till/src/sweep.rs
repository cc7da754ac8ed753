//! The sweep: what Stripe has of this till is compared with the journal, page by page.
//!
//! Payments in hand are looked at one by one anyway. The sweep finds what nobody holds: charges of sales that the
//! journal does not know, because it was lost or is an older copy, and second successes of one that it does.

use crate::books::{Finding, Strange};
use crate::facts::IntentStatus;
use crate::payment::{Payment, Phase};
use crate::refund::RefundPhase;
use crate::sale::SaleId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use stripe_api::{Answer, Body, Call, List, ListIntents, PaymentIntent};

/// How long between two sweeps.
pub const PERIOD: Duration = Duration::from_secs(10 * 60);
/// How long after one that came to nothing.
pub const AGAIN: Duration = Duration::from_secs(60);
/// How far the first one of a journal reaches back, in seconds.
const FIRST: i64 = 7 * 24 * 60 * 60;
/// Objects with all the metadata that Stripe allows are some 40 kB long, and an answer holds 1 MiB.
const PAGE: u8 = 20;
/// So many pages follow each other at once; a longer list is read with pauses, so that sales find Stripe's ear.
const PAGES_AT_ONCE: usize = 20;
const BETWEEN_PAGES: Duration = Duration::from_secs(1);
/// How often refunds are read that Stripe called succeeded: each is a list of a month, and none of them is in a hurry.
pub const REFUNDS_PERIOD: Duration = Duration::from_secs(12 * 60 * 60);
/// For how long a refund that succeeded may still come back, in seconds: about thirty days, says Stripe.
const REFUNDS_TURN: i64 = 32 * 24 * 60 * 60;

/// A comparison of PaymentIntents under way.
#[derive(Debug)]
pub struct Sweep {
    /// Stripe's clock at the first page, Unix seconds: the next sweep begins here.
    began: Option<i64>,
    /// Only PaymentIntents created since then, by Stripe's clock.
    since: Option<i64>,
    pages: Pages,
}

/// A comparison of refunds under way.
#[derive(Debug)]
pub struct RefundSweep {
    /// Only refunds created since then, by Stripe's clock, Unix seconds.
    since: i64,
    /// Up to when PaymentIntents were compared before.
    until: i64,
    pages: Pages,
}

/// How far a list has been read.
#[derive(Debug)]
struct Pages {
    /// How many objects the next page may hold.
    size: u8,
    /// The last object of each page so far, in order. A list that names one again goes in a circle.
    ends: Vec<String>,
}

/// What a page leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing that can be trusted came: ask for the same page again, later.
    Again,
    /// The list goes in a circle: begin anew, later.
    Anew,
    /// There is more to read, after a pause.
    Page { pause: Duration },
    /// Everything up to this moment of Stripe's clock was read.
    Done { until: i64 },
}

impl Pages {
    fn of(size: u8) -> Self {
        Self { size, ends: Vec::new() }
    }

    fn after(&self) -> Option<&str> {
        self.ends.last().map(String::as_str)
    }

    /// Goes on behind the page that ended with `last`.
    fn turn(&mut self, last: Option<&str>) -> Next {
        let Some(last) = last.filter(|last| !self.ends.iter().any(|end| end == last)) else {
            return Next::Anew;
        };
        self.ends.push(last.to_owned());
        Next::Page { pause: if self.ends.len() < PAGES_AT_ONCE { Duration::ZERO } else { BETWEEN_PAGES } }
    }

    fn make_smaller(&mut self) -> bool {
        let smaller = self.size / 2;
        let can = smaller > 0;
        if can {
            self.size = smaller;
        }
        can
    }
}

/// What one PaymentIntent of this till means to it.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The journal accounts for it, or nothing was taken.
    Nothing,
    /// The PaymentIntent of an open payment is charged or held, and the journal does not know that yet.
    News { sale: SaleId },
    /// It is charged, of a payment that is open here and has another PaymentIntent, or none.
    Adopt { sale: SaleId, intent: String, created: i64 },
    /// Not charged, and of a sale that knows nothing of it, or is lost: the journal is an older copy. Only a cancel makes
    /// sure that a confirm which is still on its way comes to nothing.
    Fence { sale: SaleId, intent: String },
    /// A manager has to know.
    Strange(Finding),
}

impl Default for Sweep {
    fn default() -> Self {
        Self::of(None)
    }
}

impl Sweep {
    /// A sweep of what was created since then: Stripe's clock, Unix seconds.
    pub fn of(since: Option<i64>) -> Self {
        Self { began: None, since, pages: Pages::of(PAGE) }
    }

    /// The next page.
    pub fn call(&self) -> Call {
        Call::list_intents(&ListIntents {
            created_gte: self.since,
            created_lte: None,
            limit: self.pages.size,
            starting_after: self.pages.after().map(str::to_owned),
        })
    }

    /// Asks for fewer objects a page from now on. False if there is nothing fewer than one.
    pub fn make_page_smaller(&mut self) -> bool {
        self.pages.make_smaller()
    }

    /// The fence around a PaymentIntent of `sale` that an older copy of the journal does not know. `number` tells this
    /// try from all before: Stripe repeats what it answered to a key.
    pub fn fence(sale: SaleId, intent: &str, number: u32) -> Call {
        Call::cancel_intent(intent, &format!("{sale}:left:{number}:cancel"))
    }

    /// Reads a page: the PaymentIntents on it, and what follows.
    pub fn read<'a>(&mut self, answer: &'a Answer) -> (&'a [PaymentIntent], Next) {
        let Body::PaymentIntents(list) = &answer.body else {
            return (&[], Next::Again);
        };
        // Without Stripe's mark and clock it is not known whose answer this is, nor up to when it holds.
        let (Some(_), Some(date)) = (&answer.meta.request_id, answer.meta.date) else {
            return (&[], Next::Again);
        };
        let began = *self.began.get_or_insert(date);
        let since = *self.since.get_or_insert(began - FIRST);
        let older = list.data.last().is_some_and(|last| last.created < since);
        if !list.has_more || older {
            return (&list.data, Next::Done { until: began });
        }
        (&list.data, self.pages.turn(list.data.last().map(|last| last.id.as_str())))
    }
}

impl RefundSweep {
    /// Of what was created since then; both by Stripe's clock, Unix seconds.
    pub fn of(since: i64, until: i64) -> Self {
        Self { since, until, pages: Pages::of(PAGE) }
    }

    /// Of everything that may still come back at this moment of Stripe's clock.
    pub fn of_the_month(now: i64) -> Self {
        Self::of(now - REFUNDS_TURN, now)
    }

    /// The next page.
    pub fn call(&self) -> Call {
        Call::list_refunds_since(self.since, self.pages.size, self.pages.after())
    }

    /// Up to when PaymentIntents were compared before it.
    pub fn until(&self) -> i64 {
        self.until
    }

    /// Asks for fewer objects a page from now on. False if there is nothing fewer than one.
    pub fn make_page_smaller(&mut self) -> bool {
        self.pages.make_smaller()
    }

    /// Goes on behind this page.
    pub fn turn(&mut self, page: &List<stripe_api::Refund>) -> Next {
        if !page.has_more {
            return Next::Done { until: self.until };
        }
        self.pages.turn(page.data.last().map(|last| last.id.as_str()))
    }
}

/// The ids that this till's PaymentIntents carry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TillIds {
    /// Of those that it makes now. Empty is none: then nothing at Stripe is this till's.
    pub current: String,
    /// Of those that it made on other computers.
    pub former: Vec<FormerId>,
}

/// The id that a till had on another computer, as its settings keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerId {
    pub id: String,
    /// When the till left that computer, Unix seconds. The other computer may go on selling under the id, so what was made
    /// later is this till's only where its journal knows the sale.
    pub until: i64,
}

/// A PaymentIntent of this till, by its metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnIntent<'a> {
    /// The sale's id, as text.
    pub sale: &'a str,
    /// It was made under an id that another computer may go on with: a sale that this journal does not know is that one's.
    pub is_shared: bool,
}

/// The sale that one of our PaymentIntents carries; none for other programs' and other tills'.
pub fn sale_of<'a>(intent: &'a PaymentIntent, till: &TillIds) -> Option<OwnIntent<'a>> {
    let of = |name: &str| intent.metadata.get(name).map(String::as_str);
    let id = of("till_id").filter(|id| !id.is_empty() && of("app") == Some("keytill"))?;
    let former = till.former.iter().filter(|former| former.id == id).map(|former| former.until).max();
    let is_shared = if id == till.current { false } else { intent.created >= former? };
    of("sale_id").map(|sale| OwnIntent { sale, is_shared })
}

/// What `intent`, of this till's sale `sale`, means when the journal has `payment` for it. `behind`: the journal is an
/// older copy, and cards may have been tried since that it knows nothing of.
pub fn meaning(intent: &PaymentIntent, sale: &str, payment: Option<&Payment>, behind: bool) -> Meaning {
    let Some(status) = charged(intent) else {
        let left_behind = SaleId::parse(sale).filter(|_| behind && is_left_behind(intent, payment));
        return left_behind.map_or(Meaning::Nothing, |sale| Meaning::Fence { sale, intent: intent.id.clone() });
    };
    let strange = |strange| {
        let taken = if status == IntentStatus::Succeeded { intent.amount_received } else { intent.amount };
        Meaning::Strange(Finding {
            strange,
            intent: intent.id.clone(),
            sale: sale.to_owned(),
            amount: taken,
            currency: intent.currency.clone(),
            status,
            created: intent.created,
        })
    };
    let Some(payment) = payment else {
        return strange(Strange::Orphan);
    };
    match payment.phase {
        phase if payment.intent.as_deref() == Some(&intent.id) => {
            if has_heard(phase, status) {
                Meaning::Nothing
            } else {
                Meaning::News { sale: payment.sale.id }
            }
        }
        Phase::Void => strange(Strange::PaidThoughVoid),
        Phase::Paid | Phase::Authorised | Phase::Capturing => strange(Strange::PaidTwice),
        _ => Meaning::Adopt { sale: payment.sale.id, intent: intent.id.clone(), created: intent.created },
    }
}

/// Says whether a payment in this phase knows that its own PaymentIntent is charged, or gets the answer soon, or waits for a
/// person.
fn has_heard(phase: Phase, status: IntentStatus) -> bool {
    match phase {
        Phase::Paid | Phase::Void | Phase::Confirming | Phase::Finishing | Phase::Capturing | Phase::Blocked => true,
        Phase::Authorised => status != IntentStatus::Succeeded,
        Phase::Processing => status == IntentStatus::Processing,
        Phase::Frozen
        | Phase::Preparing
        | Phase::Ready
        | Phase::Authenticating
        | Phase::Unknown
        | Phase::Paused
        | Phase::Cancelling => false,
    }
}

/// Whether it can still be charged, and the journal has no payment that would know.
fn is_left_behind(intent: &PaymentIntent, payment: Option<&Payment>) -> bool {
    let knows = |payment: &Payment| payment.phase.is_final() || payment.intent.as_deref() == Some(&intent.id);
    intent.status != stripe_api::IntentStatus::Canceled && !payment.is_some_and(knows)
}

/// The sale and our own id of a refund that a till made.
pub fn refund_of(refund: &stripe_api::Refund) -> Option<(&str, &str)> {
    let of = |name: &str| refund.metadata.get(name).map(String::as_str);
    if of("app") == Some("keytill") { of("sale_id").zip(of("refund_id")) } else { None }
}

/// The finding that a refund of this till answers, by its metadata.
pub fn answered_by(refund: &stripe_api::Refund) -> Option<String> {
    refund.metadata.get("finding").cloned()
}

/// What a manager has to know of a refund `id` of `payment`: that the customer does not get it after all. What was
/// never said to have succeeded, nobody relies on.
pub fn came_back(refund: &stripe_api::Refund, id: &str, payment: &Payment) -> Option<Finding> {
    use stripe_api::RefundStatus::{Bounced, Canceled};
    let known = payment.refunds.iter().find(|known| known.id == id)?;
    // The till may have seen it come back by itself, and then nobody was told but who looked at that sale.
    let sent = matches!(known.phase, RefundPhase::Succeeded | RefundPhase::Pending) || known.came_back.is_some();
    let is_back = matches!(refund.status, Bounced | Canceled);
    (sent && is_back).then(|| Finding {
        strange: Strange::RefundBounced,
        intent: refund.id.clone(),
        sale: payment.sale.id.to_string(),
        amount: refund.amount,
        currency: refund.currency.clone(),
        status: IntentStatus::Succeeded,
        created: refund.created,
    })
}

/// Whether money was taken or may still be. What waits for a card, or for a confirm that only this till could send,
/// never takes any by itself.
fn charged(intent: &PaymentIntent) -> Option<IntentStatus> {
    match intent.status {
        stripe_api::IntentStatus::Succeeded => Some(IntentStatus::Succeeded),
        stripe_api::IntentStatus::RequiresCapture => Some(IntentStatus::RequiresCapture),
        stripe_api::IntentStatus::Processing => Some(IntentStatus::Processing),
        stripe_api::IntentStatus::RequiresPaymentMethod
        | stripe_api::IntentStatus::RequiresConfirmation
        | stripe_api::IntentStatus::RequiresAction
        | stripe_api::IntentStatus::Canceled
        | stripe_api::IntentStatus::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests;

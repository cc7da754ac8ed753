//! A payment in hand, with what only this process knows of it.

use super::refunds::Refunding;
use super::{Effect, Errand, Now};
use crate::payment::step::{self, Live, What};
use crate::payment::{Payment, Phase};
use crate::refund::NotSent;
use crate::sale::SaleId;
use std::time::Duration;
use stripe_api::ClientSecret;

/// One submit's right. Used up by the call that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(u128);

impl Token {
    /// As the card page carries it.
    pub fn text(&self) -> String {
        format!("{:032x}", self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A payment with what surrounds it in this process.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) payment: Payment,
    pub(super) live: Live,
    /// What is out, or waiting to go.
    pub(super) flight: Option<Flight>,
    pub(super) token: Option<Token>,
    spent: Option<Token>,
    /// For the bank's dialog; kept only while it may be shown.
    pub(super) secret: Option<ClientSecret>,
    /// The answer could not be written down. What the screen says is all there is.
    pub(super) unsaved: bool,
    pub(super) refunding: Refunding,
}

#[derive(Debug)]
pub(super) struct Flight {
    pub(super) id: u64,
    pub(super) what: What,
    /// When it goes, if it has not gone yet.
    pub(super) due: Option<Duration>,
}

/// A payment as a screen may show it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub payment: &'a Payment,
    pub token: Option<&'a Token>,
    /// When Stripe will be asked again by itself: the process's clock.
    pub next_look: Option<Duration>,
    /// Stripe has answered, but this computer could not save it.
    pub unsaved: bool,
    /// A cashier has had a hand in it since the process started.
    pub attended: bool,
    /// The refund that a person may let go: Stripe does not have it and never will.
    pub may_give_up: Option<&'a str>,
    /// Stripe is being asked what is left, before a refund leaves.
    pub refund_asking: bool,
    /// The reason why the last requested refund was not sent.
    pub refund_not_sent: Option<&'a NotSent>,
}

impl Held {
    pub(super) fn new(payment: Payment) -> Self {
        Self {
            payment,
            live: Live::default(),
            flight: None,
            token: None,
            spent: None,
            secret: None,
            unsaved: false,
            refunding: Refunding::default(),
        }
    }

    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            payment: &self.payment,
            token: self.token.as_ref(),
            next_look: self.flight.as_ref().and_then(|flight| flight.due),
            unsaved: self.unsaved,
            attended: self.live.attended,
            may_give_up: self.refunding.may_give_up(&self.payment),
            refund_asking: self.refunding.is_asking(),
            refund_not_sent: self.refunding.not_sent.as_ref(),
        }
    }

    /// What a new phase means for the things that only this process knows.
    pub(super) fn arrive(&mut self, changed: bool, chance: &mut impl FnMut() -> u128) {
        if self.payment.phase != Phase::Authenticating {
            self.secret = None;
        }
        if !changed {
            return;
        }
        self.flight = None;
        self.live.busy = None;
        self.live.looks = 0;
        if !matches!(self.payment.phase, Phase::Paused | Phase::Unknown | Phase::Cancelling) {
            self.live.wants_card = false;
        }
        let fresh = match self.payment.phase {
            Phase::Ready | Phase::Authenticating => Some(Token(chance())),
            _ => None,
        };
        self.spent = std::mem::replace(&mut self.token, fresh).or(self.spent.take());
    }

    pub(super) fn has_spent(&self, token: &str) -> bool {
        self.spent.as_ref().is_some_and(|spent| spent.text() == token)
    }

    /// Makes a request the one that is out or waiting; an earlier one is no longer listened to.
    pub(super) fn take_off(&mut self, now: Now, send: step::Send, flight: u64, writable: bool) -> Option<Effect> {
        let sale = self.payment.sale.id;
        let again = self.live.call.as_ref().is_some_and(|call| {
            call.idempotency_key().is_some() && call.idempotency_key() == send.call.idempotency_key()
        });
        if !again {
            self.live.sends = 0;
            self.live.first_sent = now.monotonic + send.after;
        }
        self.live.call = Some(send.call);
        if send.after.is_zero() {
            self.flight = Some(Flight { id: flight, what: send.what, due: None });
            return self.launch(send.what, flight, sale, writable);
        }
        self.live.busy = None;
        self.flight = Some(Flight { id: flight, what: send.what, due: Some(now.monotonic + send.after) });
        Some(Effect::Wake { errand: Errand::Payment(sale), flight, after: send.after })
    }

    /// Lets the request go. While the journal cannot be written only reading ones do.
    pub(super) fn launch(&mut self, what: What, flight: u64, sale: SaleId, writable: bool) -> Option<Effect> {
        let call = self.live.call.clone().filter(|call| writable || call.idempotency_key().is_none())?;
        self.live.sends += 1;
        self.live.looks += u32::from(what == What::Look);
        self.live.busy = Some(what);
        Some(Effect::Call { errand: Errand::Payment(sale), flight, call })
    }
}

//! How an object stood when something happened to it.
//!
//! An event shows its object as it was. A whole copy of a payment for each of its events would be most of what is kept,
//! so only what the life of an object changes is; the rest (descriptions, metadata) is shown as it is now.

use serde::{Deserialize, Serialize};

use crate::books::Books;
use crate::charges::Charge;
use crate::customers::Customer;
use crate::disputes::{Dispute, Standing};
use crate::ids::Id;
use crate::payment_intents::{Intent, IntentMoment};
use crate::payment_methods::Method;
use crate::refunds::{self, Refund};
use crate::setup_intents::{Setup, SetupMoment};

use super::kind::Kind;

/// The changing part of one object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Moment {
    Intent(Box<IntentMoment>),
    Charge(Box<ChargeMoment>),
    Refund(refunds::Status),
    Setup(Box<SetupMoment>),
    Dispute {
        standing: Standing,
        submissions: u32,
    },
    /// It is shown as it is now.
    AsItIs,
}

/// The changing part of a charge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ChargeMoment {
    amount: i64,
    amount_captured: i64,
    amount_refunded: i64,
    released: i64,
    captured: bool,
    capture_before: Option<i64>,
    balance_transaction: Option<Id>,
    dispute: Option<Id>,
}

/// An object as an event shows it.
#[derive(Debug)]
pub(crate) enum Snapshot<'b> {
    Intent(Box<Intent>),
    Charge(Box<Charge>),
    Refund(Box<Refund>),
    Setup(Box<Setup>),
    Dispute(Box<Dispute>),
    Customer(&'b Customer),
    Method(&'b Method),
}

impl ChargeMoment {
    fn of(charge: &Charge) -> Self {
        Self {
            amount: charge.amount,
            amount_captured: charge.amount_captured,
            amount_refunded: charge.amount_refunded,
            released: charge.released,
            captured: charge.captured,
            capture_before: charge.capture_before,
            balance_transaction: charge.balance_transaction.clone(),
            dispute: charge.dispute.clone(),
        }
    }

    fn put_back(&self, charge: &mut Charge) {
        charge.amount = self.amount;
        charge.amount_captured = self.amount_captured;
        charge.amount_refunded = self.amount_refunded;
        charge.released = self.released;
        charge.captured = self.captured;
        charge.capture_before = self.capture_before;
        charge.balance_transaction.clone_from(&self.balance_transaction);
        charge.dispute.clone_from(&self.dispute);
    }
}

impl Moment {
    /// The object of an event, and how it stands now.
    pub(super) fn now(books: &Books, kind: Kind, id: &str) -> (Option<Id>, Self) {
        let name = kind.as_str();
        let found = if name.starts_with("payment_intent.") {
            let intent = books.intents.get(id);
            intent.map(|intent| (&intent.id, Self::Intent(Box::new(IntentMoment::of(intent)))))
        } else if name.starts_with("refund.") || kind == Kind::ChargeRefundUpdated {
            books.refunds.get(id).map(|refund| (&refund.id, Self::Refund(refund.status)))
        } else if name.starts_with("charge.dispute.") {
            let of = |dispute: &Dispute| Self::Dispute { standing: dispute.standing, submissions: dispute.submissions };
            books.disputes.get(id).map(|dispute| (&dispute.id, of(dispute)))
        } else if name.starts_with("charge.") {
            books.charges.get(id).map(|charge| (&charge.id, Self::Charge(Box::new(ChargeMoment::of(charge)))))
        } else if name.starts_with("setup_intent.") {
            books.setups.get(id).map(|setup| (&setup.id, Self::Setup(Box::new(SetupMoment::of(setup)))))
        } else {
            None
        };
        found.map_or((None, Self::AsItIs), |(id, moment)| (Some(id.clone()), moment))
    }

    /// The object as it stood.
    pub(super) fn look_back<'b>(&self, books: &'b Books, id: &str) -> Option<Snapshot<'b>> {
        match self {
            Self::Intent(moment) => {
                let mut intent = books.intents.get(id)?.clone();
                moment.put_back(&mut intent);
                Some(Snapshot::Intent(Box::new(intent)))
            }
            Self::Charge(moment) => {
                let mut charge = books.charges.get(id)?.clone();
                moment.put_back(&mut charge);
                Some(Snapshot::Charge(Box::new(charge)))
            }
            Self::Refund(status) => {
                let refund = Refund { status: *status, ..books.refunds.get(id)?.clone() };
                Some(Snapshot::Refund(Box::new(refund)))
            }
            Self::Setup(moment) => {
                let mut setup = books.setups.get(id)?.clone();
                moment.put_back(&mut setup);
                Some(Snapshot::Setup(Box::new(setup)))
            }
            Self::Dispute { standing, submissions } => {
                let (standing, submissions) = (*standing, *submissions);
                let dispute = Dispute { standing, submissions, ..books.disputes.get(id)?.clone() };
                Some(Snapshot::Dispute(Box::new(dispute)))
            }
            Self::AsItIs => (books.customers.get(id).map(Snapshot::Customer))
                .or_else(|| books.methods.get(id).map(Snapshot::Method))
                .or_else(|| books.disputes.get(id).map(|dispute| Snapshot::Dispute(Box::new(dispute.clone())))),
        }
    }
}

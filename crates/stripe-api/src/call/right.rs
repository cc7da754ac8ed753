//! What a key may do, found out without doing it.

use std::sync::Arc;

use super::{Call, Method};
use crate::form::Form;

/// Something a till does at Stripe, and the permission a restricted key needs for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Create, confirm, capture and cancel payments, and look at them.
    TakePayments,
    /// See the card, the bank's words and the receipt's lines of a payment.
    SeeCharges,
    /// Give money back.
    Refund,
    /// Ask whether Stripe is there without naming anything.
    SeeBalance,
    /// Show the account's name, country and currency.
    SeeAccount,
}

impl Right {
    /// All of them, what a till needs most first.
    pub const ALL: [Self; 5] = [Self::TakePayments, Self::SeeCharges, Self::Refund, Self::SeeBalance, Self::SeeAccount];

    /// The Dashboard's name of the permission, as its address for a new key takes it.
    pub fn permission(self) -> Option<&'static str> {
        match self {
            Self::TakePayments => Some("payment_intent_write"),
            Self::SeeCharges => Some("charge_read"),
            Self::Refund => Some("refund_write"),
            Self::SeeBalance => Some("balance_read"),
            // Stripe has no permission of this name for every account; without it the till only knows less.
            Self::SeeAccount => None,
        }
    }

    /// A call that Stripe answers with 403 when the key lacks the right, and with anything else when it has it. The
    /// changing ones name nothing to change, so that there is nothing Stripe could do.
    pub fn probe(self) -> Call {
        let one = || {
            let mut form = Form::new();
            form.push("limit", "1");
            form
        };
        match self {
            Self::TakePayments => Self::empty_post("/v1/payment_intents"),
            Self::SeeCharges => Call::get("/v1/charges".to_owned(), one()),
            Self::Refund => Self::empty_post("/v1/refunds"),
            Self::SeeBalance => Call::retrieve_balance(),
            Self::SeeAccount => Call::retrieve_account(),
        }
    }

    /// What an answer's status says about it; nothing when Stripe was busy with itself.
    pub fn has(status: u16) -> Option<bool> {
        match status {
            401 | 403 => Some(false),
            200..=299 | 400 | 402 | 404 => Some(true),
            _ => None,
        }
    }

    /// Without an idempotency key: it does nothing that could be done twice.
    fn empty_post(path: &str) -> Call {
        Call { method: Method::Post, path: path.to_owned(), form: Arc::new(Form::new()), idempotency_key: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_names_nothing_that_could_be_changed() {
        for right in Right::ALL {
            let call = right.probe();
            if call.method() == Method::Post {
                assert_eq!((call.body(), call.idempotency_key()), (String::new(), None), "{right:?}");
            }
        }
        assert_eq!(Right::SeeCharges.probe().form().encode(), "limit=1");
    }

    #[test]
    fn only_stripes_no_means_no() {
        let table =
            [(200, Some(true)), (400, Some(true)), (403, Some(false)), (401, Some(false)), (429, None), (500, None)];
        for (status, has) in table {
            assert_eq!(Right::has(status), has, "{status}");
        }
    }
}

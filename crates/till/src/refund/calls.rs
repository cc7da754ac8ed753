//! The requests a refund makes. Its key is made of its id alone, so that whatever happens it is one refund.

use super::Refund;
use stripe_api::{Call, CreateRefund};

/// The key of a refund's only changing request.
pub fn key(id: &str) -> String {
    format!("{id}:refund")
}

/// Gives the money back.
pub fn create(id: &str, sale: &str, intent: &str, amount: i64) -> Call {
    let create = CreateRefund {
        payment_intent: intent.to_owned(),
        amount: Some(amount),
        metadata: vec![
            ("app".to_owned(), "keytill".to_owned()),
            ("sale_id".to_owned(), sale.to_owned()),
            ("refund_id".to_owned(), id.to_owned()),
        ],
    };
    Call::create_refund(&create, &key(id))
}

/// Reads one that Stripe has, or looks among the refunds of its charge.
pub fn look(refund: &Refund) -> Call {
    match &refund.stripe {
        Some(id) => Call::retrieve_refund(id),
        None => Call::list_refunds(&refund.intent),
    }
}

//! The requests a refund makes. Its key is made of its id alone, so that whatever happens it is one refund.

use super::Refund;
use stripe_api::{Call, CreateRefund};

/// The key of a refund's only changing request.
pub fn key(id: &str) -> String {
    format!("{id}:refund")
}

/// Refunds an amount. `finding` is the finding that this refund answers. Stripe keeps it in the metadata, so that a journal that
/// has lost the refund learns of both.
pub fn create(id: &str, sale: &str, intent: &str, amount: i64, finding: Option<&str>) -> Call {
    let told = [("app", Some("keytill")), ("sale_id", Some(sale)), ("refund_id", Some(id)), ("finding", finding)];
    let told = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let create = CreateRefund { payment_intent: intent.to_owned(), amount: Some(amount), metadata: told.collect() };
    Call::create_refund(&create, &key(id))
}

/// Reads one that Stripe has, or looks among the refunds of its charge.
pub fn look(refund: &Refund) -> Call {
    match &refund.stripe {
        Some(id) => Call::retrieve_refund(id),
        None => Call::list_refunds(&refund.intent),
    }
}

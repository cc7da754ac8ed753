//! Refunds: named by our own id in their metadata, so that a lost answer can be looked up.

use super::intent::push_metadata;
use super::{Call, segment};
use crate::form::Form;

const REFUNDS: &str = "/v1/refunds";

/// Money to give back for a captured payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRefund {
    /// `pi_…`.
    pub payment_intent: String,
    /// Minor units; all that is left when absent.
    pub amount: Option<i64>,
    /// In the order given.
    pub metadata: Vec<(String, String)>,
}

impl Call {
    /// Gives money back. Carries no reason: `fraudulent` would put the customer on a block list.
    pub fn create_refund(refund: &CreateRefund, key: &str) -> Self {
        let mut form = Form::new();
        form.push("payment_intent", refund.payment_intent.as_str())
            .push_some("amount", refund.amount.map(|amount| amount.to_string()).as_deref());
        push_metadata(&mut form, &refund.metadata);
        Self::post(REFUNDS.to_owned(), form, key)
    }

    /// Reads one refund.
    pub fn retrieve_refund(id: &str) -> Self {
        Self::get(format!("{REFUNDS}/{}", segment(id)), Form::new())
    }

    /// Reads the refunds of one intent, newest first, at most 20: with all the metadata that Stripe allows, more of
    /// them would not fit into an answer.
    pub fn list_refunds(payment_intent: &str) -> Self {
        let mut form = Form::new();
        form.push("payment_intent", payment_intent).push("limit", "20");
        Self::get(REFUNDS.to_owned(), form)
    }

    /// Reads a page of all refunds since then (Unix seconds by Stripe's clock), newest first, at most `limit` (1 to 100).
    pub fn list_refunds_since(created_gte: i64, limit: u8, starting_after: Option<&str>) -> Self {
        let mut form = Form::new();
        form.push("created[gte]", created_gte.to_string())
            .push("limit", limit.clamp(1, 100).to_string())
            .push_some("starting_after", starting_after);
        Self::get(REFUNDS.to_owned(), form)
    }
}

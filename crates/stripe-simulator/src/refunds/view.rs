//! A refund as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::record::{Refund, Status};
use crate::balance_transactions::TransactionView;
use crate::books::Books;
use crate::charges::ChargeView;
use crate::customers::CustomerView;
use crate::expand::{Expand, Linked};
use crate::payment_intents::IntentView;
use crate::payment_methods::MethodView;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct RefundView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    balance_transaction: Option<Linked<'a, TransactionView<'a>>>,
    charge: Option<Linked<'a, ChargeView<'a>>>,
    created: i64,
    currency: &'a str,
    customer: Option<Linked<'a, CustomerView<'a>>>,
    customer_account: Option<()>,
    destination_details: Destination,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_balance_transaction: Option<Linked<'a, TransactionView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
    metadata: &'a BTreeMap<String, String>,
    payment_intent: Option<Linked<'a, IntentView<'a>>>,
    payment_method: Option<Linked<'a, MethodView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_reason: Option<&'static str>,
    reason: Option<&'a str>,
    receipt_number: Option<()>,
    source_transfer_reversal: Option<()>,
    status: &'static str,
    transfer_reversal: Option<()>,
}

#[derive(Serialize)]
struct Destination {
    card: DestinationCard,
    r#type: &'static str,
}

#[derive(Serialize)]
struct DestinationCard {
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_type: Option<&'static str>,
    r#type: &'static str,
}

impl DestinationCard {
    fn of(refund: &Refund) -> Self {
        match (refund.status, &refund.balance_transaction) {
            (_, None) => Self { reference_status: None, reference_type: None, r#type: "reversal" },
            (Status::Pending, _) => Self { reference_status: None, reference_type: None, r#type: "pending" },
            _ => Self {
                reference_status: Some("pending"),
                reference_type: Some("acquirer_reference_number"),
                r#type: "refund",
            },
        }
    }
}

impl<'a> RefundView<'a> {
    pub(crate) fn of(refund: &'a Refund, books: &'a Books, expand: &Expand, now: i64) -> Self {
        let transaction = |id: &'a str, inside: Expand| {
            books.transactions.get(id).map(|found| TransactionView::of(found, books, &inside, now))
        };
        let failure = refund.failure_balance_transaction.as_deref();
        Self {
            id: &refund.id,
            object: "refund",
            amount: refund.amount,
            balance_transaction: expand.link("balance_transaction", refund.balance_transaction.as_deref(), transaction),
            charge: expand.link("charge", Some(&refund.charge), |id, inside| {
                books.charges.get(id).map(|charge| ChargeView::of(charge, books, &inside, now))
            }),
            created: refund.created,
            currency: &refund.currency,
            customer: CustomerView::linked(refund.customer.as_deref(), books, expand),
            customer_account: None,
            destination_details: Destination { card: DestinationCard::of(refund), r#type: "card" },
            failure_balance_transaction: expand.link("failure_balance_transaction", failure, transaction),
            failure_reason: (refund.status == Status::Failed).then_some("expired_or_canceled_card"),
            metadata: &refund.metadata,
            payment_intent: expand.link("payment_intent", Some(&refund.intent), |id, inside| {
                books.intents.get(id).map(|intent| IntentView::of(intent, books, &inside, now))
            }),
            payment_method: expand.link("payment_method", Some(&refund.method), |id, inside| {
                books.methods.get(id).map(|method| MethodView::of(method, books, &inside))
            }),
            pending_reason: (refund.status == Status::Pending).then_some("processing"),
            reason: refund.reason.as_deref(),
            receipt_number: None,
            source_transfer_reversal: None,
            status: refund.status.as_str(),
            transfer_reversal: None,
        }
    }
}

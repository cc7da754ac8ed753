//! A balance transaction as the API shows it.

use serde::Serialize;

use super::record::{Reason, Transaction};

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct TransactionView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    available_on: i64,
    balance_type: &'static str,
    created: i64,
    currency: &'a str,
    description: Option<&'a str>,
    exchange_rate: Option<()>,
    fee: i64,
    fee_details: Vec<FeeDetail<'a>>,
    net: i64,
    reporting_category: &'static str,
    source: &'a str,
    status: &'static str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct FeeDetail<'a> {
    amount: i64,
    application: Option<()>,
    currency: &'a str,
    description: &'static str,
    r#type: &'static str,
}

impl Reason {
    /// `type`, as lists are narrowed by it.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::RefundFailure => "refund_failure",
            Self::Dispute => "adjustment",
        }
    }

    fn category(self) -> &'static str {
        if self == Self::Dispute { "dispute" } else { self.kind() }
    }
}

impl<'a> TransactionView<'a> {
    pub(crate) fn of(transaction: &'a Transaction, now: i64) -> Self {
        let reason = transaction.reason;
        let description = if reason == Reason::Dispute { "Dispute fee" } else { "Stripe processing fees" };
        let detail = FeeDetail {
            amount: transaction.fee,
            application: None,
            currency: &transaction.currency,
            description,
            r#type: "stripe_fee",
        };
        Self {
            id: &transaction.id,
            object: "balance_transaction",
            amount: transaction.amount,
            available_on: transaction.available_on,
            balance_type: "payments",
            created: transaction.created,
            currency: &transaction.currency,
            description: transaction.description.as_deref(),
            exchange_rate: None,
            fee: transaction.fee,
            fee_details: if transaction.fee == 0 { Vec::new() } else { vec![detail] },
            net: transaction.net(),
            reporting_category: reason.category(),
            source: &transaction.source,
            status: if now >= transaction.available_on { "available" } else { "pending" },
            r#type: reason.kind(),
        }
    }
}

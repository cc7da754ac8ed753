//! A balance transaction as the API shows it.

use serde::Serialize;

use super::record::{Reason, Transaction};
use crate::books::Books;
use crate::charges::ChargeView;
use crate::disputes::DisputeView;
use crate::expand::{Expand, Linked};
use crate::refunds::RefundView;

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
    source: Option<Linked<'a, SourceView<'a>>>,
    status: &'static str,
    r#type: &'static str,
}

/// What money moved for.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum SourceView<'a> {
    Charge(Box<ChargeView<'a>>),
    Refund(Box<RefundView<'a>>),
    Dispute(Box<DisputeView<'a>>),
}

impl<'a> SourceView<'a> {
    fn of(id: &str, reason: Reason, books: &'a Books, inside: &Expand, now: i64) -> Option<Self> {
        match reason {
            Reason::Charge => {
                books.charges.get(id).map(|found| Self::Charge(Box::new(ChargeView::of(found, books, inside, now))))
            }
            Reason::Refund | Reason::RefundFailure => {
                books.refunds.get(id).map(|found| Self::Refund(Box::new(RefundView::of(found, books, inside, now))))
            }
            Reason::Dispute | Reason::DisputeReversal => {
                books.disputes.get(id).map(|found| Self::Dispute(Box::new(DisputeView::of(found, books, inside, now))))
            }
        }
    }
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
            Self::Dispute | Self::DisputeReversal => "adjustment",
        }
    }

    fn category(self) -> &'static str {
        match self {
            Self::Dispute => "dispute",
            Self::DisputeReversal => "dispute_reversal",
            other => other.kind(),
        }
    }
}

impl<'a> TransactionView<'a> {
    pub(crate) fn of(transaction: &'a Transaction, books: &'a Books, expand: &Expand, now: i64) -> Self {
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
            source: expand.link("source", Some(&transaction.source), |id, inside| {
                SourceView::of(id, reason, books, &inside, now)
            }),
            status: if now >= transaction.available_on { "available" } else { "pending" },
            r#type: reason.kind(),
        }
    }
}

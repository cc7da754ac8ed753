//! A charge as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::card_view::CardDetails;
use super::record::Charge;
use crate::answer::ListView;
use crate::balance_transactions::TransactionView;
use crate::books::Books;
use crate::cards::{Decline, Risk};
use crate::customers::CustomerView;
use crate::disputes::DisputeView;
use crate::expand::{Expand, Linked};
use crate::payment_intents::{IntentView, Shipping};
use crate::payment_methods::Billing;
use crate::refunds::RefundView;

/// The statement name of the simulated business.
const STATEMENT_NAME: &str = "HARBOUR BOOKS";

/// An object that does not exist (yet) in this Stripe; always `null`.
type Null = Option<()>;

/// An empty object, `{}`.
#[derive(Serialize)]
pub(crate) struct Empty {}

/// Wire form, fields in Stripe's order.
#[allow(clippy::struct_excessive_bools, reason = "the API's shape")]
#[derive(Serialize)]
pub(crate) struct ChargeView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    amount_captured: i64,
    amount_refunded: i64,
    application: Null,
    application_fee: Null,
    application_fee_amount: Null,
    balance_transaction: Option<Linked<'a, TransactionView<'a>>>,
    billing_details: &'a Billing,
    calculated_statement_descriptor: String,
    captured: bool,
    created: i64,
    currency: &'a str,
    customer: Option<Linked<'a, CustomerView<'a>>>,
    description: Option<&'a str>,
    destination: Null,
    dispute: Option<Linked<'a, DisputeView<'a>>>,
    disputed: bool,
    failure_balance_transaction: Null,
    failure_code: Option<&'static str>,
    failure_message: Option<&'static str>,
    fraud_details: Empty,
    livemode: bool,
    metadata: &'a BTreeMap<String, String>,
    on_behalf_of: Null,
    order: Null,
    outcome: Verdict,
    paid: bool,
    payment_intent: Option<Linked<'a, IntentView<'a>>>,
    payment_method: &'a str,
    payment_method_details: Details<'a>,
    radar_options: Empty,
    receipt_email: Option<&'a str>,
    receipt_number: Null,
    receipt_url: Option<String>,
    refunded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refunds: Option<ListView<'a, RefundView<'a>>>,
    review: Null,
    shipping: Option<&'a Shipping>,
    source: Null,
    source_transfer: Null,
    statement_descriptor: Null,
    statement_descriptor_suffix: Option<&'a str>,
    status: &'static str,
    transfer_data: Null,
    transfer_group: Option<&'a str>,
}

#[derive(Serialize)]
struct Details<'a> {
    card: CardDetails<'a>,
    r#type: &'static str,
}

/// `outcome`: what network and Radar made of it.
#[derive(Serialize)]
struct Verdict {
    advice_code: Option<&'static str>,
    network_advice_code: Option<&'static str>,
    network_decline_code: Option<&'static str>,
    network_status: &'static str,
    reason: Option<&'static str>,
    risk_level: &'static str,
    risk_score: i64,
    seller_message: &'static str,
    r#type: &'static str,
}

impl Verdict {
    fn of(charge: &Charge) -> Self {
        let (risk_level, risk_score) = match charge.risk {
            Risk::Normal => ("normal", 12),
            Risk::Elevated => ("elevated", 68),
            Risk::Highest => ("highest", 93),
        };
        let (network_status, kind) = match charge.decline {
            None => ("approved_by_network", "authorized"),
            Some(Decline::Fraudulent | Decline::IncorrectZip | Decline::CvcCheckFailed) => {
                ("not_sent_to_network", "blocked")
            }
            Some(_) => ("declined_by_network", "issuer_declined"),
        };
        let words = charge.decline.map(Decline::words);
        let reason = match charge.decline {
            Some(Decline::Fraudulent) => Some("highest_risk_level"),
            Some(Decline::IncorrectZip | Decline::CvcCheckFailed) => Some("rule"),
            _ => words.and_then(|w| w.decline_code),
        };
        Self {
            advice_code: words.and_then(|w| w.advice),
            network_advice_code: words.and_then(|w| w.network_advice),
            network_decline_code: words.and_then(|w| w.network_decline),
            network_status,
            reason,
            risk_level,
            risk_score,
            seller_message: words.map_or("Payment complete.", |w| w.seller_message),
            r#type: kind,
        }
    }
}

impl<'a> ChargeView<'a> {
    pub(crate) fn of(charge: &'a Charge, books: &'a Books, expand: &Expand, now: i64) -> Self {
        let words = charge.decline.map(Decline::words);
        Self {
            id: &charge.id,
            object: "charge",
            amount: charge.amount,
            amount_captured: charge.amount_captured,
            amount_refunded: charge.amount_refunded + charge.released,
            application: None,
            application_fee: None,
            application_fee_amount: None,
            balance_transaction: expand.link(
                "balance_transaction",
                charge.balance_transaction.as_deref(),
                |id, inside| books.transactions.get(id).map(|found| TransactionView::of(found, books, &inside, now)),
            ),
            billing_details: &charge.billing,
            calculated_statement_descriptor: statement(charge),
            captured: charge.captured,
            created: charge.created,
            currency: &charge.currency,
            customer: CustomerView::linked(charge.customer.as_deref(), books, expand),
            description: charge.description.as_deref(),
            destination: None,
            dispute: expand.link("dispute", charge.dispute.as_deref(), |id, inside| {
                books.disputes.get(id).map(|dispute| DisputeView::of(dispute, books, &inside, now))
            }),
            disputed: charge.dispute.is_some(),
            failure_balance_transaction: None,
            failure_code: words.map(|w| w.code),
            failure_message: words.map(|w| w.message),
            fraud_details: Empty {},
            livemode: false,
            metadata: &charge.metadata,
            on_behalf_of: None,
            order: None,
            outcome: Verdict::of(charge),
            paid: charge.is_approved(),
            payment_intent: expand.link("payment_intent", Some(&charge.intent), |id, inside| {
                books.intents.get(id).map(|intent| IntentView::of(intent, books, &inside, now))
            }),
            payment_method: &charge.method,
            payment_method_details: Details { card: CardDetails::of(charge), r#type: "card" },
            radar_options: Empty {},
            receipt_email: charge.receipt_email.as_deref(),
            receipt_number: None,
            receipt_url: charge.is_approved().then(|| format!("https://pay.stripe.com/receipts/payment/{}", charge.id)),
            refunded: charge.is_refunded(),
            refunds: expand.wants("refunds").then(|| refunds(charge, books, expand, now)),
            review: None,
            shipping: charge.extras.as_ref().and_then(|e| e.shipping.as_ref()),
            source: None,
            source_transfer: None,
            statement_descriptor: None,
            statement_descriptor_suffix: charge.statement_descriptor_suffix.as_deref(),
            status: charge.status(),
            transfer_data: None,
            transfer_group: charge.extras.as_ref().and_then(|e| e.transfer_group.as_deref()),
        }
    }
}

/// The newest ten refunds, as `expand[]=refunds` shows them.
fn refunds<'a>(charge: &'a Charge, books: &'a Books, expand: &Expand, now: i64) -> ListView<'a, RefundView<'a>> {
    let inside = expand.inside("refunds").inside("data");
    let mut all: Vec<_> = books.refunds.linked(&charge.id).filter(|refund| refund.charge == charge.id).collect();
    all.reverse();
    let has_more = all.len() > 10;
    let data = all.into_iter().take(10).map(|refund| RefundView::of(refund, books, &inside, now)).collect();
    ListView::of(format!("/v1/charges/{}/refunds", charge.id), data, has_more)
}

/// Networks cut a statement line after 22 characters.
fn statement(charge: &Charge) -> String {
    let line = match &charge.statement_descriptor_suffix {
        Some(suffix) => format!("{STATEMENT_NAME}* {suffix}"),
        None => STATEMENT_NAME.to_owned(),
    };
    line.chars().take(22).collect::<String>().to_uppercase()
}

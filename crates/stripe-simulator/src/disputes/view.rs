//! A dispute as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::answer;
use super::record::Dispute;
use crate::balance_transactions::TransactionView;
use crate::books::Books;
use crate::cards::{Brand, Grounds};
use crate::charges::{ChargeView, Empty};
use crate::expand::{Expand, Linked};
use crate::params::Param;
use crate::payment_intents::IntentView;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct DisputeView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    balance_transactions: Vec<TransactionView<'a>>,
    charge: Option<Linked<'a, ChargeView<'a>>>,
    created: i64,
    currency: &'a str,
    enhanced_eligibility_types: Vec<&'static str>,
    evidence: Evidence<'a>,
    evidence_details: Details,
    is_charge_refundable: bool,
    livemode: bool,
    metadata: &'a BTreeMap<String, String>,
    network_reason_code: Option<&'static str>,
    payment_intent: Option<Linked<'a, IntentView<'a>>>,
    payment_method_details: MethodDetails,
    reason: &'static str,
    status: &'static str,
}

#[derive(Serialize)]
struct Evidence<'a> {
    enhanced_evidence: Empty,
    #[serde(flatten)]
    said: BTreeMap<&'static str, Option<&'a str>>,
}

#[derive(Serialize)]
struct Details {
    due_by: i64,
    enhanced_eligibility: Empty,
    has_evidence: bool,
    past_due: bool,
    submission_count: u32,
}

#[derive(Serialize)]
struct MethodDetails {
    card: Card,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Card {
    brand: &'static str,
    case_type: &'static str,
    network: &'static str,
    network_reason_code: Option<&'static str>,
}

impl<'a> DisputeView<'a> {
    pub(crate) fn of(dispute: &'a Dispute, books: &'a Books, expand: &Expand, now: i64) -> Self {
        let brand = dispute.brand.as_str();
        let code = network_reason_code(dispute);
        let moved = dispute.balance_transaction.iter().chain(&dispute.reversal);
        let moved = moved.filter_map(|id| books.transactions.get(id));
        let inside = expand.inside("balance_transactions");
        Self {
            id: &dispute.id,
            object: "dispute",
            amount: dispute.amount,
            balance_transactions: moved.map(|found| TransactionView::of(found, books, &inside, now)).collect(),
            charge: expand.link("charge", Some(&dispute.charge), |id, inside| {
                books.charges.get(id).map(|charge| ChargeView::of(charge, books, &inside, now))
            }),
            created: dispute.created,
            currency: &dispute.currency,
            enhanced_eligibility_types: eligibility(dispute),
            evidence: Evidence {
                enhanced_evidence: Empty {},
                said: answer::EVIDENCE
                    .iter()
                    .map(Param::name)
                    .filter(|name| *name != "enhanced_evidence")
                    .map(|name| (name, dispute.evidence.get(name).map(String::as_str)))
                    .collect(),
            },
            evidence_details: Details {
                due_by: dispute.due_by,
                enhanced_eligibility: Empty {},
                has_evidence: !dispute.evidence.is_empty(),
                past_due: now > dispute.due_by,
                submission_count: dispute.submissions,
            },
            is_charge_refundable: dispute.is_refundable(),
            livemode: false,
            metadata: &dispute.metadata,
            network_reason_code: code,
            payment_intent: expand.link("payment_intent", Some(&dispute.intent), |id, inside| {
                books.intents.get(id).map(|intent| IntentView::of(intent, books, &inside, now))
            }),
            payment_method_details: MethodDetails {
                card: Card { brand, case_type: case_type(dispute), network: brand, network_reason_code: code },
                r#type: "card",
            },
            reason: reason(dispute),
            status: dispute.status(),
        }
    }
}

fn reason(dispute: &Dispute) -> &'static str {
    match dispute.grounds {
        Grounds::Fraud | Grounds::CompellingFraud => "fraudulent",
        Grounds::NotReceived => "product_not_received",
        Grounds::Inquiry => "general",
        Grounds::Compliance => "noncompliant",
    }
}

fn case_type(dispute: &Dispute) -> &'static str {
    match dispute.grounds {
        Grounds::Inquiry => "inquiry",
        Grounds::Compliance => "compliance",
        Grounds::Fraud | Grounds::CompellingFraud | Grounds::NotReceived => "chargeback",
    }
}

fn network_reason_code(dispute: &Dispute) -> Option<&'static str> {
    match (dispute.grounds, dispute.brand) {
        (Grounds::Compliance, _) => None,
        (Grounds::NotReceived, _) => Some("13.1"),
        (_, Brand::Mastercard) => Some("4837"),
        _ => Some("10.4"),
    }
}

fn eligibility(dispute: &Dispute) -> Vec<&'static str> {
    match (dispute.grounds, dispute.brand) {
        (Grounds::CompellingFraud, _) => vec!["visa_compelling_evidence_3"],
        (Grounds::Compliance, Brand::Mastercard) => vec!["mastercard_compliance"],
        (Grounds::Compliance, _) => vec!["visa_compliance"],
        _ => Vec::new(),
    }
}

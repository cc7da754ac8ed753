//! The merchant answers a dispute, or gives in.

use super::record::{Dispute, Standing};
use super::{no_such, show};
use crate::balance_transactions::{self, Reason, Transaction};
use crate::books::Books;
use crate::call::Call;
use crate::cards::Grounds;
use crate::events::{self, Kind};
use crate::form::{Group, Node};
use crate::params::{self, FLAG, Kind as Takes, Param, takes};
use crate::refusal::{Outcome, Refusal};

/// A bank makes up its mind this many seconds after the evidence was sent.
const DECIDES_AFTER: i64 = 5;
/// All evidence together has at most so many characters.
const MAX_EVIDENCE: usize = 150_000;

const SAID: Takes = Takes::Text { max: 20_000 };

/// What a merchant may say for themselves.
pub(super) const EVIDENCE: &[Param] = &[
    takes("access_activity_log", SAID),
    takes("billing_address", SAID),
    takes("cancellation_policy", SAID),
    takes("cancellation_policy_disclosure", SAID),
    takes("cancellation_rebuttal", SAID),
    takes("customer_communication", SAID),
    takes("customer_email_address", SAID),
    takes("customer_name", SAID),
    takes("customer_purchase_ip", SAID),
    takes("customer_signature", SAID),
    takes("duplicate_charge_documentation", SAID),
    takes("duplicate_charge_explanation", SAID),
    takes("duplicate_charge_id", SAID),
    takes("enhanced_evidence", Takes::Unplayed),
    takes("product_description", SAID),
    takes("receipt", SAID),
    takes("refund_policy", SAID),
    takes("refund_policy_disclosure", SAID),
    takes("refund_refusal_explanation", SAID),
    takes("service_date", SAID),
    takes("service_documentation", SAID),
    takes("shipping_address", SAID),
    takes("shipping_carrier", SAID),
    takes("shipping_date", SAID),
    takes("shipping_documentation", SAID),
    takes("shipping_tracking_number", SAID),
    takes("uncategorized_file", SAID),
    takes("uncategorized_text", SAID),
];

/// Of these, those that name an uploaded file; nothing can be uploaded here.
const FILES: &[&str] = &[
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
];

const UPDATE: &[Param] = &[
    takes("evidence", Takes::Group(EVIDENCE)),
    takes("submit", FLAG),
    takes("metadata", Takes::Metadata),
    takes("expand", Takes::Texts),
];

const CLOSE: &[Param] = &[takes("expand", Takes::Texts)];

/// `POST /v1/disputes/{id}`: evidence is kept and, unless `submit=false`, sent to the bank.
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, UPDATE)?;
    call.expand.only("dispute")?;
    let evidence = call.form.group("evidence");
    let submit = call.form.flag("submit").unwrap_or(evidence.is_some());
    let dispute = books.disputes.get_mut(id).ok_or_else(|| no_such(id))?;
    if evidence.is_some() || submit {
        check_open(dispute, call.now())?;
    }
    if let Some(evidence) = evidence {
        write(dispute, evidence)?;
    }
    call.merge_metadata(&mut dispute.metadata);
    if submit {
        dispute.standing = Standing::UnderReview;
        dispute.submissions += 1;
        dispute.verdict = verdict(dispute).map(|standing| (call.now() + DECIDES_AFTER, standing));
    }
    if let Some((at, due)) = dispute.due() {
        books.agenda.add(at, due);
    }
    events::note(books, Kind::ChargeDisputeUpdated, id);
    show(books, call, id)
}

fn write(dispute: &mut Dispute, evidence: &Group) -> Outcome<()> {
    for (name, node) in evidence.entries() {
        let Node::Text(text) = node else { continue };
        if text.is_empty() {
            dispute.evidence.remove(name);
        } else if FILES.contains(&name.as_str()) {
            let missing = Refusal::missing("file upload", text, &format!("evidence[{name}]"));
            return Err(missing.status(http::StatusCode::BAD_REQUEST));
        } else {
            dispute.evidence.insert(name.clone(), text.clone());
        }
    }
    let length: usize = dispute.evidence.values().map(|text| text.chars().count()).sum();
    if length > MAX_EVIDENCE {
        let message = format!("The combined character count of all evidence fields may not exceed {MAX_EVIDENCE}.");
        return Err(Refusal::invalid(message).at("evidence"));
    }
    Ok(())
}

/// Stripe's test evidence decides; any other is looked at for ever.
fn verdict(dispute: &Dispute) -> Option<Standing> {
    match dispute.evidence.get("uncategorized_text").map(String::as_str) {
        Some("winning_evidence") => Some(Standing::Won),
        Some("losing_evidence") => Some(Standing::Lost),
        Some("escalate_inquiry_evidence") if dispute.is_inquiry() => Some(Standing::NeedsResponse),
        _ => None,
    }
}

fn check_open(dispute: &Dispute, now: i64) -> Outcome<()> {
    let message = match dispute.standing {
        Standing::NeedsResponse if now > dispute.due_by => {
            "The evidence of this dispute was due earlier and can no longer be updated."
        }
        Standing::NeedsResponse => return Ok(()),
        Standing::UnderReview => "This dispute's evidence has already been submitted and can no longer be updated.",
        Standing::Won | Standing::Lost => "This dispute is already closed.",
    };
    Err(Refusal::invalid(message).executed())
}

/// `POST /v1/disputes/{id}/close`: the merchant gives in, for good.
pub(crate) fn close(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, CLOSE)?;
    call.expand.only("dispute")?;
    let dispute = books.disputes.get(id).ok_or_else(|| no_such(id))?;
    if matches!(dispute.standing, Standing::Won | Standing::Lost) {
        return Err(Refusal::invalid("This dispute is already closed.").executed());
    }
    end(books, id, Standing::Lost, call.now());
    show(books, call, id)
}

/// The bank has decided.
pub(crate) fn decide(books: &mut Books, id: &str, at: i64) {
    let Some(dispute) = books.disputes.get_mut(id) else { return };
    let Some((_, standing)) = dispute.verdict.take() else { return };
    match standing {
        Standing::Won | Standing::Lost => end(books, id, standing, at),
        Standing::NeedsResponse | Standing::UnderReview => escalate(books, id, at),
    }
}

/// An inquiry becomes a dispute, and its money is taken.
fn escalate(books: &mut Books, id: &str, at: i64) {
    let Some(dispute) = books.disputes.get_mut(id) else { return };
    dispute.grounds = Grounds::Fraud;
    dispute.standing = Standing::NeedsResponse;
    let (charge, amount) = (dispute.charge.clone(), dispute.amount);
    let Some(charge) = books.charges.get(&charge).cloned() else { return };
    let withdrawn = super::open::withdraw(books, &charge, &id.into(), amount, at);
    if let Some(dispute) = books.disputes.get_mut(id) {
        dispute.balance_transaction = Some(withdrawn);
    }
    events::note(books, Kind::ChargeDisputeUpdated, id);
    events::note(books, Kind::ChargeDisputeFundsWithdrawn, id);
}

fn end(books: &mut Books, id: &str, standing: Standing, at: i64) {
    let Some(dispute) = books.disputes.get_mut(id) else { return };
    dispute.standing = standing;
    dispute.verdict = None;
    let won = standing == Standing::Won && dispute.balance_transaction.is_some();
    events::note(books, Kind::ChargeDisputeClosed, id);
    if won {
        reinstate(books, id, at);
        events::note(books, Kind::ChargeDisputeFundsReinstated, id);
    }
}

/// The money of a won dispute comes back, and its fee.
fn reinstate(books: &mut Books, id: &str, at: i64) {
    let transaction = books.next_id("txn_1");
    let Some(dispute) = books.disputes.get_mut(id) else { return };
    dispute.reversal = Some(transaction.clone());
    let back = Transaction {
        id: transaction,
        created: at,
        available_on: at,
        amount: dispute.amount,
        fee: -super::open::FEE,
        currency: dispute.currency.clone(),
        reason: Reason::DisputeReversal,
        source: dispute.id.clone(),
        description: Some(format!("Chargeback reversal for {}", dispute.charge)),
    };
    balance_transactions::record(books, back);
}

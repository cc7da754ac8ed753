//! Refunds: money of a captured charge goes back, in part or in full, and never more than was taken.

mod record;

pub(crate) use record::Refund;

use serde::Serialize;
use std::collections::BTreeMap;

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::charges::Charge;
use crate::money;
use crate::params::{self, Kind, Param, TEXT, TIME_WINDOW, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

const CREATE: &[Param] = &[
    takes("payment_intent", TEXT),
    takes("charge", TEXT),
    takes("amount", Kind::Integer),
    takes("reason", Kind::OneOf(&["duplicate", "fraudulent", "requested_by_customer"])),
    takes("metadata", Kind::Metadata),
    takes("expand", Kind::Texts),
    takes("refund_application_fee", Kind::Unplayed),
    takes("reverse_transfer", Kind::Unplayed),
    takes("instructions_email", Kind::Unplayed),
    takes("origin", Kind::Unplayed),
    takes("currency", Kind::Unplayed),
    takes("customer", Kind::Unplayed),
];

const LIST: &[Param] = &[
    takes("payment_intent", TEXT),
    takes("charge", TEXT),
    takes("created", TIME_WINDOW),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
];

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
struct RefundView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    balance_transaction: &'a str,
    charge: &'a str,
    created: i64,
    currency: &'a str,
    customer: Option<&'a str>,
    customer_account: Option<()>,
    destination_details: Destination,
    metadata: &'a BTreeMap<String, String>,
    payment_intent: &'a str,
    payment_method: &'a str,
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
    reference_status: &'static str,
    reference_type: &'static str,
    r#type: &'static str,
}

fn view(refund: &Refund) -> RefundView<'_> {
    let card =
        DestinationCard { reference_status: "pending", reference_type: "acquirer_reference_number", r#type: "refund" };
    RefundView {
        id: &refund.id,
        object: "refund",
        amount: refund.amount,
        balance_transaction: &refund.balance_transaction,
        charge: &refund.charge,
        created: refund.created,
        currency: &refund.currency,
        customer: refund.customer.as_deref(),
        customer_account: None,
        destination_details: Destination { card, r#type: "card" },
        metadata: &refund.metadata,
        payment_intent: &refund.intent,
        payment_method: &refund.method,
        reason: refund.reason.as_deref(),
        receipt_number: None,
        source_transfer_reversal: None,
        status: "succeeded",
        transfer_reversal: None,
    }
}

/// `POST /v1/refunds`
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, CREATE)?;
    call.expand.only(&[])?;
    let charge = charge_to_refund(books, call)?;
    let amount = amount_to_refund(charge, call.form.integer("amount"))?;
    let id = charge.id.clone();
    let refund = write(books, call, &id, amount)?;
    let answer = answer::json(&view(&refund));
    books.refunds.put(refund);
    Ok(answer)
}

fn charge_to_refund<'b>(books: &'b Books, call: &Call) -> Outcome<&'b Charge> {
    let bad = http::StatusCode::BAD_REQUEST;
    match (call.form.filled("payment_intent"), call.form.filled("charge")) {
        (Some(id), None) => {
            let intent = books.intents.get(id);
            let intent = intent.ok_or_else(|| Refusal::missing("payment_intent", id, "payment_intent").status(bad))?;
            let charge = intent.latest_charge.as_deref().and_then(|id| books.charges.get(id));
            charge.filter(|charge| charge.is_approved()).ok_or_else(|| {
                let message = format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
                Refusal::invalid(message).executed()
            })
        }
        (None, Some(id)) => books.charges.get(id).ok_or_else(|| Refusal::missing("charge", id, "charge").status(bad)),
        (Some(_), Some(_)) => {
            Err(Refusal::invalid("You may only specify one of these parameters: charge, payment_intent.")
                .code("parameters_exclusive"))
        }
        (None, None) => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            Err(Refusal::invalid(message).code("parameter_missing"))
        }
    }
}

fn amount_to_refund(charge: &Charge, asked: Option<i64>) -> Outcome<i64> {
    if asked.is_some_and(|amount| amount < 1) {
        let refusal = Refusal::invalid("This value must be greater than or equal to 1.");
        return Err(refusal.code("parameter_invalid_integer").at("amount"));
    }
    if !charge.captured {
        let message = format!("Charge {} has not been captured; cancel its payment instead.", charge.id);
        return Err(Refusal::invalid(message).code("charge_not_refundable").executed());
    }
    if charge.is_refunded() {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(Refusal::invalid(message).code("charge_already_refunded").executed());
    }
    let amount = asked.unwrap_or_else(|| charge.refundable());
    if amount > charge.refundable() {
        return Err(too_much(charge, amount));
    }
    Ok(amount)
}

fn too_much(charge: &Charge, amount: i64) -> Box<Refusal> {
    let say = |amount| money::display(amount, &charge.currency);
    let message = if charge.amount_refunded == 0 {
        format!("Refund amount ({}) is greater than charge amount ({})", say(amount), say(charge.amount_captured))
    } else {
        format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            say(amount),
            say(charge.refundable())
        )
    };
    Refusal::invalid(message).at("amount").executed()
}

fn write(books: &mut Books, call: &Call, charge: &str, amount: i64) -> Outcome<Refund> {
    let (id, balance_transaction) = (books.next_id("re_3"), books.next_id("txn_3"));
    let charge = books.charges.get_mut(charge).ok_or_else(|| Refusal::server("A charge disappeared."))?;
    charge.amount_refunded += amount;
    charge.refunds.push(id.clone());
    Ok(Refund {
        id,
        created: call.now(),
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        method: charge.method.clone(),
        amount,
        currency: charge.currency.clone(),
        customer: charge.customer.clone(),
        balance_transaction,
        reason: call.owned("reason"),
        metadata: call.metadata(),
    })
}

/// `GET /v1/refunds/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    call.expand.only(&[])?;
    let refund = books.refunds.get(id).ok_or_else(|| Refusal::missing("refund", id, "refund"))?;
    Ok(answer::json(&view(refund)))
}

/// `GET /v1/refunds`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only(&[])?;
    let (intent, charge) = (call.form.filled("payment_intent"), call.form.filled("charge"));
    let keep =
        |refund: &Refund| intent.is_none_or(|id| refund.intent == id) && charge.is_none_or(|id| refund.charge == id);
    let links: Vec<&str> = intent.or(charge).into_iter().collect();
    let (refunds, more) = books.refunds.page(&Page::read(&call.form, "refund")?, &links, keep)?;
    Ok(answer::list("/v1/refunds", refunds.into_iter().map(view).collect(), more))
}

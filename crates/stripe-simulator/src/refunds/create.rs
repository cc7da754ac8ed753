//! `POST /v1/refunds`

use super::clock::schedule;
use super::record::{Refund, Status};
use crate::balance_transactions::{self, Reason, Transaction};
use crate::books::Books;
use crate::call::Call;
use crate::cards::Later;
use crate::charges::Charge;
use crate::events::{self, Kind};
use crate::ids::Id;
use crate::money;
use crate::params::{self, Kind as Takes, Param, TEXT, takes};
use crate::refusal::{Outcome, Refusal};

/// A refund that takes its time takes this many seconds.
const PENDS_FOR: i64 = 60;
/// One that fails after it had succeeded does so after this many.
const FAILS_AFTER: i64 = 120;

const CREATE: &[Param] = &[
    takes("payment_intent", TEXT),
    takes("charge", TEXT),
    takes("amount", Takes::Integer),
    takes("reason", Takes::OneOf(&["duplicate", "fraudulent", "requested_by_customer"])),
    takes("metadata", Takes::Metadata),
    takes("expand", Takes::Texts),
    takes("refund_application_fee", Takes::Unplayed),
    takes("reverse_transfer", Takes::Unplayed),
    takes("instructions_email", Takes::Unplayed),
    takes("origin", Takes::Unplayed),
    takes("currency", Takes::Unplayed),
    takes("customer", Takes::Unplayed),
];

/// Gives money of a charge back.
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, CREATE)?;
    call.expand.only("refund")?;
    let charge = charge_to_refund(books, call)?;
    let amount = amount_to_refund(books, charge, call.form.integer("amount"))?;
    let id = charge.id.clone();
    let refund = write(books, call, &id, amount)?;
    super::show(books, call, &refund)
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

fn is_disputed(books: &Books, charge: &Charge) -> bool {
    charge.dispute.as_deref().and_then(|id| books.disputes.get(id)).is_some_and(|dispute| !dispute.is_refundable())
}

fn amount_to_refund(books: &Books, charge: &Charge, asked: Option<i64>) -> Outcome<i64> {
    if asked.is_some_and(|amount| amount < 1) {
        let refusal = Refusal::invalid("This value must be greater than or equal to 1.");
        return Err(refusal.code("parameter_invalid_integer").at("amount"));
    }
    if is_disputed(books, charge) {
        let message = format!("Charge {} has been charged back; cannot issue a refund.", charge.id);
        return Err(Refusal::invalid(message).code("charge_disputed").executed());
    }
    if charge.is_refunded() {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(Refusal::invalid(message).code("charge_already_refunded").executed());
    }
    if !charge.captured {
        let message = format!("Charge {} has not been captured; cancel its payment instead.", charge.id);
        return Err(Refusal::invalid(message).code("charge_not_refundable").executed());
    }
    let amount = asked.unwrap_or_else(|| charge.refundable());
    if amount > charge.refundable() {
        return Err(too_much(charge, amount));
    }
    money::check_step(amount, &charge.currency)?;
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

/// Writes the refund and its movement of money; its id.
fn write(books: &mut Books, call: &Call, charge: &str, amount: i64) -> Outcome<Id> {
    let (id, transaction) = (books.next_id("re_3"), books.next_id("txn_3"));
    let charge = books.charges.get_mut(charge).ok_or_else(|| Refusal::server("A charge disappeared."))?;
    charge.amount_refunded += amount;
    let now = call.now();
    let (status, turn) = match charge.later {
        Later::RefundPends => (Status::Pending, Some((now + PENDS_FOR, Status::Succeeded))),
        Later::RefundFails => (Status::Succeeded, Some((now + FAILS_AFTER, Status::Failed))),
        _ => (Status::Succeeded, None),
    };
    let refund = Refund {
        id: id.clone(),
        created: now,
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        method: charge.method.clone(),
        amount,
        currency: charge.currency.clone(),
        customer: charge.customer.clone(),
        balance_transaction: Some(transaction.clone()),
        failure_balance_transaction: None,
        reason: call.owned("reason"),
        metadata: call.metadata(),
        status,
        turn,
    };
    let out = Transaction {
        id: transaction,
        created: now,
        available_on: now,
        amount: -amount,
        fee: 0,
        currency: charge.currency.clone(),
        reason: Reason::Refund,
        source: id.clone(),
        description: charge.description.as_ref().map(|text| format!("REFUND FOR CHARGE ({text})")),
    };
    let charge = refund.charge.clone();
    schedule(books, &refund);
    books.refunds.put(refund);
    balance_transactions::record(books, out);
    events::note(books, Kind::RefundCreated, &id);
    events::note(books, Kind::ChargeRefunded, &charge);
    Ok(id)
}

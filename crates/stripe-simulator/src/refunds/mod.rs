//! Refunds: money of a captured charge goes back, in part or in full, and never more than was taken.

mod clock;
mod create;
mod record;
mod view;

pub(crate) use clock::{release, turn};
pub(crate) use create::create;
pub(crate) use record::{Refund, Status};
pub(crate) use view::RefundView;

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::events;
use crate::params::{self, Kind, Param, TEXT, TIME_WINDOW, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

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

const UPDATE: &[Param] = &[takes("metadata", Kind::Metadata), takes("expand", Kind::Texts)];

fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("refund", id, "refund")
}

fn show(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    call.expand.only("refund")?;
    let refund = books.refunds.get(id).ok_or_else(|| no_such(id))?;
    Ok(answer::json(&RefundView::of(refund, books, &call.expand, call.now())))
}

/// `GET /v1/refunds/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    show(books, call, id)
}

/// `POST /v1/refunds/{id}`: only what the merchant noted about it can change.
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, UPDATE)?;
    call.expand.only("refund")?;
    let refund = books.refunds.get_mut(id).ok_or_else(|| no_such(id))?;
    call.merge_metadata(&mut refund.metadata);
    events::note(books, events::Kind::RefundUpdated, id);
    events::note(books, events::Kind::ChargeRefundUpdated, id);
    show(books, call, id)
}

/// `POST /v1/refunds/{id}/cancel`: never for cards; those wait for nobody's action.
pub(crate) fn cancel(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    let refund = books.refunds.get(id).ok_or_else(|| no_such(id))?;
    let message = format!(
        "You cannot cancel this Refund because it has a status of {}. Only a Refund with the following status may be canceled: requires_action.",
        refund.status.as_str()
    );
    Err(Refusal::invalid(message).executed())
}

/// `GET /v1/refunds`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only_in_list("refund")?;
    page(books, call, (call.form.filled("payment_intent"), call.form.filled("charge")), "/v1/refunds")
}

/// `GET /v1/charges/{charge}/refunds`
pub(crate) fn list_of(books: &Books, call: &Call, charge: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only_in_list("refund")?;
    if books.charges.get(charge).is_none() {
        return Err(Refusal::missing("charge", charge, "charge"));
    }
    page(books, call, (None, Some(charge)), &format!("/v1/charges/{charge}/refunds"))
}

fn page(books: &Books, call: &Call, (intent, charge): (Option<&str>, Option<&str>), url: &str) -> Outcome<Vec<u8>> {
    let keep =
        |refund: &Refund| intent.is_none_or(|id| refund.intent == id) && charge.is_none_or(|id| refund.charge == id);
    let links: Vec<&str> = intent.or(charge).into_iter().collect();
    let (refunds, more) = books.refunds.page(&Page::read(&call.form, "refund")?, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = refunds.into_iter().map(|refund| RefundView::of(refund, books, &inside, call.now())).collect();
    Ok(answer::list(url, views, more))
}

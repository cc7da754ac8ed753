//! Disputes: opened by the cards that are there for it, and only to be looked at.

mod open;
mod record;
mod view;

pub(crate) use open::open;
pub(crate) use record::Dispute;
pub(crate) use view::DisputeView;

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::params::{self, Kind, Param, TEXT, TIME_WINDOW, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

const LIST: &[Param] = &[
    takes("charge", TEXT),
    takes("payment_intent", TEXT),
    takes("created", TIME_WINDOW),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
];

/// `GET /v1/disputes/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    call.expand.only(view::EXPANDABLE)?;
    let dispute = books.disputes.get(id).ok_or_else(|| Refusal::missing("dispute", id, "dispute"))?;
    Ok(answer::json(&DisputeView::of(dispute, books, &call.expand, call.now())))
}

/// `GET /v1/disputes`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only(view::EXPANDABLE_IN_LIST)?;
    let (intent, charge) = (call.form.filled("payment_intent"), call.form.filled("charge"));
    let keep = |dispute: &Dispute| {
        intent.is_none_or(|id| dispute.intent == id) && charge.is_none_or(|id| dispute.charge == id)
    };
    let links: Vec<&str> = intent.or(charge).into_iter().collect();
    let (disputes, more) = books.disputes.page(&Page::read(&call.form, "dispute")?, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = disputes.into_iter().map(|dispute| DisputeView::of(dispute, books, &inside, call.now())).collect();
    Ok(answer::list("/v1/disputes", views, more))
}

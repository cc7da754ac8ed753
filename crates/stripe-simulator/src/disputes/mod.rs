//! Disputes: opened by the cards that are there for it, answered with evidence, won or lost.

mod answer;
mod open;
mod record;
mod view;

pub(crate) use answer::{close, decide, update};
pub(crate) use open::open;
pub(crate) use record::{Dispute, Standing};
pub(crate) use view::DisputeView;

use crate::answer as write;
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
    call.expand.only("dispute")?;
    show(books, call, id)
}

fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("dispute", id, "dispute")
}

fn show(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    let dispute = books.disputes.get(id).ok_or_else(|| no_such(id))?;
    Ok(write::json(&DisputeView::of(dispute, books, &call.expand, call.now())))
}

/// `GET /v1/disputes`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only_in_list("dispute")?;
    let (intent, charge) = (call.form.filled("payment_intent"), call.form.filled("charge"));
    let keep = |dispute: &Dispute| {
        intent.is_none_or(|id| dispute.intent == id) && charge.is_none_or(|id| dispute.charge == id)
    };
    let links: Vec<&str> = intent.or(charge).into_iter().collect();
    let (disputes, more) = books.disputes.page(&Page::read(&call.form, "dispute")?, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = disputes.into_iter().map(|dispute| DisputeView::of(dispute, books, &inside, call.now())).collect();
    Ok(write::list("/v1/disputes", views, more))
}

//! Charges: one per attempt that reached Radar or a bank. Only intents make them.

mod card_view;
mod record;
mod search;
mod settle;
mod update;
mod view;

pub(crate) use record::{Charge, ThreeDs};
pub(crate) use search::search;
pub(crate) use settle::{await_clock, open, settle_late};
pub(crate) use update::update;
pub(crate) use view::{ChargeView, Empty};

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::params::{self, Kind, Param, TEXT, TIME_WINDOW, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

const LIST: &[Param] = &[
    takes("payment_intent", TEXT),
    takes("customer", TEXT),
    takes("created", TIME_WINDOW),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
    takes("transfer_group", Kind::Unplayed),
];

/// `GET /v1/charges/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    call.expand.only("charge")?;
    let charge = books.charges.get(id).ok_or_else(|| Refusal::missing("charge", id, "id"))?;
    Ok(answer::json(&ChargeView::of(charge, books, &call.expand, call.now())))
}

/// `GET /v1/charges`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only_in_list("charge")?;
    let (intent, customer) = (call.form.filled("payment_intent"), call.form.filled("customer"));
    let keep = |charge: &Charge| {
        intent.is_none_or(|id| charge.intent == id) && customer.is_none_or(|id| charge.customer.as_deref() == Some(id))
    };
    let links: Vec<&str> = intent.or(customer).into_iter().collect();
    let (charges, more) = books.charges.page(&Page::read(&call.form, "charge")?, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = charges.into_iter().map(|charge| ChargeView::of(charge, books, &inside, call.now())).collect();
    Ok(answer::list("/v1/charges", views, more))
}

//! `GET /v1/payment_methods`, also below a customer.

use super::no_such;
use super::record::Method;
use super::view::MethodView;
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::customers;
use crate::params::{self, Kind, Param, TEXT, takes};
use crate::refusal::Outcome;
use crate::table::Page;

use super::create::ALLOW_REDISPLAY;

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

const LIST: &[Param] = &[
    takes("customer", TEXT),
    takes("type", TEXT),
    takes("allow_redisplay", ALLOW_REDISPLAY),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
    takes("customer_account", Kind::Unplayed),
];

/// `GET /v1/payment_methods/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    show(books, call, id)
}

/// `GET /v1/customers/{customer}/payment_methods/{id}`
pub(crate) fn retrieve_of(books: &Books, call: &Call, customer: &str, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    customers::find(books, customer)?;
    let theirs = books.methods.get(id).is_some_and(|method| method.customer.as_deref() == Some(customer));
    if theirs { show(books, call, id) } else { Err(no_such(id)) }
}

/// The answer that carries a payment method.
pub(super) fn show(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    call.expand.only("payment_method")?;
    let method = books.methods.get(id).ok_or_else(|| no_such(id))?;
    Ok(answer::json(&MethodView::of(method, books, &call.expand)))
}

/// `GET /v1/payment_methods`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    customers::check_named(books, &call.form)?;
    page(books, call, call.form.filled("customer"), "/v1/payment_methods")
}

/// `GET /v1/customers/{customer}/payment_methods`
pub(crate) fn list_of(books: &Books, call: &Call, customer: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    customers::find(books, customer)?;
    page(books, call, Some(customer), &format!("/v1/customers/{customer}/payment_methods"))
}

/// Saved cards only: one that belongs to nobody is in no list.
fn page(books: &Books, call: &Call, customer: Option<&str>, url: &str) -> Outcome<Vec<u8>> {
    call.expand.only_in_list("payment_method")?;
    let cards = call.form.filled("type").is_none_or(|kind| kind == "card");
    let redisplay = call.form.filled("allow_redisplay");
    let keep = |method: &Method| {
        cards
            && method.customer.as_deref().is_some_and(|owner| customer.is_none_or(|id| owner == id))
            && redisplay.is_none_or(|allowed| method.allow_redisplay == allowed)
    };
    let links: Vec<&str> = customer.into_iter().collect();
    let (methods, more) = books.methods.page(&Page::read(&call.form, "PaymentMethod")?, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = methods.into_iter().map(|method| MethodView::of(method, books, &inside)).collect();
    Ok(answer::list(url, views, more))
}

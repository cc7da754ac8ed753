//! Customers: whom saved cards belong to.

mod record;
mod tables;
mod view;
mod write;

pub(crate) use record::Customer;
pub(crate) use view::CustomerView;
pub(crate) use write::{create, delete, update};

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::form::Group;
use crate::params;
use crate::refusal::{Outcome, Refusal};
use crate::search;
use crate::table::Page;

/// A customer that exists and has not been deleted.
pub(crate) fn find<'b>(books: &'b Books, id: &str) -> Outcome<&'b Customer> {
    books.customers.get(id).filter(|customer| !customer.deleted).ok_or_else(|| no_such(id))
}

fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("customer", id, "id")
}

/// The customer that a form names must exist.
pub(crate) fn check_named(books: &Books, form: &Group) -> Outcome<()> {
    let Some(id) = form.filled("customer") else { return Ok(()) };
    let missing = || Refusal::missing("customer", id, "customer").status(http::StatusCode::BAD_REQUEST);
    find(books, id).map_or_else(|_| Err(missing()), |_| Ok(()))
}

/// `GET /v1/customers/{id}`: of a deleted customer, that it is.
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::RETRIEVE)?;
    call.expand.only("customer")?;
    let customer = books.customers.get(id).ok_or_else(|| no_such(id))?;
    Ok(answer::json(&CustomerView::of(customer, books, &call.expand)))
}

/// `GET /v1/customers`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::LIST)?;
    call.expand.only_in_list("customer")?;
    let email = call.form.filled("email");
    let keep =
        |customer: &Customer| !customer.deleted && email.is_none_or(|email| customer.email.as_deref() == Some(email));
    let links: Vec<&str> = email.into_iter().collect();
    let (customers, more) = books.customers.page(&Page::read(&call.form, "customer")?, &links, keep)?;
    Ok(answer::list("/v1/customers", views(books, call, customers), more))
}

/// `GET /v1/customers/search`
pub(crate) fn search(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    let query = search::read(call, "customers", tables::SEARCHED)?;
    call.expand.only_in_list("customer")?;
    books.customers.make_searchable();
    let books: &Books = books;
    let (found, next) = query.page(call, &books.customers, |customer: &Customer| !customer.deleted)?;
    Ok(answer::search("/v1/customers/search", views(books, call, found), next))
}

fn views<'b>(books: &'b Books, call: &Call, customers: Vec<&'b Customer>) -> Vec<CustomerView<'b>> {
    let inside = call.expand.inside("data");
    customers.into_iter().map(|customer| CustomerView::of(customer, books, &inside)).collect()
}

//! Making, changing and deleting customers.

use std::collections::BTreeMap;

use super::record::{Customer, Shipping};
use super::view::CustomerView;
use super::{find, tables};
use crate::address::Address;
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::events::{self, Kind};
use crate::form::Group;
use crate::ids::{self, Id};
use crate::params;
use crate::payment_methods;
use crate::refusal::{Outcome, Refusal};

/// `POST /v1/customers`: nothing makes a customer unique; two may share everything but their id.
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CREATE)?;
    call.expand.only("customer")?;
    params::check_email(&call.form, "email")?;
    let card = match call.form.filled("payment_method") {
        Some(id) => Some(payment_methods::named(books, call, id)?),
        None => None,
    };
    let mut customer = blank(books, call);
    write(&mut customer, call);
    if let Some(card) = card {
        payment_methods::attach_to(books, &card, &customer.id)?;
    }
    check_default(books, &customer)?;
    let id = customer.id.clone();
    books.customers.put(customer);
    events::note(books, Kind::CustomerCreated, &id);
    show(books, call, &id)
}

fn show(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    let customer = books.customers.get(id).ok_or_else(|| super::no_such(id))?;
    Ok(answer::json(&CustomerView::of(customer, books, &call.expand)))
}

fn blank(books: &mut Books, call: &Call) -> Customer {
    let id = books.next_id("cus_");
    Customer {
        id,
        created: call.now(),
        address: None,
        description: None,
        email: None,
        invoice_prefix: ids::prefix(books.next_number()),
        default_payment_method: None,
        metadata: BTreeMap::new(),
        name: None,
        phone: None,
        preferred_locales: Vec::new(),
        shipping: None,
        deleted: false,
    }
}

/// `POST /v1/customers/{id}`
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::UPDATE)?;
    call.expand.only("customer")?;
    params::check_email(&call.form, "email")?;
    let mut customer = find(books, id)?.clone();
    write(&mut customer, call);
    check_default(books, &customer)?;
    books.customers.put(customer);
    events::note(books, Kind::CustomerUpdated, id);
    show(books, call, id)
}

fn write(customer: &mut Customer, call: &Call) {
    let form = &call.form;
    form.assign("description", &mut customer.description);
    form.assign("email", &mut customer.email);
    form.assign("name", &mut customer.name);
    form.assign("phone", &mut customer.phone);
    if let Some(settings) = form.group("invoice_settings") {
        settings.assign("default_payment_method", &mut customer.default_payment_method);
    }
    if form.get("preferred_locales").is_some() {
        customer.preferred_locales = form.list("preferred_locales").into_iter().map(str::to_owned).collect();
    }
    write_address(&mut customer.address, form);
    match form.group("shipping") {
        Some(shipping) => write_shipping(customer.shipping.get_or_insert_default(), shipping),
        None if form.text("shipping").is_some() => customer.shipping = None,
        None => {}
    }
    call.merge_metadata(&mut customer.metadata);
}

fn write_address(address: &mut Option<Address>, form: &Group) {
    match form.group("address") {
        Some(fields) => address.get_or_insert_default().merge(fields),
        None if form.text("address").is_some() => *address = None,
        None => {}
    }
}

fn write_shipping(shipping: &mut Shipping, form: &Group) {
    form.assign("name", &mut shipping.name);
    form.assign("phone", &mut shipping.phone);
    if let Some(fields) = form.group("address") {
        shipping.address.merge(fields);
    }
}

/// The card that invoices would take must be one of the customer's own.
fn check_default(books: &Books, customer: &Customer) -> Outcome<()> {
    let Some(id) = customer.default_payment_method.as_deref() else { return Ok(()) };
    let method = books.methods.get(id);
    if method.is_some_and(|method| method.customer.as_deref() == Some(&customer.id)) {
        return Ok(());
    }
    let message = format!(
        "The customer does not have a payment method with the ID {id}. The payment method must be attached to the customer."
    );
    Err(Refusal::invalid(message).code("resource_missing").at("invoice_settings[default_payment_method]"))
}

/// `DELETE /v1/customers/{id}`: the saved cards go with their customer.
pub(crate) fn delete(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, &[])?;
    find(books, id)?;
    let cards = books.methods.linked(id).filter(|method| method.customer.as_deref() == Some(id));
    let cards: Vec<Id> = cards.map(|method| method.id.clone()).collect();
    for card in cards {
        payment_methods::take_away(books, &card);
    }
    let customer = books.customers.get_mut(id).ok_or_else(|| super::no_such(id))?;
    customer.deleted = true;
    events::note(books, Kind::CustomerDeleted, id);
    show(books, call, id)
}

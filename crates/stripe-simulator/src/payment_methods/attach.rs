//! Saving a card with a customer, and taking it away.

use super::create::from_shortcut;
use super::no_such;
use super::read::show;
use crate::books::Books;
use crate::call::Call;
use crate::customers;
use crate::events;
use crate::ids::Id;
use crate::params::{self, Kind, Param, TEXT, takes};
use crate::refusal::{Outcome, Refusal};

const ATTACH: &[Param] =
    &[takes("customer", TEXT), takes("expand", Kind::Texts), takes("customer_account", Kind::Unplayed)];

const DETACH: &[Param] = &[takes("expand", Kind::Texts)];

const SPENT: &str = "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.";

/// `POST /v1/payment_methods/{id}/attach`
pub(crate) fn attach(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, ATTACH)?;
    let customer = call.form.filled("customer").ok_or_else(|| params::missing("customer"))?;
    let id = named(books, call, id)?;
    customers::check_named(books, &call.form)?;
    attach_to(books, &id, customer)?;
    show(books, call, &id)
}

/// The payment method that `id` names, made if it is a shortcut.
pub(crate) fn named(books: &mut Books, call: &Call, id: &str) -> Outcome<Id> {
    if let Some(made) = from_shortcut(books, call, id) {
        return Ok(made);
    }
    books.methods.get(id).map(|method| method.id.clone()).ok_or_else(|| no_such(id))
}

/// Saves a card. Its bank is asked, as for a payment: a card that it declines is not saved.
pub(crate) fn attach_to(books: &mut Books, id: &str, customer: &str) -> Outcome<()> {
    let blocked = books.methods.get(id).and_then(|method| books.features.blocks(method.checked()));
    let method = books.methods.get_mut(id).ok_or_else(|| no_such(id))?;
    match method.customer.as_deref() {
        Some(owner) if owner == customer => return Ok(()),
        Some(_) => {
            let message = "The payment method you provided has already been attached to a customer.";
            return Err(Refusal::invalid(message).executed());
        }
        None => {}
    }
    if method.spent && !method.set_up {
        return Err(Refusal::invalid(SPENT).executed());
    }
    if let Some(decline) = method.conduct.declines_saving().or(blocked) {
        let refusal = Refusal::card(decline);
        let param = refusal.param.clone().unwrap_or_default();
        return Err(refusal.at(param));
    }
    method.run_checks();
    method.customer = Some(customer.into());
    books.methods.relink(id);
    events::note(books, events::Kind::MethodAttached, id);
    Ok(())
}

/// `POST /v1/payment_methods/{id}/detach`
pub(crate) fn detach(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, DETACH)?;
    let method = books.methods.get(id).ok_or_else(|| no_such(id))?;
    if method.customer.is_none() {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(Refusal::invalid(message).executed());
    }
    take_away(books, id);
    show(books, call, id)
}

/// A card that was taken from its customer can never be used again.
pub(crate) fn take_away(books: &mut Books, id: &str) {
    let Some(method) = books.methods.get_mut(id) else { return };
    method.customer = None;
    method.spent = true;
    method.set_up = false;
    events::note(books, events::Kind::MethodDetached, id);
}

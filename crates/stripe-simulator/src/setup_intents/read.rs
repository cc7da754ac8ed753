//! `GET /v1/setup_intents`

use super::record::Setup;
use super::tables;
use super::view::SetupView;
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::params;
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

pub(super) fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("setupintent", id, "intent")
}

/// The setup intent. A page must also know its client secret.
pub(super) fn find<'b>(books: &'b Books, call: &Call, id: &str) -> Outcome<&'b Setup> {
    let setup = books.setups.get(id).ok_or_else(|| no_such(id))?;
    match call.form.text("client_secret") {
        Some(secret) if secret != setup.client_secret => {
            let message = "The client_secret provided does not match any associated SetupIntent on this account. Ensure the publishable key used belongs to the same account that created the SetupIntent.";
            Err(Refusal::invalid(message).code("setup_intent_invalid_parameter").at("client_secret"))
        }
        None if call.is_publishable() => Err(params::missing("client_secret")),
        Some(_) | None => Ok(setup),
    }
}

/// The answer that carries a setup intent.
pub(super) fn show(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    let setup = books.setups.get(id).ok_or_else(|| no_such(id))?;
    if call.is_publishable() {
        return Ok(answer::json(&SetupView::for_page(setup, books)));
    }
    call.expand.only("setup_intent")?;
    Ok(answer::json(&SetupView::of(setup, books, &call.expand)))
}

/// `GET /v1/setup_intents/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::RETRIEVE)?;
    find(books, call, id)?;
    show(books, call, id)
}

/// `GET /v1/setup_intents`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::LIST)?;
    call.expand.only_in_list("setup_intent")?;
    let (customer, method) = (call.form.filled("customer"), call.form.filled("payment_method"));
    let keep = |setup: &Setup| {
        customer.is_none_or(|id| setup.customer.as_deref() == Some(id))
            && method.is_none_or(|id| setup.payment_method.as_deref() == Some(id))
    };
    let links: Vec<&str> = method.or(customer).into_iter().collect();
    let (setups, more) = books.setups.page(&Page::read(&call.form, "setup_intent")?, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = setups.into_iter().map(|setup| SetupView::of(setup, books, &inside)).collect();
    Ok(answer::list("/v1/setup_intents", views, more))
}

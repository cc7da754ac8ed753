//! `GET /v1/payment_intents` and `GET /v1/payment_intents/{id}`

use super::record::Intent;
use super::tables;
use super::view::{IntentView, PublicIntentView};
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::params;
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

/// Shows one intent whole, or the public part of it to a page.
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::RETRIEVE)?;
    find(books, call, id)?;
    show(books, call, id)
}

/// The intent as it stands now. A page must also know its client secret.
pub(super) fn find<'b>(books: &'b Books, call: &Call, id: &str) -> Outcome<&'b Intent> {
    let intent = books.intents.get(id).ok_or_else(|| no_such(id))?;
    match call.form.text("client_secret") {
        Some(secret) if secret != intent.client_secret => Err(Refusal::invalid(
            "The client_secret provided does not match any associated PaymentIntent on this account. Ensure the publishable key used belongs to the same account that created the PaymentIntent.",
        )
        .code("payment_intent_invalid_parameter")
        .at("client_secret")),
        None if call.is_publishable() => Err(params::missing("client_secret")),
        Some(_) | None => Ok(intent),
    }
}

pub(super) fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("payment_intent", id, "intent")
}

/// The answer that carries an intent.
pub(super) fn show(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    let intent = books.intents.get(id).ok_or_else(|| no_such(id))?;
    if call.is_publishable() {
        return Ok(answer::json(&PublicIntentView::of(intent, books)));
    }
    call.expand.only("payment_intent")?;
    Ok(answer::json(&IntentView::of(intent, books, &call.expand, call.now())))
}

/// Lists intents, newest first.
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::LIST)?;
    call.expand.only_in_list("payment_intent")?;
    let page = Page::read(&call.form, "payment_intent")?;
    let customer = call.form.filled("customer");
    let keep = |intent: &Intent| customer.is_none_or(|id| intent.customer.as_deref() == Some(id));
    let links: Vec<&str> = customer.into_iter().collect();
    let (intents, more) = books.intents.page(&page, &links, keep)?;
    let inside = call.expand.inside("data");
    let views = intents.into_iter().map(|intent| IntentView::of(intent, books, &inside, call.now())).collect();
    Ok(answer::list("/v1/payment_intents", views, more))
}

//! `POST /v1/payment_methods/{id}`

use std::sync::Arc;

use super::create::{ALLOW_REDISPLAY, BILLING, check_expiry, full_year};
use super::no_such;
use super::read::show;
use crate::books::Books;
use crate::call::Call;
use crate::events;
use crate::params::{self, Kind, Param, takes};
use crate::refusal::{Outcome, Refusal};

const CARD: &[Param] =
    &[takes("exp_month", Kind::Integer), takes("exp_year", Kind::Integer), takes("networks", Kind::Unplayed)];

const UPDATE: &[Param] = &[
    takes("allow_redisplay", ALLOW_REDISPLAY),
    takes("billing_details", Kind::Group(BILLING)),
    takes("card", Kind::Group(CARD)),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
];

/// Changes what is written about a saved card, never which card it is.
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, UPDATE)?;
    let method = books.methods.get(id).ok_or_else(|| no_such(id))?;
    if method.customer.is_none() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(Refusal::invalid(message).executed());
    }
    let (mut month, mut year) = (method.face.exp_month, method.face.exp_year);
    if let Some(card) = call.form.group("card") {
        month = card.integer("exp_month").unwrap_or(month);
        year = card.integer("exp_year").map_or(year, full_year);
        check_expiry(month, year, call.now())?;
    }
    let method = books.methods.get_mut(id).ok_or_else(|| no_such(id))?;
    let face = Arc::make_mut(&mut method.face);
    (face.exp_month, face.exp_year) = (month, year);
    if let Some(billing) = call.form.group("billing_details") {
        Arc::make_mut(&mut method.billing).merge(billing);
    }
    call.owned("allow_redisplay").into_iter().for_each(|allowed| method.allow_redisplay = allowed);
    call.merge_metadata(&mut method.metadata);
    events::note(books, events::Kind::MethodUpdated, id);
    show(books, call, id)
}

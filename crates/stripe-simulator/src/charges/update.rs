//! `POST /v1/charges/{id}`: what is written on a charge changes, never its money.

use super::record::Charge;
use super::view::ChargeView;
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::customers;
use crate::events::{self, Kind as Event};
use crate::params::{self, Kind, Param, TEXT, takes};
use crate::payment_intents::{SHIPPING, apply_extras};
use crate::refusal::{Outcome, Refusal};

const UPDATE: &[Param] = &[
    takes("customer", TEXT),
    takes("description", Kind::Text { max: 40_000 }),
    takes("expand", Kind::Texts),
    // The merchant's word about fraud, which teaches nobody here.
    takes("fraud_details", Kind::Group(&[takes("user_report", Kind::OneOfOrEmpty(&["fraudulent", "safe"]))])),
    takes("metadata", Kind::Metadata),
    takes("receipt_email", TEXT),
    takes("shipping", SHIPPING),
    takes("transfer_group", TEXT),
];

/// Changes what is written on a charge.
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, UPDATE)?;
    call.expand.only("charge")?;
    customers::check_named(books, &call.form)?;
    params::check_email(&call.form, "receipt_email")?;
    let charge = books.charges.get_mut(id).ok_or_else(|| no_such(id))?;
    if call.form.filled("customer").is_some() && charge.customer.is_some() {
        let message = "Cannot update the customer of a charge that already has one.";
        return Err(Refusal::invalid(message).at("customer").executed());
    }
    write(charge, call);
    books.charges.relink(id);
    events::note(books, Event::ChargeUpdated, id);
    let charge = books.charges.get(id).ok_or_else(|| no_such(id))?;
    Ok(answer::json(&ChargeView::of(charge, books, &call.expand, call.now())))
}

fn write(charge: &mut Charge, call: &Call) {
    let form = &call.form;
    form.assign("customer", &mut charge.customer);
    form.assign("description", &mut charge.description);
    form.assign("receipt_email", &mut charge.receipt_email);
    apply_extras(&mut charge.extras, form);
    call.merge_metadata(&mut charge.metadata);
}

fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("charge", id, "id")
}

//! Payment methods: a card number becomes a `pm_…` here, and is forgotten.

mod create;
mod record;
mod view;

pub(crate) use create::{create, from_shortcut};
pub(crate) use record::{Billing, Method};
pub(crate) use view::MethodView;

use crate::books::Books;
use crate::call::Call;
use crate::params::{self, Kind, Param, takes};
use crate::refusal::{Outcome, Refusal};

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

/// `GET /v1/payment_methods/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    let method = books.methods.get(id).ok_or_else(|| Refusal::missing("PaymentMethod", id, "payment_method"))?;
    Ok(crate::answer::json(&MethodView::of(method)))
}

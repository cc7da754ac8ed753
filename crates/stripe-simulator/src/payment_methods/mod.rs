//! Payment methods: a card number becomes a `pm_…` here, and is forgotten.

mod attach;
mod create;
mod read;
mod record;
mod update;
mod view;

pub(crate) use attach::{attach, attach_to, detach, named, take_away};
pub(crate) use create::{METHOD_DATA, create, create_of, from_number, from_ready_made_token, from_shortcut};
pub(crate) use read::{list, list_of, retrieve, retrieve_of};
pub(crate) use record::{Billing, Method};
pub(crate) use update::update;
pub(crate) use view::MethodView;

use crate::refusal::Refusal;

fn no_such(id: &str) -> Box<Refusal> {
    Refusal::missing("PaymentMethod", id, "payment_method")
}

//! What few payments carry: kept apart, so that it costs the others nothing.

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::form::{Group, Node};
use crate::refusal::{Outcome, Refusal};

/// The parameters of a payment that are kept and shown, and change nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extras {
    pub(crate) shipping: Option<Shipping>,
    pub(crate) transfer_group: Option<String>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) excluded_types: Vec<String>,
    pub(crate) details: Option<Details>,
}

/// `shipping`, kept and shown in the same shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shipping {
    address: Address,
    carrier: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    tracking_number: Option<String>,
}

/// `payment_details`, kept and shown in the same shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Details {
    customer_reference: Option<String>,
    order_reference: Option<String>,
}

const ALL: [&str; 5] =
    ["shipping", "transfer_group", "statement_descriptor", "excluded_payment_method_types", "payment_details"];

/// Writes what `form` names; an empty text clears.
pub(crate) fn apply(kept: &mut Option<Box<Extras>>, form: &Group) {
    if !ALL.iter().any(|name| form.get(name).is_some()) {
        return;
    }
    let extras = kept.get_or_insert_default();
    match form.get("shipping") {
        Some(Node::Group(shipping)) => extras.shipping.get_or_insert_default().merge(shipping),
        Some(Node::Text(_)) => extras.shipping = None,
        None => {}
    }
    form.assign("transfer_group", &mut extras.transfer_group);
    form.assign("statement_descriptor", &mut extras.statement_descriptor);
    if form.get("excluded_payment_method_types").is_some() {
        extras.excluded_types = form.list("excluded_payment_method_types").into_iter().map(str::to_owned).collect();
    }
    match form.get("payment_details") {
        Some(Node::Group(details)) => extras.details.get_or_insert_default().merge(details),
        Some(Node::Text(_)) => extras.details = None,
        None => {}
    }
}

impl Shipping {
    fn merge(&mut self, form: &Group) {
        if let Some(address) = form.group("address") {
            self.address.merge(address);
        }
        form.assign("carrier", &mut self.carrier);
        form.assign("name", &mut self.name);
        form.assign("phone", &mut self.phone);
        form.assign("tracking_number", &mut self.tracking_number);
    }
}

impl Details {
    fn merge(&mut self, form: &Group) {
        form.assign("customer_reference", &mut self.customer_reference);
        form.assign("order_reference", &mut self.order_reference);
    }
}

/// Refuses what names an object that cannot exist here: other accounts, mandates, tokens of a page.
pub(crate) fn check(form: &Group) -> Outcome<()> {
    let destination = form.group("transfer_data").and_then(|data| data.filled("destination"));
    if let Some(id) = destination {
        return Err(missing("destination", id, "transfer_data[destination]"));
    }
    for (name, object) in [
        ("on_behalf_of", "account"),
        ("mandate", "mandate"),
        ("confirmation_token", "confirmationtoken"),
        ("payment_method_configuration", "payment_method_configuration"),
        ("customer_account", "customer_account"),
    ] {
        if let Some(id) = form.filled(name) {
            return Err(missing(object, id, name));
        }
    }
    if form.filled("application_fee_amount").is_some() {
        let message = "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).";
        return Err(Refusal::invalid(message).at("application_fee_amount"));
    }
    let cards_only =
        !form.list("payment_method_types").is_empty() || !form.list("allowed_payment_method_types").is_empty();
    if cards_only && form.filled("statement_descriptor").is_some() {
        return Err(no_descriptor());
    }
    Ok(())
}

fn missing(object: &str, id: &str, param: &str) -> Box<Refusal> {
    Refusal::missing(object, id, param).status(http::StatusCode::BAD_REQUEST)
}

/// Networks show a card's own prefix and the payment's suffix.
pub(super) fn no_descriptor() -> Box<Refusal> {
    let message = "The `statement_descriptor` parameter is not supported for card payments. Use `statement_descriptor_suffix` instead.";
    Refusal::invalid(message).at("statement_descriptor")
}

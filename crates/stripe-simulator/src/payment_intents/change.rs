//! The parameters that create, update and confirm share.

use super::extras;
use super::record::{Capture, Intent, Status};
use crate::books::Books;
use crate::call::Call;
use crate::customers;
use crate::form::Group;
use crate::ids::Id;
use crate::params::check_email;
use crate::payment_methods::{self, Method, from_shortcut};
use crate::refusal::{Outcome, Refusal};

const ALLOWED: &str = "allowed_payment_method_types";

/// The message of a payment method that was used up.
const SPENT: &str = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.";

/// Writes the plain parameters of `form` into `intent`.
pub(super) fn apply(intent: &mut Intent, form: &Group) {
    extras::apply(&mut intent.extras, form);
    form.assign("receipt_email", &mut intent.receipt_email);
    form.assign("setup_future_usage", &mut intent.setup_future_usage);
    form.assign("description", &mut intent.description);
    form.assign("statement_descriptor_suffix", &mut intent.statement_descriptor_suffix);
    form.assign("customer", &mut intent.customer);
    if form.get(ALLOWED).is_some() {
        intent.allowed_types = form.group(ALLOWED).map(|_| vec!["card".to_owned()]);
    }
    if let Some(capture) = form.filled("capture_method").and_then(capture_method) {
        intent.capture = capture;
    }
    if let Some(card) = form.group("payment_method_options").and_then(|options| options.group("card")) {
        apply_card_options(intent, card);
    }
}

fn capture_method(name: &str) -> Option<Capture> {
    match name {
        "automatic" => Some(Capture::Automatic),
        "automatic_async" => Some(Capture::AutomaticAsync),
        "manual" => Some(Capture::Manual),
        _ => None,
    }
}

fn apply_card_options(intent: &mut Intent, card: &Group) {
    if let Some(moto) = card.flag("moto") {
        intent.moto = moto;
    }
    if let Some(request) = card.filled("request_three_d_secure") {
        request.clone_into(&mut intent.request_three_ds);
    }
    if let Some(request) = card.filled("request_incremental_authorization") {
        intent.wants_incremental = request == "if_available";
    }
    if card.filled("capture_method") == Some("manual") {
        intent.capture = Capture::Manual;
    }
    card.assign("setup_future_usage", &mut intent.setup_future_usage);
}

/// Checks what no table can: that the customer exists, and the letters of a statement suffix.
pub(super) fn check(books: &Books, call: &Call) -> Outcome<()> {
    let form = &call.form;
    customers::check_named(books, form)?;
    check_email(form, "receipt_email")?;
    extras::check(form)?;
    check_suffix(form.filled("statement_descriptor_suffix"))?;
    check_types(call)
}

fn check_suffix(suffix: Option<&str>) -> Outcome<()> {
    let Some(suffix) = suffix else { return Ok(()) };
    let message = if suffix.contains(['<', '>', '\\', '\'', '"', '*']) {
        "The statement descriptor suffix must not contain any of the following characters: <, >, \\, ', \", *."
    } else if !suffix.chars().any(|c| c.is_ascii_alphabetic()) {
        "The statement descriptor suffix must contain at least one letter."
    } else {
        return Ok(());
    };
    Err(Refusal::invalid(message).at("statement_descriptor_suffix"))
}

/// Checks the kinds of payment that a form allows: cards, named one way and not two.
pub(crate) fn check_types(call: &Call) -> Outcome<()> {
    let form = &call.form;
    if call.is_endive && form.get("payment_method_types").is_some() {
        let message = "The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types`, or manage payment methods from the Dashboard.";
        return Err(Refusal::invalid(message)
            .code("payment_method_types_no_longer_supported")
            .at("payment_method_types"));
    }
    let automatic = form.group("automatic_payment_methods").and_then(|a| a.flag("enabled")) == Some(true);
    let ways = [
        (automatic, "automatic_payment_methods"),
        (!form.list(ALLOWED).is_empty(), ALLOWED),
        (!form.list("payment_method_types").is_empty(), "payment_method_types"),
    ];
    let ways: Vec<&str> = ways.iter().filter(|(is_used, _)| *is_used).map(|(_, name)| *name).collect();
    if ways.len() > 1 {
        let message = format!("You may only specify one of these parameters: {}.", ways.join(", "));
        return Err(Refusal::invalid(message).code("parameters_exclusive"));
    }
    check_cards_only(form, ALLOWED)?;
    check_cards_only(form, "payment_method_types")
}

fn check_cards_only(form: &Group, name: &str) -> Outcome<()> {
    let types = form.list(name);
    match types.iter().position(|kind| *kind != "card") {
        Some(at) => {
            let message =
                format!("The payment method type \"{}\" is not one this simulator plays; it plays card.", types[at]);
            Err(Refusal::invalid(message).at(format!("{name}[{at}]")))
        }
        None => Ok(()),
    }
}

/// The payment method that the call names, for `current` or for an intent to be made.
pub(super) fn payment_method(books: &mut Books, call: &Call, current: Option<&Intent>) -> Outcome<Option<Id>> {
    let customer = call.form.filled("customer").or_else(|| current.and_then(|intent| intent.customer.as_deref()));
    let is_under_way =
        |intent: &&Intent| matches!(intent.status, Status::RequiresAction | Status::RequiresConfirmation);
    let under_way = current.filter(is_under_way).and_then(|intent| intent.payment_method.as_deref());
    method_for_intent(books, call, customer, under_way)
}

/// The payment method that the call names, made if it is a shortcut; refused if it does not exist or is spent.
///
/// The card of the attempt that is `under_way` may be named again.
pub(crate) fn method_for_intent(
    books: &mut Books,
    call: &Call,
    customer: Option<&str>,
    under_way: Option<&str>,
) -> Outcome<Option<Id>> {
    let Some(id) = call.form.filled("payment_method") else { return method_of_data(books, call) };
    if let Some(made) = from_shortcut(books, call, id) {
        return Ok(Some(made));
    }
    let method = books
        .methods
        .get(id)
        .ok_or_else(|| Refusal::missing("PaymentMethod", id, "payment_method").status(http::StatusCode::BAD_REQUEST))?;
    if method.spent && method.customer.is_none() && under_way != Some(id) {
        return Err(Refusal::invalid(SPENT).executed());
    }
    check_owner(method, customer)?;
    Ok(Some(method.id.clone()))
}

/// `payment_method_data`: a payment method made on the way.
fn method_of_data(books: &mut Books, call: &Call) -> Outcome<Option<Id>> {
    let Some(data) = call.form.group("payment_method_data") else { return Ok(None) };
    payment_methods::create_of(books, call, data).map(Some)
}

/// A saved card is charged only together with its customer.
fn check_owner(method: &Method, customer: Option<&str>) -> Outcome<()> {
    match (method.customer.as_deref(), customer) {
        (None, _) => Ok(()),
        (Some(owner), Some(named)) if owner == named => Ok(()),
        (Some(_), Some(_)) => {
            let message = format!(
                "The customer does not have a payment method with the ID {}. The payment method must be attached to the customer.",
                method.id
            );
            Err(Refusal::invalid(message).code("resource_missing").at("payment_method").executed())
        }
        (Some(_), None) => {
            let message = "The payment method you provided is attached to a customer so for security purposes you must provide the customer in the request.";
            Err(Refusal::invalid(message).executed())
        }
    }
}

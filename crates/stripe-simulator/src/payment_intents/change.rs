//! The parameters that create, update and confirm share.

use super::record::{Capture, Intent, Status};
use crate::books::Books;
use crate::call::Call;
use crate::customers;
use crate::form::Group;
use crate::params::check_email;
use crate::payment_methods::{Method, from_shortcut};
use crate::refusal::{Outcome, Refusal};

/// The message of a payment method that was used up.
const SPENT: &str = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.";

/// Writes the plain parameters of `form` into `intent`.
pub(super) fn apply(intent: &mut Intent, form: &Group) {
    form.assign("receipt_email", &mut intent.receipt_email);
    form.assign("setup_future_usage", &mut intent.setup_future_usage);
    form.assign("description", &mut intent.description);
    form.assign("statement_descriptor_suffix", &mut intent.statement_descriptor_suffix);
    form.assign("customer", &mut intent.customer);
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
    if card.filled("capture_method") == Some("manual") {
        intent.capture = Capture::Manual;
    }
    card.assign("setup_future_usage", &mut intent.setup_future_usage);
}

/// Checks what no table can: that the customer exists, and the letters of a statement suffix.
pub(super) fn check(books: &Books, form: &Group) -> Outcome<()> {
    customers::check_named(books, form)?;
    check_email(form, "receipt_email")?;
    check_suffix(form.filled("statement_descriptor_suffix"))?;
    check_types(form)
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

fn check_types(form: &Group) -> Outcome<()> {
    let types = form.list("payment_method_types");
    let enabled = form.group("automatic_payment_methods").and_then(|a| a.flag("enabled")) == Some(true);
    if enabled && !types.is_empty() {
        let message = "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.";
        return Err(Refusal::invalid(message).code("parameters_exclusive"));
    }
    match types.iter().position(|kind| *kind != "card") {
        Some(at) => {
            let message =
                format!("The payment method type \"{}\" is not one this simulator plays; it plays card.", types[at]);
            Err(Refusal::invalid(message).at(format!("payment_method_types[{at}]")))
        }
        None => Ok(()),
    }
}

/// The payment method that the call names, made if it is a shortcut; refused if it does not exist or is spent.
pub(super) fn payment_method(books: &mut Books, call: &Call, current: Option<&Intent>) -> Outcome<Option<String>> {
    let Some(id) = call.form.filled("payment_method") else { return Ok(None) };
    if let Some(made) = from_shortcut(books, call, id) {
        return Ok(Some(made));
    }
    let method = books
        .methods
        .get(id)
        .ok_or_else(|| Refusal::missing("PaymentMethod", id, "payment_method").status(http::StatusCode::BAD_REQUEST))?;
    // The card of the attempt that is under way may be named again.
    let same_attempt = current.is_some_and(|intent| {
        let under_way = matches!(intent.status, Status::RequiresAction | Status::RequiresConfirmation);
        under_way && intent.payment_method.as_deref() == Some(id)
    });
    if method.spent && method.customer.is_none() && !same_attempt {
        return Err(Refusal::invalid(SPENT).executed());
    }
    let customer = call.form.filled("customer").or_else(|| current.and_then(|intent| intent.customer.as_deref()));
    check_owner(method, customer)?;
    Ok(Some(id.to_owned()))
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

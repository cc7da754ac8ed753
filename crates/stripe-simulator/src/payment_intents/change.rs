//! The parameters that create, update and confirm share.

use super::record::{Capture, Intent, Status};
use crate::books::Books;
use crate::call::Call;
use crate::form::{Group, Node};
use crate::payment_methods::from_shortcut;
use crate::refusal::{Outcome, Refusal};

/// The message of a payment method that was used up.
const SPENT: &str = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.";

/// Writes the plain parameters of `form` into `intent`.
pub(super) fn apply(intent: &mut Intent, form: &Group) {
    set_or_clear(&mut intent.receipt_email, form, "receipt_email");
    set_or_clear(&mut intent.setup_future_usage, form, "setup_future_usage");
    set_or_clear(&mut intent.description, form, "description");
    set_or_clear(&mut intent.statement_descriptor_suffix, form, "statement_descriptor_suffix");
    set_or_clear(&mut intent.customer, form, "customer");
    if let Some(capture) = form.filled("capture_method").and_then(capture_method) {
        intent.capture = capture;
    }
    if let Some(card) = form.group("payment_method_options").and_then(|options| options.group("card")) {
        apply_card_options(intent, card);
    }
}

/// An absent parameter changes nothing; an empty one clears.
fn set_or_clear(field: &mut Option<String>, form: &Group, name: &str) {
    if let Some(Node::Text(text)) = form.get(name) {
        *field = Some(text.clone()).filter(|text| !text.is_empty());
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
    set_or_clear(&mut intent.setup_future_usage, card, "setup_future_usage");
}

/// Checks what no table can: the id of a customer and the letters of a statement suffix.
pub(super) fn check(form: &Group) -> Outcome<()> {
    if let Some(id) = form.filled("customer").filter(|id| !id.starts_with("cus_")) {
        return Err(Refusal::missing("customer", id, "customer").status(http::StatusCode::BAD_REQUEST));
    }
    if let Some(email) = form.filled("receipt_email").filter(|email| !email.contains('@')) {
        return Err(Refusal::invalid(format!("Invalid email address: {email}"))
            .code("email_invalid")
            .at("receipt_email"));
    }
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
    Ok(Some(id.to_owned()))
}

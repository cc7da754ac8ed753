//! Making, changing and cancelling setup intents.

use super::confirm::{attempt, no_method, unexpected_state};
use super::read::{find, no_such, show};
use super::record::{Setup, Status};
use super::tables;
use crate::books::Books;
use crate::call::Call;
use crate::customers;
use crate::events::{self, Kind};
use crate::form::Group;
use crate::ids::Id;
use crate::params;
use crate::payment_intents::{check_extras, check_return_url, check_types, method_for_intent};
use crate::refusal::Outcome;

/// `POST /v1/setup_intents`
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CREATE)?;
    call.expand.only("setup_intent")?;
    customers::check_named(books, &call.form)?;
    check_types(call)?;
    check_extras(&call.form)?;
    let confirm = call.form.flag("confirm") == Some(true);
    let allow_redirects = allow_redirects(&call.form);
    if confirm {
        check_return_url(allow_redirects == Some(true), &call.form)?;
        if call.form.filled("payment_method").is_none() && call.form.group("payment_method_data").is_none() {
            return Err(no_method(None));
        }
    }
    let method = method_for_intent(books, call, call.form.filled("customer"), None)?;
    let id = write(books, call, allow_redirects, method);
    events::note(books, Kind::SetupCreated, &id);
    if confirm { attempt(books, call, &id) } else { show(books, call, &id) }
}

/// Since 2023-08-16, an intent that names no types takes whatever the Dashboard allows.
fn allow_redirects(form: &Group) -> Option<bool> {
    let wish = form.group("automatic_payment_methods");
    let enabled = wish.and_then(|wish| wish.flag("enabled")).unwrap_or(true);
    let redirects = wish.and_then(|wish| wish.filled("allow_redirects")) != Some("never");
    (enabled && form.list("payment_method_types").is_empty()).then_some(redirects)
}

fn write(books: &mut Books, call: &Call, allow_redirects: Option<bool>, payment_method: Option<Id>) -> Id {
    let (id, client_secret) = books.next_intent_id("seti_1");
    let allowed = call.form.group("allowed_payment_method_types");
    let mut setup = Setup {
        id: id.clone(),
        created: call.now(),
        client_secret,
        status: if payment_method.is_some() { Status::RequiresConfirmation } else { Status::RequiresPaymentMethod },
        customer: None,
        description: None,
        metadata: call.metadata(),
        usage: call.owned("usage").unwrap_or_else(|| "off_session".to_owned()),
        allow_redirects,
        allowed_types: allowed.map(|_| vec!["card".to_owned()]),
        request_three_ds: "automatic".to_owned(),
        payment_method,
        latest_attempt: None,
        attempted_at: 0,
        last_error: None,
        action: None,
        cancellation_reason: None,
    };
    apply(&mut setup, &call.form);
    books.setups.put(setup);
    id
}

pub(super) fn apply(setup: &mut Setup, form: &Group) {
    form.assign("customer", &mut setup.customer);
    form.assign("description", &mut setup.description);
    let card = form.group("payment_method_options").and_then(|options| options.group("card"));
    if let Some(request) = card.and_then(|card| card.filled("request_three_d_secure")) {
        request.clone_into(&mut setup.request_three_ds);
    }
}

/// `POST /v1/setup_intents/{id}`
pub(crate) fn update(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::UPDATE)?;
    call.expand.only("setup_intent")?;
    customers::check_named(books, &call.form)?;
    check_types(call)?;
    check_extras(&call.form)?;
    let setup = find(books, call, id)?;
    if !setup.status.is_open() {
        let message =
            format!("You cannot update this SetupIntent because it has a status of {}.", setup.status.as_str());
        return Err(unexpected_state(message, id));
    }
    let customer = call.form.filled("customer").map(Id::from).or_else(|| setup.customer.clone());
    let method = method_for_intent(books, call, customer.as_deref(), None)?;
    let setup = books.setups.get_mut(id).ok_or_else(|| no_such(id))?;
    if method.is_some() {
        setup.payment_method = method;
        setup.status = Status::RequiresConfirmation;
        setup.action = None;
    }
    apply(setup, &call.form);
    call.merge_metadata(&mut setup.metadata);
    books.setups.relink(id);
    show(books, call, id)
}

/// `POST /v1/setup_intents/{id}/cancel`
pub(crate) fn cancel(books: &mut Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CANCEL)?;
    call.expand.only("setup_intent")?;
    let message = match find(books, call, id)?.status {
        Status::Succeeded => {
            "You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with one of the following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`."
        }
        // The doubled word is Stripe's.
        Status::Canceled => "You cannot cancel this SetupIntent because it it already canceled.",
        _ => "",
    };
    if !message.is_empty() {
        return Err(unexpected_state(message, id));
    }
    let setup = books.setups.get_mut(id).ok_or_else(|| no_such(id))?;
    setup.status = Status::Canceled;
    setup.cancellation_reason = call.owned("cancellation_reason");
    setup.action = None;
    events::note(books, Kind::SetupCanceled, id);
    show(books, call, id)
}

//! `POST /v1/payment_intents`

use super::confirm;
use super::confirm::redirects;
use super::record::{AutomaticMethods, Capture, Confirmation, Intent, Status};
use super::{change, read, tables};
use crate::books::Books;
use crate::call::Call;
use crate::events::{self, Kind};
use crate::form::Group;
use crate::ids::Id;
use crate::money;
use crate::params;
use crate::refusal::{Outcome, Refusal};

/// Makes an intent and, with `confirm=true`, begins its first attempt.
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, tables::CREATE)?;
    call.expand.only("payment_intent")?;
    change::check(books, call)?;
    check_confirm_only(&call.form)?;
    let currency = money::check_currency(call.form.text("currency").unwrap_or_default())?;
    let amount = call.form.integer("amount").unwrap_or_default();
    money::check_amount(amount, &currency)?;
    let confirm = call.form.flag("confirm") == Some(true);
    let automatic = automatic_methods(&call.form);
    if confirm {
        confirm::check_return_url(redirects(automatic), &call.form)?;
        if call.form.filled("payment_method").is_none() && call.form.group("payment_method_data").is_none() {
            return Err(confirm::no_method(None));
        }
    }
    let method = change::payment_method(books, call, None)?;
    let id = write(books, call, (amount, currency), automatic, method);
    if confirm { confirm::attempt(books, call, &id) } else { read::show(books, call, &id) }
}

/// Flags that mean something only while confirming.
fn check_confirm_only(form: &Group) -> Outcome<()> {
    if form.flag("confirm") == Some(true) {
        return Ok(());
    }
    let is_set = |name: &&str| form.filled(name).is_some_and(|text| text != "false");
    match ["off_session", "error_on_requires_action", "mandate", "mandate_data", "radar_options"]
        .into_iter()
        .find(|name| is_set(name) || form.group(name).is_some())
    {
        Some(name) => {
            let message = format!(
                "The parameter `{name}` cannot be passed when creating a PaymentIntent unless `confirm` is set to true."
            );
            Err(Refusal::invalid(message).at(name))
        }
        None => Ok(()),
    }
}

/// Since 2023-08-16, an intent that names no types takes whatever the Dashboard allows.
fn automatic_methods(form: &Group) -> Option<AutomaticMethods> {
    let wish = form.group("automatic_payment_methods");
    let enabled = wish.and_then(|wish| wish.flag("enabled")).unwrap_or(true);
    let allow_redirects = wish.and_then(|wish| wish.filled("allow_redirects")) != Some("never");
    (enabled && form.list("payment_method_types").is_empty()).then_some(AutomaticMethods { allow_redirects })
}

fn write(
    books: &mut Books,
    call: &Call,
    (amount, currency): (i64, String),
    automatic: Option<AutomaticMethods>,
    payment_method: Option<Id>,
) -> Id {
    let (id, client_secret) = books.next_intent_id("pi_3");
    let manual = call.form.filled("confirmation_method") == Some("manual");
    let mut intent = Intent {
        id: id.clone(),
        created: call.now(),
        client_secret,
        amount,
        amount_received: 0,
        currency,
        status: if payment_method.is_some() { Status::RequiresConfirmation } else { Status::RequiresPaymentMethod },
        capture: Capture::AutomaticAsync,
        confirmation: if manual { Confirmation::Manual } else { Confirmation::Automatic },
        automatic,
        allowed_types: None,
        request_three_ds: "automatic".to_owned(),
        moto: false,
        wants_incremental: false,
        increments: 0,
        customer: None,
        description: None,
        metadata: call.metadata(),
        receipt_email: None,
        setup_future_usage: None,
        statement_descriptor_suffix: None,
        payment_method,
        latest_charge: None,
        last_error: None,
        action: None,
        authenticated: None,
        attempts: 0,
        canceled_at: None,
        cancellation_reason: None,
        extras: None,
    };
    change::apply(&mut intent, &call.form);
    books.intents.put(intent);
    events::note(books, Kind::IntentCreated, &id);
    id
}

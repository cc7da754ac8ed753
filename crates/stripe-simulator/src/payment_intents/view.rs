//! A payment intent as the API shows it: whole to the secret key, in part to a page.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::error_view::LastErrorView;
use super::extras::{Details, Shipping};
use super::record::{Action, AutomaticMethods, Capture, Confirmation, Intent, Status};
use crate::books::Books;
use crate::charges::{ChargeView, Empty};
use crate::customers::CustomerView;
use crate::expand::{Expand, Linked};
use crate::payment_methods::MethodView;

/// The code of an authentication that failed.
const NOT_AUTHENTICATED: &str = "payment_intent_authentication_failure";

type Null = Option<()>;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct IntentView<'a> {
    id: &'a str,
    object: &'static str,
    allowed_payment_method_types: Option<&'a [String]>,
    amount: i64,
    amount_capturable: i64,
    amount_details: AmountDetails,
    amount_received: i64,
    application: Null,
    application_fee_amount: Null,
    automatic_payment_methods: Option<AutomaticView>,
    canceled_at: Option<i64>,
    cancellation_reason: Option<&'a str>,
    capture_method: Capture,
    client_secret: &'a str,
    confirmation_method: Confirmation,
    created: i64,
    currency: &'a str,
    customer: Option<Linked<'a, CustomerView<'a>>>,
    customer_account: Null,
    description: Option<&'a str>,
    excluded_payment_method_types: Option<&'a [String]>,
    last_payment_error: Option<Box<LastErrorView<'a>>>,
    latest_charge: Option<Linked<'a, ChargeView<'a>>>,
    livemode: bool,
    managed_payments: ManagedPayments,
    metadata: &'a BTreeMap<String, String>,
    next_action: Option<Value>,
    on_behalf_of: Null,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_details: Option<&'a Details>,
    payment_method: Option<Linked<'a, MethodView<'a>>>,
    payment_method_configuration_details: Null,
    payment_method_options: MethodOptions<'a>,
    payment_method_types: [&'static str; 1],
    processing: Null,
    receipt_email: Option<&'a str>,
    review: Null,
    setup_future_usage: Option<&'a str>,
    shared_payment_granted_token: Null,
    shipping: Option<&'a Shipping>,
    source: Null,
    statement_descriptor: Option<&'a str>,
    statement_descriptor_suffix: Option<&'a str>,
    status: Status,
    transfer_data: Null,
    transfer_group: Option<&'a str>,
}

/// What a page may see with the publishable key and the client secret.
#[derive(Serialize)]
pub(crate) struct PublicIntentView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    amount_details: AmountDetails,
    automatic_payment_methods: Option<AutomaticView>,
    canceled_at: Option<i64>,
    cancellation_reason: Option<&'a str>,
    capture_method: Capture,
    client_secret: &'a str,
    confirmation_method: Confirmation,
    created: i64,
    currency: &'a str,
    description: Option<&'a str>,
    last_payment_error: Option<Box<LastErrorView<'a>>>,
    livemode: bool,
    next_action: Option<Value>,
    payment_method: Option<&'a str>,
    payment_method_configuration_details: Null,
    payment_method_types: [&'static str; 1],
    processing: Null,
    receipt_email: Option<&'a str>,
    setup_future_usage: Option<&'a str>,
    shipping: Option<&'a Shipping>,
    source: Null,
    status: Status,
}

#[derive(Serialize)]
struct AmountDetails {
    tip: Empty,
}

#[derive(Serialize)]
pub(crate) struct AutomaticView {
    allow_redirects: &'static str,
    enabled: bool,
}

#[derive(Serialize)]
struct ManagedPayments {
    enabled: bool,
}

#[derive(Serialize)]
struct MethodOptions<'a> {
    card: CardOptions<'a>,
}

#[derive(Serialize)]
struct CardOptions<'a> {
    installments: Null,
    mandate_options: Null,
    network: Null,
    request_three_d_secure: &'a str,
}

impl<'a> IntentView<'a> {
    pub(crate) fn of(intent: &'a Intent, books: &'a Books, expand: &Expand, now: i64) -> Self {
        let extras = intent.extras.as_deref();
        Self {
            id: &intent.id,
            object: "payment_intent",
            allowed_payment_method_types: intent.allowed_types.as_deref(),
            amount: intent.amount,
            amount_capturable: if intent.status == Status::RequiresCapture { intent.amount } else { 0 },
            amount_details: AmountDetails { tip: Empty {} },
            amount_received: intent.amount_received,
            application: None,
            application_fee_amount: None,
            automatic_payment_methods: intent.automatic.map(AutomaticView::of),
            canceled_at: intent.canceled_at,
            cancellation_reason: intent.cancellation_reason.as_deref(),
            capture_method: intent.capture,
            client_secret: &intent.client_secret,
            confirmation_method: intent.confirmation,
            created: intent.created,
            currency: &intent.currency,
            customer: CustomerView::linked(intent.customer.as_deref(), books, expand),
            customer_account: None,
            description: intent.description.as_deref(),
            excluded_payment_method_types: extras.map(|e| &e.excluded_types[..]).filter(|types| !types.is_empty()),
            last_payment_error: LastErrorView::of(intent.last_error.as_deref(), NOT_AUTHENTICATED, books),
            latest_charge: latest_charge(intent, books, expand, now),
            livemode: false,
            managed_payments: ManagedPayments { enabled: false },
            metadata: &intent.metadata,
            next_action: next_action(intent.action.as_deref()),
            on_behalf_of: None,
            payment_details: extras.and_then(|e| e.details.as_ref()),
            payment_method: payment_method(intent, books, expand),
            payment_method_configuration_details: None,
            payment_method_options: MethodOptions::of(intent),
            payment_method_types: ["card"],
            processing: None,
            receipt_email: intent.receipt_email.as_deref(),
            review: None,
            setup_future_usage: intent.setup_future_usage.as_deref(),
            shared_payment_granted_token: None,
            shipping: extras.and_then(|e| e.shipping.as_ref()),
            source: None,
            statement_descriptor: extras.and_then(|e| e.statement_descriptor.as_deref()),
            statement_descriptor_suffix: intent.statement_descriptor_suffix.as_deref(),
            status: intent.status,
            transfer_data: None,
            transfer_group: extras.and_then(|e| e.transfer_group.as_deref()),
        }
    }
}

impl<'a> PublicIntentView<'a> {
    pub(crate) fn of(intent: &'a Intent, books: &'a Books) -> Self {
        Self {
            id: &intent.id,
            object: "payment_intent",
            amount: intent.amount,
            amount_details: AmountDetails { tip: Empty {} },
            automatic_payment_methods: intent.automatic.map(AutomaticView::of),
            canceled_at: intent.canceled_at,
            cancellation_reason: intent.cancellation_reason.as_deref(),
            capture_method: intent.capture,
            client_secret: &intent.client_secret,
            confirmation_method: intent.confirmation,
            created: intent.created,
            currency: &intent.currency,
            description: intent.description.as_deref(),
            last_payment_error: LastErrorView::of(intent.last_error.as_deref(), NOT_AUTHENTICATED, books),
            livemode: false,
            next_action: next_action(intent.action.as_deref()),
            payment_method: intent.payment_method.as_deref(),
            payment_method_configuration_details: None,
            payment_method_types: ["card"],
            processing: None,
            receipt_email: intent.receipt_email.as_deref(),
            setup_future_usage: intent.setup_future_usage.as_deref(),
            shipping: intent.extras.as_deref().and_then(|e| e.shipping.as_ref()),
            source: None,
            status: intent.status,
        }
    }
}

impl AutomaticView {
    fn of(methods: AutomaticMethods) -> Self {
        Self::allowing(methods.allow_redirects)
    }

    pub(crate) fn allowing(redirects: bool) -> Self {
        Self { allow_redirects: if redirects { "always" } else { "never" }, enabled: true }
    }
}

impl<'a> MethodOptions<'a> {
    fn of(intent: &'a Intent) -> Self {
        let request_three_d_secure = intent.request_three_ds.as_str();
        let card = CardOptions { installments: None, mandate_options: None, network: None, request_three_d_secure };
        Self { card }
    }
}

fn latest_charge<'a>(
    intent: &'a Intent,
    books: &'a Books,
    expand: &Expand,
    now: i64,
) -> Option<Linked<'a, ChargeView<'a>>> {
    expand.link("latest_charge", intent.latest_charge.as_deref(), |id, inside| {
        books.charges.get(id).map(|charge| ChargeView::of(charge, books, &inside, now))
    })
}

fn payment_method<'a>(intent: &'a Intent, books: &'a Books, expand: &Expand) -> Option<Linked<'a, MethodView<'a>>> {
    expand.link("payment_method", intent.payment_method.as_deref(), |id, inside| {
        books.methods.get(id).map(|method| MethodView::of(method, books, &inside))
    })
}

/// What the page has to do. The inner object is for Stripe.js alone.
pub(crate) fn next_action(action: Option<&Action>) -> Option<Value> {
    let Action { source, frictionless, return_url } = action?;
    if let Some(return_url) = return_url {
        let url = format!("https://hooks.stripe.com/3d_secure_2/hosted?source={source}");
        return Some(json!({ "redirect_to_url": { "return_url": return_url, "url": url }, "type": "redirect_to_url" }));
    }
    let kind = if *frictionless { "stripe_3ds2_fingerprint" } else { "three_d_secure_redirect" };
    let sdk = json!({ "source": source, "type": kind });
    Some(json!({ "type": "use_stripe_sdk", "use_stripe_sdk": sdk }))
}

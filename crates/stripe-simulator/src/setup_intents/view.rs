//! A setup intent as the API shows it: whole to the secret key, in part to a page.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::attempt_view::AttemptView;
use super::record::{Setup, Status};
use crate::books::Books;
use crate::customers::CustomerView;
use crate::expand::{Expand, Linked};
use crate::payment_intents::{AutomaticView, LastErrorView, next_action};
use crate::payment_methods::MethodView;

/// The code of an authentication that failed.
pub(super) const NOT_AUTHENTICATED: &str = "setup_intent_authentication_failure";

type Null = Option<()>;

/// Wire form, fields in Stripe's order. What a page may not see is left out for it.
#[derive(Serialize)]
pub(crate) struct SetupView<'a> {
    id: &'a str,
    object: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_payment_method_types: Option<&'a [String]>,
    #[serde(flatten)]
    private: Option<Private<'a>>,
    automatic_payment_methods: Option<AutomaticView>,
    cancellation_reason: Option<&'a str>,
    client_secret: &'a str,
    created: i64,
    description: Option<&'a str>,
    excluded_payment_method_types: Null,
    last_setup_error: Option<Box<LastErrorView<'a>>>,
    livemode: bool,
    next_action: Option<Value>,
    payment_method: Option<Linked<'a, MethodView<'a>>>,
    payment_method_configuration_details: Null,
    payment_method_types: [&'static str; 1],
    status: Status,
    usage: &'a str,
}

/// For the secret key only.
#[derive(Serialize)]
struct Private<'a> {
    application: Null,
    customer: Option<Linked<'a, CustomerView<'a>>>,
    customer_account: Null,
    flow_directions: Null,
    latest_attempt: Option<Linked<'a, AttemptView<'a>>>,
    mandate: Null,
    metadata: &'a BTreeMap<String, String>,
    on_behalf_of: Null,
    payment_method_options: Options<'a>,
    single_use_mandate: Null,
}

#[derive(Serialize)]
struct Options<'a> {
    card: CardOptions<'a>,
}

#[derive(Serialize)]
struct CardOptions<'a> {
    mandate_options: Null,
    network: Null,
    request_three_d_secure: &'a str,
}

impl<'a> SetupView<'a> {
    pub(crate) fn of(setup: &'a Setup, books: &'a Books, expand: &Expand) -> Self {
        let mut view = Self::for_page(setup, books);
        view.payment_method = expand.link("payment_method", setup.payment_method.as_deref(), |id, inside| {
            books.methods.get(id).map(|method| MethodView::of(method, books, &inside))
        });
        let card =
            CardOptions { mandate_options: None, network: None, request_three_d_secure: &setup.request_three_ds };
        view.private = Some(Private {
            application: None,
            customer: CustomerView::linked(setup.customer.as_deref(), books, expand),
            customer_account: None,
            flow_directions: None,
            latest_attempt: expand.link("latest_attempt", setup.latest_attempt.as_deref(), |id, inside| {
                Some(AttemptView::of(id, setup, books, &inside))
            }),
            mandate: None,
            metadata: &setup.metadata,
            on_behalf_of: None,
            payment_method_options: Options { card },
            single_use_mandate: None,
        });
        view
    }

    pub(crate) fn for_page(setup: &'a Setup, books: &'a Books) -> Self {
        Self {
            id: &setup.id,
            object: "setup_intent",
            allowed_payment_method_types: setup.allowed_types.as_deref(),
            private: None,
            automatic_payment_methods: setup.allow_redirects.map(AutomaticView::allowing),
            cancellation_reason: setup.cancellation_reason.as_deref(),
            client_secret: &setup.client_secret,
            created: setup.created,
            description: setup.description.as_deref(),
            excluded_payment_method_types: None,
            last_setup_error: LastErrorView::of(setup.last_error.as_deref(), NOT_AUTHENTICATED, books),
            livemode: false,
            next_action: next_action(setup.action.as_deref()),
            payment_method: setup.payment_method.as_deref().map(Linked::Id),
            payment_method_configuration_details: None,
            payment_method_types: ["card"],
            status: setup.status,
            usage: &setup.usage,
        }
    }
}

//! The latest try of a setup intent, as `expand[]=latest_attempt` shows it.

use serde::Serialize;

use super::record::{Setup, Status};
use super::view::SetupView;
use crate::books::Books;
use crate::cards::{Brand, Checks, Funding};
use crate::customers::CustomerView;
use crate::expand::{Expand, Linked};
use crate::payment_intents::LastErrorView;
use crate::payment_methods::{Method, MethodView};

type Null = Option<()>;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct AttemptView<'a> {
    id: &'a str,
    object: &'static str,
    application: Null,
    created: i64,
    customer: Option<Linked<'a, CustomerView<'a>>>,
    customer_account: Null,
    flow_directions: Null,
    livemode: bool,
    on_behalf_of: Null,
    payment_method: Option<Linked<'a, MethodView<'a>>>,
    payment_method_details: Details<'a>,
    setup_error: Option<Box<LastErrorView<'a>>>,
    setup_intent: Option<Linked<'a, SetupView<'a>>>,
    status: &'static str,
    usage: &'a str,
}

#[derive(Serialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<CardView<'a>>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct CardView<'a> {
    brand: Brand,
    checks: Checks,
    country: &'a str,
    exp_month: i64,
    exp_year: i64,
    fingerprint: &'a str,
    funding: Funding,
    last4: &'a str,
    network: Brand,
    three_d_secure: Null,
    wallet: Null,
}

impl<'a> AttemptView<'a> {
    pub(super) fn of(id: &'a str, setup: &'a Setup, books: &'a Books, expand: &Expand) -> Self {
        let error = setup.last_error.as_deref();
        let tried = setup.payment_method.as_deref().or_else(|| error.map(|error| &*error.method));
        let card = tried.and_then(|id| books.methods.get(id)).map(CardView::of);
        Self {
            id,
            object: "setup_attempt",
            application: None,
            created: setup.attempted_at,
            customer: CustomerView::linked(setup.customer.as_deref(), books, expand),
            customer_account: None,
            flow_directions: None,
            livemode: false,
            on_behalf_of: None,
            payment_method: expand.link("payment_method", tried, |id, inside| {
                books.methods.get(id).map(|method| MethodView::of(method, books, &inside))
            }),
            payment_method_details: Details { card, r#type: "card" },
            setup_error: LastErrorView::of(error, super::view::NOT_AUTHENTICATED, books),
            setup_intent: expand
                .link("setup_intent", Some(&setup.id), |_, inside| Some(SetupView::of(setup, books, &inside))),
            status: status(setup),
            usage: &setup.usage,
        }
    }
}

/// What became of the latest try, read off the intent.
fn status(setup: &Setup) -> &'static str {
    match setup.status {
        Status::Succeeded => "succeeded",
        Status::RequiresAction => "requires_action",
        Status::Canceled => "abandoned",
        Status::RequiresPaymentMethod | Status::RequiresConfirmation => "failed",
    }
}

impl<'a> CardView<'a> {
    fn of(method: &'a Method) -> Self {
        let face = &method.face;
        Self {
            brand: face.brand,
            checks: method.checks,
            country: &face.country,
            exp_month: face.exp_month,
            exp_year: face.exp_year,
            fingerprint: &face.fingerprint,
            funding: face.funding,
            last4: &face.last4,
            network: face.brand,
            three_d_secure: None,
            wallet: None,
        }
    }
}

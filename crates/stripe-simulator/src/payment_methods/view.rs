//! A payment method as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::record::{Billing, Method};
use crate::books::Books;
use crate::cards::{Brand, Checks, Funding};
use crate::customers::CustomerView;
use crate::expand::{Expand, Linked};

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct MethodView<'a> {
    id: &'a str,
    object: &'static str,
    allow_redisplay: &'a str,
    billing_details: &'a Billing,
    card: CardView<'a>,
    created: i64,
    customer: Option<Linked<'a, CustomerView<'a>>>,
    customer_account: Option<()>,
    livemode: bool,
    metadata: &'a BTreeMap<String, String>,
    shared_payment_granted_token: Option<()>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct CardView<'a> {
    brand: Brand,
    checks: Checks,
    country: &'a str,
    display_brand: &'a str,
    exp_month: i64,
    exp_year: i64,
    fingerprint: &'a str,
    funding: Funding,
    generated_from: Option<()>,
    last4: &'a str,
    networks: Networks<'a>,
    regulated_status: &'static str,
    three_d_secure_usage: ThreeDsUsage,
    wallet: Option<()>,
}

#[derive(Serialize)]
struct Networks<'a> {
    available: &'a [String],
    preferred: Option<()>,
}

#[derive(Serialize)]
struct ThreeDsUsage {
    supported: bool,
}

impl<'a> MethodView<'a> {
    pub(crate) fn of(method: &'a Method, books: &'a Books, expand: &Expand) -> Self {
        Self {
            id: &method.id,
            object: "payment_method",
            allow_redisplay: &method.allow_redisplay,
            billing_details: &method.billing,
            card: CardView::of(method),
            created: method.created,
            customer: CustomerView::linked(method.customer.as_deref(), books, expand),
            customer_account: None,
            livemode: false,
            metadata: &method.metadata,
            shared_payment_granted_token: None,
            r#type: "card",
        }
    }
}

impl<'a> CardView<'a> {
    fn of(method: &'a Method) -> Self {
        let face = &method.face;
        // A co-badged card is shown under its local network.
        let display_brand = face.networks.last().map_or(face.brand.as_str(), String::as_str);
        Self {
            brand: face.brand,
            checks: method.checks,
            country: &face.country,
            display_brand,
            exp_month: face.exp_month,
            exp_year: face.exp_year,
            fingerprint: &face.fingerprint,
            funding: face.funding,
            generated_from: None,
            last4: &face.last4,
            networks: Networks { available: &face.networks, preferred: None },
            regulated_status: "unregulated",
            three_d_secure_usage: ThreeDsUsage { supported: face.three_ds },
            wallet: None,
        }
    }
}

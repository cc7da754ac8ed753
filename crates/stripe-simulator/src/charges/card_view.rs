//! `payment_method_details.card` of a charge.

use serde::Serialize;

use super::record::{Charge, ThreeDs};
use crate::cards::{Brand, Checks, Funding};

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct CardDetails<'a> {
    amount_authorized: Option<i64>,
    authorization_code: Option<&'a str>,
    brand: Brand,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_before: Option<i64>,
    checks: Checks,
    country: &'a str,
    exp_month: i64,
    exp_year: i64,
    extended_authorization: Status,
    fingerprint: &'a str,
    funding: Funding,
    incremental_authorization: Status,
    installments: Option<()>,
    last4: &'a str,
    mandate: Option<()>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    moto: bool,
    multicapture: Status,
    network: &'static str,
    network_token: NetworkToken,
    network_transaction_id: &'a str,
    overcapture: Overcapture,
    regulated_status: &'static str,
    three_d_secure: Option<ThreeDsView>,
    transaction_link_id: Option<()>,
    wallet: Option<()>,
}

#[derive(Serialize)]
struct Status {
    status: &'static str,
}

#[derive(Serialize)]
struct NetworkToken {
    used: bool,
}

#[derive(Serialize)]
struct Overcapture {
    maximum_amount_capturable: i64,
    status: &'static str,
}

#[derive(Serialize)]
struct ThreeDsView {
    authentication_flow: Option<&'static str>,
    electronic_commerce_indicator: &'static str,
    exemption_indicator: Option<()>,
    result: &'static str,
    result_reason: Option<()>,
    transaction_id: Option<()>,
    version: &'static str,
}

impl ThreeDsView {
    fn of(how: ThreeDs) -> Self {
        let (flow, indicator, result) = match how {
            ThreeDs::Challenge => (Some("challenge"), "05", "authenticated"),
            ThreeDs::Frictionless => (Some("frictionless"), "05", "authenticated"),
            ThreeDs::Acknowledged => (None, "06", "attempt_acknowledged"),
        };
        Self {
            authentication_flow: flow,
            electronic_commerce_indicator: indicator,
            exemption_indicator: None,
            result,
            result_reason: None,
            transaction_id: None,
            version: "2.2.0",
        }
    }
}

impl<'a> CardDetails<'a> {
    pub(crate) fn of(charge: &'a Charge) -> Self {
        let face = &charge.face;
        let unavailable = Status { status: "unavailable" };
        Self {
            amount_authorized: charge.is_approved().then_some(charge.amount),
            authorization_code: charge.is_approved().then_some(charge.authorization_code.as_str()),
            brand: face.brand,
            capture_before: charge.capture_before,
            checks: charge.checks,
            country: &face.country,
            exp_month: face.exp_month,
            exp_year: face.exp_year,
            extended_authorization: Status { status: "disabled" },
            fingerprint: &face.fingerprint,
            funding: face.funding,
            incremental_authorization: Status { status: if charge.incremental { "available" } else { "unavailable" } },
            installments: None,
            last4: &face.last4,
            mandate: None,
            moto: charge.moto,
            multicapture: unavailable,
            network: face.brand.as_str(),
            network_token: NetworkToken { used: false },
            network_transaction_id: &charge.network_transaction_id,
            overcapture: Overcapture { maximum_amount_capturable: charge.amount, status: "unavailable" },
            regulated_status: "unregulated",
            three_d_secure: charge.three_ds.map(ThreeDsView::of),
            transaction_link_id: None,
            wallet: None,
        }
    }
}

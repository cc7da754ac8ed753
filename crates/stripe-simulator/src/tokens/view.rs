//! A token as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Token;
use crate::cards::{Brand, Check, Funding};
use crate::payment_methods::Method;

type Null = Option<()>;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct TokenView<'a> {
    id: &'a str,
    object: &'static str,
    card: CardView<'a>,
    client_ip: Null,
    created: i64,
    livemode: bool,
    r#type: &'static str,
    used: bool,
}

#[derive(Serialize)]
struct CardView<'a> {
    id: &'a str,
    object: &'static str,
    address_city: Option<&'a str>,
    address_country: Option<&'a str>,
    address_line1: Option<&'a str>,
    address_line1_check: Option<Check>,
    address_line2: Option<&'a str>,
    address_state: Option<&'a str>,
    address_zip: Option<&'a str>,
    address_zip_check: Option<Check>,
    brand: &'static str,
    country: &'a str,
    cvc_check: Option<Check>,
    dynamic_last4: Null,
    exp_month: i64,
    exp_year: i64,
    fingerprint: &'a str,
    funding: Funding,
    last4: &'a str,
    metadata: BTreeMap<String, String>,
    name: Option<&'a str>,
    networks: Networks,
    regulated_status: &'static str,
    tokenization_method: Null,
    wallet: Null,
}

#[derive(Serialize)]
struct Networks {
    preferred: Null,
}

impl<'a> TokenView<'a> {
    pub(super) fn of(token: &'a Token) -> Self {
        Self {
            id: &token.id,
            object: "token",
            card: CardView::of(&token.card_id, &token.method),
            client_ip: None,
            created: token.method.created,
            livemode: false,
            r#type: "card",
            used: token.used,
        }
    }
}

impl<'a> CardView<'a> {
    fn of(id: &'a str, method: &'a Method) -> Self {
        let (face, address) = (&method.face, &method.billing.address);
        Self {
            id,
            object: "card",
            address_city: address.city.as_deref(),
            address_country: address.country.as_deref(),
            address_line1: address.line1.as_deref(),
            address_line1_check: method.checks.address_line1_check,
            address_line2: address.line2.as_deref(),
            address_state: address.state.as_deref(),
            address_zip: address.postal_code.as_deref(),
            address_zip_check: method.checks.address_postal_code_check,
            brand: written_out(face.brand),
            country: &face.country,
            cvc_check: method.checks.cvc_check,
            dynamic_last4: None,
            exp_month: face.exp_month,
            exp_year: face.exp_year,
            fingerprint: &face.fingerprint,
            funding: face.funding,
            last4: &face.last4,
            metadata: BTreeMap::new(),
            name: method.billing.name.as_deref(),
            networks: Networks { preferred: None },
            regulated_status: "unregulated",
            tokenization_method: None,
            wallet: None,
        }
    }
}

/// Tokens spell the brands as they were spelt before payment methods.
fn written_out(brand: Brand) -> &'static str {
    match brand {
        Brand::Visa => "Visa",
        Brand::Mastercard => "MasterCard",
        Brand::Amex => "American Express",
        Brand::Discover => "Discover",
        Brand::Diners => "Diners Club",
        Brand::Jcb => "JCB",
        Brand::Unionpay => "UnionPay",
        Brand::Unknown => "Unknown",
    }
}

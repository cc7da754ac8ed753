//! `GET /v1/account` and `GET /v1/balance`

use serde::Serialize;
use serde_json::{Value, json};

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::params::{self, Kind, Param, takes};
use crate::refusal::Outcome;

const ONLY_EXPAND: &[Param] = &[takes("expand", Kind::Texts)];

/// What the simulated merchant keeps their books in.
const OWN_CURRENCY: &str = "usd";
/// The simulated merchant.
const BUSINESS_NAME: &str = "Harbour Books";

/// An object that starts, as all of Stripe's do, with its id and its kind.
#[derive(Serialize)]
struct Headed {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    object: &'static str,
    #[serde(flatten)]
    rest: Value,
}

/// `GET /v1/account`
pub(crate) fn account(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, ONLY_EXPAND)?;
    let rest = json!({
        "business_profile": {
            "mcc": "5942",
            "minority_owned_business_designation": null,
            "name": BUSINESS_NAME,
            "support_address": null,
            "support_email": null,
            "support_phone": null,
            "support_url": null,
            "url": null,
        },
        "business_type": "company",
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "country": "US",
        "created": 1_700_000_000,
        "default_currency": OWN_CURRENCY,
        "details_submitted": true,
        "email": "books@example.com",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
            "card_payments": {
                "statement_descriptor_prefix": "HARBOUR BOOKS",
                "statement_descriptor_prefix_kana": null,
                "statement_descriptor_prefix_kanji": null,
            },
            "dashboard": { "display_name": BUSINESS_NAME, "timezone": "Etc/UTC" },
            "payments": {
                "statement_descriptor": "HARBOUR BOOKS",
                "statement_descriptor_kana": null,
                "statement_descriptor_kanji": null,
                "statement_descriptor_prefix_kana": null,
                "statement_descriptor_prefix_kanji": null,
            },
        },
        "type": "standard",
    });
    Ok(answer::json(&Headed { id: Some(books.account_id()), object: "account", rest }))
}

/// `GET /v1/balance`
pub(crate) fn balance(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, ONLY_EXPAND)?;
    let mut sums: Vec<(&str, i64, i64)> = books.funds.at(call.now()).collect();
    // The account's own currency comes first, and is there even when it is empty.
    match sums.iter().position(|(currency, ..)| *currency == OWN_CURRENCY) {
        Some(place) => sums[..=place].rotate_right(1),
        None => sums.insert(0, (OWN_CURRENCY, 0, 0)),
    }
    let funds = |(currency, amount): (&str, i64)| json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } });
    let available: Vec<Value> = sums.iter().map(|(currency, available, _)| funds((currency, *available))).collect();
    let pending: Vec<Value> = sums.iter().map(|(currency, _, pending)| funds((currency, *pending))).collect();
    let rest = json!({
        "available": available,
        "livemode": false,
        "pending": pending,
        "refund_and_dispute_prefunding": { "available": [], "pending": [] },
    });
    Ok(answer::json(&Headed { id: None, object: "balance", rest }))
}

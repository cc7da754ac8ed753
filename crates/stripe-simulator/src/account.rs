//! `GET /v1/account` and `GET /v1/balance`

use serde::Serialize;
use serde_json::{Value, json};

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::charges;
use crate::params::{self, Kind, Param, takes};
use crate::refusal::Outcome;

const ONLY_EXPAND: &[Param] = &[takes("expand", Kind::Texts)];

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
        "business_profile": { "mcc": "5942", "name": BUSINESS_NAME, "support_email": null, "support_phone": null, "url": null },
        "business_type": "company",
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "country": "US",
        "created": 1_700_000_000,
        "default_currency": "usd",
        "details_submitted": true,
        "email": "books@example.com",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "card_payments": { "statement_descriptor_prefix": "HARBOUR BOOKS" },
            "dashboard": { "display_name": BUSINESS_NAME, "timezone": "Etc/UTC" },
            "payments": { "statement_descriptor": "HARBOUR BOOKS" },
        },
        "type": "standard",
    });
    Ok(answer::json(&Headed { id: Some(books.account_id()), object: "account", rest }))
}

/// `GET /v1/balance`
pub(crate) fn balance(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, ONLY_EXPAND)?;
    let (mut available, mut pending) = (0, 0);
    for charge in books.charges.iter().filter(|charge| charge.currency == "usd") {
        let (net, out) = charges::net(charge, call.now());
        *if out { &mut available } else { &mut pending } += net;
    }
    let funds = |amount: i64| json!([{ "amount": amount, "currency": "usd", "source_types": { "card": amount } }]);
    let rest = json!({
        "available": funds(available),
        "livemode": false,
        "pending": funds(pending),
        "refund_and_dispute_prefunding": { "available": [], "pending": [] },
    });
    Ok(answer::json(&Headed { id: None, object: "balance", rest }))
}

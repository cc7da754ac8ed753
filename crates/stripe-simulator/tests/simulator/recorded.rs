//! What the real Stripe answered when it said no, said again by this one.
//!
//! The texts are embedded, and held against the recordings where those are at hand (see `schema.rs`).

use serde_json::Value;

use crate::schema;
use crate::shop::{Shop, Told};

/// Endpoint, status, code, decline code, param, message. Ids stand as `{id}`.
type Recorded = (&'static str, u16, Option<&'static str>, Option<&'static str>, Option<&'static str>, &'static str);

const CONFIRM: &str = "POST /v1/payment_intents/{id}/confirm";
const SPENT: &str = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.";
const TOO_LITTLE: &str = "The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents";

/// Holds an answer against what was recorded.
fn assert_as_recorded(told: &Told, recorded: Recorded) {
    let (endpoint, status, code, decline, param, message) = recorded;
    assert_eq!(told.status, status, "{endpoint}: {}", told.body);
    assert_eq!(told.at("error.code").as_str(), code, "{endpoint}");
    assert_eq!(told.at("error.decline_code").as_str(), decline, "{endpoint}");
    assert_eq!(told.at("error.param").as_str(), param, "{endpoint}");
    assert_eq!(without_ids(&told.text("error.message")), message, "{endpoint}");
    let Some(all) = schema::shared("recordings/errors.json") else { return };
    let text = |entry: &Value, name: &str| entry[name].as_str().map(str::to_owned);
    let same = |entry: &&Value| {
        format!("{} {}", entry["method"].as_str().unwrap_or_default(), entry["endpoint"].as_str().unwrap_or_default())
            == endpoint
            && entry["status"] == status
            && text(entry, "code").as_deref() == code
            && text(entry, "decline_code").as_deref() == decline
            && text(entry, "param").as_deref() == param
            && text(entry, "message").as_deref() == Some(message)
    };
    let entry = all.as_array().into_iter().flatten().find(same);
    let entry = entry.unwrap_or_else(|| panic!("{endpoint} was never recorded to say: {message}"));
    assert_eq!(told.text("error.type"), entry["type"].as_str().unwrap_or_default());
}

/// Ids of this Stripe, written as the recordings write theirs.
fn without_ids(message: &str) -> String {
    let is_id = |word: &str| {
        let prefixes = ["ch_", "pi_", "pm_", "cus_", "seti_", "re_"];
        prefixes.iter().any(|prefix| word.starts_with(prefix)) && word.len() > 20
    };
    let words = message.split_inclusive([' ', '\'']);
    words
        .map(|word| {
            let bare = word.trim_end_matches([' ', '\'']);
            if is_id(bare) { word.replace(bare, "{id}") } else { word.to_owned() }
        })
        .collect()
}

#[test]
fn declines_are_told_as_recorded() {
    let declined = "Your card was declined.";
    let cases: [(&str, Recorded); 8] = [
        ("chargeDeclined", (CONFIRM, 402, Some("card_declined"), Some("generic_decline"), None, declined)),
        ("chargeDeclinedLostCard", (CONFIRM, 402, Some("card_declined"), Some("lost_card"), None, declined)),
        ("chargeDeclinedStolenCard", (CONFIRM, 402, Some("card_declined"), Some("stolen_card"), None, declined)),
        (
            "chargeDeclinedInsufficientFunds",
            (
                CONFIRM,
                402,
                Some("card_declined"),
                Some("insufficient_funds"),
                None,
                "Your card has insufficient funds.",
            ),
        ),
        (
            "chargeDeclinedVelocityLimitExceeded",
            (
                CONFIRM,
                402,
                Some("card_declined"),
                Some("card_velocity_exceeded"),
                None,
                "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
            ),
        ),
        (
            "chargeDeclinedExpiredCard",
            (CONFIRM, 402, Some("expired_card"), Some("expired_card"), Some("exp_month"), "Your card has expired."),
        ),
        (
            "chargeDeclinedIncorrectCvc",
            (
                CONFIRM,
                402,
                Some("incorrect_cvc"),
                Some("incorrect_cvc"),
                Some("cvc"),
                "Your card's security code is incorrect.",
            ),
        ),
        (
            "chargeDeclinedProcessingError",
            (
                CONFIRM,
                402,
                Some("processing_error"),
                Some("processing_error"),
                None,
                "An error occurred while processing your card. Try again in a little bit.",
            ),
        ),
    ];
    for (card, recorded) in cases {
        let mut shop = Shop::new();
        let intent = shop.intent("");
        let visa = shop.confirm(&intent, &format!("payment_method=pm_card_visa_{card}"));
        let told =
            if visa.status == 402 { visa } else { shop.confirm(&intent, &format!("payment_method=pm_card_{card}")) };
        assert_as_recorded(&told, recorded);
    }
}

#[test]
fn what_cannot_be_done_to_a_payment_is_told_as_recorded() {
    let mut shop = Shop::new();
    let create = "POST /v1/payment_intents";
    let told = shop.post("/v1/payment_intents", "amount=0&currency=usd");
    assert_as_recorded(&told, (create, 400, Some("parameter_invalid_integer"), None, Some("amount"), TOO_LITTLE));
    let card = shop.card("4000002760003184");
    let form = format!("amount=500&currency=usd&payment_method_types[]=card&confirm=true&payment_method={card}");
    let absent = "Your card was declined. This transaction requires authentication.";
    let required = Some("authentication_required");
    assert_as_recorded(
        &shop.post("/v1/payment_intents", &format!("{form}&off_session=true")),
        (create, 402, required, required, None, absent),
    );
    assert_as_recorded(&shop.post("/v1/payment_intents", &form), (create, 400, None, None, None, SPENT));
    let fraud = form.replace(&card, "pm_card_radarBlock");
    let recorded = (create, 402, Some("card_declined"), Some("fraudulent"), None, "Your card was declined.");
    assert_as_recorded(&shop.post("/v1/payment_intents", &fraud), recorded);
    let intent = shop.intent("");
    let cancel = format!("/v1/payment_intents/{intent}/cancel");
    shop.post(&cancel, "");
    let message = "You cannot cancel this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.";
    let unexpected = Some("payment_intent_unexpected_state");
    let endpoint = "POST /v1/payment_intents/{id}/cancel";
    assert_as_recorded(&shop.post(&cancel, ""), (endpoint, 400, unexpected, None, None, message));
    let told = shop.get("/v1/payment_intents/does%20not%20exist", "");
    assert_eq!(told.status, 404);
    let told = shop.get("/v1/charges/invalid-charge-id", "");
    let missing = Some("resource_missing");
    assert_as_recorded(
        &told,
        ("GET /v1/charges/{id}", 404, missing, None, Some("id"), "No such charge: 'invalid-charge-id'"),
    );
}

#[test]
fn refused_refunds_are_told_as_recorded() {
    let mut shop = Shop::new();
    let endpoint = "POST /v1/refunds";
    let sale = |shop: &mut Shop, number: &str| {
        let told = shop.post("/v1/payment_intents", "amount=1000&currency=usd&payment_method_types[]=card");
        let intent = told.text("id");
        shop.confirm_with(&intent, number);
        intent
    };
    let intent = sale(&mut shop, "4242424242424242");
    let refund = |shop: &mut Shop, intent: &str, amount: i64| {
        shop.post("/v1/refunds", &format!("payment_intent={intent}&amount={amount}"))
    };
    let more = "Refund amount ($11.00) is greater than charge amount ($10.00)";
    assert_as_recorded(&refund(&mut shop, &intent, 1_100), (endpoint, 400, None, None, Some("amount"), more));
    let whole = "This value must be greater than or equal to 1.";
    let recorded = (endpoint, 400, Some("parameter_invalid_integer"), None, Some("amount"), whole);
    assert_as_recorded(&refund(&mut shop, &intent, 0), recorded);
    refund(&mut shop, &intent, 500);
    let more = "Refund amount ($6.00) is greater than unrefunded amount on charge ($5.00)";
    assert_as_recorded(&refund(&mut shop, &intent, 600), (endpoint, 400, None, None, Some("amount"), more));
    refund(&mut shop, &intent, 500);
    let already = "Charge {id} has already been refunded.";
    let recorded = (endpoint, 400, Some("charge_already_refunded"), None, None, already);
    assert_as_recorded(&refund(&mut shop, &intent, 1), recorded);
    let disputed = sale(&mut shop, "4000000000002685");
    shop.later(10);
    let back = "Charge {id} has been charged back; cannot issue a refund.";
    assert_as_recorded(&refund(&mut shop, &disputed, 1), (endpoint, 400, Some("charge_disputed"), None, None, back));
}

#[test]
fn refusals_around_customers_and_cards_are_told_as_recorded() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let missing = Some("resource_missing");
    let told = shop.get("/v1/customers/non_existing_customer_id", "");
    let message = "No such customer: 'non_existing_customer_id'";
    assert_as_recorded(&told, ("GET /v1/customers/{id}", 404, missing, None, Some("id"), message));
    let attach = "POST /v1/payment_methods/{id}/attach";
    let told = shop.post("/v1/payment_methods/abcd/attach", &format!("customer={jane}"));
    assert_as_recorded(&told, (attach, 404, missing, None, Some("payment_method"), "No such PaymentMethod: 'abcd'"));
    let declined = (attach, 402, Some("card_declined"), Some("generic_decline"), Some(""), "Your card was declined.");
    let path = "/v1/payment_methods/pm_card_visa_chargeDeclined/attach";
    assert_as_recorded(&shop.post(path, &format!("customer={jane}")), declined);
    let told = shop.post("/v1/payment_methods/pm_card_visa/attach", &format!("customer={jane}"));
    let joe = shop.customer("");
    let told = shop.post(&format!("/v1/payment_methods/{}/attach", told.text("id")), &format!("customer={joe}"));
    let message = "The payment method you provided has already been attached to a customer.";
    assert_as_recorded(&told, (attach, 400, None, None, None, message));
    let told = shop.type_card("4242424242424241", "");
    let number = Some("incorrect_number");
    let message = "Your card number is incorrect.";
    assert_as_recorded(&told, ("POST /v1/payment_methods", 402, number, None, Some("number"), message));
    let id = shop.post("/v1/setup_intents", "payment_method_types[]=card").text("id");
    let cancel = format!("/v1/setup_intents/{id}/cancel");
    shop.post(&cancel, "");
    let message = "You cannot cancel this SetupIntent because it it already canceled.";
    let unexpected = Some("setup_intent_unexpected_state");
    assert_as_recorded(
        &shop.post(&cancel, ""),
        ("POST /v1/setup_intents/{id}/cancel", 400, unexpected, None, None, message),
    );
}

/// What was recorded and is not said here, and why.
const NOT_SAID: &[(&str, &str)] = &[
    ("Too many charges with transfer group", "only platforms have so many; charges are not listed by their group"),
    ("OAuth key or Stripe-Account header was used", "there are no connected accounts"),
    ("exists on one of your connected accounts", "there are no connected accounts"),
    ("The provided mandate has been canceled", "there are no Indian mandates"),
    ("Invalid API Key provided", "the recording hides the key that Stripe shows in part"),
];

/// Versions of the API that left out the decline code of these; it is told here, as it is since 2025.
const DECLINE_CODE_SINCE_2025: &[&str] = &["expired_card", "incorrect_cvc"];

/// Every refusal that a till can bring about, with the endpoint that said so.
fn every_refusal() -> Vec<(&'static str, Told)> {
    let mut said = Vec::new();
    let mut shop = Shop::new();
    say_missing(&mut shop, &mut said);
    say_declines(&mut shop, &mut said, DECLINED);
    say_other_cards(&mut shop, &mut said);
    say_wrong_states(&mut shop, &mut said);
    say_refunds(&mut shop, &mut said);
    shop.control("features", r#"{"block_if_cvc_fails":true,"block_if_postal_code_fails":true}"#);
    say_declines(&mut shop, &mut said, BLOCKED);
    said
}

fn say_missing(shop: &mut Shop, said: &mut Vec<(&'static str, Told)>) {
    for id in ["2763276372637263", "an-invalid-charge-id", "invalid-charge-id", "ch_000000000000000000000000"] {
        said.push(("GET /v1/charges/{id}", shop.get(&format!("/v1/charges/{id}"), "")));
    }
    for id in ["1", "non_existing_customer_id", "cus_000000000000000000000000"] {
        said.push(("GET /v1/customers/{id}", shop.get(&format!("/v1/customers/{id}"), "")));
    }
    said.push(("GET /v1/payment_intents/{id}", shop.get("/v1/payment_intents/does%20not%20exist", "")));
    said.push(("GET /v1/setup_intents/{id}", shop.get("/v1/setup_intents/does%20not%20exist", "")));
    let jane = shop.customer("");
    for id in ["abcd", "invalid"] {
        let path = format!("/v1/payment_methods/{id}/attach");
        said.push(("POST /v1/payment_methods/{id}/attach", shop.post(&path, &format!("customer={jane}"))));
    }
    for id in ["000000001", "000000002", "000000005", "000000006"] {
        let form = format!("amount=500&currency=usd&transfer_data[destination]={id}");
        said.push(("POST /v1/payment_intents", shop.post("/v1/payment_intents", &form)));
    }
}

/// Cards that are declined, and then those that only a rule of the merchant declines.
const DECLINED: &[&str] = &[
    "4000000000000002",
    "4000000000009995",
    "4000000000009987",
    "4000000000009979",
    "4000000000000069",
    "4000000000000127",
    "4000000000000119",
    "4000000000006975",
    "4100000000000019",
];
const BLOCKED: &[&str] = &["4000000000000101", "4000000000000036"];

fn say_declines(shop: &mut Shop, said: &mut Vec<(&'static str, Told)>, numbers: &[&str]) {
    let jane = shop.customer("");
    for &number in numbers {
        let form = "amount=500&currency=usd&payment_method_types[]=card&confirm=true";
        let card = shop.card(number);
        said.push((
            "POST /v1/payment_intents",
            shop.post("/v1/payment_intents", &format!("{form}&payment_method={card}")),
        ));
        let intent = shop.intent("");
        said.push((CONFIRM, shop.confirm_with(&intent, number)));
        let card = shop.card(number);
        let told = shop.post("/v1/customers", &format!("payment_method={card}"));
        if told.status != 200 {
            said.push(("POST /v1/customers", told));
        }
        let card = shop.card(number);
        let told = shop.post(&format!("/v1/payment_methods/{card}/attach"), &format!("customer={jane}"));
        if told.status != 200 {
            said.push(("POST /v1/payment_methods/{id}/attach", told));
        }
    }
}

fn say_other_cards(shop: &mut Shop, said: &mut Vec<(&'static str, Told)>) {
    let jane = shop.customer("");
    said.push(("POST /v1/payment_methods", shop.type_card("4242424242424241", "")));
    let form = "amount=500&currency=usd&payment_method_types[]=card&confirm=true&off_session=true";
    let card = shop.card("4000002760003184");
    for _ in 0..2 {
        let form = format!("{form}&payment_method={card}");
        said.push(("POST /v1/payment_intents", shop.post("/v1/payment_intents", &form)));
    }
    let card = shop.post("/v1/payment_methods/pm_card_visa/attach", &format!("customer={jane}")).text("id");
    let joe = shop.customer("");
    let told = shop.post(&format!("/v1/payment_methods/{card}/attach"), &format!("customer={joe}"));
    said.push(("POST /v1/payment_methods/{id}/attach", told));
}

fn say_wrong_states(shop: &mut Shop, said: &mut Vec<(&'static str, Told)>) {
    said.push(("POST /v1/payment_intents", shop.post("/v1/payment_intents", "amount=0&currency=usd")));
    let (paid, gone) = (shop.intent(""), shop.intent(""));
    shop.confirm(&paid, "payment_method=pm_card_visa");
    shop.post(&format!("/v1/payment_intents/{gone}/cancel"), "");
    for intent in [paid, gone] {
        let told = shop.post(&format!("/v1/payment_intents/{intent}/cancel"), "");
        said.push(("POST /v1/payment_intents/{id}/cancel", told));
    }
    let kept = shop.post("/v1/setup_intents", "payment_method_types[]=card&payment_method=pm_card_visa&confirm=true");
    let gone = shop.post("/v1/setup_intents", "payment_method_types[]=card");
    shop.post(&format!("/v1/setup_intents/{}/cancel", gone.text("id")), "");
    for setup in [kept.text("id"), gone.text("id")] {
        said.push(("POST /v1/setup_intents/{id}/cancel", shop.post(&format!("/v1/setup_intents/{setup}/cancel"), "")));
    }
}

fn say_refunds(shop: &mut Shop, said: &mut Vec<(&'static str, Told)>) {
    let paid = |shop: &mut Shop, number: &str| {
        let form = "amount=1000&currency=usd&payment_method_types[]=card";
        let intent = shop.post("/v1/payment_intents", form).text("id");
        shop.confirm_with(&intent, number);
        intent
    };
    let intent = paid(shop, "4242424242424242");
    for amount in [1_100, 0, 500, 600, 500, 1] {
        let told = shop.post("/v1/refunds", &format!("payment_intent={intent}&amount={amount}"));
        if told.status != 200 {
            said.push(("POST /v1/refunds", told));
        }
    }
    let disputed = paid(shop, "4000000000002685");
    shop.later(10);
    said.push(("POST /v1/refunds", shop.post("/v1/refunds", &format!("payment_intent={disputed}"))));
}

#[test]
fn every_recorded_refusal_is_said_word_for_word_or_named_as_not_said() {
    let said = every_refusal();
    assert!(said.iter().all(|(endpoint, told)| told.status >= 400 || panic!("{endpoint} did not refuse")));
    let Some(all) = schema::shared("recordings/errors.json") else { return };
    for entry in all.as_array().into_iter().flatten() {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        let message = text("message");
        let old =
            |versions: &Value| versions.as_object().is_some_and(|all| all.keys().all(|name| name.as_str() < "2025"));
        let is_old = old(&entry["versions"]);
        let endpoint = format!("{} {}", text("method"), text("endpoint"));
        let same = |(at, told): &&(&str, Told)| {
            *at == endpoint
                && told.status == entry["status"]
                && told.text("error.type") == text("type")
                && told.at("error.code") == &entry["code"]
                && (told.at("error.decline_code") == &entry["decline_code"]
                    || (is_old && DECLINE_CODE_SINCE_2025.contains(&text("code"))))
                && told.at("error.param") == &entry["param"]
                && without_ids(&told.text("error.message")) == message
        };
        let older_words = is_old
            && matches!(
                (endpoint.as_str(), message),
                // Said differently since: see `TOO_LITTLE`, and the decline code of a processing error.
                ("POST /v1/payment_intents", "This value must be greater than or equal to 1.")
            )
            || (text("code") == "processing_error" && text("decline_code") == "generic_decline");
        let not_said = NOT_SAID.iter().any(|(part, _)| message.contains(part));
        assert!(older_words || not_said || said.iter().any(|told| same(&told)), "never said: {entry:#}");
    }
}

use super::samples::{CHARGE, error, intent, list, refund, response};
use super::*;
use crate::object::{CaptureMethod, Expandable, IntentStatus, NextAction, RefundStatus};

fn body(status: u16, text: impl Into<Bytes>) -> Body {
    read(&response(status, text)).body
}

fn read_intent(text: String) -> PaymentIntent {
    match body(200, text) {
        Body::PaymentIntent(intent) => *intent,
        other => panic!("{other:?}"),
    }
}

fn read_api_error(status: u16, text: String) -> ApiError {
    match body(status, text) {
        Body::Error(error) => *error,
        other => panic!("{other:?}"),
    }
}

fn unreadable(status: u16, text: impl Into<Bytes>) -> bool {
    matches!(body(status, text), Body::Unreadable(_))
}

#[test]
fn every_status_of_an_intent_is_told() {
    use IntentStatus as S;
    for (word, status) in [
        ("requires_payment_method", S::RequiresPaymentMethod),
        ("requires_confirmation", S::RequiresConfirmation),
        ("requires_action", S::RequiresAction),
        ("processing", S::Processing),
        ("requires_capture", S::RequiresCapture),
        ("canceled", S::Canceled),
        ("succeeded", S::Succeeded),
        ("requires_a_new_word", S::Unknown("requires_a_new_word".to_owned())),
    ] {
        let intent = read_intent(intent(word, ""));
        assert_eq!((intent.status.as_str(), &intent.status), (word, &status));
        assert_eq!((intent.id.as_str(), intent.amount, intent.currency.as_str()), ("pi_1", 1099, "usd"));
        assert_eq!((intent.livemode, intent.created), (false, 1_785_326_400));
        assert_eq!(intent.capture_method, Some(CaptureMethod::AutomaticAsync));
        assert_eq!(intent.metadata["sale_id"], "01J");
    }
}

#[test]
fn the_card_that_was_charged_is_read_from_the_expanded_charge() {
    let intent = read_intent(intent("succeeded", &format!(r#","latest_charge":{CHARGE}"#)));
    assert_eq!(intent.charge_id(), Some("ch_1"));
    let charge = intent.charge().unwrap();
    let card = charge.card().unwrap();
    assert_eq!((card.brand.as_deref(), card.last4.as_deref()), (Some("visa"), Some("4242")));
    assert_eq!((card.exp_month, card.exp_year, card.moto), (Some(12), Some(2034), Some(true)));
    assert_eq!((card.capture_before, charge.authorization_code()), (Some(1_785_931_200), Some("123456")));
    assert_eq!((charge.amount_captured, charge.captured, charge.disputed), (1099, true, false));
    assert_eq!(charge.outcome.as_ref().unwrap().risk_level.as_deref(), Some("normal"));
}

#[test]
fn a_charge_may_also_be_an_id_or_nothing() {
    let with_id = read_intent(intent("succeeded", r#","latest_charge":"ch_1""#));
    assert_eq!((with_id.charge_id(), with_id.charge()), (Some("ch_1"), None));
    let without = read_intent(intent("canceled", r#","latest_charge":null"#));
    assert_eq!((without.charge_id(), without.charge()), (None, None));
}

#[test]
fn the_kind_of_next_action_is_told_and_its_content_is_not() {
    for (word, action) in [
        ("use_stripe_sdk", NextAction::UseStripeSdk),
        ("redirect_to_url", NextAction::RedirectToUrl),
        ("dance", NextAction::Unknown("dance".to_owned())),
    ] {
        let more = format!(r#","next_action":{{"{word}":{{"url":"x"}},"type":"{word}"}}"#);
        assert_eq!(read_intent(intent("requires_action", &more)).next_action, Some(action));
    }
}

#[test]
fn a_decline_brings_the_intent_as_it_stands_now() {
    let last = r#","last_payment_error":{"type":"card_error","code":"card_declined","payment_method":{"id":"pm_1"}}"#;
    let more = format!(
        r#","code":"card_declined","decline_code":"insufficient_funds","advice_code":"try_again_later","charge":"ch_1",
        "network_decline_code":"51","payment_method":{{"id":"pm_1","object":"payment_method"}},"payment_intent":{}"#,
        intent("requires_payment_method", last)
    );
    let error = read_api_error(402, error("card_error", &more));
    assert_eq!((&error.kind, error.code.as_deref()), (&ErrorKind::Card, Some("card_declined")));
    assert_eq!(error.decline_code.as_deref(), Some("insufficient_funds"));
    assert_eq!((error.charge.as_deref(), error.payment_method.as_deref()), (Some("ch_1"), Some("pm_1")));
    let intent = error.payment_intent.unwrap();
    assert_eq!(intent.status, IntentStatus::RequiresPaymentMethod);
    assert_eq!(intent.last_payment_error.unwrap().payment_method.as_deref(), Some("pm_1"));
}

#[test]
fn a_wrong_state_brings_the_state() {
    let more = format!(r#","code":"payment_intent_unexpected_state","payment_intent":{}"#, intent("succeeded", ""));
    let error = read_api_error(400, error("invalid_request_error", &more));
    assert_eq!(error.code.as_deref(), Some("payment_intent_unexpected_state"));
    assert_eq!(error.payment_intent.unwrap().status, IntentStatus::Succeeded);
}

#[test]
fn every_kind_of_error_is_told() {
    for (status, word, kind) in [
        (400, "idempotency_error", ErrorKind::Idempotency),
        (401, "invalid_request_error", ErrorKind::InvalidRequest),
        (403, "invalid_request_error", ErrorKind::InvalidRequest),
        (404, "invalid_request_error", ErrorKind::InvalidRequest),
        (409, "idempotency_error", ErrorKind::Idempotency),
        (429, "rate_limit_error", ErrorKind::Unknown("rate_limit_error".to_owned())),
        (500, "api_error", ErrorKind::Api),
        (503, "api_error", ErrorKind::Api),
    ] {
        let answer = read(&response(status, error(word, "")));
        assert_eq!(answer.status, status);
        assert!(matches!(answer.body, Body::Error(error) if error.kind == kind), "{status}");
    }
}

#[test]
fn refunds_lists_account_and_balance_are_told_apart() {
    for (word, status) in [
        ("succeeded", RefundStatus::Succeeded),
        ("pending", RefundStatus::Pending),
        ("failed", RefundStatus::Bounced),
        ("dozing", RefundStatus::Unknown("dozing".to_owned())),
    ] {
        let Body::Refund(refund) = body(200, refund(word)) else { panic!("no refund") };
        assert_eq!((refund.status, refund.metadata["refund_id"].as_str()), (status, "01R"));
    }
    let page = list("/v1/refunds?payment_intent=pi_1", &[refund("pending")], false);
    assert!(matches!(body(200, page), Body::Refunds(page) if page.data.len() == 1 && !page.has_more));
    let page = list("/v1/payment_intents", &[intent("processing", ""), intent("canceled", "")], true);
    assert!(matches!(body(200, page), Body::PaymentIntents(page) if page.data.len() == 2 && page.has_more));
    let empty = list("/v1/payment_intents", &[], false);
    assert!(matches!(body(200, empty), Body::PaymentIntents(page) if page.data.is_empty()));
    let balance = r#"{"object":"balance","available":[{"amount":0,"currency":"eur"},{"amount":7,"currency":"usd"},7],
        "livemode":false,"pending":[]}"#;
    let Body::Balance(balance) = body(200, balance) else { panic!("no balance") };
    assert_eq!(balance.currencies().collect::<Vec<_>>(), ["eur", "usd"]);
    for odd in [r#"{"object":"balance"}"#, r#"{"object":"balance","available":"none"}"#] {
        let Body::Balance(balance) = body(200, odd) else { panic!("no balance") };
        assert_eq!(balance.currencies().count(), 0, "{odd}");
    }
    let account = r#"{"object":"account","id":"acct_1","country":"IE","charges_enabled":true,"email":null,
        "business_profile":{"name":null},"settings":{"dashboard":{"display_name":"Corner Shop"}}}"#;
    let Body::Account(account) = body(200, account) else { panic!("no account") };
    assert_eq!((account.business_name(), account.country.as_deref()), (Some("Corner Shop"), Some("IE")));
}

#[test]
fn an_answer_that_contradicts_itself_decides_nothing() {
    let good = intent("succeeded", "");
    for status in [100, 301, 302, 400, 402, 500, 503] {
        assert!(unreadable(status, good.clone()), "{status}");
    }
    for status in [200, 201, 302] {
        assert!(unreadable(status, error("card_error", "")), "{status}");
    }
    assert!(unreadable(200, intent("succeeded", r#","error":{"type":"card_error"}"#)));
    assert!(unreadable(200, intent("requires_payment_method", r#","status":"succeeded""#)));
    assert!(unreadable(200, intent("succeeded", r#","object":"refund""#)));
    assert!(unreadable(402, r#"{"error":{"message":"no type"}}"#));
    assert!(unreadable(402, r#"{"error":{"type":""}}"#));
}

#[test]
fn junk_decides_nothing() {
    let good = intent("succeeded", "");
    for junk in [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "7",
        "\"payment_intent\"",
        "<!doctype html><title>Free Wi-Fi</title>",
        r#"{"object":"payment_intent"}"#,
        r#"{"object":"charge","id":"ch_1"}"#,
        r#"{"object":"list","data":[],"has_more":false}"#,
        r#"{"object":"list","url":"/v1/customers","data":[],"has_more":false}"#,
        r#"{"object":"list","url":"/v1/refunds","has_more":false}"#,
        r#"{"object":["payment_intent"]}"#,
        r#"{"error":null}"#,
        r#"{"error":"card_error"}"#,
        r#"{"error":[]}"#,
        "\u{feff}{}",
    ] {
        assert!(unreadable(200, junk) && unreadable(402, junk), "{junk}");
    }
    assert!(unreadable(200, format!("{good}{good}")));
    assert!(unreadable(200, vec![0xff; 4096]));
    assert!(unreadable(200, vec![b'['; 2 << 20]));
    assert!(unreadable(200, "{\"a\":".repeat(100_000)));
    assert!(unreadable(402, "{\"error\":".repeat(100_000)));
    assert!(unreadable(402, "{\"error\":{\"payment_intent\":".repeat(100_000)));
}

#[test]
fn a_truncated_answer_decides_nothing() {
    let whole = intent("succeeded", &format!(r#","latest_charge":{CHARGE}"#));
    for end in 0..whole.len() {
        assert!(unreadable(200, Bytes::copy_from_slice(&whole.as_bytes()[..end])), "{end}");
    }
}

#[test]
fn a_wrong_type_where_money_is_decided_decides_nothing() {
    for (right, wrong) in [
        (r#""amount":1099"#, r#""amount":"1099""#),
        (r#""amount":1099"#, r#""amount":1099.0"#),
        (r#""amount":1099"#, r#""amount":18446744073709551615"#),
        (r#""amount":1099"#, r#""amount":1e400"#),
        (r#""currency":"usd""#, r#""currency":null"#),
        (r#""status":"succeeded""#, r#""status":{}"#),
        (r#""livemode":false"#, r#""livemode":"false""#),
        (r#""id":"pi_1""#, r#""id":1"#),
        (r#""created":1785326400"#, r#""created":true"#),
    ] {
        let text = intent("succeeded", "");
        assert!(text.contains(right), "{right}");
        assert!(unreadable(200, text.replace(right, wrong)), "{wrong}");
        assert!(unreadable(200, text.replace(&format!("{right},"), "")), "without {right}");
    }
}

#[test]
fn a_wrong_type_in_a_decoration_changes_nothing_else() {
    let optional = [
        "latest_charge",
        "last_payment_error",
        "next_action",
        "payment_method",
        "description",
        "canceled_at",
        "cancellation_reason",
        "a_field_of_next_year",
    ];
    for field in optional {
        for odd in ["null", "true", "-7", "1e9", "[]", "[{\"a\":[1,2]}]", "18446744073709551615", "\"\"", "[[[]]]"] {
            let intent = read_intent(intent("succeeded", &format!(r#","{field}":{odd}"#)));
            assert_eq!(intent.status, IntentStatus::Succeeded, "{field} {odd}");
        }
    }
    let odd = intent("succeeded", "")
        .replace(r#""01J""#, r#"{"a":["b"]}"#)
        .replace(r#""customer":null"#, r#""customer":{"id":"cus_1","object":"customer"}"#)
        .replace(r#""amount_received":0"#, r#""amount_received":{}"#);
    let odd = read_intent(odd);
    assert_eq!(odd.metadata.keys().collect::<Vec<_>>(), ["gen"]);
    assert_eq!((odd.customer.as_deref(), odd.amount_received), (Some("cus_1"), 0));
}

#[test]
fn a_card_with_odd_details_is_still_a_card() {
    let charge = CHARGE.replace("\"4242\"", "4242").replace(":12,", ":\"12\",").replace("\"US\"", "[]");
    let intent = read_intent(intent("succeeded", &format!(r#","latest_charge":{charge}"#)));
    let Some(Expandable::Object(charge)) = intent.latest_charge else { panic!("no charge") };
    let card = charge.card().unwrap();
    assert_eq!((card.brand.as_deref(), card.last4.as_deref()), (Some("visa"), None));
    assert_eq!((card.exp_month, card.country.as_deref()), (None, None));
}

#[test]
fn no_flipped_byte_makes_a_panic() {
    let texts = [
        (200, intent("succeeded", &format!(r#","latest_charge":{CHARGE}"#))),
        (402, error("card_error", &format!(r#","payment_intent":{}"#, intent("requires_payment_method", "")))),
    ];
    for (status, text) in texts {
        for at in 0..text.len() {
            for byte in [0, b'"', b'{', b'}', b'[', b'9', b'\\', 0x80, 0xff] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] = byte;
                assert_eq!(read(&response(status, bytes)).status, status);
            }
        }
    }
}

#[test]
fn a_large_answer_is_read_like_any_other() {
    let padding = "x".repeat(2 << 20);
    let text = intent("succeeded", &format!(r#","padding":"{padding}","deep":{}{}"#, "[".repeat(90), "]".repeat(90)));
    assert_eq!(read_intent(text).status, IntentStatus::Succeeded);
}

//! Card numbers: what each becomes, and what is never kept.

use crate::shop::{SECRET, Shop};

#[test]
fn every_published_decline_answers_with_its_codes() {
    let cases = [
        ("4000000000000002", "card_declined", Some("generic_decline"), Some("try_again_later")),
        ("4000000000009995", "card_declined", Some("insufficient_funds"), Some("try_again_later")),
        ("4000000000009987", "card_declined", Some("lost_card"), Some("do_not_try_again")),
        ("4000000000009979", "card_declined", Some("stolen_card"), Some("do_not_try_again")),
        ("4000000000000069", "expired_card", Some("expired_card"), Some("confirm_card_data")),
        ("4000000000000127", "incorrect_cvc", Some("incorrect_cvc"), Some("confirm_card_data")),
        ("4000000000000119", "processing_error", Some("processing_error"), Some("try_again_later")),
        ("4000000000006975", "card_declined", Some("card_velocity_exceeded"), Some("try_again_later")),
        ("4100000000000019", "card_declined", Some("fraudulent"), None),
        ("4000008400001280", "card_declined", Some("generic_decline"), Some("try_again_later")),
    ];
    for (number, code, decline, advice) in cases {
        let mut shop = Shop::new();
        let intent = shop.intent("");
        let told = shop.confirm_with(&intent, number);
        assert_eq!((told.status, told.text("error.type")), (402, "card_error".into()), "{number}");
        assert_eq!(told.text("error.code"), code, "{number}");
        assert_eq!(told.at("error.decline_code").as_str(), decline, "{number}");
        assert_eq!(told.at("error.advice_code").as_str(), advice, "{number}");
        assert!(told.text("error.doc_url").ends_with(&code.replace('_', "-")));
        assert!(told.text("error.request_log_url").contains("req_"));
        assert!(shop.stripe.ledger().is_empty(), "{number}");
    }
}

#[test]
fn card_data_that_cannot_be_right_makes_no_payment_method() {
    let mut shop = Shop::new();
    let cases = [
        ("4242424242424241", "incorrect_number", "number"),
        ("424242", "incorrect_number", "number"),
        ("4012888888881881", "card_declined", ""),
    ];
    for (number, code, param) in cases {
        let told = shop.type_card(number, "");
        assert_eq!((told.status, told.text("error.code")), (402, code.into()), "{number}");
        assert_eq!(told.at("error.param").as_str().unwrap_or_default(), param, "{number}");
    }
    let told = shop.type_card("4012888888881881", "");
    assert_eq!(told.text("error.decline_code"), "test_mode_live_card");
    for (month, year, cvc, code) in [
        ("13", "30", "123", "invalid_expiry_month"),
        ("1", "20", "123", "invalid_expiry_year"),
        ("1", "30", "12", "invalid_cvc"),
    ] {
        let form = format!(
            "type=card&card[number]=4242424242424242&card[exp_month]={month}&card[exp_year]={year}&card[cvc]={cvc}"
        );
        assert_eq!(shop.post("/v1/payment_methods", &form).text("error.code"), code);
    }
}

#[test]
fn checks_answer_only_for_what_was_supplied() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let told = shop.confirm_with(&intent, "4000000000000036");
    let checks = "latest_charge.payment_method_details.card.checks";
    assert_eq!(told.text("status"), "succeeded");
    assert_eq!(told.text(&format!("{checks}.address_postal_code_check")), "fail");
    assert!(told.at(&format!("{checks}.address_line1_check")).is_null());
    let without = shop.type_card("4000000000000036", "").text("id");
    let intent = shop.intent("");
    let told = shop.confirm(&intent, &format!("payment_method={without}&expand[]=latest_charge"));
    assert!(told.at(&format!("{checks}.address_postal_code_check")).is_null());
}

#[test]
fn ready_made_payment_methods_work_again_and_again() {
    let mut shop = Shop::new();
    for _ in 0..2 {
        let intent = shop.intent("");
        assert_eq!(shop.confirm(&intent, "payment_method=pm_card_visa").text("status"), "succeeded");
    }
    let intent = shop.intent("");
    assert_eq!(
        shop.confirm(&intent, "payment_method=pm_card_chargeDeclinedExpiredCard").text("error.code"),
        "expired_card"
    );
    assert_eq!(shop.confirm(&intent, "payment_method=pm_nobody").text("error.code"), "resource_missing");
}

#[test]
fn no_card_number_and_no_code_is_ever_kept_or_answered() {
    let mut shop = Shop::new();
    let mut seen = String::new();
    let numbers = ["4242424242424242", "4000002500003155", "4012888888881881", "4242424242424241"];
    for (n, number) in numbers.into_iter().enumerate() {
        let form = format!("type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=30&card[cvc]=987");
        let told = shop.ask("POST", "/v1/payment_methods", &form, SECRET, Some(&format!("key-{n}")));
        seen.push_str(&told.body.to_string());
    }
    seen.push_str(&String::from_utf8(shop.stripe.take_changes()).unwrap());
    assert!(seen.contains("\"last4\":\"4242\"") && seen.contains("key-3"));
    for number in numbers {
        assert!(!seen.contains(number) && !seen.contains(&number[..8]), "{number}");
    }
    assert!(!seen.contains("\"987\""));
}

#[test]
fn a_phone_order_is_one_attempt_and_the_next_card_is_asked_again() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let first = shop.card("4000000000000002");
    let form = format!("payment_method={first}&payment_method_options[card][moto]=true");
    assert_eq!(shop.confirm(&intent, &form).status, 402);
    assert_eq!(shop.confirm_with(&intent, "4000002760003184").text("status"), "requires_action");
}

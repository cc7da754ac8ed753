//! Raising a hold: refused, unless the account may and the payment asked for it.

use crate::shop::{Shop, Told};

const ASK: &str = "capture_method=manual&payment_method_options[card][request_incremental_authorization]=if_available";

fn raise(shop: &mut Shop, intent: &str, amount: i64) -> Told {
    shop.post(&format!("/v1/payment_intents/{intent}/increment_authorization"), &format!("amount={amount}"))
}

/// A hold; its intent and what its charge says of increments.
fn hold(shop: &mut Shop, more: &str) -> (String, String) {
    let intent = shop.intent(more);
    let told = shop.confirm_with(&intent, "4242424242424242");
    (intent, told.text("latest_charge.payment_method_details.card.incremental_authorization.status"))
}

#[test]
fn an_ordinary_account_cannot_raise_a_hold() {
    let mut shop = Shop::new();
    let (intent, status) = hold(&mut shop, ASK);
    assert_eq!(status, "unavailable");
    assert_eq!(raise(&mut shop, &intent, 3000).status, 400);
    assert_eq!(shop.read(&intent).at("amount_capturable").as_i64(), Some(2345));
}

#[test]
fn a_granted_feature_raises_a_hold_ten_times_at_most() {
    let mut shop = Shop::new();
    shop.control("features", r#"{"incremental_authorization": true}"#);
    assert_eq!(hold(&mut shop, "capture_method=manual").1, "unavailable", "it was not asked for");
    let (intent, status) = hold(&mut shop, ASK);
    assert_eq!(status, "available");
    assert_eq!(raise(&mut shop, &intent, 2345).text("error.param"), "amount");
    for n in 1..=10 {
        assert_eq!(raise(&mut shop, &intent, 2345 + n).at("amount_capturable").as_i64(), Some(2345 + n));
    }
    assert_eq!(raise(&mut shop, &intent, 9000).status, 400);
    let told = shop.post(&format!("/v1/payment_intents/{intent}/capture"), "");
    assert_eq!(told.at("amount_received").as_i64(), Some(2355));
    assert_eq!(raise(&mut shop, &intent, 9000).text("error.code"), "payment_intent_unexpected_state");
}

//! Refunds that wait, refunds that fail, and holds that are released.

use crate::shop::{Shop, Told};

/// A sale paid with the given card; its intent.
fn sale(shop: &mut Shop, number: &str) -> String {
    let intent = shop.intent("capture_method=automatic");
    assert_eq!(shop.confirm_with(&intent, number).text("status"), "succeeded");
    intent
}

fn refund(shop: &mut Shop, intent: &str, more: &str) -> Told {
    shop.post("/v1/refunds", &format!("payment_intent={intent}&{more}"))
}

fn available(shop: &mut Shop) -> i64 {
    shop.get("/v1/balance", "").at("available.0.amount").as_i64().unwrap()
}

#[test]
fn a_refund_that_pends_succeeds_by_the_clock() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4000000000007726");
    let told = refund(&mut shop, &intent, "reason=duplicate");
    let path = format!("/v1/refunds/{}", told.text("id"));
    assert_eq!((told.text("status"), told.text("pending_reason")), ("pending".into(), "processing".into()));
    assert_eq!(told.text("destination_details.card.type"), "pending");
    shop.later(59);
    assert_eq!(shop.get(&path, "").text("status"), "pending");
    shop.later(1);
    let told = shop.get(&path, "");
    assert_eq!((told.text("status"), told.text("reason")), ("succeeded".into(), "duplicate".into()));
    assert!(told.body.get("pending_reason").is_none());
}

#[test]
fn a_refund_that_fails_later_gives_the_money_back_and_can_be_made_again() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4000000000005126");
    let told = refund(&mut shop, &intent, "amount=345");
    let path = format!("/v1/refunds/{}", told.text("id"));
    assert_eq!(told.text("status"), "succeeded");
    assert_eq!(available(&mut shop), -345);
    shop.later(120);
    let told = shop.get(&path, "expand[]=charge&expand[]=failure_balance_transaction");
    assert_eq!(
        (told.text("status"), told.text("failure_reason")),
        ("failed".into(), "expired_or_canceled_card".into())
    );
    assert_eq!(told.at("charge.amount_refunded").as_i64(), Some(0));
    assert_eq!(told.text("failure_balance_transaction.type"), "refund_failure");
    assert_eq!(available(&mut shop), 0);
    assert_eq!(refund(&mut shop, &intent, "").at("amount").as_i64(), Some(2345));
}

#[test]
fn a_refund_is_noted_on_and_never_cancelled() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4242424242424242");
    let told = refund(&mut shop, &intent, "metadata[a]=1");
    let path = format!("/v1/refunds/{}", told.text("id"));
    assert_eq!(shop.post(&path, "metadata[b]=2").at("metadata").to_string(), r#"{"a":"1","b":"2"}"#);
    assert_eq!(shop.post(&path, "amount=1").text("error.code"), "parameter_unknown");
    let told = shop.post(&format!("{path}/cancel"), "");
    assert_eq!((told.status, told.text("error.type")), (400, "invalid_request_error".into()));
    assert_eq!(shop.get("/v1/refunds/re_none", "").text("error.message"), "No such refund: 're_none'");
}

#[test]
fn a_refund_keeps_to_the_steps_of_its_currency_as_a_charge_does() {
    let mut shop = Shop::new();
    for (currency, whole, part) in [("isk", 12_300, 4_050), ("ugx", 50_000, 10), ("kwd", 12_340, 1_234)] {
        let create = |amount: i64| format!("amount={amount}&currency={currency}&payment_method_types[]=card");
        let refused = shop.post("/v1/payment_intents", &create(whole + 1));
        let intent = shop.post("/v1/payment_intents", &create(whole)).text("id");
        assert_eq!(shop.confirm_with(&intent, "4242424242424242").text("status"), "succeeded");
        for told in [refused, refund(&mut shop, &intent, &format!("amount={part}"))] {
            assert_eq!(
                (told.status, told.text("error.code")),
                (400, "invalid_charge_amount_no_decimal_compatible".into())
            );
        }
        assert_eq!(refund(&mut shop, &intent, "").at("amount").as_i64(), Some(whole));
    }
}

#[test]
fn refunds_are_listed_by_payment_charge_and_time() {
    let mut shop = Shop::new();
    let (first, second) = (sale(&mut shop, "4242424242424242"), sale(&mut shop, "4242424242424242"));
    let one = refund(&mut shop, &first, "amount=1").text("id");
    shop.later(10);
    let two = refund(&mut shop, &second, "amount=1").text("id");
    let three = refund(&mut shop, &first, "amount=1").text("id");
    let list = |shop: &mut Shop, query: &str| shop.get("/v1/refunds", query).ids();
    assert_eq!(list(&mut shop, &format!("payment_intent={first}")), [three.clone(), one.clone()]);
    let charge = shop.read(&second).text("latest_charge.id");
    assert_eq!(list(&mut shop, &format!("charge={charge}")), std::slice::from_ref(&two));
    let now = shop.now / 1_000;
    assert_eq!(list(&mut shop, &format!("created[gte]={now}")), [three, two.clone()]);
    assert_eq!(list(&mut shop, &format!("starting_after={two}")), [one]);
}

#[test]
fn a_released_hold_shows_as_a_refund_that_moved_nothing() {
    let mut shop = Shop::new();
    let intent = shop.intent("capture_method=manual");
    let charge = shop.confirm_with(&intent, "4242424242424242").text("latest_charge.id");
    assert_eq!(refund(&mut shop, &intent, "").text("error.code"), "charge_not_refundable");
    shop.post(&format!("/v1/payment_intents/{intent}/cancel"), "");
    let told = shop.get(&format!("/v1/charges/{charge}"), "");
    assert_eq!((told.at("captured").as_bool(), told.at("refunded").as_bool()), (Some(false), Some(true)));
    assert_eq!((told.at("amount_refunded").as_i64(), told.at("amount_captured").as_i64()), (Some(2345), Some(0)));
    let told = shop.get("/v1/refunds", &format!("charge={charge}"));
    assert!(told.at("data.0.balance_transaction").is_null());
    assert_eq!(told.text("data.0.destination_details.card.type"), "reversal");
    assert_eq!(refund(&mut shop, &intent, "").text("error.code"), "charge_already_refunded");
    assert!(shop.stripe.ledger().is_empty());
    assert!(shop.get("/v1/balance_transactions", "").ids().is_empty());
}

#[test]
fn what_was_not_captured_is_released_and_the_rest_can_be_refunded() {
    let mut shop = Shop::new();
    let intent = shop.intent("capture_method=manual");
    shop.confirm_with(&intent, "4242424242424242");
    shop.post(&format!("/v1/payment_intents/{intent}/capture"), "amount_to_capture=2000");
    let told = shop.read(&intent);
    assert_eq!(told.at("latest_charge.amount_refunded").as_i64(), Some(345));
    assert_eq!(told.at("latest_charge.refunded").as_bool(), Some(false));
    assert_eq!(refund(&mut shop, &intent, "").at("amount").as_i64(), Some(2000));
    assert_eq!(shop.read(&intent).at("latest_charge.refunded").as_bool(), Some(true));
    assert_eq!(shop.stripe.ledger()[0].amount_refunded, 2000);
}

#[test]
fn a_lapsed_hold_says_why_it_was_released() {
    let mut shop = Shop::new();
    let intent = shop.intent("capture_method=manual");
    shop.confirm_with(&intent, "4242424242424242");
    let deadline = shop.now / 1_000 + 7 * 86_400;
    shop.later(8 * 86_400);
    let told = shop.get("/v1/refunds", "");
    assert_eq!(told.text("data.0.reason"), "expired_uncaptured_charge");
    assert_eq!(told.at("data.0.created").as_i64(), Some(deadline));
    assert_eq!(shop.read(&intent).at("canceled_at").as_i64(), Some(deadline));
}

#[test]
fn the_balance_follows_every_movement_of_money() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4242424242424242");
    let late = shop.intent("");
    shop.confirm_with(&late, "4242424242424242");
    refund(&mut shop, &intent, "amount=345");
    let pending = |shop: &mut Shop| shop.get("/v1/balance", "").at("pending.0.amount").as_i64().unwrap();
    assert_eq!((available(&mut shop), pending(&mut shop)), (-345, 2345 - 99));
    shop.later(2);
    assert_eq!(pending(&mut shop), 2 * (2345 - 99), "the asynchronous one has arrived");
    let told = shop.get("/v1/balance_transactions", "type=charge&limit=1");
    assert_eq!((told.at("has_more").as_bool(), told.at("data.0.fee").as_i64()), (Some(true), Some(99)));
    let charge = shop.read(&late).text("latest_charge.id");
    assert_eq!(told.text("data.0.source"), charge);
    let id = told.text("data.0.id");
    assert_eq!(shop.get("/v1/balance_transactions", &format!("source={charge}")).ids(), std::slice::from_ref(&id));
    assert_eq!(shop.get(&format!("/v1/balance_transactions/{id}"), "").text("status"), "pending");
    shop.later(3 * 86_400);
    assert_eq!((available(&mut shop), pending(&mut shop)), (2 * (2345 - 99) - 345, 0));
    sale(&mut shop, "4000000000000077");
    assert_eq!(available(&mut shop), 3 * (2345 - 99) - 345, "at once, with the card for it");
}

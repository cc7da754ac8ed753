//! Events: what a till without webhooks asks for now and then.

use crate::shop::{SECRET, Shop, Told};

fn events(shop: &mut Shop, query: &str) -> Told {
    shop.get("/v1/events", &format!("limit=100&{query}"))
}

/// The types of a list of events, oldest first.
fn types(told: &Told) -> Vec<String> {
    (0..told.count()).rev().map(|n| told.text(&format!("data.{n}.type"))).collect()
}

#[test]
fn a_sale_leaves_its_events_in_order() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    shop.confirm_with(&intent, "4000000000000002");
    shop.confirm_with(&intent, "4000002500003155");
    shop.authenticate(&intent, true);
    shop.confirm(&intent, "");
    shop.later(2);
    shop.post("/v1/refunds", &format!("payment_intent={intent}"));
    let expected = [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "refund.created",
        "charge.refunded",
    ];
    assert_eq!(types(&events(&mut shop, "")), expected);
}

#[test]
fn an_event_shows_its_object_as_it_was_and_its_request() {
    let mut shop = Shop::new();
    let intent = shop.intent("capture_method=manual");
    let card = shop.card("4242424242424242");
    let path = format!("/v1/payment_intents/{intent}/confirm");
    let told = shop.ask("POST", &path, &format!("payment_method={card}"), SECRET, Some("c1"));
    let request = told.header("request-id").unwrap().to_owned();
    shop.post(&format!("/v1/payment_intents/{intent}/capture"), "");
    let told = events(&mut shop, "type=payment_intent.amount_capturable_updated");
    assert_eq!(told.text("data.0.data.object.status"), "requires_capture");
    assert_eq!(told.at("data.0.data.object.amount_capturable").as_i64(), Some(2345));
    assert_eq!((told.text("data.0.request.id"), told.text("data.0.request.idempotency_key")), (request, "c1".into()));
    let id = told.text("data.0.id");
    assert_eq!(shop.get(&format!("/v1/events/{id}"), "").text("api_version"), "2026-07-29.dahlia");
    let told = events(&mut shop, "type=charge.succeeded");
    assert_eq!(told.at("data.0.data.object.captured").as_bool(), Some(false));
    let told = events(&mut shop, "type=charge.captured");
    assert_eq!(told.at("data.0.data.object.captured").as_bool(), Some(true));
}

#[test]
fn events_are_asked_for_by_type_and_time_and_forgotten_after_thirty_days() {
    let mut shop = Shop::new();
    let first = shop.intent("");
    shop.later(60);
    let second = shop.intent("");
    shop.post(&format!("/v1/payment_intents/{second}/cancel"), "");
    let told = events(&mut shop, "types[]=payment_intent.canceled&types[]=payment_intent.created");
    assert_eq!(types(&told), ["payment_intent.created", "payment_intent.created", "payment_intent.canceled"]);
    let now = shop.now / 1_000;
    let told = events(&mut shop, &format!("types[]=payment_intent.created&created[gte]={now}"));
    assert_eq!((told.count(), told.text("data.0.data.object.id")), (1, second));
    assert_eq!(events(&mut shop, "type=payment_intent.*").count(), 3);
    assert_eq!(events(&mut shop, "type=charge.*").count(), 0);
    assert_eq!(events(&mut shop, "type=a&types[]=b").text("error.code"), "parameters_exclusive");
    let told = events(&mut shop, &format!("created[lt]={now}"));
    assert_eq!(told.text("data.0.data.object.id"), first);
    let old = told.text("data.0.id");
    shop.later(30 * 86_400 - 30);
    assert_eq!(events(&mut shop, "").count(), 2);
    assert_eq!(shop.get(&format!("/v1/events/{old}"), "").status, 404);
}

#[test]
fn what_happens_by_itself_has_an_event_at_its_own_time() {
    let mut shop = Shop::new();
    let start = shop.now / 1_000;
    let held = shop.intent("capture_method=manual");
    shop.confirm_with(&held, "4242424242424242");
    let sold = shop.intent("capture_method=automatic");
    shop.confirm_with(&sold, "4000000000005126");
    shop.post("/v1/refunds", &format!("payment_intent={sold}"));
    shop.later(10 * 86_400);
    let told = events(&mut shop, "types[]=refund.failed&types[]=charge.expired&types[]=payment_intent.canceled");
    assert_eq!(types(&told), ["refund.failed", "charge.expired", "payment_intent.canceled"]);
    let at = |n: usize| told.at(&format!("data.{n}.created")).as_i64().unwrap() - start;
    assert_eq!((at(2), at(1), at(0)), (120, 7 * 86_400, 7 * 86_400));
    assert!(told.at("data.0.request.id").is_null());
    assert_eq!(told.text("data.2.data.object.status"), "failed");
}

#[test]
fn customers_and_saved_cards_have_events() {
    let mut shop = Shop::new();
    let jane = shop.customer("name=Jane");
    let path = format!("/v1/customers/{jane}");
    shop.post(&path, "name=Joe");
    let card = shop.card("4242424242424242");
    shop.post(&format!("/v1/payment_methods/{card}/attach"), &format!("customer={jane}"));
    shop.post(&format!("/v1/payment_methods/{card}"), "metadata[k]=v");
    shop.delete(&path);
    let expected = [
        "customer.created",
        "customer.updated",
        "payment_method.attached",
        "payment_method.updated",
        "payment_method.detached",
        "customer.deleted",
    ];
    assert_eq!(types(&events(&mut shop, "")), expected);
}

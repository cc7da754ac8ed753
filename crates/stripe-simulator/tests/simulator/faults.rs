//! Things that go wrong on demand, and the other levers of the control API.

use http::Request;
use stripe_simulator::Fault;

use crate::shop::{SECRET, Shop};

const FORM: &str = "amount=2345&currency=usd&payment_method_types[]=card&confirmation_method=manual";

fn create(shop: &mut Shop, key: &str) -> crate::shop::Told {
    shop.ask("POST", "/v1/payment_intents", FORM, SECRET, Some(key))
}

fn count(shop: &mut Shop) -> usize {
    shop.get("/v1/payment_intents", "").at("data").as_array().map_or(0, Vec::len)
}

#[test]
fn each_fault_has_its_effect_and_its_answer() {
    // fault, status, intents afterwards, status of a repeat with the same key, intents after that
    let cases = [
        ("reset_before", 502, 0, 200, 1),
        ("reset_after", 502, 1, 200, 1),
        ("error_500", 500, 0, 500, 0),
        ("error_500_after", 500, 1, 500, 1),
        ("conflict_409", 409, 0, 200, 1),
        ("rate_429", 429, 0, 200, 1),
        ("truncate", 200, 1, 200, 1),
        ("garbage", 200, 1, 200, 1),
    ];
    for (fault, status, after, repeated, in_the_end) in cases {
        let mut shop = Shop::new();
        let rule = format!(r#"{{"method":"POST","path":"/v1/payment_intents","fault":"{fault}"}}"#);
        assert_eq!(shop.control("faults", &rule).status, 200);
        assert_eq!(create(&mut shop, "k").status, status, "{fault}");
        assert_eq!(count(&mut shop), after, "{fault}");
        assert_eq!(create(&mut shop, "k").status, repeated, "{fault}");
        assert_eq!(count(&mut shop), in_the_end, "{fault}");
    }
}

#[test]
fn faults_of_the_connection_are_told_to_callers_in_this_process() {
    let mut shop = Shop::new();
    shop.control("faults", r#"{"path":"/confirm","nth":2,"times":2,"fault":"delay","ms":1500}"#);
    let intent = shop.intent("");
    let seen: Vec<_> =
        (0..4).map(|_| shop.confirm(&intent, "").response.extensions().get::<Fault>().copied()).collect();
    let delay = Some(Fault::Delay(std::time::Duration::from_millis(1500)));
    assert_eq!(seen, [None, delay, delay, None]);
}

#[test]
fn a_rule_that_makes_no_sense_is_refused() {
    let mut shop = Shop::new();
    for rule in
        [r#"{"fault":"delay"}"#, r#"{"fault":"fire"}"#, r#"{"fault":"garbage","ms":5}"#, r#"{"colour":1}"#, "nonsense"]
    {
        assert_eq!(shop.control("faults", rule).status, 400, "{rule}");
    }
}

#[test]
fn the_clock_can_be_moved_forward_only() {
    let mut shop = Shop::new();
    assert_eq!(shop.control("clock", r#"{"advance_seconds":3600}"#).status, 200);
    let told = shop.get("/v1/balance", "");
    assert_eq!(told.header("date"), Some("Thu, 20 Aug 2026 10:00:00 GMT"));
    assert_eq!(shop.control("clock", r#"{"set":1787223600}"#).status, 200);
    assert_eq!(shop.get("/v1/balance", "").header("date"), Some("Thu, 20 Aug 2026 11:00:00 GMT"));
    assert_eq!(shop.control("clock", r#"{"set":1}"#).status, 400);
    shop.now -= 86_400_000;
    assert_eq!(shop.get("/v1/balance", "").header("date"), Some("Thu, 20 Aug 2026 11:00:00 GMT"));
}

#[test]
fn the_ledger_holds_what_was_taken_and_reset_empties_it() {
    let mut shop = Shop::new();
    let intent = shop.intent("metadata[sale_id]=S7");
    shop.confirm_with(&intent, "4000000000000002");
    shop.confirm_with(&intent, "4242424242424242");
    let told = shop.send(&Request::get("/_simulator/ledger").body(bytes::Bytes::new()).unwrap());
    assert_eq!(told.at("charges").as_array().map(Vec::len), Some(1));
    assert_eq!(told.text("charges.0.metadata.sale_id"), "S7");
    assert_eq!(told.at("charges.0.amount").as_i64(), Some(2345));
    shop.control("reset", "");
    assert!(shop.stripe.ledger().is_empty());
}

#[test]
fn a_foreign_page_cannot_pull_the_levers() {
    let mut shop = Shop::new();
    let ask = |origin: &str| {
        let request = Request::post("/_simulator/reset").header("host", "127.0.0.1:5000").header("origin", origin);
        request.body(bytes::Bytes::new()).unwrap()
    };
    assert_eq!(shop.send(&ask("https://elsewhere.example")).status, 403);
    assert_eq!(shop.send(&ask("null")).status, 403);
    assert_eq!(shop.send(&ask("http://127.0.0.1:5000")).status, 200);
}

#[test]
fn a_late_request_is_carried_out_when_it_arrives() {
    let mut shop = Shop::new();
    shop.control("faults", r#"{"method":"POST","path":"/v1/payment_intents","fault":"late","ms":5000}"#);
    assert_eq!(create(&mut shop, "k").status, 502);
    assert_eq!(count(&mut shop), 0, "not yet");
    shop.later(6);
    assert_eq!(count(&mut shop), 1);
    let told = create(&mut shop, "k");
    assert_eq!((told.status, told.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(count(&mut shop), 1);
}

#[test]
fn a_doubled_request_acts_twice_unless_it_carries_a_key() {
    let mut shop = Shop::new();
    let rule = r#"{"method":"POST","path":"/v1/payment_intents","fault":"duplicate","times":2}"#;
    shop.control("faults", rule);
    create(&mut shop, "k");
    assert_eq!(count(&mut shop), 1);
    shop.post("/v1/payment_intents", FORM);
    assert_eq!(count(&mut shop), 3);
}

#[test]
fn while_an_answer_is_on_its_way_its_key_and_its_object_are_in_use() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let path = format!("/v1/payment_intents/{intent}/confirm");
    shop.control("faults", r#"{"path":"/confirm","fault":"delay","ms":3000}"#);
    let confirm = |shop: &mut Shop| shop.ask("POST", &path, "payment_method=pm_card_visa", SECRET, Some("c1"));
    assert_eq!(confirm(&mut shop).text("status"), "succeeded");
    let told = confirm(&mut shop);
    assert_eq!((told.status, told.text("error.code")), (409, "idempotency_key_in_use".into()));
    let told = shop.post(&format!("/v1/payment_intents/{intent}"), "description=x");
    assert_eq!((told.status, told.text("error.code")), (429, "lock_timeout".into()));
    assert_eq!(told.header("stripe-should-retry"), None, "the client decides");
    assert_eq!(shop.read(&intent).text("status"), "succeeded", "reading is free");
    shop.later(4);
    assert_eq!(confirm(&mut shop).header("idempotent-replayed"), Some("true"));
    assert_eq!(shop.post(&format!("/v1/payment_intents/{intent}"), "description=x").status, 200);
}

#[test]
fn a_snapshot_brings_everything_back() {
    let mut shop = Shop::new();
    let intent = shop.intent("metadata[a]=1");
    shop.confirm(&intent, "payment_method=pm_card_createDispute");
    create(&mut shop, "k");
    shop.later(60);
    shop.get("/v1/balance", "");
    let line = shop.send(&Request::get("/_simulator/snapshot").body(bytes::Bytes::new()).unwrap());
    let kept = String::from_utf8(line.response.into_body().to_vec()).unwrap();
    let before = shop.get("/v1/events", "limit=100").body;
    shop.control("reset", "");
    assert_eq!(count(&mut shop), 0);
    assert_eq!(shop.control("snapshot", &kept).status, 200);
    assert_eq!(shop.get("/v1/events", "limit=100").body, before);
    assert_eq!(create(&mut shop, "k").header("idempotent-replayed"), Some("true"));
    assert_eq!(shop.control("snapshot", "nonsense\n").status, 400);
}

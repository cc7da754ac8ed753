//! Training survives being killed.

use stripe_simulator::Simulator;

use crate::shop::{SECRET, Shop};

/// A morning of business, with something left unfinished everywhere; the lines it would have written.
fn morning(shop: &mut Shop) -> Vec<u8> {
    let mut lines = Vec::new();
    let paid = shop.intent("metadata[sale_id]=S1");
    shop.confirm_with(&paid, "4242424242424242");
    lines.extend(shop.stripe.take_changes());
    shop.ask("POST", "/v1/refunds", &format!("payment_intent={paid}&amount=100"), SECRET, Some("r1"));
    let asked = shop.intent("");
    shop.confirm_with(&asked, "4000002500003155");
    lines.extend(shop.stripe.take_changes());
    let held = shop.intent("capture_method=manual");
    shop.confirm_with(&held, "5555555555554444");
    let declined = shop.intent("");
    shop.confirm_with(&declined, "4000000000000002");
    shop.control("clock", r#"{"advance_seconds":60}"#);
    lines.extend(shop.stripe.take_changes());
    lines
}

/// An afternoon of everything that waits: for the clock, for a bank, for a second use.
fn afternoon(shop: &mut Shop) -> Vec<u8> {
    shop.control("features", r#"{"incremental_authorization": true}"#);
    let jane = shop.customer("name=Jane&email=jane@example.com");
    let card = shop.card("4242424242424242");
    shop.post(&format!("/v1/payment_methods/{card}/attach"), &format!("customer={jane}"));
    let mut lines = shop.stripe.take_changes();
    for number in ["4000000000005126", "4000000000007726"] {
        let intent = shop.intent("");
        shop.confirm_with(&intent, number);
        shop.post("/v1/refunds", &format!("payment_intent={intent}&amount=100"));
    }
    lines.extend(shop.stripe.take_changes());
    for number in ["4000000000000259", "4000000000001976", "4000000404000079", "4000000000000077"] {
        let intent = shop.intent(&format!("customer={jane}"));
        shop.confirm_with(&intent, number);
    }
    let held = shop
        .intent("capture_method=manual&payment_method_options[card][request_incremental_authorization]=if_available");
    shop.confirm_with(&held, "5555555555554444");
    shop.post(
        "/v1/setup_intents",
        "payment_method_types[]=card&confirm=true&payment_method=pm_card_authenticationRequired",
    );
    shop.post("/v1/tokens", "card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=31");
    lines.extend(shop.stripe.take_changes());
    lines
}

/// Everything that can be seen of an account.
fn look_everywhere(shop: &mut Shop) -> Vec<String> {
    let lists = [
        "balance",
        "balance_transactions",
        "charges",
        "customers",
        "disputes",
        "events",
        "payment_intents",
        "payment_methods",
        "refunds",
        "setup_intents",
    ];
    lists
        .iter()
        .map(|list| {
            let query = if *list == "balance" { "" } else { "limit=100" };
            shop.get(&format!("/v1/{list}"), query).body.to_string()
        })
        .collect()
}

#[test]
fn what_waits_for_the_clock_happens_alike_after_a_restart() {
    let mut first = Shop::new();
    let lines = afternoon(&mut first);
    let mut second = Shop { stripe: Simulator::new(42), now: first.now };
    second.stripe.restore(&lines).unwrap();
    for wait in [0, 2, 3, 60, 60, 86_400, 8 * 86_400] {
        first.later(wait);
        second.later(wait);
        assert_eq!(look_everywhere(&mut first), look_everywhere(&mut second), "after {wait} more seconds");
        assert_eq!(first.stripe.take_changes(), second.stripe.take_changes(), "after {wait} more seconds");
    }
    assert_eq!(first.get("/v1/disputes", "").count(), 4);
    assert_eq!(first.get("/v1/refunds", "").text("data.0.reason"), "expired_uncaptured_charge");
    for shop in [&mut first, &mut second] {
        let token = "type=card&card[token]=";
        assert_eq!(shop.post("/v1/payment_methods", &format!("{token}tok_none")).status, 400);
    }
    assert_eq!(first.customer(""), second.customer(""));
}

fn look(shop: &mut Shop) -> String {
    let intents = shop.get("/v1/payment_intents", "limit=100&expand[]=data.latest_charge");
    let refunds = shop.get("/v1/refunds", "");
    format!("{}\n{}\n{:?}", intents.body, refunds.body, shop.stripe.ledger())
}

#[test]
fn a_restored_account_cannot_be_told_from_the_first() {
    let mut first = Shop::new();
    let lines = morning(&mut first);
    let mut second = Shop { stripe: Simulator::new(42), now: first.now };
    second.stripe.restore(&lines).unwrap();
    assert_eq!(look(&mut first), look(&mut second));
    // And both go on alike: the authentication, the kept key, the next ids.
    let asked = first.get("/v1/payment_intents", "").text("data.2.id");
    for shop in [&mut first, &mut second] {
        assert_eq!(shop.authenticate(&asked, true).text("status"), "requires_confirmation");
        assert_eq!(shop.confirm(&asked, "").text("status"), "succeeded");
    }
    let paid = first.get("/v1/payment_intents", "").text("data.3.id");
    for shop in [&mut first, &mut second] {
        let again = shop.ask("POST", "/v1/refunds", &format!("payment_intent={paid}&amount=100"), SECRET, Some("r1"));
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    }
    assert_eq!(first.intent(""), second.intent(""));
    assert_eq!(look(&mut first), look(&mut second));
}

#[test]
fn reading_writes_nothing() {
    let mut shop = Shop::new();
    morning(&mut shop);
    look(&mut shop);
    assert!(shop.stripe.take_changes().is_empty());
}

#[test]
fn a_torn_last_line_is_dropped_and_any_other_damage_is_reported() {
    let mut shop = Shop::new();
    let lines = morning(&mut shop);
    let whole = lines.iter().rposition(|&b| b == b'\n').unwrap();
    let before = lines[..whole].iter().rposition(|&b| b == b'\n').unwrap() + 1;
    for cut in [before + 1, before + 40, whole] {
        let mut torn = Simulator::new(42);
        torn.restore(&lines[..cut]).unwrap();
        let mut expected = Simulator::new(42);
        expected.restore(&lines[..before]).unwrap();
        assert_eq!(torn.ledger(), expected.ledger());
    }
    let mut damaged = lines.clone();
    damaged[10] = b'}';
    assert_eq!(Simulator::new(42).restore(&damaged).unwrap_err().line, 1);
}

#[test]
fn a_reset_is_remembered() {
    let mut shop = Shop::new();
    let mut lines = morning(&mut shop);
    shop.control("reset", "");
    let fresh = shop.intent("");
    lines.extend(shop.stripe.take_changes());
    let mut second = Shop { stripe: Simulator::new(42), now: shop.now };
    second.stripe.restore(&lines).unwrap();
    let listed = second.get("/v1/payment_intents", "");
    assert_eq!(listed.at("data").as_array().map(Vec::len), Some(1));
    assert_eq!(listed.text("data.0.id"), fresh);
}

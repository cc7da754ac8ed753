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

//! The same key twice.

use crate::shop::{SECRET, Shop};

const PATH: &str = "/v1/payment_intents";
const FORM: &str = "amount=2345&currency=usd&payment_method_types[]=card&confirmation_method=manual";

fn create(shop: &mut Shop, form: &str, key: &str) -> crate::shop::Told {
    shop.ask("POST", PATH, form, SECRET, Some(key))
}

#[test]
fn a_repeat_has_no_effect_and_the_same_answer() {
    let mut shop = Shop::new();
    let first = create(&mut shop, FORM, "k1");
    shop.later(3_600);
    let reordered = "currency=usd&confirmation_method=manual&amount=2345&payment_method_types%5B%5D=card";
    let again = create(&mut shop, reordered, "k1");
    assert_eq!(again.response.body(), first.response.body());
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_ne!(again.header("request-id"), first.header("request-id"));
    assert_eq!(first.header("stripe-should-retry"), Some("false"));
    assert_eq!(shop.get(PATH, "").at("data").as_array().map(Vec::len), Some(1));
}

#[test]
fn a_key_belongs_to_its_parameters_and_its_endpoint() {
    let mut shop = Shop::new();
    let intent = create(&mut shop, FORM, "k1").text("id");
    for told in [
        create(&mut shop, &FORM.replace("2345", "2346"), "k1"),
        shop.ask("POST", &format!("{PATH}/{intent}/cancel"), "", SECRET, Some("k1")),
    ] {
        assert_eq!((told.status, told.text("error.type")), (400, "idempotency_error".into()));
    }
    assert_eq!(shop.read(&intent).text("status"), "requires_payment_method");
}

#[test]
fn a_decline_is_kept_and_a_refused_form_is_not() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let path = format!("{PATH}/{intent}/confirm");
    let declined = shop.ask("POST", &path, "payment_method=pm_card_visa_chargeDeclined", SECRET, Some("c1"));
    let again = shop.ask("POST", &path, "payment_method=pm_card_visa_chargeDeclined", SECRET, Some("c1"));
    assert_eq!((declined.status, again.status), (402, 402));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(create(&mut shop, "amount=x&currency=usd", "k2").text("error.code"), "parameter_invalid_integer");
    assert_eq!(create(&mut shop, FORM, "k2").status, 200);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let mut shop = Shop::new();
    let first = create(&mut shop, FORM, "k1").text("id");
    shop.later(86_400);
    assert_eq!(create(&mut shop, FORM, "k1").text("id"), first);
    shop.later(1);
    assert_ne!(create(&mut shop, FORM, "k1").text("id"), first, "a repeat after a day is a new request");
}

#[test]
fn a_get_ignores_its_key_and_a_long_key_is_refused() {
    let mut shop = Shop::new();
    let told = shop.ask("GET", PATH, "", SECRET, Some("k1"));
    assert_eq!((told.status, told.header("idempotency-key")), (200, None));
    assert_eq!(create(&mut shop, FORM, &"k".repeat(256)).status, 400);
    assert_eq!(create(&mut shop, FORM, &"k".repeat(255)).status, 200);
}

//! Setup intents: a card is kept without a sale.

use crate::shop::{PUBLISHABLE, Shop, Told};

const PATH: &str = "/v1/setup_intents";

fn setup(shop: &mut Shop, more: &str) -> Told {
    shop.post(PATH, &format!("payment_method_types[]=card&{more}"))
}

#[test]
fn a_card_is_saved_without_a_sale() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let card = shop.card("4242424242424242");
    let told = setup(&mut shop, &format!("customer={jane}&payment_method={card}&confirm=true&use_stripe_sdk=true"));
    assert_eq!((told.text("status"), told.text("usage")), ("succeeded".into(), "off_session".into()));
    assert!(told.text("latest_attempt").starts_with("setatt_"));
    assert_eq!(shop.get(&format!("/v1/customers/{jane}/payment_methods"), "").ids(), [card]);
    assert_eq!(shop.get(PATH, &format!("customer={jane}")).ids(), [told.text("id")]);
    let told = shop.get("/v1/events", "types[]=setup_intent.succeeded&types[]=setup_intent.created");
    assert_eq!(told.count(), 2);
    assert!(shop.stripe.ledger().is_empty());
}

#[test]
fn an_authentication_sets_the_card_up_for_the_customers_absence() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let card = shop.card("4000002500003155");
    let asked = setup(&mut shop, &format!("customer={jane}&payment_method={card}&confirm=true&use_stripe_sdk=true"));
    assert_eq!(
        (asked.text("status"), asked.text("next_action.type")),
        ("requires_action".into(), "use_stripe_sdk".into())
    );
    let secret = asked.text("client_secret");
    let form = format!("client_secret={secret}&outcome=authenticated");
    let told = shop.ask("POST", "/v1/3ds2/authenticate", &form, PUBLISHABLE, None);
    assert_eq!(told.text("status"), "succeeded");
    assert!(told.body.get("metadata").is_none(), "a page sees the public part");
    let form = format!(
        "amount=500&currency=usd&payment_method_types[]=card&customer={jane}&payment_method={card}&off_session=true&confirm=true"
    );
    assert_eq!(shop.post("/v1/payment_intents", &form).text("status"), "succeeded");
}

#[test]
fn a_refused_authentication_or_a_decline_wants_another_card() {
    let mut shop = Shop::new();
    let id = setup(&mut shop, "").text("id");
    let path = format!("{PATH}/{id}/confirm");
    assert_eq!(shop.post(&path, "").text("error.code"), "setup_intent_unexpected_state");
    let told = shop.post(&path, "payment_method=pm_card_chargeDeclinedExpiredCard");
    assert_eq!((told.status, told.text("error.code")), (402, "expired_card".into()));
    assert_eq!(told.text("error.setup_intent.status"), "requires_payment_method");
    shop.post(&path, "payment_method=pm_card_authenticationRequired");
    let told = shop.send(
        &http::Request::post(format!("/_simulator/setup_intents/{id}/authenticate?success=false"))
            .body(bytes::Bytes::new())
            .unwrap(),
    );
    assert_eq!(told.text("status"), "requires_payment_method");
    assert_eq!(told.text("last_setup_error.code"), "setup_intent_authentication_failure");
    assert_eq!(shop.post(&path, "payment_method=pm_card_visa").text("status"), "succeeded");
}

#[test]
fn a_setup_intent_is_changed_while_open_and_cancelled_once() {
    let mut shop = Shop::new();
    let id = setup(&mut shop, "metadata[a]=1").text("id");
    let path = format!("{PATH}/{id}");
    let told = shop.post(&path, "metadata[b]=2&payment_method=pm_card_visa&description=d");
    assert_eq!((told.text("status"), told.text("description")), ("requires_confirmation".into(), "d".into()));
    let told = shop.post(&format!("{path}/cancel"), "cancellation_reason=abandoned");
    assert_eq!((told.text("status"), told.text("cancellation_reason")), ("canceled".into(), "abandoned".into()));
    let told = shop.post(&format!("{path}/cancel"), "");
    assert_eq!(told.text("error.message"), "You cannot cancel this SetupIntent because it it already canceled.");
    assert_eq!(told.text("error.setup_intent.id"), id);
    for path in [path.clone(), format!("{path}/confirm")] {
        assert_eq!(shop.post(&path, "payment_method=pm_card_visa").text("error.code"), "setup_intent_unexpected_state");
    }
    assert_eq!(shop.get(&format!("{PATH}/none"), "").text("error.message"), "No such setupintent: 'none'");
    assert_eq!(shop.post(PATH, "payment_method=pm_card_visa&confirm=true").text("error.param"), "return_url");
}

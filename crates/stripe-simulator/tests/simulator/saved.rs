//! Saved cards: attaching, detaching, and charging them again.

use crate::shop::Shop;

fn attach(shop: &mut Shop, card: &str, customer: &str) -> crate::shop::Told {
    shop.post(&format!("/v1/payment_methods/{card}/attach"), &format!("customer={customer}"))
}

fn pay(shop: &mut Shop, more: &str) -> crate::shop::Told {
    let form = format!("amount=900&currency=usd&payment_method_types[]=card&confirm=true&{more}");
    shop.post("/v1/payment_intents", &form)
}

#[test]
fn an_attached_card_is_charged_again_and_again_with_its_customer() {
    let mut shop = Shop::new();
    let (jane, joe) = (shop.customer("name=Jane"), shop.customer("name=Joe"));
    let card = shop.card("4242424242424242");
    let told = attach(&mut shop, &card, &jane);
    assert_eq!((told.text("customer"), told.text("card.checks.cvc_check")), (jane.clone(), "pass".into()));
    for _ in 0..2 {
        let told = pay(&mut shop, &format!("customer={jane}&payment_method={card}"));
        assert_eq!(told.text("status"), "succeeded");
    }
    let told = pay(&mut shop, &format!("payment_method={card}"));
    assert!(told.text("error.message").contains("you must provide the customer"));
    let told = pay(&mut shop, &format!("customer={joe}&payment_method={card}"));
    assert_eq!((told.status, told.text("error.code")), (400, "resource_missing".into()));
    let told = attach(&mut shop, &card, &joe);
    assert_eq!(told.text("error.message"), "The payment method you provided has already been attached to a customer.");
}

#[test]
fn a_detached_or_spent_card_is_never_used_again() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let card = shop.card("4242424242424242");
    let path = format!("/v1/payment_methods/{card}/detach");
    assert!(shop.post(&path, "").text("error.message").ends_with("detachment is impossible."));
    attach(&mut shop, &card, &jane);
    assert!(shop.post(&path, "").at("customer").is_null());
    assert!(attach(&mut shop, &card, &jane).text("error.message").contains("may not be used again"));
    assert_eq!(pay(&mut shop, &format!("payment_method={card}")).status, 400);
    let spent = shop.card("4242424242424242");
    assert_eq!(pay(&mut shop, &format!("payment_method={spent}")).status, 200);
    assert!(attach(&mut shop, &spent, &jane).text("error.message").contains("may not be used again"));
}

#[test]
fn cards_that_decline_are_not_saved_save_the_one_that_declines_later() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let told = attach(&mut shop, "pm_card_visa_chargeDeclined", &jane);
    assert_eq!((told.status, told.text("error.code")), (402, "card_declined".into()));
    assert_eq!(told.text("error.param"), "");
    let told = shop.post("/v1/customers", "payment_method=pm_card_chargeDeclinedExpiredCard");
    assert_eq!((told.text("error.code"), told.text("error.param")), ("expired_card".into(), "exp_month".into()));
    assert_eq!(shop.get("/v1/customers", "").count(), 1, "no customer was made");
    let card = attach(&mut shop, "pm_card_chargeCustomerFail", &jane).text("id");
    assert_eq!(pay(&mut shop, &format!("customer={jane}&payment_method={card}")).status, 402);
    assert_eq!(attach(&mut shop, "abcd", &jane).text("error.message"), "No such PaymentMethod: 'abcd'");
}

#[test]
fn a_payment_for_future_use_saves_its_card_once_it_succeeds() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let (bad, good) = (shop.card("4000000000000002"), shop.card("4242424242424242"));
    let intent = shop.intent(&format!("customer={jane}&setup_future_usage=off_session"));
    shop.confirm(&intent, &format!("payment_method={bad}"));
    let list = format!("/v1/customers/{jane}/payment_methods");
    assert_eq!(shop.get(&list, "").count(), 0);
    shop.confirm(&intent, &format!("payment_method={good}"));
    assert_eq!(shop.get(&list, "type=card").ids(), std::slice::from_ref(&good));
    let told = pay(&mut shop, &format!("customer={jane}&payment_method={good}&off_session=true"));
    assert_eq!(told.text("status"), "succeeded");
    let told = shop.get(&format!("{list}/{good}"), "expand[]=customer");
    assert_eq!(told.text("customer.id"), jane);
}

#[test]
fn an_absent_customer_needs_a_card_that_was_set_up() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let card = shop.card("4000002500003155");
    attach(&mut shop, &card, &jane);
    let again = format!("customer={jane}&payment_method={card}&off_session=true");
    let told = pay(&mut shop, &again);
    assert_eq!((told.status, told.text("error.code")), (402, "authentication_required".into()));
    let intent = shop.intent(&format!("customer={jane}&setup_future_usage=off_session"));
    shop.confirm(&intent, &format!("payment_method={card}&use_stripe_sdk=true"));
    shop.authenticate(&intent, true);
    assert_eq!(shop.confirm(&intent, "").text("status"), "succeeded");
    assert_eq!(pay(&mut shop, &again).text("status"), "succeeded");
}

#[test]
fn saved_cards_are_updated_and_listed_and_leave_with_their_customer() {
    let mut shop = Shop::new();
    let jane = shop.customer("");
    let first = shop.card("4242424242424242");
    let path = format!("/v1/payment_methods/{first}");
    assert!(shop.post(&path, "card[exp_year]=2031").text("error.message").starts_with("You must save"));
    attach(&mut shop, &first, &jane);
    let second = attach(&mut shop, "pm_card_mastercard", &jane).text("id");
    let form = "card[exp_month]=3&card[exp_year]=31&billing_details[name]=Jane&metadata[k]=v&allow_redisplay=always";
    let told = shop.post(&path, form);
    assert_eq!((told.at("card.exp_year").as_i64(), told.text("billing_details.name")), (Some(2031), "Jane".into()));
    assert_eq!(shop.post(&path, "card[exp_year]=2020").text("error.code"), "invalid_expiry_year");
    let list = format!("customer={jane}");
    assert_eq!(shop.get("/v1/payment_methods", &list).ids(), [second, first.clone()]);
    assert_eq!(
        shop.get("/v1/payment_methods", &format!("{list}&allow_redisplay=always")).ids(),
        std::slice::from_ref(&first)
    );
    assert_eq!(shop.get("/v1/payment_methods", "customer=cus_none").text("error.param"), "customer");
    shop.delete(&format!("/v1/customers/{jane}"));
    assert!(shop.get(&path, "").at("customer").is_null());
    assert!(shop.get("/v1/payment_methods", "").ids().is_empty());
}

//! The guide's flow, step by step, and every way it can turn.

use crate::shop::{PUBLISHABLE, Shop};

#[test]
fn a_card_without_authentication_is_charged_by_the_first_confirm() {
    let mut shop = Shop::new();
    let intent = shop.intent("metadata[sale_id]=S1&description=Sale");
    let told = shop.confirm_with(&intent, "4242424242424242");
    assert_eq!((told.status, told.text("status")), (200, "succeeded".into()));
    assert_eq!(
        (told.at("amount_received").as_i64(), told.at("latest_charge.paid").as_bool()),
        (Some(2345), Some(true))
    );
    assert_eq!(told.text("latest_charge.payment_method_details.card.last4"), "4242");
    assert_eq!(told.text("latest_charge.payment_method_details.card.checks.cvc_check"), "pass");
    assert_eq!(told.text("latest_charge.metadata.sale_id"), "S1");
    assert_eq!(told.text("metadata.sale_id"), "S1");
    assert_eq!(shop.stripe.ledger().len(), 1);
}

#[test]
fn the_guides_single_call_creates_and_confirms() {
    let mut shop = Shop::new();
    let card = shop.card("4242424242424242");
    let form = format!(
        "amount=1099&currency=usd&payment_method={card}&confirmation_method=manual&confirm=true&payment_method_types[]=card"
    );
    assert_eq!(shop.post("/v1/payment_intents", &form).text("status"), "succeeded");
    let bare = form.replace("&payment_method_types[]=card", "");
    let told = shop.post("/v1/payment_intents", &bare.replace(&card, "pm_card_visa"));
    assert_eq!((told.status, told.text("error.param")), (400, "return_url".into()));
}

#[test]
fn an_authenticated_card_is_charged_only_by_the_second_confirm() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let asked = shop.confirm_with(&intent, "4000002500003155");
    assert_eq!(asked.text("status"), "requires_action");
    assert_eq!(asked.text("next_action.type"), "use_stripe_sdk");
    assert!(asked.at("latest_charge").is_null());
    assert_eq!(shop.authenticate(&intent, true).text("status"), "requires_confirmation");
    assert!(shop.stripe.ledger().is_empty(), "the authentication alone takes no money");
    let told = shop.confirm(&intent, "expand[]=latest_charge");
    assert_eq!(told.text("status"), "succeeded");
    assert_eq!(told.text("latest_charge.payment_method_details.card.three_d_secure.result"), "authenticated");
}

#[test]
fn a_refused_authentication_wants_another_card_on_the_same_intent() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    shop.confirm_with(&intent, "4000002500003155");
    let told = shop.authenticate(&intent, false);
    assert_eq!(told.text("status"), "requires_payment_method");
    assert_eq!(told.text("last_payment_error.code"), "payment_intent_authentication_failure");
    assert_eq!(told.text("last_payment_error.type"), "invalid_request_error");
    assert!(told.at("payment_method").is_null());
    assert_eq!(shop.confirm_with(&intent, "4242424242424242").text("status"), "succeeded");
}

#[test]
fn a_second_confirm_after_an_hour_is_too_late() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    shop.confirm_with(&intent, "4000002500003155");
    shop.authenticate(&intent, true);
    shop.later(3_601);
    let told = shop.confirm(&intent, "");
    assert_eq!((told.status, told.text("error.type")), (402, "card_error".into()));
    assert_eq!(told.text("error.code"), "payment_intent_payment_attempt_expired");
    assert_eq!(told.text("error.payment_intent.status"), "requires_payment_method");
    assert!(shop.stripe.ledger().is_empty());
}

#[test]
fn a_declined_card_leaves_the_intent_for_the_next_one() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let told = shop.confirm_with(&intent, "4000000000009995");
    assert_eq!((told.status, told.text("error.code")), (402, "card_declined".into()));
    assert_eq!(told.text("error.decline_code"), "insufficient_funds");
    assert_eq!(told.text("error.message"), "Your card has insufficient funds.");
    assert_eq!(told.text("error.payment_intent.id"), intent);
    assert_eq!(told.text("error.payment_intent.status"), "requires_payment_method");
    assert_eq!(told.text("error.payment_method.card.last4"), "9995");
    assert_eq!(told.at("error.charge"), told.at("error.payment_intent.latest_charge"));
    assert_eq!(shop.confirm_with(&intent, "5555555555554444").text("status"), "succeeded");
    assert!(shop.read(&intent).at("last_payment_error").is_null());
    assert_eq!(shop.stripe.ledger().len(), 1);
}

#[test]
fn a_spent_payment_method_is_refused() {
    let mut shop = Shop::new();
    let (first, second) = (shop.intent(""), shop.intent(""));
    let card = shop.card("4000000000000002");
    assert_eq!(shop.confirm(&first, &format!("payment_method={card}")).status, 402);
    for intent in [&first, &second] {
        let told = shop.confirm(intent, &format!("payment_method={card}"));
        assert_eq!(told.status, 400);
        assert!(told.text("error.message").contains("may not be used again"));
    }
}

#[test]
fn an_authorised_payment_is_captured_in_part_or_released() {
    let mut shop = Shop::new();
    let taken = shop.intent("capture_method=manual");
    let held = shop.confirm_with(&taken, "4242424242424242");
    assert_eq!((held.text("status"), held.at("amount_capturable").as_i64()), ("requires_capture".into(), Some(2345)));
    let deadline = held.at("latest_charge.payment_method_details.card.capture_before").as_i64();
    assert_eq!(deadline, Some(shop.now / 1_000 + 7 * 86_400));
    assert!(shop.stripe.ledger().is_empty());
    let path = format!("/v1/payment_intents/{taken}/capture");
    assert_eq!(shop.post(&path, "amount_to_capture=9999").status, 400);
    let told = shop.post(&path, "amount_to_capture=2000");
    assert_eq!((told.text("status"), told.at("amount_received").as_i64()), ("succeeded".into(), Some(2000)));
    assert_eq!(shop.post(&path, "").text("error.code"), "payment_intent_unexpected_state");

    let released = shop.intent("capture_method=manual");
    shop.confirm_with(&released, "4242424242424242");
    let told =
        shop.post(&format!("/v1/payment_intents/{released}/cancel"), "cancellation_reason=requested_by_customer");
    assert_eq!(
        (told.text("status"), told.text("cancellation_reason")),
        ("canceled".into(), "requested_by_customer".into())
    );
    assert_eq!(shop.stripe.ledger()[0].amount, 2000);
}

#[test]
fn a_hold_lapses_after_seven_days() {
    let mut shop = Shop::new();
    let intent = shop.intent("capture_method=manual");
    shop.confirm_with(&intent, "4242424242424242");
    shop.later(7 * 86_400 + 1);
    let told = shop.post(&format!("/v1/payment_intents/{intent}/capture"), "");
    assert_eq!(told.text("error.payment_intent.status"), "canceled");
    assert_eq!(told.text("error.payment_intent.cancellation_reason"), "automatic");
}

#[test]
fn an_operation_that_does_not_fit_shows_the_intent_as_it_stands() {
    let mut shop = Shop::new();
    let paid = shop.intent("");
    shop.confirm_with(&paid, "4242424242424242");
    for (path, form) in [("cancel", ""), ("confirm", "payment_method=pm_card_visa"), ("capture", "")] {
        let told = shop.post(&format!("/v1/payment_intents/{paid}/{path}"), form);
        assert_eq!((told.status, told.text("error.code")), (400, "payment_intent_unexpected_state".into()), "{path}");
        assert_eq!(told.text("error.payment_intent.status"), "succeeded");
    }
    assert_eq!(shop.stripe.ledger().len(), 1);
}

#[test]
fn too_many_attempts_close_the_intent() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    for _ in 0..10 {
        assert_eq!(shop.confirm_with(&intent, "4000000000000002").status, 402);
    }
    let told = shop.confirm_with(&intent, "4242424242424242");
    assert_eq!((told.status, told.text("status")), (200, "canceled".into()));
    assert!(shop.stripe.ledger().is_empty());
}

#[test]
fn a_phone_order_is_not_asked_to_authenticate() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let card = shop.card("4000002760003184");
    let form = format!("payment_method={card}&payment_method_options[card][moto]=true&expand[]=latest_charge");
    let told = shop.confirm(&intent, &form);
    assert_eq!(told.text("status"), "succeeded");
    assert_eq!(told.at("latest_charge.payment_method_details.card.moto").as_bool(), Some(true));
}

#[test]
fn an_absent_customer_cannot_be_asked() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let card = shop.card("4000002760003184");
    let told = shop.confirm(&intent, &format!("payment_method={card}&off_session=true"));
    assert_eq!((told.status, told.text("error.decline_code")), (402, "authentication_required".into()));
}

#[test]
fn a_page_may_look_but_not_confirm_by_hand() {
    let mut shop = Shop::new();
    let intent = shop.intent("metadata[secret]=x");
    let secret = shop.read(&intent).text("client_secret");
    let path = format!("/v1/payment_intents/{intent}");
    let seen = shop.ask("GET", &path, &format!("client_secret={secret}"), PUBLISHABLE, None);
    assert_eq!(seen.text("status"), "requires_payment_method");
    assert!(seen.body.get("metadata").is_none() && seen.body.get("latest_charge").is_none());
    assert_eq!(shop.ask("GET", &path, "client_secret=pi_wrong", PUBLISHABLE, None).status, 400);
    assert_eq!(shop.ask("GET", &path, "", PUBLISHABLE, None).text("error.code"), "parameter_missing");
    let form = format!("client_secret={secret}&payment_method=pm_card_visa");
    let told = shop.ask("POST", &format!("{path}/confirm"), &form, PUBLISHABLE, None);
    assert!(told.text("error.message").contains("`confirmation_method` is set to `manual`"));
    let told = shop.ask("POST", "/v1/refunds", "", PUBLISHABLE, None);
    assert_eq!((told.status, told.text("error.code")), (401, "secret_key_required".into()));
}

#[test]
fn with_automatic_confirmation_the_authentication_finishes_the_payment() {
    let mut shop = Shop::new();
    let told = shop.post("/v1/payment_intents", "amount=500&currency=eur&payment_method_types[]=card");
    let (intent, secret) = (told.text("id"), told.text("client_secret"));
    let card = shop.card("4000000000003220");
    let form = format!("client_secret={secret}&payment_method={card}&use_stripe_sdk=true");
    let asked = shop.ask("POST", &format!("/v1/payment_intents/{intent}/confirm"), &form, PUBLISHABLE, None);
    assert_eq!(asked.text("status"), "requires_action");
    let form = format!("client_secret={secret}&outcome=authenticated");
    let told = shop.ask("POST", "/v1/3ds2/authenticate", &form, PUBLISHABLE, None);
    assert_eq!((told.status, told.text("status")), (200, "succeeded".into()));
}

#[test]
fn refunds_never_exceed_what_was_taken() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    shop.confirm_with(&intent, "4242424242424242");
    let refund = |shop: &mut Shop, amount: i64| {
        shop.post("/v1/refunds", &format!("payment_intent={intent}&amount={amount}&metadata[refund_id]=R"))
    };
    let told = refund(&mut shop, 9_999);
    assert_eq!(told.text("error.message"), "Refund amount ($99.99) is greater than charge amount ($23.45)");
    let told = refund(&mut shop, 2_000);
    assert_eq!((told.text("object"), told.text("status")), ("refund".into(), "succeeded".into()));
    assert_eq!(shop.get("/v1/refunds", &format!("payment_intent={intent}")).at("data.0.id"), told.at("id"));
    assert_eq!(
        refund(&mut shop, 400).text("error.message"),
        "Refund amount ($4.00) is greater than unrefunded amount on charge ($3.45)"
    );
    let told = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
    assert_eq!(told.at("amount").as_i64(), Some(345));
    assert_eq!(refund(&mut shop, 1).text("error.code"), "charge_already_refunded");
    assert_eq!(shop.read(&intent).at("latest_charge.refunded").as_bool(), Some(true));
}

#[test]
fn fees_are_known_a_moment_after_the_sale() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let told = shop.confirm_with(&intent, "4242424242424242");
    assert!(told.at("latest_charge.balance_transaction").is_null());
    shop.later(5);
    let told = shop.get(&format!("/v1/payment_intents/{intent}"), "expand[]=latest_charge.balance_transaction");
    assert_eq!(told.at("latest_charge.balance_transaction.fee").as_i64(), Some(99));
    assert_eq!(told.at("latest_charge.balance_transaction.net").as_i64(), Some(2246));
}

#[test]
fn the_account_can_take_cards() {
    let mut shop = Shop::new();
    let account = shop.get("/v1/account", "");
    assert!(account.text("id").starts_with("acct_"));
    assert_eq!((account.text("country"), account.text("default_currency")), ("US".into(), "usd".into()));
    assert_eq!(account.at("charges_enabled").as_bool(), Some(true));
    assert!(!account.text("business_profile.name").is_empty());
    assert_eq!(shop.get("/v1/balance", "").text("object"), "balance");
}

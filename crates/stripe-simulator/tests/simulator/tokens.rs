//! Tokens: one use, then spent.

use crate::shop::{PUBLISHABLE, Shop};

#[test]
fn a_token_becomes_a_payment_method_once() {
    let mut shop = Shop::new();
    let form = "card[number]=4000000000000036&card[exp_month]=12&card[exp_year]=30&card[cvc]=123&card[address_zip]=12345&card[name]=Jane";
    let told = shop.ask("POST", "/v1/tokens", form, PUBLISHABLE, None);
    assert_eq!((told.status, told.text("card.brand"), told.text("card.last4")), (200, "Visa".into(), "0036".into()));
    let token = told.text("id");
    let form = format!("type=card&card[token]={token}");
    let told = shop.post("/v1/payment_methods", &form);
    assert_eq!(
        (told.text("billing_details.name"), told.text("card.checks.cvc_check")),
        ("Jane".into(), "unchecked".into())
    );
    let card = told.text("id");
    assert_eq!(shop.get(&format!("/v1/tokens/{token}"), "").at("used").as_bool(), Some(true));
    let told = shop.post("/v1/payment_methods", &form);
    assert_eq!(told.text("error.code"), "token_already_used");
    assert_eq!(told.text("error.message"), format!("You cannot use a Stripe token more than once: {token}."));
    let intent = shop.intent("");
    let told = shop.confirm(&intent, &format!("payment_method={card}&expand[]=latest_charge"));
    assert_eq!(told.text("latest_charge.payment_method_details.card.checks.address_postal_code_check"), "fail");
}

#[test]
fn ready_made_tokens_stand_for_their_cards_again_and_again() {
    let mut shop = Shop::new();
    for (token, last4) in
        [("tok_visa", "4242"), ("tok_visa", "4242"), ("tok_mastercard", "4444"), ("tok_chargeDeclined", "0002")]
    {
        let told = shop.post("/v1/payment_methods", &format!("type=card&card[token]={token}"));
        assert_eq!(told.text("card.last4"), last4, "{token}");
    }
    assert_eq!(
        shop.post("/v1/payment_methods", "type=card&card[token]=tok_none").text("error.code"),
        "resource_missing"
    );
    assert_eq!(shop.post("/v1/payment_methods", "type=card&card[cvc]=123").text("error.param"), "card[number]");
    assert_eq!(shop.post("/v1/tokens", "").text("error.param"), "card");
    assert_eq!(shop.get("/v1/tokens/tok_none", "").status, 404);
}

//! What the calls of Stripe.js tell a page.

use serde_json::json;

use crate::stage::{NUMBER, Outcome, Shop, secret_of, touch};

in_both_engines!(
    confirm_card_payment_pays_with_the_typed_card,
    a_decline_has_its_type_code_decline_code_sentence_and_intent,
    confirm_card_payment_asks_the_bank_unless_told_not_to,
    confirm_card_setup_saves_the_typed_card,
    a_token_is_made_of_the_typed_card,
    a_page_reads_only_the_public_part_of_an_intent,
    a_simulator_that_is_gone_is_a_connection_error,
    a_key_that_cannot_work_is_refused,
);

fn typed(shop: &Shop<'_>, number: &str) -> Outcome {
    let card = shop.card(&json!({}))?;
    touch(&card, NUMBER)?;
    shop.page.press(&format!("{number}123412310001"))?;
    shop.wait_event("change", |event| event["complete"] == true).map(drop)
}

fn confirm_card_payment_pays_with_the_typed_card(shop: &Shop<'_>) -> Outcome {
    typed(shop, "4242424242424242")?;
    let secret = shop.payment("")?;
    let result = shop.call(&format!("shop.stripe.confirmCardPayment('{secret}', {{ payment_method: {{ card: shop.made.card, billing_details: {{ name: 'Ann' }} }}, receipt_email: 'ann@example.com' }})"))?;
    assert_eq!(result["paymentIntent"]["status"], "succeeded", "{result}");
    assert_eq!(result["paymentIntent"]["receipt_email"], "ann@example.com");
    Ok(())
}

fn a_decline_has_its_type_code_decline_code_sentence_and_intent(shop: &Shop<'_>) -> Outcome {
    typed(shop, "4000000000009995")?;
    let secret = shop.payment("")?;
    let result = shop.call(&format!(
        "shop.stripe.confirmCardPayment('{secret}', {{ payment_method: {{ card: shop.made.card }} }})"
    ))?;
    let error = &result["error"];
    assert_eq!(error["type"], "card_error", "{result}");
    assert_eq!(error["code"], "card_declined");
    assert_eq!(error["decline_code"], "insufficient_funds");
    assert_eq!(error["message"], "Your card has insufficient funds.");
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    let manual = shop.payment("confirmation_method=manual")?;
    let result =
        shop.call(&format!("shop.stripe.confirmCardPayment('{manual}', {{ payment_method: 'pm_card_visa' }})"))?;
    assert_eq!(result["error"]["type"], "invalid_request_error", "only the secret key confirms it: {result}");
    Ok(())
}

fn confirm_card_payment_asks_the_bank_unless_told_not_to(shop: &Shop<'_>) -> Outcome {
    shop.js("shop.stripe = Stripe('pk_test_shop')")?;
    let data = "{ payment_method: 'pm_card_authenticationRequired' }";
    let secret = shop.payment("")?;
    let left = shop.call(&format!("shop.stripe.confirmCardPayment('{secret}', {data}, {{ handleActions: false }})"))?;
    assert_eq!(left["paymentIntent"]["status"], "requires_action", "{left}");
    let secret = shop.payment("")?;
    shop.begin(&format!("shop.stripe.confirmCardPayment('{secret}', {data})"))?;
    shop.bank().click("#test-source-authorize-3ds")?;
    assert_eq!(shop.result()?["paymentIntent"]["status"], "succeeded");
    let secret = shop.payment("")?;
    let poor = "{ payment_method: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds' }";
    shop.begin(&format!("shop.stripe.confirmCardPayment('{secret}', {poor})"))?;
    shop.bank().click("#test-source-authorize-3ds")?;
    let result = shop.result()?;
    assert_eq!(result["error"]["decline_code"], "insufficient_funds", "{result}");
    Ok(())
}

fn confirm_card_setup_saves_the_typed_card(shop: &Shop<'_>) -> Outcome {
    typed(shop, "4242424242424242")?;
    let secret = secret_of(&shop.api("setup_intents", "payment_method_types[]=card")?)?;
    let result = shop
        .call(&format!("shop.stripe.confirmCardSetup('{secret}', {{ payment_method: {{ card: shop.made.card }} }})"))?;
    assert_eq!(result["setupIntent"]["status"], "succeeded", "{result}");
    let read = shop.call(&format!("shop.stripe.retrieveSetupIntent('{secret}')"))?;
    assert_eq!(read["setupIntent"]["id"], result["setupIntent"]["id"]);
    Ok(())
}

fn a_token_is_made_of_the_typed_card(shop: &Shop<'_>) -> Outcome {
    typed(shop, "4242424242424242")?;
    let made = shop.call("shop.stripe.createToken(shop.made.card, { name: 'Ann' })")?;
    assert_eq!(made["token"]["card"]["last4"], "4242", "{made}");
    let token = made["token"]["id"].as_str().unwrap_or_default();
    let method =
        shop.call(&format!("shop.stripe.createPaymentMethod({{ type: 'card', card: {{ token: '{token}' }} }})"))?;
    assert_eq!(method["paymentMethod"]["billing_details"]["name"], "Ann", "{method}");
    let other = shop.call("shop.stripe.createToken('pii', {})")?;
    assert_eq!(other["threw"]["name"], "IntegrationError");
    Ok(())
}

fn a_page_reads_only_the_public_part_of_an_intent(shop: &Shop<'_>) -> Outcome {
    shop.js("shop.stripe = Stripe('pk_test_shop')")?;
    let secret = shop.payment("metadata[till]=7&description=Books")?;
    let read = shop.call(&format!("shop.stripe.retrievePaymentIntent('{secret}')"))?;
    let intent = &read["paymentIntent"];
    assert_eq!(intent["amount"], 2345, "{read}");
    assert_eq!(intent["description"], "Books");
    for hidden in ["metadata", "latest_charge", "customer", "application_fee_amount"] {
        assert!(intent.get(hidden).is_none(), "{hidden} is not for pages");
    }
    let wrong = shop.call(&format!("shop.stripe.retrievePaymentIntent('{secret}x')"))?;
    assert_eq!(wrong["error"]["type"], "invalid_request_error", "{wrong}");
    Ok(())
}

fn a_simulator_that_is_gone_is_a_connection_error(shop: &Shop<'_>) -> Outcome {
    let gone = "window.fetch = () => Promise.reject(new TypeError('gone'))";
    typed(shop, "4242424242424242")?;
    shop.frame("#card").run(gone, &[])?;
    let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.card })")?;
    assert_eq!(made["error"]["type"], "api_connection_error", "{made}");
    Ok(())
}

fn a_key_that_cannot_work_is_refused(shop: &Shop<'_>) -> Outcome {
    let table = [
        ("'pk_live_x'", "HTTPS"),
        ("'sk_test_x'", "secret key"),
        ("'rk_live_x'", "secret key"),
        ("''", "empty string"),
        ("'key'", "Invalid API Key"),
        ("", "apiKey should be a string"),
        ("{}", "apiKey should be a string"),
    ];
    for (key, part) in table {
        let told = shop.js(&format!(
            "try {{ Stripe({key}); return ''; }} catch (error) {{ return `${{error.name}}: ${{error.message}}`; }}"
        ))?;
        let told = told.as_str().unwrap_or_default();
        assert!(told.starts_with("IntegrationError: ") && told.contains(part), "Stripe({key}) said “{told}”");
    }
    Ok(())
}

//! What becomes of a card that is typed.

use serde_json::json;

use crate::stage::{Outcome, Shop};

in_both_engines!(a_typed_card_becomes_a_payment_method);

fn a_typed_card_becomes_a_payment_method(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    shop.touch(&card, "input[name=cardnumber]")?;
    shop.page.press("42424242424242421234123")?;
    shop.page.press("10001")?;
    let change = shop.wait_event("change", |event| event["complete"] == true)?;
    assert_eq!(
        change,
        json!({ "name": "change", "elementType": "card", "empty": false, "complete": true, "brand": "visa", "value": { "postalCode": "10001" } })
    );
    let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.card })")?;
    let method = &made["paymentMethod"];
    assert_eq!(method["card"]["brand"], "visa", "{made}");
    assert_eq!(method["card"]["last4"], "4242");
    assert_eq!(method["billing_details"]["address"]["postal_code"], "10001");
    Ok(())
}

//! A card in several Elements.

use serde_json::json;
use xtask::desk::keys;

use crate::stage::{NUMBER, Outcome, Shop, touch, wait_in};

in_both_engines!(
    the_parts_of_a_card_make_one_payment_method,
    an_unfinished_part_is_named,
    the_code_and_the_postcode_know_what_the_number_says,
);

const PARTS: &str =
    "put(['cardNumber', 'cardExpiry', 'cardCvc', 'postalCode'], { style: shopStyle(), showIcon: true })";

fn parts(shop: &Shop<'_>) -> Outcome {
    shop.js(PARTS)?;
    shop.wait_js("return shop.events.filter((event) => event.name === 'ready').length === 4")
}

fn type_part(shop: &Shop<'_>, place: &str, name: &str, keys: &str) -> Outcome {
    touch(&shop.frame(place), &format!("input[name={name}]"))?;
    shop.page.press(keys)
}

fn the_parts_of_a_card_make_one_payment_method(shop: &Shop<'_>) -> Outcome {
    parts(shop)?;
    type_part(shop, "#number", "cardnumber", "5555555555554444")?;
    let change = shop.wait_event("change", |event| event["complete"] == true)?;
    assert_eq!(
        change,
        json!({ "name": "change", "elementType": "cardNumber", "empty": false, "complete": true, "brand": "mastercard" })
    );
    // By keyboard from one frame into the next.
    for (place, name, typed) in
        [("#expiry", "exp-date", "1234"), ("#code", "cvc", "123"), ("#postcode", "postal", "94107")]
    {
        shop.page.press(keys::TAB)?;
        shop.wait_focus(place, name)?;
        shop.page.press(typed)?;
        shop.wait_event("change", |event| event["complete"] == true && event["brand"].is_null())?;
    }
    let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.cardNumber })")?;
    assert_eq!(made["paymentMethod"]["card"]["last4"], "4444", "{made}");
    assert_eq!(made["paymentMethod"]["billing_details"]["address"]["postal_code"], "94107");
    let token = shop.call("shop.stripe.createToken(shop.made.cardNumber, { name: 'Ann' })")?;
    assert_eq!(token["token"]["card"]["address_zip"], "94107", "{token}");
    Ok(())
}

fn an_unfinished_part_is_named(shop: &Shop<'_>) -> Outcome {
    parts(shop)?;
    type_part(shop, "#number", "cardnumber", "4242424242424242")?;
    type_part(shop, "#expiry", "exp-date", "1234")?;
    let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.cardNumber })")?;
    assert_eq!(made["error"]["code"], "incomplete_cvc", "{made}");
    // Each part says for itself what it lacks.
    shop.wait_js("return shop.events.some(({ elementType, error }) => elementType === 'postalCode' && error?.code === 'incomplete_zip')")
}

fn the_code_and_the_postcode_know_what_the_number_says(shop: &Shop<'_>) -> Outcome {
    parts(shop)?;
    type_part(shop, "#number", "cardnumber", "378282246310005")?;
    shop.wait_event("change", |event| event["brand"] == "amex" && event["complete"] == true)?;
    type_part(shop, "#code", "cvc", "12345")?;
    wait_in(&shop.frame("#code"), "return document.querySelector('[name=cvc]').value === '1234'")?;
    shop.js("shop.made.cardNumber.clear()")?;
    type_part(shop, "#number", "cardnumber", "4000008260000000")?;
    type_part(shop, "#postcode", "postal", "sw1a1aa")?;
    wait_in(&shop.frame("#postcode"), "return document.querySelector('[name=postal]').value === 'SW1A1AA'")?;
    touch(&shop.frame("#number"), NUMBER)
}

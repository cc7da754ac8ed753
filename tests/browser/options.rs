//! What a page may say about the card Element, and do with it.

use anyhow::Result;
use serde_json::{Value, json};
use xtask::desk::Frame;

use crate::stage::{NUMBER, Outcome, Shop, touch, wait_in};

in_both_engines!(
    the_postcode_can_be_hidden_or_given,
    icons_can_be_hidden_or_of_one_colour,
    a_disabled_card_takes_no_keys_until_it_is_enabled,
    the_pages_style_is_worn_and_can_be_changed,
    classes_follow_the_state_and_can_be_renamed,
    clear_focus_and_blur_do_what_they_say,
    an_element_can_be_unmounted_and_mounted_again_but_not_after_destroy,
    a_card_is_one_element_or_its_parts_and_only_once,
    a_frame_that_does_not_come_is_told,
    a_card_of_two_networks_is_told,
);

fn visible(frame: &Frame<'_>, css: &str) -> Result<Value> {
    frame.run("return document.querySelector(arguments[0]).checkVisibility()", &[json!(css)])
}

fn the_postcode_can_be_hidden_or_given(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "hidePostalCode": true }))?;
    assert_eq!(visible(&card, "[name=postal]")?, false);
    shop.type_afresh(&card, "42424242424242421234123")?;
    let event = shop.wait_event("change", |event| event["complete"] == true)?;
    assert_eq!(event["value"]["postalCode"], "");
    shop.js("shop.made.card.update({ hidePostalCode: false, value: { postalCode: '94107' } })")?;
    shop.wait_event("change", |event| event["value"]["postalCode"] == "94107" && event["complete"] == true)?;
    assert_eq!(visible(&card, "[name=postal]")?, true);
    Ok(())
}

fn icons_can_be_hidden_or_of_one_colour(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "iconStyle": "solid", "style": { "base": { "iconColor": "rgb(1, 2, 3)" } } }))?;
    shop.type_afresh(&card, "4242")?;
    shop.wait_event("change", |event| event["brand"] == "visa")?;
    let drawing = card.run("return document.getElementById('icon').innerHTML", &[])?.to_string();
    assert!(drawing.contains("rgb(1, 2, 3)") && !drawing.contains("#1a2f7d"), "{drawing}");
    shop.js("shop.made.card.update({ iconStyle: 'default' })")?;
    wait_in(&card, "return document.getElementById('icon').innerHTML.includes('#1a2f7d')")?;
    shop.js("shop.made.card.update({ hideIcon: true })")?;
    wait_in(&card, "return !document.getElementById('icon').checkVisibility()")
}

fn a_disabled_card_takes_no_keys_until_it_is_enabled(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "disabled": true }))?;
    wait_in(&card, "return [...document.querySelectorAll('input')].every((input) => input.disabled)")?;
    shop.js("shop.made.card.update({ disabled: false })")?;
    wait_in(&card, "return [...document.querySelectorAll('input')].every((input) => !input.disabled)")?;
    shop.type_afresh(&card, "4242")?;
    shop.wait_event("change", |event| event["brand"] == "visa").map(drop)
}

fn the_pages_style_is_worn_and_can_be_changed(shop: &Shop<'_>) -> Outcome {
    let style = json!({ "base": { "color": "rgb(10, 20, 30)", "fontSize": "20px", "fontWeight": 600, "letterSpacing": "1px",
        "lineHeight": "40px", "::placeholder": { "color": "rgb(90, 91, 92)" } },
        "invalid": { "color": "rgb(200, 0, 1)" }, "complete": { "color": "rgb(0, 100, 2)" } });
    let card = shop.card(&json!({ "style": style }))?;
    let wear = |property: &str| {
        card.run("return getComputedStyle(document.querySelector('input'))[arguments[0]]", &[json!(property)])
    };
    let placeholder = "return [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
        .some((rule) => rule.selectorText === '#fields input::placeholder' && rule.style.color === 'rgb(90, 91, 92)')";
    wait_in(&card, placeholder)?;
    for (property, value) in
        [("color", "rgb(10, 20, 30)"), ("fontSize", "20px"), ("fontWeight", "600"), ("letterSpacing", "1px")]
    {
        assert_eq!(wear(property)?, value, "{property}");
    }
    assert_eq!(shop.js("return document.querySelector('#card iframe').clientHeight")?, 40, "a line high");
    shop.type_afresh(&card, "4242424242424241")?;
    shop.wait_event("change", |event| event["error"]["code"] == "invalid_number")?;
    assert_eq!(wear("color")?, "rgb(200, 0, 1)");
    shop.type_afresh(&card, "4242424242424242")?;
    shop.wait_event("change", |event| event["error"].is_null())?;
    assert_eq!(wear("color")?, "rgb(0, 100, 2)");
    shop.js(
        "shop.made.card.update({ style: { base: { color: 'rgb(5, 6, 7)', fontSize: '30px; } * { display: none' } } })",
    )?;
    wait_in(&card, "return getComputedStyle(document.querySelector('input')).color === 'rgb(5, 6, 7)'")?;
    assert_eq!(visible(&card, NUMBER)?, true, "a value cannot become a rule");
    Ok(())
}

fn classes_follow_the_state_and_can_be_renamed(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "classes": { "focus": "lit bright" } }))?;
    let has = |names: &str| {
        let script = format!(
            "const has = document.getElementById('card').classList; return '{names}'.split(' ').every((name) => has.contains(name))"
        );
        shop.wait_js(&script)
    };
    has("box StripeElement StripeElement--empty")?;
    shop.type_afresh(&card, "4242424242424241")?;
    has("lit bright StripeElement--invalid")?;
    shop.type_afresh(&card, "4242424242424242123412310001")?;
    has("StripeElement--complete")?;
    shop.js("shop.made.card.update({ classes: { base: 'mine' } })")?;
    has("mine StripeElement--focus")?;
    shop.js("shop.made.card.unmount()")?;
    assert_eq!(shop.js("return document.getElementById('card').className")?, "box");
    Ok(())
}

fn clear_focus_and_blur_do_what_they_say(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    // WebKit lets a frame of another site take the focus only after somebody has pressed or tabbed into it.
    touch(&card, NUMBER)?;
    shop.js("document.getElementById('after').focus()")?;
    shop.wait_focus("#card", "after")?;
    shop.js("shop.made.card.focus()")?;
    shop.wait_focus("#card", "cardnumber")?;
    shop.page.press("4242424242424242123")?;
    shop.wait_focus("#card", "exp-date")?;
    shop.js("shop.made.card.blur()")?;
    shop.wait_event("blur", |_| true)?;
    shop.js("shop.made.card.focus()")?;
    shop.wait_focus("#card", "exp-date")?;
    shop.js("shop.made.card.clear()")?;
    shop.wait_event("change", |event| event["empty"] == true && event["error"].is_null())?;
    wait_in(&card, "return [...document.querySelectorAll('input')].every((input) => input.value === '')")
}

fn an_element_can_be_unmounted_and_mounted_again_but_not_after_destroy(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    shop.type_afresh(&card, "4242424242424242")?;
    shop.js("shop.made.card.unmount()")?;
    let asked = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.card })")?;
    assert_eq!(asked["threw"]["name"], "IntegrationError", "{asked}");
    shop.js("shop.events.length = 0; shop.made.card.mount('#card')")?;
    shop.wait_event("ready", |_| true)?;
    wait_in(&card, "return document.querySelector('input').value === ''")?;
    shop.js("shop.made.card.destroy()")?;
    assert_eq!(shop.js("return document.querySelectorAll('iframe').length")?, 0);
    assert_eq!(shop.throws("shop.made.card.mount('#card')")?, "IntegrationError");
    assert_eq!(shop.throws("shop.elements.create('card').mount('#nowhere')")?, "IntegrationError");
    Ok(())
}

fn a_card_is_one_element_or_its_parts_and_only_once(shop: &Shop<'_>) -> Outcome {
    shop.card(&json!({}))?;
    for wrong in ["create('card')", "create('cardNumber')", "create('payment')"] {
        assert_eq!(shop.throws(&format!("shop.elements.{wrong}"))?, "IntegrationError", "{wrong}");
    }
    assert_eq!(shop.js("return shop.elements.getElement('card') === shop.made.card")?, true);
    assert_eq!(shop.js("return shop.elements.getElement('cardCvc')")?, Value::Null);
    assert_eq!(shop.throws("shop.made.card.on('paid', () => {})")?, "IntegrationError");
    assert_eq!(shop.throws("shop.stripe.confirmIdealPayment('x')")?, "IntegrationError", "not played, and says so");
    Ok(())
}

fn a_frame_that_does_not_come_is_told(shop: &Shop<'_>) -> Outcome {
    // The shop's own server has the script, but none of its frames.
    shop.load_script("stripe-alone.js")?;
    shop.js("put(['card'])")?;
    let event = shop.wait_event("loaderror", |_| true)?;
    assert_eq!(event["elementType"], "card");
    assert_eq!(event["error"]["type"], "api_connection_error");
    Ok(())
}

fn a_card_of_two_networks_is_told(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "preferredNetwork": ["cartes_bancaires"] }))?;
    shop.type_afresh(&card, "4000002500001001")?;
    let event = shop.wait_event("networkschange", |_| true)?;
    assert_eq!(event["elementType"], "card");
    Ok(())
}

//! What becomes of a card that is typed.

use anyhow::Context as _;
use serde_json::{Value, json};
use xtask::desk::{Frame, keys};

use crate::stage::{NUMBER, Outcome, Shop, touch};

in_both_engines!(
    a_typed_card_becomes_a_payment_method,
    each_fault_has_its_code_and_a_sentence,
    a_pasted_number_is_formatted_whatever_stands_between_its_digits,
    american_express_has_its_own_groups_and_a_code_of_four,
    each_brand_is_known_by_its_first_digits_and_shown,
    the_postcode_follows_the_country_of_the_card,
    a_correction_in_the_middle_keeps_the_caret_there,
);

fn a_typed_card_becomes_a_payment_method(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    touch(&card, NUMBER)?;
    shop.page.press("4242424242424242123412310001")?;
    let change = shop.wait_event("change", |event| event["complete"] == true)?;
    let documented = json!({ "name": "change", "elementType": "card", "empty": false, "complete": true,
        "brand": "visa", "value": { "postalCode": "10001" } });
    assert_eq!(change, documented);
    let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.card, billing_details: { name: 'Ann' }, metadata: { seat: 4 } })")?;
    let method = &made["paymentMethod"];
    assert_eq!(method["card"]["brand"], "visa", "{made}");
    assert_eq!(method["card"]["last4"], "4242");
    assert_eq!(method["card"]["exp_year"], 2034);
    assert_eq!(method["billing_details"]["address"]["postal_code"], "10001");
    assert_eq!(method["billing_details"]["name"], "Ann");
    assert_eq!(method["metadata"]["seat"], "4");
    Ok(())
}

fn each_fault_has_its_code_and_a_sentence(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    let year = card.run("return new Date().getFullYear() % 100", &[])?.as_u64().unwrap_or_default();
    let tab = keys::TAB;
    let number = "4242424242424242";
    let last_year = format!("{number}12{:02}", year - 1);
    // In January there is no month of this year that has passed: the clock of the frame is set to December.
    card.run("const now = new Date().getFullYear(); window.Date = class extends Date { getMonth() { return 11; } getFullYear() { return now; } }", &[])?;
    let table = [
        (format!("4242{tab}"), "incomplete_number"),
        ("4242424242424241".to_owned(), "invalid_number"),
        (format!("{number}1{tab}"), "incomplete_expiry"),
        (last_year, "invalid_expiry_year_past"),
        (format!("{number}11{year:02}"), "invalid_expiry_month_past"),
        (format!("{number}12{:02}", (year + 51) % 100), "invalid_expiry_year"),
        (format!("{number}123412{tab}"), "incomplete_cvc"),
        (format!("{number}1234123123{tab}"), "incomplete_zip"),
    ];
    for (keys, code) in table {
        shop.type_afresh(&card, &keys)?;
        let event = shop.wait_event("change", |event| event["error"]["code"] == code)?;
        assert_eq!(event["complete"], false);
        assert_eq!(event["error"]["type"], "validation_error");
        assert!(event["error"]["message"].as_str().is_some_and(|text| text.starts_with("Your ")), "{event}");
        let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.card })")?;
        assert_eq!(made["error"]["code"], code, "the call says the same");
    }
    Ok(())
}

fn value(frame: &Frame<'_>, name: &str) -> anyhow::Result<String> {
    let text = frame.run("return document.getElementsByName(arguments[0])[0].value", &[json!(name)])?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

fn a_pasted_number_is_formatted_whatever_stands_between_its_digits(shop: &Shop<'_>) -> Outcome {
    const COPY: &str = "let clip = document.getElementById('clip'); clip?.remove();
        clip = Object.assign(document.createElement('input'), { id: 'clip', value: arguments[0] });
        clip.setAttribute('aria-label', 'clip'); document.body.append(clip); clip.focus(); clip.select();";
    let card = shop.card(&json!({}))?;
    let table = [
        ("4242424242424242", "4242 4242 4242 4242", "exp-date"),
        ("  4242 4242-4242 4242 ", "4242 4242 4242 4242", "exp-date"),
        ("378282246310005", "3782 822463 10005", "exp-date"),
        ("     ", "", "cardnumber"),
        ("not a number", "", "cardnumber"),
    ];
    for (clip, expected, then) in table {
        shop.js("shop.made.card.clear()")?;
        shop.page.run(COPY, &[json!(clip)])?;
        shop.page.press_with(keys::CONTROL, "c")?;
        touch(&card, NUMBER)?;
        shop.page.press_with(keys::CONTROL, "v")?;
        shop.wait_focus("#card", then).with_context(|| format!("after “{clip}”"))?;
        assert_eq!(value(&card, "cardnumber")?, expected, "after “{clip}”");
    }
    Ok(())
}

fn american_express_has_its_own_groups_and_a_code_of_four(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "hidePostalCode": true }))?;
    shop.type_afresh(&card, "3782822463100051234123")?;
    let unfinished = shop.wait_event("change", |event| event["brand"] == "amex")?;
    assert_eq!(unfinished["complete"], false, "three digits are not its code");
    assert_eq!(value(&card, "cardnumber")?, "3782 822463 10005");
    shop.page.press("4")?;
    shop.wait_event("change", |event| event["complete"] == true)?;
    assert_eq!(value(&card, "cvc")?, "1234");
    Ok(())
}

fn each_brand_is_known_by_its_first_digits_and_shown(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    let table = [
        ("4", "visa"),
        ("55", "mastercard"),
        ("2223", "mastercard"),
        ("34", "amex"),
        ("6011", "discover"),
        ("3056", "diners"),
        ("36", "diners"),
        ("3566", "jcb"),
        ("62", "unionpay"),
        ("9", "unknown"),
    ];
    for (digits, brand) in table {
        shop.type_afresh(&card, digits)?;
        shop.wait_event("change", |event| event["brand"] == brand && event["empty"] == false)?;
        assert_eq!(card.run("return document.getElementById('icon').dataset.mark", &[])?, brand);
    }
    shop.type_afresh(&card, "4242424242424241")?;
    shop.wait_event("change", |event| event["error"]["code"] == "invalid_number")?;
    assert_eq!(card.run("return document.getElementById('icon').dataset.mark", &[])?, "error");
    Ok(())
}

fn the_postcode_follows_the_country_of_the_card(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    let table = [
        // American: digits only, five of them.
        ("4242424242424242", "sw100019", "10001", true),
        ("4242424242424242", "1000", "1000", false),
        ("4000008260000000", "sw1a 1aa", "SW1A 1AA", true),
        ("4000008260000000", "sw1a", "SW1A", false),
        ("4000001240000000", "k1a0b1", "K1A 0B1", true),
        ("4000001240000000", "10001", "100 01", false),
        ("4000002760000016", "10115", "10115", true),
        ("4000003720000005", "D02 AF30", "D02 AF30", true),
    ];
    for (number, typed, shown, complete) in table {
        shop.type_afresh(&card, &format!("{number}1234123{typed}{}", keys::TAB))?;
        // What is unfinished is called so only when the field is left.
        let named = |event: &Value| (event["error"]["code"] == "incomplete_zip") != complete;
        let right =
            |event: &Value| event["value"]["postalCode"] == shown && event["complete"] == complete && named(event);
        shop.wait_event("change", right)?;
    }
    Ok(())
}

fn a_correction_in_the_middle_keeps_the_caret_there(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    shop.type_afresh(&card, "4242524242424242")?;
    touch(&card, NUMBER)?;
    card.run("document.activeElement.setSelectionRange(6, 6)", &[])?;
    shop.page.press(keys::BACKSPACE)?;
    shop.page.press("4")?;
    shop.wait_event("change", |event| event["error"].is_null())?;
    assert_eq!(value(&card, "cardnumber")?, "4242 4242 4242 4242");
    Ok(())
}

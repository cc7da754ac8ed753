//! Everything by keyboard.

use serde_json::json;
use xtask::desk::keys;

use crate::stage::{NUMBER, Outcome, Shop, touch};

in_both_engines!(
    tab_goes_through_the_fields_and_out_again_and_back,
    a_full_field_hands_on_and_backspace_comes_back,
    escape_is_told_to_the_page,
    enter_submits_the_form_around,
    focus_and_blur_are_told_once_each,
);

fn tab_goes_through_the_fields_and_out_again_and_back(shop: &Shop<'_>) -> Outcome {
    shop.card(&json!({}))?;
    shop.js("document.getElementById('before').focus()")?;
    let way = ["cardnumber", "exp-date", "cvc", "postal", "after"];
    for name in way {
        shop.page.press(keys::TAB)?;
        shop.wait_focus("#card", name)?;
    }
    for name in way.iter().rev().skip(1).chain(&["before"]) {
        shop.page.press_with(keys::SHIFT, keys::TAB)?;
        shop.wait_focus("#card", name)?;
    }
    Ok(())
}

fn a_full_field_hands_on_and_backspace_comes_back(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    touch(&card, NUMBER)?;
    for (typed, then) in [("4242424242424242", "exp-date"), ("1234", "cvc"), ("123", "postal")] {
        shop.page.press(typed)?;
        shop.wait_focus("#card", then)?;
    }
    for (strokes, then) in [(1, "cvc"), (4, "exp-date"), (5, "cardnumber")] {
        shop.page.press(&keys::BACKSPACE.repeat(strokes))?;
        shop.wait_focus("#card", then)?;
    }
    shop.page.press(&keys::BACKSPACE.repeat(20))?;
    shop.wait_event("change", |event| event["empty"] == true)?;
    shop.wait_focus("#card", "cardnumber")
}

fn escape_is_told_to_the_page(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    touch(&card, NUMBER)?;
    shop.page.press(keys::ESCAPE)?;
    let event = shop.wait_event("escape", |_| true)?;
    assert_eq!(event, json!({ "name": "escape", "elementType": "card" }));
    Ok(())
}

fn enter_submits_the_form_around(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    touch(&card, NUMBER)?;
    shop.page.press(keys::ENTER)?;
    shop.wait_js("return shop.submitted === 1")
}

fn focus_and_blur_are_told_once_each(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    touch(&card, NUMBER)?;
    shop.page.press("4242424242424242")?;
    shop.wait_focus("#card", "exp-date")?;
    shop.js("document.getElementById('after').focus()")?;
    let event = shop.wait_event("blur", |_| true)?;
    assert_eq!(event, json!({ "name": "blur", "elementType": "card" }));
    assert_eq!(shop.events("focus")?.len(), 1, "moving between the fields is no news");
    assert_eq!(shop.events("blur")?.len(), 1);
    Ok(())
}

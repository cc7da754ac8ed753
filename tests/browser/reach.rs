//! For everybody: screen readers, large type, no motion, light and dark.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::desk::{Engine, Frame, keys};
use xtask::place;

use crate::stage::{NUMBER, Outcome, Shop, touch};

in_both_engines!(
    axe_finds_nothing_in_the_card_element,
    axe_finds_nothing_in_split_elements,
    axe_finds_nothing_in_the_banks_dialog,
    fields_have_names_and_tell_the_browser_what_they_are_for,
    a_fault_is_marked_and_read_out,
    nothing_is_cut_off_at_twice_the_size,
    nothing_moves_for_those_who_dislike_motion,
);

/// Every rule of axe-core in one document; frames are looked at one by one, and need no heading of the first level.
fn axe(frame: &Frame<'_>) -> Outcome {
    const RUN: &str = "const done = arguments[arguments.length - 1];
        axe.run(document, { iframes: false, rules: { 'page-has-heading-one': { enabled: self === top } } }).then(({ violations, passes }) => done({
          looked: passes.length,
          found: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')}`),
        }), (error) => done({ looked: 0, found: [String(error)] }));";
    let source = std::fs::read_to_string(place::ui().join("node_modules/axe-core/axe.min.js")).context("axe-core")?;
    frame.run(&format!("{source}; window.axe = axe"), &[])?;
    let seen = frame.run_async(RUN, &[])?;
    assert_eq!(seen["found"], json!([]));
    assert!(seen["looked"].as_u64() > Some(4), "axe looked at nothing: {seen}");
    Ok(())
}

/// The same in a frame of an Element, which is transparent: axe is told what lies behind it.
fn axe_element(shop: &Shop<'_>, frame: &Frame<'_>) -> Outcome {
    let behind = shop.js("return getComputedStyle(document.querySelector('.box')).backgroundColor")?;
    let paint = "document.body.style.backgroundColor = arguments[0]";
    frame.run(paint, &[behind])?;
    axe(frame)?;
    frame.run(paint, &[json!("")]).map(drop)
}

/// Both themes, one after the other, with a picture of each in a page of this width.
fn in_both_themes(shop: &Shop<'_>, name: &str, width: u32, look: impl Fn() -> Outcome) -> Outcome {
    for theme in ["light", "dark"] {
        shop.page.run("document.documentElement.classList.toggle('dark', arguments[0])", &[json!(theme == "dark")])?;
        shop.js("for (const element of Object.values(shop.made)) element.update({ style: shopStyle() })")?;
        look()?;
        shop.page.run("document.body.style.width = `${arguments[0] - 32}px`", &[json!(width)])?;
        shop.page.screenshot(&format!("stripe-js-{name}-{theme}-{}", shop.engine))?;
    }
    Ok(())
}

fn axe_finds_nothing_in_the_card_element(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({ "iconStyle": "solid" }))?;
    in_both_themes(shop, "empty", 720, || {
        axe_element(shop, &card)?;
        axe(&shop.page.frame(&[]))
    })?;
    shop.type_afresh(&card, "4242424242424242123412310001")?;
    in_both_themes(shop, "complete", 320, || axe_element(shop, &card))?;
    shop.type_afresh(&card, "4242424242424241")?;
    shop.wait_event("change", |event| event["error"]["code"] == "invalid_number")?;
    in_both_themes(shop, "invalid", 320, || {
        axe_element(shop, &card)?;
        axe(&shop.page.frame(&[]))
    })
}

fn axe_finds_nothing_in_split_elements(shop: &Shop<'_>) -> Outcome {
    shop.js("put(['cardNumber', 'cardExpiry', 'cardCvc', 'postalCode'], { style: shopStyle(), showIcon: true })")?;
    shop.wait_js("return shop.events.filter((event) => event.name === 'ready').length === 4")?;
    in_both_themes(shop, "split", 720, || {
        axe(&shop.page.frame(&[]))?;
        ["#number", "#expiry", "#code", "#postcode"].iter().try_for_each(|place| axe_element(shop, &shop.frame(place)))
    })
}

/// A telephone's, which WebKit's browser cannot be made as narrow as, and a till's.
const ROOMS: &[(i64, i64)] = &[(320, 480), (900, 620)];

fn axe_finds_nothing_in_the_banks_dialog(shop: &Shop<'_>) -> Outcome {
    shop.js("shop.stripe = Stripe('pk_test_shop')")?;
    for theme in ["light", "dark"] {
        shop.page.run("document.documentElement.classList.toggle('dark', arguments[0])", &[json!(theme == "dark")])?;
        shop.asked("shop.stripe.handleCardAction(SECRET)")?;
        axe(&shop.page.frame(&[]))?;
        axe(&shop.page.frame(&["dialog iframe"]))?;
        axe(&shop.bank())?;
        for (width, height) in ROOMS.iter().filter(|(width, _)| *width > 600 || shop.engine == Engine::Chromium) {
            shop.give_room(*width, *height)?;
            shop.page.screenshot(&format!("stripe-js-bank-{theme}-{width}-{}", shop.engine))?;
        }
        shop.bank().click("#test-source-fail-3ds")?;
        shop.result()?;
    }
    Ok(())
}

fn fields_have_names_and_tell_the_browser_what_they_are_for(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    let fields = card.run("return [...document.querySelectorAll('input')].map((input) => [input.name, input.autocomplete, input.inputMode, input.getAttribute('aria-label')])", &[])?;
    let expected = json!([
        ["cardnumber", "cc-number", "numeric", "Credit or debit card number"],
        ["exp-date", "cc-exp", "numeric", "Credit or debit card expiration date"],
        ["cvc", "cc-csc", "numeric", "Credit or debit card CVC/CVV"],
        ["postal", "postal-code", "text", "ZIP"],
    ]);
    assert_eq!(fields, expected);
    assert_eq!(shop.js("return document.querySelector('#card iframe').title")?, "Secure card payment input frame");
    Ok(())
}

fn a_fault_is_marked_and_read_out(shop: &Shop<'_>) -> Outcome {
    const TOLD: &str = "const input = document.querySelector('input');
        const by = document.getElementById(input.getAttribute('aria-describedby'));
        return [input.getAttribute('aria-invalid'), by?.getAttribute('role') ?? null, by?.textContent ?? null]";
    let card = shop.card(&json!({}))?;
    assert_eq!(card.run(TOLD, &[])?, json!(["false", null, null]));
    shop.type_afresh(&card, "4242424242424241")?;
    shop.wait_event("change", |event| event["error"]["code"] == "invalid_number")?;
    assert_eq!(card.run(TOLD, &[])?, json!(["true", "alert", "Your card number is invalid."]));
    shop.page.press(keys::BACKSPACE)?;
    shop.page.press("2")?;
    shop.wait_event("change", |event| event["error"].is_null())?;
    assert_eq!(card.run(TOLD, &[])?, json!(["false", null, null]));
    Ok(())
}

/// Every field that is shown: what of it does not fit, and what lies outside the frame.
fn cut_off(card: &Frame<'_>) -> Result<Value> {
    card.run(
        "return [...document.querySelectorAll('input')].filter((input) => input.checkVisibility() && input.clientWidth > 0).filter((input) => {
          const box = input.getBoundingClientRect();
          const fits = input.name === 'cardnumber' || input.scrollWidth <= input.clientWidth + 1;
          return !fits || input.scrollHeight > input.clientHeight + 1 || box.bottom > innerHeight + 1 || box.top < -1 || box.right > innerWidth + 1;
        }).map((input) => [input.name, input.value, input.scrollWidth, input.clientWidth])",
        &[],
    )
}

fn nothing_is_cut_off_at_twice_the_size(shop: &Shop<'_>) -> Outcome {
    // Half the room is what a page has when it is shown at 200 %.
    shop.js("document.body.style.width = '288px'")?;
    let card = shop.card(&json!({}))?;
    assert_eq!(cut_off(&card)?, json!([]), "empty");
    shop.type_afresh(&card, "4242424242424242123412310001")?;
    shop.wait_event("change", |event| event["complete"] == true)?;
    assert_eq!(cut_off(&card)?, json!([]), "complete");
    shop.js("document.body.style.width = '640px'")?;
    shop.js("shop.made.card.update({ style: { base: { fontSize: '34px', lineHeight: '48px' } } })")?;
    shop.wait_js("return document.querySelector('#card iframe').clientHeight >= 48")?;
    assert_eq!(cut_off(&card)?, json!([]), "with type of twice the size");
    touch(&card, NUMBER)
}

fn nothing_moves_for_those_who_dislike_motion(shop: &Shop<'_>) -> Outcome {
    const MOVING: &str = "return [matchMedia('(prefers-reduced-motion: reduce)').matches,
        [document.body, ...document.querySelectorAll('*')].some((node) => {
          const { transitionDuration, animationName } = getComputedStyle(node);
          return animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s');
        })]";
    let card = shop.card(&json!({}))?;
    assert_eq!(card.run(MOVING, &[])?, json!([true, false]));
    shop.asked("shop.stripe.handleCardAction(SECRET)")?;
    assert_eq!(shop.page.frame(&["dialog iframe"]).run(MOVING, &[])?, json!([true, false]));
    assert_eq!(shop.bank().run(MOVING, &[])?, json!([true, false]));
    Ok(())
}

//! 3-D Secure in a page: the bank's dialog, and what the page is told afterwards.

use anyhow::Result;
use serde_json::{Value, json};
use xtask::desk::{Engine, Frame, keys};

use crate::stage::{Outcome, Shop, secret_of, wait_in};

in_both_engines!(
    a_completed_authentication_waits_for_the_second_confirm,
    a_failed_authentication_is_an_error_that_carries_the_intent,
    escape_and_the_cross_abandon_the_authentication,
    a_frictionless_authentication_asks_nobody,
    a_bank_that_was_answered_in_its_app_closes_the_dialog,
    the_focus_stays_in_the_dialog_and_is_given_back,
    handle_next_action_serves_payments_and_saved_cards,
    a_payment_that_asks_for_nothing_is_no_card_action,
);

const ASKS: &str =
    "confirmation_method=manual&confirm=true&use_stripe_sdk=true&payment_method=pm_card_authenticationRequired";

impl<'a> Shop<'a> {
    pub(crate) fn bank(&self) -> Frame<'a> {
        self.page.frame(&["dialog iframe", "iframe[name=challengeFrame]"])
    }

    /// Begins a payment that the bank asks about, and brings the question up. Gives the client secret.
    pub(crate) fn asked(&self, call: &str) -> Result<String> {
        let secret = self.payment(ASKS)?;
        self.begin(&call.replace("SECRET", &format!("'{secret}'")))?;
        self.bank().wait("#test-source-authorize-3ds")?;
        Ok(secret)
    }
}

const CARD_ACTION: &str = "shop.stripe.handleCardAction(SECRET)";

/// Stripe.js without any Element.
fn client(shop: &Shop<'_>) -> Outcome {
    shop.js("shop.stripe = Stripe('pk_test_shop')").map(drop)
}

/// Waits until the bank has the keys. WebKit gives them to a frame of another site only when somebody tabs into it.
fn enter(shop: &Shop<'_>) -> Outcome {
    shop.bank().wait("#test-source-authorize-3ds")?;
    if shop.engine == Engine::WebKit {
        shop.page.press(keys::TAB)?;
    }
    let ready = "return document.hasFocus() && document.activeElement.id === 'test-source-authorize-3ds'";
    wait_in(&shop.bank(), ready)
}

fn assert_abandoned(result: &Value) {
    let error = &result["error"];
    assert_eq!(error["code"], "payment_intent_authentication_failure", "{result}");
    assert_eq!(error["type"], "invalid_request_error");
    assert!(error["message"].as_str().is_some_and(|text| text.starts_with("We are unable to authenticate")), "{error}");
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
}

fn a_completed_authentication_waits_for_the_second_confirm(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    let secret = shop.asked(CARD_ACTION)?;
    assert!(shop.bank().run("return document.body.innerText", &[])?.to_string().contains("$23.45"));
    shop.bank().click("#test-source-authorize-3ds")?;
    let result = shop.result()?;
    assert_eq!(result["paymentIntent"]["status"], "requires_confirmation", "{result}");
    assert_eq!(result["paymentIntent"]["client_secret"], secret);
    assert_eq!(shop.js("return document.querySelectorAll('dialog, iframe').length")?, 0);
    Ok(())
}

fn a_failed_authentication_is_an_error_that_carries_the_intent(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    shop.asked(CARD_ACTION)?;
    shop.bank().click("#test-source-fail-3ds")?;
    assert_abandoned(&shop.result()?);
    Ok(())
}

fn escape_and_the_cross_abandon_the_authentication(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    shop.asked(CARD_ACTION)?;
    enter(shop)?;
    shop.page.press(keys::ESCAPE)?;
    assert_abandoned(&shop.result()?);
    shop.asked(CARD_ACTION)?;
    shop.page.frame(&["dialog iframe"]).click("#close")?;
    assert_abandoned(&shop.result()?);
    Ok(())
}

fn a_frictionless_authentication_asks_nobody(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    let card = "type=card&card[number]=4000000032200000&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123";
    let method = shop.api("payment_methods", card)?["id"].clone();
    let secret = shop.payment(&format!(
        "confirmation_method=manual&confirm=true&use_stripe_sdk=true&payment_method={}",
        method.as_str().unwrap_or_default()
    ))?;
    shop.js("shop.dialogs = 0; new MutationObserver(() => { shop.dialogs += document.querySelectorAll('dialog').length; }).observe(document.body, { childList: true })")?;
    let result = shop.call(&CARD_ACTION.replace("SECRET", &format!("'{secret}'")))?;
    assert_eq!(result["paymentIntent"]["status"], "requires_confirmation", "{result}");
    assert_eq!(shop.js("return shop.dialogs")?, 0);
    Ok(())
}

fn a_bank_that_was_answered_in_its_app_closes_the_dialog(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    for (answer, passed) in [("true", true), ("false", false)] {
        let secret = shop.asked(CARD_ACTION)?;
        let id = secret.split("_secret").next().unwrap_or_default();
        shop.stripe().post(&format!("/_simulator/payment_intents/{id}/authenticate?success={answer}"), &json!({}))?;
        let result = shop.result()?;
        if passed {
            assert_eq!(result["paymentIntent"]["status"], "requires_confirmation", "{result}");
        } else {
            assert_abandoned(&result);
        }
        assert_eq!(shop.js("return document.querySelectorAll('dialog').length")?, 0);
    }
    Ok(())
}

fn the_focus_stays_in_the_dialog_and_is_given_back(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    shop.js("document.getElementById('after').focus()")?;
    shop.asked(CARD_ACTION)?;
    let bank = shop.bank();
    let dialog = shop.page.frame(&["dialog iframe"]);
    let is = |frame: &Frame<'_>, id: &str| {
        wait_in(frame, &format!("return document.hasFocus() && document.activeElement.id === '{id}'"))
    };
    enter(shop)?;
    for _ in 0..2 {
        shop.page.press(keys::TAB)?;
        is(&bank, "test-source-fail-3ds")?;
        shop.page.press(keys::TAB)?;
        is(&dialog, "close")?;
        shop.page.press(keys::TAB)?;
        is(&bank, "test-source-authorize-3ds")?;
    }
    shop.page.press_with(keys::SHIFT, keys::TAB)?;
    is(&dialog, "close")?;
    shop.page.press_with(keys::SHIFT, keys::TAB)?;
    is(&bank, "test-source-fail-3ds")?;
    shop.page.press(keys::ENTER)?;
    assert_abandoned(&shop.result()?);
    assert_eq!(shop.js("return document.activeElement.id")?, "after");
    Ok(())
}

fn handle_next_action_serves_payments_and_saved_cards(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    shop.asked("shop.stripe.handleNextAction({ clientSecret: SECRET })")?;
    shop.bank().click("#test-source-authorize-3ds")?;
    assert_eq!(shop.result()?["paymentIntent"]["status"], "requires_confirmation");
    let form =
        "payment_method_types[]=card&confirm=true&use_stripe_sdk=true&payment_method=pm_card_authenticationRequired";
    let secret = secret_of(&shop.api("setup_intents", form)?)?;
    shop.begin(&format!("shop.stripe.handleNextAction({{ clientSecret: '{secret}' }})"))?;
    shop.bank().click("#test-source-authorize-3ds")?;
    let result = shop.result()?;
    assert_eq!(result["setupIntent"]["status"], "succeeded", "{result}");
    Ok(())
}

fn a_payment_that_asks_for_nothing_is_no_card_action(shop: &Shop<'_>) -> Outcome {
    client(shop)?;
    let secret = shop.payment("")?;
    let result = shop.call(&CARD_ACTION.replace("SECRET", &format!("'{secret}'")))?;
    assert_eq!(result["error"]["code"], "payment_intent_unexpected_state", "{result}");
    assert_eq!(result["error"]["payment_intent"]["status"], "requires_payment_method");
    let result = shop.call("shop.stripe.handleCardAction('pi_1')")?;
    assert_eq!(result["threw"]["name"], "IntegrationError");
    Ok(())
}

//! Stripe does not answer, or not as it should: the till says so, and neither charges again nor gives up.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use xtask::desk::{Card, keys, until};

use crate::screens::picture;
use crate::stage::{Outcome, Shop, connected};

fn fault(shop: &Shop, fault: &Value) -> Result<()> {
    shop.stripe.post("/_simulator/faults", fault).map(drop)
}

#[test]
fn what_nobody_knows_is_called_not_known_until_stripe_has_spoken() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("4200")?;
    // The card is charged, Stripe says 500, and then the line is dead for some looks.
    fault(&shop, &json!({ "method": "POST", "path": "/confirm", "fault": "error_500_after" }))?;
    fault(&shop, &json!({ "method": "GET", "path": "/v1/payment_intents", "times": 5, "fault": "reset_before" }))?;
    let (till, card) = (shop.desk.till()?, shop.desk.card()?);
    card.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("unknown")?;
    card.screenshot("card-unknown-light")?;
    let words = card.page_text()?;
    assert!(words.contains("know yet") && words.contains("take another payment"), "{words}");
    picture(&till, "payment-unknown", "light")?;
    assert!(!till.shows("[data-test=take-card]")?, "no second card while the first is in doubt");
    until("Stripe's word", Duration::from_secs(60), || {
        let paid = till.shows("[data-test=payment-panel][data-state=paid]")?;
        if !paid && till.shows("[data-test=check-now]")? {
            // It may have gone in the moment before the click: then the answer is there.
            let _ = till.click("check-now");
        }
        Ok(paid.then_some(()))
    })?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn a_confirm_that_never_arrived_is_not_charged_so_far_and_another_card_is() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("1800")?;
    fault(&shop, &json!({ "method": "POST", "path": "/confirm", "times": 3, "fault": "reset_before" }))?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    let till = shop.desk.till()?;
    // It may still be on its way, for a minute.
    till.wait_long("[data-test=payment-panel][data-state=unknown]", Duration::from_secs(30))?;
    shop.stripe.post("/_simulator/clock", &json!({ "advance_seconds": 60 }))?;
    till.wait_long("[data-test=payment-panel][data-state=paused]", Duration::from_secs(30))?;
    assert!(till.text("payment-panel")?.contains("Not charged so far"));
    assert!(!shop.desk.card()?.is_visible()?, "the card window has left");
    picture(&till, "payment-paused", "light")?;
    assert!(shop.charges()?.is_empty());
    till.click("take-card")?;
    shop.desk.wait_ready()?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn while_the_bank_thinks_the_form_is_off_and_the_window_stays() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("990")?;
    fault(&shop, &json!({ "method": "POST", "path": "/confirm", "fault": "delay", "ms": 12_000 }))?;
    let card = shop.desk.card()?;
    card.pay_with(Card::APPROVED)?;
    card.wait_state("card-page", "confirming")?;
    assert!(card.text("waiting")?.contains("9.90"));
    card.screenshot("card-confirming-light")?;
    shop.desk.press_close_button("Card payment")?;
    card.press(keys::ESCAPE)?;
    assert!(card.is_visible()?, "a card at Stripe is not walked away from");
    card.wait_text("waiting", "Still waiting")?;
    card.screenshot("card-still-waiting-light")?;
    till_paid_once(&shop)
}

fn till_paid_once(shop: &Shop) -> Outcome {
    let till = shop.desk.till()?;
    till.wait_long("[data-test=payment-panel][data-state=paid]", Duration::from_secs(30))?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn a_payment_that_stripe_does_not_know_blocks_and_says_that_the_money_is_in_doubt() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("3100")?;
    // Another account answers from now on.
    shop.stripe.post("/_simulator/reset", &json!({}))?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    let till = shop.desk.till()?;
    till.wait("[data-test=payment-panel][data-state=blocked]")?;
    till.wait("[data-test=problem][data-code=wrongAccount]")?;
    picture(&till, "payment-blocked", "light")?;
    let words = till.text("payment-panel")?;
    assert!(!words.contains("not charged"), "nobody has said so: {words}");
    Ok(())
}

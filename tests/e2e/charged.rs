//! What is paid names the card that paid, also where Stripe's answer does not.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use xtask::desk::{Card, keys, until};

use crate::stage::{Outcome, Shop, connected, payment};

fn fault(shop: &Shop, fault: &Value) -> Result<()> {
    shop.stripe.post("/_simulator/faults", fault).map(drop)
}

/// Paid, once, with the card on the screen, a receipt to print, and a search that finds it.
fn paid_by(shop: &Shop, last4: &str) -> Outcome {
    let till = shop.desk.till()?;
    till.wait_long("[data-test=payment-panel][data-state=paid]", Duration::from_secs(60))?;
    assert_eq!(shop.charges()?.len(), 1);
    let words = till.text("payment-panel")?;
    assert!(words.contains(&format!("ending {last4}")), "{words}");
    let paid = payment(&shop.desk)?;
    assert_eq!(paid["receipt"]["card"]["last4"], last4);
    let found = till.invoke("payments", &json!({ "search": last4, "before": null, "limit": 5 }))?.unwrap();
    assert_eq!(found[0]["saleId"], paid["saleId"]);
    Ok(())
}

#[test]
fn a_payment_that_was_charged_and_is_cancelled_in_doubt_names_its_card() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("2700")?;
    fault(&shop, &json!({ "method": "POST", "path": "/confirm", "fault": "error_500_after" }))?;
    fault(&shop, &json!({ "method": "GET", "path": "/v1/payment_intents", "times": 4, "fault": "reset_before" }))?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("unknown")?;
    let till = shop.desk.till()?;
    till.invoke("cancel_payment", &json!({ "saleId": payment(&shop.desk)?["saleId"] }))?.unwrap();
    paid_by(&shop, "4242")?;
    assert!(!till.shows("[data-test=another-card]")?, "it is the one that was typed");
    Ok(())
}

#[test]
fn a_late_charge_of_the_card_before_is_told_from_the_card_in_the_hand() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("2800")?;
    fault(&shop, &json!({ "method": "POST", "path": "/confirm", "fault": "late", "ms": 100_000 }))?;
    fault(&shop, &json!({ "method": "POST", "path": "/confirm", "nth": 2, "times": 2, "fault": "reset_before" }))?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    let till = shop.desk.till()?;
    // For a minute it is not known; then another card may be typed, though the first one is still on its way.
    till.wait_long("[data-test=payment-panel][data-state=unknown]", Duration::from_secs(30))?;
    shop.stripe.post("/_simulator/clock", &json!({ "advance_seconds": 60 }))?;
    till.wait_long("[data-test=payment-panel][data-state=paused]", Duration::from_secs(30))?;
    till.click("take-card")?;
    shop.desk.wait_ready()?;
    let card = shop.desk.card()?;
    card.type_card(Card::numbered("5555555555554444"))?;
    until("the first card to be charged after all", Duration::from_secs(60), || {
        Ok((shop.charges()?.len() == 1).then_some(()))
    })?;
    // Else the till may see it before anybody has pressed Enter.
    fault(&shop, &json!({ "method": "GET", "path": "/v1/payment_intents", "fault": "reset_before" }))?;
    card.press(keys::ENTER)?;
    paid_by(&shop, "4242")?;
    assert!(till.text("another-card")?.contains("not the one that was typed last"));
    Ok(())
}

//! The power goes while Stripe is charging the card.

use std::time::Duration;

use serde_json::json;
use xtask::desk::{Card, until};

use crate::stage::{Outcome, connected};

/// Longer than the kill takes, so that the answer finds nobody.
const DELAY_MS: u64 = 3_000;

#[test]
fn power_lost_in_the_middle_of_a_charge_charges_once_and_says_so() -> Outcome {
    let mut shop = connected()?;
    shop.desk.charge("6400")?;
    let delay = json!({ "path": "/confirm", "fault": "delay", "ms": DELAY_MS });
    shop.stripe.post("/_simulator/faults", &delay)?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("confirming")?;
    until("the charge at Stripe", Duration::from_secs(10), || Ok((shop.charges()?.len() == 1).then_some(())))?;
    shop.desk.kill_9()?;
    shop.desk.start()?;
    let till = shop.desk.till()?;
    till.wait("[data-test=found-panel]")?;
    till.wait("[data-test=found-row][data-state=paid]")?;
    let words = till.text("found-panel")?;
    assert!(words.contains("64.00") && words.contains("Paid while Keytill was closed"), "{words}");
    till.screenshot("found-paid")?;
    till.click("found-seen")?;
    till.wait("[data-test=charge]")?;
    let charges = shop.charges()?;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!(charges[0]["amount"], 6400);
    Ok(())
}

#[test]
fn power_lost_before_a_card_was_typed_charges_nothing_and_can_go_on() -> Outcome {
    let mut shop = connected()?;
    shop.desk.charge("1500")?;
    shop.desk.kill_9()?;
    shop.desk.start()?;
    let till = shop.desk.till()?;
    till.wait("[data-test=found-row][data-state=paused]")?;
    assert!(till.text("found-panel")?.contains("Not charged so far"));
    assert!(shop.charges()?.is_empty());
    Ok(())
}

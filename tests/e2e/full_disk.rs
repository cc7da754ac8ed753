//! The disk is full in the middle of a sale: nothing is done, and nothing untrue is said about money.

use std::time::Duration;

use serde_json::json;
use xtask::desk::{Card, Plan, SimulatorProcess, until};

use crate::stage::{Outcome, Shop, connected_as, payment};

fn cramped() -> anyhow::Result<Shop> {
    let plan = Plan { disk: Some(2 << 20), ..Plan::from_env()? };
    connected_as(plan, SimulatorProcess::start()?)
}

#[test]
fn a_receipt_that_cannot_be_written_down_says_that_the_customer_was_charged() -> Outcome {
    let shop = cramped()?;
    shop.desk.charge("2345")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    shop.desk.fill_disk()?;
    let till = shop.desk.till()?;
    let sale = payment(&shop.desk)?["saleId"].clone();
    till.type_by_hand("p")?;
    till.wait("[data-test=problem]")?;
    let words = till.page_text()?;
    assert!(words.contains("The customer was charged.") && !words.contains("was not charged"), "{words}");
    for command in ["print_receipt", "cancel_payment", "take_card", "check_now", "capture", "release"] {
        let refused = till.invoke(command, &json!({ "saleId": sale }))?.unwrap_err();
        assert_eq!(refused["money"], "taken", "{command}: {refused}");
    }
    Ok(())
}

#[test]
fn a_cancel_of_what_nobody_knows_says_that_it_is_not_known() -> Outcome {
    let shop = cramped()?;
    shop.desk.charge("6400")?;
    // Stripe charges, and no answer comes, nor one to any question.
    shop.stripe.post("/_simulator/faults", &json!({ "path": "/confirm", "fault": "reset_after", "times": 9 }))?;
    let looks = json!({ "method": "GET", "path": "/v1/payment_intents", "fault": "reset_before", "times": 999 });
    shop.stripe.post("/_simulator/faults", &looks)?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    until("the payment to be unknown", Duration::from_secs(60), || {
        Ok((payment(&shop.desk)?["state"] == "unknown").then_some(()))
    })?;
    assert_eq!(shop.charges()?.len(), 1);
    shop.desk.fill_disk()?;
    let sale = payment(&shop.desk)?["saleId"].clone();
    let refused = shop.desk.till()?.invoke("cancel_payment", &json!({ "saleId": sale }))?.unwrap_err();
    assert_eq!((&refused["code"], &refused["money"]), (&json!("journalFull"), &json!("unknown")), "{refused}");
    assert_eq!(payment(&shop.desk)?["state"], "unknown");
    Ok(())
}

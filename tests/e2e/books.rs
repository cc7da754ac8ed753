//! Money given back, and what Stripe has that the journal does not account for.

use std::time::Duration;

use anyhow::Context;
use xtask::desk::{Card, until};

use crate::stage::{Outcome, Shop, connected};

const A_MOMENT: Duration = Duration::from_secs(10);

fn paid() -> anyhow::Result<Shop> {
    let shop = connected()?;
    shop.desk.charge("2345")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    Ok(shop)
}

/// What went back of each charge, oldest first.
fn given_back(shop: &Shop) -> anyhow::Result<Vec<i64>> {
    let charges = shop.charges()?;
    Ok(charges.iter().filter_map(|charge| charge["amount_refunded"].as_i64()).collect())
}

#[test]
fn a_part_is_given_back_once_and_the_rest_can_follow() -> Outcome {
    let shop = paid()?;
    let till = shop.desk.till()?;
    till.click("new-sale")?;
    till.click("rail-payments")?;
    till.click("payment-row")?;
    till.click("refund-open")?;
    till.fill("refund-amount", "99.00")?;
    till.wait("[data-test=refund-send][disabled]")?;
    till.fill("refund-amount", "12.00")?;
    assert!(till.text("refund-send")?.contains("$12.00 to Visa"));
    till.screenshot("refund")?;
    till.click("refund-send")?;
    till.wait("[data-test=refund][data-state=succeeded]")?;
    assert_eq!(given_back(&shop)?, [1200]);
    till.click("refund-open")?;
    assert!(till.text("refund-form")?.contains("$11.45"));
    till.screenshot("refunded-in-part")?;
    Ok(())
}

#[test]
fn a_second_charge_for_one_sale_is_told_to_the_manager_and_given_back() -> Outcome {
    let mut shop = paid()?;
    let first = shop.charges()?.remove(0);
    let named = |name: &str| first["metadata"][name].as_str().with_context(|| format!("no {name} at Stripe"));
    let form = format!(
        "amount=2345&currency=usd&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card\
         &metadata[app]=keytill&metadata[till_id]={}&metadata[sale_id]={}&metadata[gen]=2",
        named("till_id")?,
        named("sale_id")?
    );
    let second = shop.stripe.api("payment_intents", &form)?;
    assert_eq!(second["status"], "succeeded");
    shop.desk.restart()?;
    let till = shop.desk.till()?;
    till.wait("[data-test=finding][data-strange=paidTwice]")?;
    till.screenshot("found-paid-twice")?;
    till.click("give-back")?;
    until(
        "the money on its way back",
        A_MOMENT,
        || Ok((given_back(&shop)?.iter().sum::<i64>() == 2345).then_some(())),
    )?;
    till.click("findings-read")?;
    till.wait("[data-test=charge]")?;
    Ok(())
}

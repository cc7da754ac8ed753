//! Money given back, and what Stripe has that the journal does not account for.

use std::fs;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use xtask::desk::{Card, until};

use crate::screens::picture;
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
    assert!(till.text("refund-send")?.contains("$12.00 USD to Visa"));
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

#[test]
fn a_folder_that_comes_to_another_computer_goes_on_under_an_id_of_its_own() -> Outcome {
    let mut shop = paid()?;
    let first = shop.charges()?.remove(0);
    let before = first["metadata"]["till_id"].as_str().context("no till_id at Stripe")?.to_owned();
    shop.desk.quit()?;
    // Another computer remembers nothing of this till.
    fs::remove_dir_all(shop.desk.home().join("state"))?;
    shop.desk.start()?;
    shop.desk.till()?.wait("[data-test=charge]")?;
    // And the first one goes on selling under the id that both had.
    let form = format!(
        "amount=900&currency=usd&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card\
         &metadata[app]=keytill&metadata[till_id]={before}&metadata[sale_id]=00000000000000000000000001"
    );
    assert_eq!(shop.stripe.api("payment_intents", &form)?["status"], "succeeded");
    shop.desk.restart()?;
    let till = shop.desk.till()?;
    till.wait("[data-test=charge]")?;
    shop.desk.charge("500")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert!(!till.shows("[data-test=finding]")?, "the other till's sale is no business of this one");
    let charges = shop.charges()?;
    let ids: Vec<&str> = charges.iter().filter_map(|charge| charge["metadata"]["till_id"].as_str()).collect();
    assert!(ids.len() == 3 && ids[2] != before, "{ids:?}");
    Ok(())
}

/// A shop that has lost the folder's largest file over night.
fn without_journal() -> anyhow::Result<Shop> {
    let mut shop = paid()?;
    shop.desk.quit()?;
    fs::rename(shop.desk.data().join("test.sqlite"), shop.desk.home().join("backup"))?;
    shop.desk.start()?;
    shop.desk.till()?.wait("[data-test=journal-gone]")?;
    Ok(shop)
}

#[test]
fn a_journal_that_is_gone_begins_anew_after_a_warning_and_stripes_charges_are_shown_first() -> Outcome {
    let shop = without_journal()?;
    let till = shop.desk.till()?;
    picture(&till, "journal-gone", "system")?;
    till.click("journal-look")?;
    till.wait("[data-test=journal-gone]")?;
    till.click("journal-none")?;
    till.wait("[data-test=journal-begin]")?;
    till.screenshot("journal-gone-sure")?;
    till.click("journal-begin")?;
    till.wait("[data-test=finding][data-strange=orphan]")?;
    till.click("findings-read")?;
    till.wait("[data-test=charge]")?;
    let again = till.invoke("begin_journal", &json!({}))?;
    assert_eq!(again.unwrap_err()["code"], "notNow", "a journal that is there is not begun anew");
    shop.desk.charge("500")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")
}

#[test]
fn a_journal_that_is_put_back_is_taken_up_without_a_restart() -> Outcome {
    let shop = without_journal()?;
    fs::rename(shop.desk.home().join("backup"), shop.desk.data().join("test.sqlite"))?;
    let till = shop.desk.till()?;
    till.click("journal-look")?;
    till.wait("[data-test=charge]")?;
    till.click("rail-payments")?;
    till.wait("[data-test=payment-row]")
}

//! Ordinary sales: approved, declined and taken after all, and pressed twice.

use std::time::Duration;

use xtask::desk::{Card, Plan, keys, until};

use crate::stage::{Outcome, connected, payment, timeline, training, training_as};

#[test]
fn a_first_start_takes_a_training_sale_without_an_account() -> Outcome {
    let desk = training()?;
    let till = desk.till()?;
    assert!(till.text("banner")?.to_lowercase().contains("training"));
    desk.ring_up("2345")?;
    till.wait_text("amount", "23.45")?;
    desk.charge_by_key(keys::ENTER)?;
    let card = desk.card()?;
    assert!(card.text("card-amount")?.contains("23.45"));
    card.type_card(Card::APPROVED)?;
    card.press(keys::ENTER)?;
    desk.wait_payment("paid")?;
    till.wait_text("outcome-title", "Approved")?;
    let words = till.text("payment-panel")?;
    assert!(words.contains("Visa") && words.contains("4242") && words.contains("23.45"), "{words}");
    assert!(!card.is_visible()?, "the card window has left");
    let receipt = desk.receipt()?.join("\n");
    for part in ["TRAINING", "SALE", "$23.45", "Visa", "•••• 4242", "KEYED", "pi_"] {
        assert!(receipt.contains(part), "no {part} in {receipt}");
    }
    Ok(())
}

#[test]
fn a_declined_card_and_then_another_are_one_payment_at_stripe() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("1200")?;
    let card = shop.desk.card()?;
    card.pay_with(Card::NO_FUNDS)?;
    card.wait_text("declined", "The bank declined this amount")?;
    let before = payment(&shop.desk)?;
    assert_eq!(before["declined"]["declineCode"], "insufficient_funds");
    assert!(shop.charges()?.is_empty(), "nothing was taken");
    card.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    let after = payment(&shop.desk)?;
    assert_eq!(before["reference"], after["reference"], "the same PaymentIntent");
    assert_eq!(after["card"]["last4"], "4242");
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn enter_pressed_twice_charges_once() -> Outcome {
    let shop = connected()?;
    shop.desk.ring_up("700")?;
    shop.desk.till()?.wait_text("amount", "7.00")?;
    shop.desk.charge_by_key(&keys::ENTER.repeat(2))?;
    let card = shop.desk.card()?;
    card.type_card(Card::APPROVED)?;
    card.press(&keys::ENTER.repeat(2))?;
    shop.desk.wait_payment("paid")?;
    let charges = shop.charges()?;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!(charges[0]["amount"], 700);
    let kinds = timeline(&shop.desk, &payment(&shop.desk)?)?;
    assert!(!kinds.is_empty());
    Ok(())
}

#[test]
fn a_card_is_asked_for_again_after_the_window_was_put_away() -> Outcome {
    let desk = training()?;
    desk.charge("950")?;
    desk.card()?.press(keys::ESCAPE)?;
    let till = desk.till()?;
    till.click("take-card")?;
    desk.wait_ready()?;
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")
}

#[test]
fn a_sale_set_aside_takes_its_card_window_along_and_leaves_nothing_for_the_next_customer() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("950")?;
    let (till, card) = (shop.desk.till()?, shop.desk.card()?);
    card.type_field("number", "424242")?;
    till.click("new-sale")?;
    until("the card window to go", Duration::from_secs(10), || Ok((!card.is_visible()?).then_some(())))?;
    shop.desk.charge("1200")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    let charges = shop.charges()?;
    assert_eq!((charges.len(), &charges[0]["amount"]), (1, &1200.into()));
    Ok(())
}

#[test]
fn a_card_window_that_was_minimised_comes_back() -> Outcome {
    let plan = Plan { window_manager: Some("openbox"), ..Plan::from_env()? };
    let desk = training_as(plan)?;
    desk.charge("950")?;
    let minimise = ["search", "--name", "^Card payment$", "windowminimize"];
    assert!(desk.command("xdotool").args(minimise).status()?.success());
    let seen = || -> anyhow::Result<bool> {
        let search = ["search", "--onlyvisible", "--name", "^Card payment$"];
        Ok(desk.command("xdotool").args(search).output()?.status.success())
    };
    until("the card window to go", Duration::from_secs(10), || Ok((!seen()?).then_some(())))?;
    desk.till()?.click("take-card")?;
    until("the card window to come back", Duration::from_secs(10), || Ok(seen()?.then_some(())))
}

#[test]
fn a_cancelled_sale_is_void_and_the_next_one_begins_empty() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("4000")?;
    shop.desk.card()?.leave_by("card-close")?;
    shop.desk.till()?.click("cancel-payment")?;
    shop.desk.wait_payment("void")?;
    assert!(shop.charges()?.is_empty());
    shop.desk.next_sale()?;
    shop.desk.till()?.wait_text("amount", "0.00")?;
    Ok(())
}

#[test]
fn the_journal_remembers_sales_over_a_restart_and_finds_them_by_amount() -> Outcome {
    let mut desk = training()?;
    desk.charge("3179")?;
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")?;
    desk.next_sale()?;
    desk.restart()?;
    let till = desk.till()?;
    till.click("rail-payments")?;
    till.wait("[data-test=payment-row][data-state=paid]")?;
    till.fill("search", "31.79")?;
    till.wait("[data-test=payment-row][data-state=paid]")?;
    till.fill("search", "88.88")?;
    till.wait_gone("[data-test=payment-row]")
}

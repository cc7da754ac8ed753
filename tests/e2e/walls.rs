//! What a window may not do.

use std::time::Duration;

use serde_json::json;
use xtask::desk::{Card, Desk, Plan, until};

use crate::stage::{Outcome, ask, connected, payment, training};

#[test]
fn the_card_window_cannot_call_the_till() -> Outcome {
    let desk = training()?;
    desk.charge("300")?;
    let sale = payment(&desk)?["saleId"].clone();
    let card = desk.card()?;
    let refused = [
        ("till_view", json!({})),
        ("settings_view", json!({})),
        ("choose_door", json!({ "mode": "live" })),
        ("charge", json!({ "saleId": sale, "shownTotal": 300, "sure": true })),
        ("capture", json!({ "saleId": sale })),
        ("payments", json!({ "search": "", "before": null, "limit": 10 })),
        ("save_keys", json!({ "publishable": "pk_test_1", "secret": "sk_test_1", "fullKeyAccepted": true })),
        ("choose_currency", json!({ "currency": "eur" })),
        ("close_anyway", json!({})),
        ("print_receipt", json!({ "saleId": sale })),
        ("plugin:window|close", json!({})),
        ("plugin:webview|create_webview_window", json!({ "options": {} })),
        ("plugin:event|emit", json!({ "event": "till-changed", "payload": {} })),
    ];
    for (command, args) in refused {
        let answer = card.invoke(command, &args)?;
        // Not one of the command's own reasons: it was never reached.
        let refused = answer.expect_err(command);
        assert!(refused["code"].is_null(), "{command} answered {refused}");
    }
    assert!(card.invoke("card_view", &json!({}))?.is_ok(), "its own commands still work");
    Ok(())
}

#[test]
fn the_till_window_cannot_submit_a_card() -> Outcome {
    let desk = training()?;
    desk.charge("300")?;
    let card = desk.card()?;
    let view = card.invoke("card_view", &json!({}))?.unwrap();
    let token = view["payment"]["token"].clone();
    assert!(token.is_string(), "{view}");
    let till = desk.till()?;
    let answer = till.invoke("submit_card", &json!({ "token": token, "paymentMethodId": "pm_card_visa" }))?;
    assert!(answer.is_err());
    assert!(till.invoke("authentication", &json!({ "token": token }))?.is_err());
    Ok(())
}

#[test]
fn only_a_payment_method_s_id_is_let_through() -> Outcome {
    let desk = training()?;
    desk.charge("300")?;
    let card = desk.card()?;
    let token = card.invoke("card_view", &json!({}))?.unwrap()["payment"]["token"].clone();
    let made_up = card.invoke("submit_card", &json!({ "token": "0", "paymentMethodId": "pm_card_visa" }))?;
    assert!(made_up.is_err());
    let junk = card.invoke("submit_card", &json!({ "token": token, "paymentMethodId": "../refunds" }))?;
    assert!(junk.is_err(), "only a payment method's id is let through: {junk:?}");
    assert_ne!(payment(&desk)?["state"], "paid");
    let good = json!({ "token": token, "paymentMethodId": "pm_card_visa" });
    ask(&card, "submit_card", &good)?;
    desk.wait_payment("paid")?;
    let again = card.invoke("submit_card", &good)?;
    assert_eq!(again.unwrap_err()["code"], "tokenUsed", "the window is closed");
    Ok(())
}

/// What a page has kept of one sale buys nothing once its window was away.
#[test]
fn a_token_ends_with_its_card_window() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("1111")?;
    let first = payment(&shop.desk)?["saleId"].clone();
    let token = ask(&shop.desk.card()?, "card_view", &json!({}))?["payment"]["token"].clone();
    shop.desk.card()?.leave_by("card-close")?;
    shop.desk.till()?.click("new-sale")?;
    shop.desk.charge("99900")?;
    let card = shop.desk.card()?;
    let kept = json!({ "token": token, "paymentMethodId": "pm_card_visa" });
    let refused = card.invoke("submit_card", &kept)?.unwrap_err();
    assert_eq!((&refused["code"], &refused["money"]), (&json!("tokenUsed"), &json!(null)));
    card.leave_by("card-close")?;
    ask(&shop.desk.till()?, "take_card", &json!({ "saleId": first }))?;
    shop.desk.wait_ready()?;
    let refused = shop.desk.card()?.invoke("submit_card", &kept)?.unwrap_err();
    assert_eq!(refused["code"], "tokenUsed", "the same sale, shown again");
    assert!(shop.charges()?.is_empty());
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    let charges = shop.charges()?;
    assert_eq!((charges.len(), &charges[0]["amount"]), (1, &json!(1111)));
    Ok(())
}

#[test]
fn another_payment_never_comes_over_one_that_the_bank_is_answering() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("1111")?;
    let first = payment(&shop.desk)?["saleId"].clone();
    shop.desk.card()?.leave_by("card-close")?;
    shop.desk.till()?.click("new-sale")?;
    shop.desk.charge("2222")?;
    shop.stripe.post("/_simulator/faults", &json!({ "path": "/confirm", "fault": "delay", "ms": 4_000 }))?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("confirming")?;
    let till = shop.desk.till()?;
    let refused = till.invoke("take_card", &json!({ "saleId": first }))?.unwrap_err();
    assert_eq!((&refused["code"], &refused["money"]), (&json!("notNow"), &json!("notTaken")));
    assert_eq!(payment(&shop.desk)?["amount"], 2222);
    // The window's × is refused too, and the page says so.
    shop.desk.press_close_button("Card payment")?;
    let card = shop.desk.card()?;
    until("the refusal", Duration::from_secs(3), || {
        Ok((ask(&card, "card_view", &json!({}))?["heldOpen"] == true).then_some(()))
    })?;
    shop.desk.press_close_button("Keytill")?;
    until("the question", Duration::from_secs(3), || {
        Ok((ask(&till, "till_view", &json!({}))?["closing"] == true).then_some(()))
    })?;
    ask(&till, "stay_open", &json!({}))?;
    assert_eq!(ask(&till, "till_view", &json!({}))?["closing"], false);
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn a_computer_without_a_language_shows_the_till_all_the_same() -> Outcome {
    let mut plan = Plan::from_env()?;
    plan.language = "C.UTF-8";
    let desk = Desk::open(plan)?;
    desk.open_training()?;
    desk.ring_up("2345")?;
    desk.till()?.wait_text("amount", "23.45")?;
    Ok(())
}

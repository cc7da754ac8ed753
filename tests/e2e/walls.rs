//! What a window may not do.

use serde_json::json;
use xtask::desk::{Desk, Plan};

use crate::stage::{Outcome, payment, training};

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
        ("charge", json!({ "saleId": sale, "shownTotal": 300 })),
        ("capture", json!({ "saleId": sale })),
        ("payments", json!({ "search": "", "before": null, "limit": 10 })),
        ("save_keys", json!({ "publishable": "pk_test_1", "secret": "sk_test_1" })),
        ("print_receipt", json!({ "saleId": sale })),
        ("plugin:window|close", json!({})),
        ("plugin:webview|create_webview_window", json!({ "options": {} })),
        ("plugin:event|emit", json!({ "event": "till-changed", "payload": {} })),
    ];
    for (command, args) in refused {
        let answer = card.invoke(command, &args)?;
        assert!(answer.is_err(), "{command} answered {answer:?}");
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
fn a_token_is_worth_one_submit() -> Outcome {
    let desk = training()?;
    desk.charge("300")?;
    let card = desk.card()?;
    let token = card.invoke("card_view", &json!({}))?.unwrap()["payment"]["token"].clone();
    let made_up = card.invoke("submit_card", &json!({ "token": "0", "paymentMethodId": "pm_card_visa" }))?;
    assert!(made_up.is_err());
    let junk = card.invoke("submit_card", &json!({ "token": token, "paymentMethodId": "../refunds" }))?;
    assert!(junk.is_err(), "only a payment method's id is let through: {junk:?}");
    assert_ne!(payment(&desk)?["state"], "paid");
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

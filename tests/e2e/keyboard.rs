//! The keyboard under a window manager, from the first card window of a start on.

use std::time::Duration;

use serde_json::json;
use xtask::desk::{Card, Desk, Plan, until};

use crate::stage::{Outcome, ask};

const CARD: &str = "4242424242424242";

/// The digits of the first card go into its field, at whatever pace they are typed, and straight on from Charge: the
/// first of them are pressed before the card window has the keyboard.
fn the_first_card_is_typed(manager: &'static str, a_second: u32) -> Outcome {
    let desk = Desk::open(Plan { window_manager: Some(manager), ..Plan::from_env()? })?;
    desk.open_training()?;
    until("the till to have the keyboard", Duration::from_secs(10), || {
        Ok((desk.active_window()? == "Keytill").then_some(()))
    })?;
    desk.keyboard(&["2", "3", "4", "5"], 5)?;
    desk.till()?.wait_text("amount", "23.45")?;
    // The driver stays out of it: it gives the focus to each window that it looks at.
    let digits: Vec<String> = CARD.chars().map(String::from).collect();
    let keys: Vec<&str> = std::iter::once("Return").chain(digits.iter().map(String::as_str)).collect();
    desk.keyboard(&keys, a_second)?;
    until("the card window to have the keyboard", Duration::from_secs(10), || {
        Ok((desk.active_window()? == "Card payment").then_some(()))
    })?;
    let typed = "return document.querySelector('input[name=cardnumber]').value.replaceAll(' ', '')";
    let card = desk.card()?;
    let mut number = None;
    let whole = until("the card's number", Duration::from_secs(5), || {
        number = card.run_in_card(typed)?;
        Ok((number == Some(json!(CARD))).then_some(()))
    });
    assert!(whole.is_ok(), "{number:?} arrived");
    assert_eq!(desk.active_window()?, "Card payment");
    let draft = ask(&desk.till()?, "till_view", &json!({}))?["draft"]["total"].clone();
    assert_eq!(draft, 0, "no digit went into the next sale");
    Ok(())
}

#[test]
fn the_first_card_is_typed_slowly() -> Outcome {
    the_first_card_is_typed("openbox", 5)
}

#[test]
fn the_first_card_is_typed_briskly() -> Outcome {
    the_first_card_is_typed("metacity", 12)
}

#[test]
fn the_first_card_is_typed_as_fast_as_anybody_can() -> Outcome {
    the_first_card_is_typed("openbox", 20)
}

#[test]
fn the_next_sale_is_typed_straight_on_from_its_enter() -> Outcome {
    let desk = Desk::open(Plan { window_manager: Some("openbox"), ..Plan::from_env()? })?;
    desk.open_training()?;
    desk.charge("300")?;
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")?;
    until("the till to have the keyboard", Duration::from_secs(10), || {
        Ok((desk.active_window()? == "Keytill").then_some(()))
    })?;
    desk.keyboard(&["Return", "2", "3", "4", "5"], 20)?;
    desk.till()?.wait_text("amount", "23.45").map(drop)
}

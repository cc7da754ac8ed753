//! One mode at a time, however fast somebody changes their mind.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use xtask::desk::{Card, Desk, Keychain, until};

use crate::stage::{Outcome, ask, connected};

/// The mode of the screen and that of the settings' file, once nothing moves any more.
fn settled(desk: &Desk) -> Result<(String, String)> {
    let till = desk.till()?;
    until("the mode to be open", Duration::from_secs(20), || {
        let view = ask(&till, "till_view", &json!({}))?;
        Ok((view["problem"]["code"] != "modeChanging").then_some(()))
    })?;
    let view = ask(&till, "till_view", &json!({}))?;
    assert_eq!(view["problem"], Value::Null, "{view}");
    let file: Value = serde_json::from_slice(&std::fs::read(desk.data().join("settings.json"))?)?;
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok((word(&view["mode"]), word(&file["mode"])))
}

/// Two wishes in one breath, and what became of each.
const BOTH: &str = "const done = arguments[arguments.length - 1];
    const choose = (mode) => window.__TAURI_INTERNALS__.invoke('choose_door', { mode })
      .then(() => 'open', (problem) => problem.code);
    Promise.all([choose(arguments[0]), choose(arguments[1])]).then(done);";

/// Which of two calls in one breath reaches the shell first is not the page's to say: it gives its own one after the other.
#[test]
fn two_fast_switches_end_in_one_mode_everywhere() -> Outcome {
    let shop = connected()?;
    let till = shop.desk.till()?;
    for round in 0..12 {
        let (first, second) = if round % 2 == 0 { ("training", "test") } else { ("test", "training") };
        let ended = till.run_async(BOTH, &[json!(first), json!(second)])?;
        let words = [&ended[0], &ended[1]].map(|word| word.as_str().unwrap_or_default());
        assert!(words.contains(&"open"), "{round}: {ended}");
        assert!(words.iter().all(|word| ["open", "modeChanging"].contains(word)), "{round}: {ended}");
        let (screen, file) = settled(&shop.desk)?;
        assert_eq!(screen, file, "{round}: {ended}");
        let opened = if words[0] == "open" { first } else { second };
        assert!(words == ["open", "open"] || screen == opened, "{round}: {ended} and {screen}");
    }
    ask(&till, "choose_door", &json!({ "mode": "training" }))?;
    shop.desk.charge("1000")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert!(shop.charges()?.is_empty(), "no charge leaves training");
    Ok(())
}

/// The till was opened in Test, and its keychain asks a person. Whoever goes to training meanwhile stays there.
#[test]
fn a_keychain_that_answers_late_changes_no_mode() -> Outcome {
    let mut shop = connected()?;
    shop.desk.quit()?;
    shop.desk.keychain(Keychain::Silent)?;
    shop.desk.start()?;
    let view = ask(&shop.desk.till()?, "till_view", &json!({}))?;
    assert_eq!(view["mode"], "test");
    ask(&shop.desk.till()?, "choose_door", &json!({ "mode": "training" }))?;
    shop.desk.charge("1000")?;
    shop.desk.keychain(Keychain::Awake)?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(settled(&shop.desk)?, ("training".to_owned(), "training".to_owned()));
    // Now that it answers, the other mode is a press away.
    ask(&shop.desk.till()?, "choose_door", &json!({ "mode": "test" }))?;
    assert_eq!(settled(&shop.desk)?, ("test".to_owned(), "test".to_owned()));
    Ok(())
}

#[test]
fn a_mode_is_not_left_while_a_card_is_at_stripe() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("1000")?;
    shop.stripe.post("/_simulator/faults", &json!({ "path": "/confirm", "fault": "delay", "ms": 3_000 }))?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("confirming")?;
    let refused = shop.desk.till()?.invoke("choose_door", &json!({ "mode": "training" }))?.unwrap_err();
    assert_eq!(refused["code"], "notNow");
    shop.desk.wait_payment("paid")?;
    ask(&shop.desk.till()?, "choose_door", &json!({ "mode": "training" }))?;
    assert_eq!(settled(&shop.desk)?.0, "training");
    Ok(())
}

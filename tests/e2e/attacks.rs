//! The real webview under attack: by the bank's page, by Stripe.js itself, and by words that want to be a page.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::desk::{Card, SimulatorProcess, Window, until};

use crate::stage::{Outcome, Shop, ask, connected_to, payment};

/// A shop whose Stripe serves what somebody else has written.
fn besieged(files: &[(&str, String)]) -> Result<(Shop, TempDir)> {
    let folder = tempfile::tempdir()?;
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::write(path, text)?;
    }
    let stripe = SimulatorProcess::start_with(folder.path())?;
    Ok((connected_to(stripe)?, folder))
}

/// The simulator's own script, and another behind it.
fn behind_stripe_js(more: &str) -> Result<Vec<(&'static str, String)>> {
    let own = SimulatorProcess::start()?.text("/dahlia/stripe.js")?;
    Ok(vec![("dahlia/stripe.js", format!("{own}\n;const COMMANDS = {};\n{more}", till_commands()))])
}

fn bank(attack: bool) -> Vec<(&'static str, String)> {
    let page = include_str!("hostile/challenge.html").replace("ATTACK", if attack { "yes" } else { "no" });
    let all = [till_commands(), card_commands()].map(|list| list.trim_matches(['[', ']']).to_owned()).join(",");
    let script = format!("const COMMANDS = [{all}];\n{}", include_str!("hostile/frame.js"));
    vec![("3ds/challenge.html", page), ("3ds/challenge.js", script)]
}

fn till_commands() -> String {
    commands(include_str!("../../src-tauri/permissions/till.toml"))
}

fn card_commands() -> String {
    commands(include_str!("../../src-tauri/permissions/card.toml"))
}

fn commands(permissions: &str) -> String {
    let names = permissions.lines().filter_map(|line| line.strip_prefix("commands.allow = [")?.strip_suffix(']'));
    format!("[{}]", names.collect::<Vec<_>>().join(","))
}

/// How many calls of the card window were carried out and refused, as Settings → Diagnostics say it.
fn counted(till: &Window<'_>) -> Result<(u64, u64)> {
    let checks = ask(till, "diagnostics", &json!({}))?;
    let checks = checks.as_array().context("no checks")?;
    let line = checks.iter().find(|check| check["id"] == "cardWindow").context("no count")?;
    let words = line["say"].as_str().unwrap_or_default();
    let numbers: Vec<u64> = words.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    Ok((numbers[0], numbers[1]))
}

fn tries(report: &Value) -> u64 {
    println!("{} tries", report["tries"]);
    report["tries"].as_u64().unwrap_or_default()
}

#[test]
fn a_hostile_page_in_the_banks_dialog_reaches_nothing() -> Outcome {
    let (shop, _files) = besieged(&bank(true))?;
    shop.desk.charge("5000")?;
    let (till, card) = (shop.desk.till()?, shop.desk.card()?);
    card.pay_with(Card::ASKS_BANK)?;
    card.wait_bank_dialog()?;
    let (before, _) = counted(&till)?;
    let report = until("the attack to end", Duration::from_secs(120), || {
        let report = card.run_in_bank("return window.report")?;
        Ok(report.filter(|report| report["done"] == true))
    })?;
    assert!(tries(&report) > 10_000, "{report}");
    assert_eq!(report["got"], json!([]));
    let (carried_out, refused) = counted(&till)?;
    assert_eq!(carried_out, before, "no call was carried out");
    assert!(
        report["posted"].as_u64().is_some_and(|posted| posted > 10_000 && posted <= refused),
        "{refused}: {report}"
    );
    let log = std::fs::read_to_string(shop.desk.data().join("refused.log"))?;
    for kind in ["card: charge: dropped by Tauri (1)", "card: submit_card: dropped by Tauri (8192)", "no call at all"] {
        assert!(log.contains(kind), "{kind}: {log}");
    }
    assert_eq!(payment(&shop.desk)?["state"], "authenticating", "the payment stands where it stood");
    assert!(shop.charges()?.is_empty());
    assert!(card.is_visible()?, "the card page is still there");
    Ok(())
}

#[test]
fn a_page_led_away_by_the_bank_is_thrown_away_and_the_payment_looked_up() -> Outcome {
    let (shop, _files) = besieged(&bank(false))?;
    shop.desk.charge("5000")?;
    let till = shop.desk.till()?;
    shop.desk.card()?.pay_with(Card::ASKS_BANK)?;
    shop.desk.card()?.wait_bank_dialog()?;
    // The press may end the page before the driver has its answer.
    let _ = shop.desk.card()?.press_in_bank("#leave");
    till.wait("[data-test=payment-panel][data-state=paused]")?;
    assert!(shop.charges()?.is_empty());
    till.click("take-card")?;
    shop.desk.wait_ready()?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn a_hostile_stripe_js_gets_no_command_of_the_tills_and_no_forged_right() -> Outcome {
    let (shop, _files) = besieged(&behind_stripe_js(include_str!("hostile/stripe.js"))?)?;
    shop.desk.charge("300")?;
    let (till, card) = (shop.desk.till()?, shop.desk.card()?);
    let mut tried = 0;
    for attack in ["attackTheTill()", "attackTheToken('4ee2f9b7-0000-4000-8000-000000000000')"] {
        let report =
            card.run_async(&format!("const done = arguments[0]; {attack}.then(done, (e) => done(String(e)))"), &[])?;
        tried = tries(&report);
        assert!(tried > 30, "{report}");
        assert_eq!(report["got"], json!([]), "{attack}");
    }
    assert_eq!(payment(&shop.desk)?["state"], "ready");
    let (_, refused) = counted(&till)?;
    assert_eq!(refused, tried, "each try was counted");
    let log = std::fs::read_to_string(shop.desk.data().join("refused.log"))?;
    for kind in [
        "card: charge: dropped by Tauri (8)",
        "card: plugin:shell|execute: dropped by Tauri (1)",
        "card: submit_card: TokenUsed (8)",
        "card: card_cancel: UnknownSale (4)",
        "BadPaymentMethod",
    ] {
        assert!(log.contains(kind), "{log}");
    }
    Ok(())
}

#[test]
fn a_hostile_stripe_js_can_pay_the_sale_once_and_change_nothing_of_it() -> Outcome {
    let (shop, _files) = besieged(&behind_stripe_js(include_str!("hostile/stripe.js"))?)?;
    shop.desk.charge("300")?;
    // Like a double press: the calls after the first do nothing. Nobody waits for their answers, since the page goes once
    // the sale is paid.
    shop.desk.card()?.run("payTenTimes(); return 0", &[])?;
    shop.desk.wait_payment("paid")?;
    let charges = shop.charges()?;
    assert_eq!((charges.len(), &charges[0]["amount"]), (1, &json!(300)));
    assert_eq!(charges[0]["currency"], "usd");
    Ok(())
}

#[test]
fn ten_thousand_forged_calls_leave_the_till_at_work() -> Outcome {
    let (shop, _files) = besieged(&behind_stripe_js(include_str!("hostile/stripe.js"))?)?;
    shop.desk.charge("300")?;
    let (till, card) = (shop.desk.till()?, shop.desk.card()?);
    card.run("flood(); return 0", &[])?;
    until("the flood to end", Duration::from_secs(90), || {
        let flooded = card.run("return window.flooded", &[])?;
        assert_eq!(flooded["taken"], 0);
        Ok((flooded["refused"] == 10_000).then_some(()))
    })?;
    let (_, refused) = counted(&till)?;
    assert!(refused >= 10_000, "{refused}");
    let log = std::fs::read_to_string(shop.desk.data().join("refused.log"))?;
    assert!(log.lines().count() < 40, "the log is bounded: {}", log.lines().count());
    card.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn words_that_want_to_be_a_page_are_shown_as_words() -> Outcome {
    const WORDS: &str = "<img src=x onerror=\"window.pwned=1\">";
    let (shop, _files) = besieged(&behind_stripe_js(include_str!("hostile/words.js"))?)?;
    let till = shop.desk.till()?;
    let clothes = json!({ "business": WORDS, "tillName": WORDS, "theme": "light",
        "stickyPhoneOrder": false, "askAbove": null });
    ask(&till, "save_till", &clothes)?;
    shop.desk.ring_up("300")?;
    till.fill("note", WORDS)?;
    till.click("charge")?;
    shop.desk.wait_ready()?;
    let card = shop.desk.card()?;
    card.pay_with(Card::APPROVED)?;
    card.wait_text("card-page", "<img src=x onerror=\"window.pwned=1\"><script>")?;
    assert!(till.page_text()?.contains(WORDS), "the note stands there as it was written");
    card.leave_by("card-close")?;
    till.click("rail-payments")?;
    till.click("payment-row")?;
    till.wait("[data-test=timeline]")?;
    assert!(till.page_text()?.contains(WORDS));
    for window in [&till, &shop.desk.card()?] {
        assert_eq!(
            window.run("return [window.pwned ?? null, document.querySelectorAll('img').length]", &[])?,
            json!([null, 0])
        );
    }
    Ok(())
}

//! What a live key wants: the card page on https. A live key itself never meets a simulator.

use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use xtask::desk::{Card, Desk, SimulatorProcess, until};

use crate::stage::{Outcome, ask, connected, connected_to, training};

/// Where the card page stands, and whether the script would take a live key there.
const TAKES_LIVE_KEYS: &str = "try { Stripe('pk_live_x'); return 'taken'; } catch (error) { return error.message; }";

#[test]
fn in_training_already_the_card_page_is_on_https() -> Outcome {
    let desk = training()?;
    desk.charge("2345")?;
    let card = desk.card()?;
    let place =
        card.run("return [location.href, isSecureContext, document.querySelector('iframe').src.split(':')[0]]", &[])?;
    assert_eq!(place, json!(["https://card.keytill.localhost/", true, "https"]));
    assert_eq!(card.run(TAKES_LIVE_KEYS, &[])?, "taken");
    card.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")
}

#[test]
fn a_script_that_behaves_as_with_a_live_key_takes_a_sale_here_and_none_on_the_tills_own_address() -> Outcome {
    let own = SimulatorProcess::start()?.text("/dahlia/stripe.js")?;
    let files = tempfile::tempdir()?;
    std::fs::create_dir(files.path().join("dahlia"))?;
    let script = format!("{own}\n{}", include_str!("hostile/live.js"));
    std::fs::write(files.path().join("dahlia/stripe.js"), &script)?;
    let shop = connected_to(SimulatorProcess::start_with(files.path())?)?;
    shop.desk.charge("4200")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    let there =
        "Object.defineProperty(document, 'currentScript', { value: { src: 'https://127.0.0.1/dahlia/stripe.js' } });";
    let till = shop.desk.till()?;
    let said = till.run(&format!("{there}\n{script}\n{TAKES_LIVE_KEYS}"), &[])?;
    assert!(
        said.as_str().is_some_and(|said| said.contains("must use HTTPS")),
        "on {}: {said}",
        till.run("return location.href", &[])?
    );
    Ok(())
}

#[test]
fn nothing_a_customer_leaves_is_there_for_the_next_one() -> Outcome {
    const LEAVE: &str = "document.cookie = 'left=1; max-age=9999; secure'; localStorage.setItem('left', '1');
        sessionStorage.setItem('left', '1'); window.left = 1; return document.cookie";
    const LEFT: &str = "return [document.cookie, localStorage.length, sessionStorage.length, window.left ?? null]";
    let desk = training()?;
    desk.charge("100")?;
    assert_eq!(desk.card()?.run(LEAVE, &[])?, "left=1");
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")?;
    desk.next_sale()?;
    desk.charge("200")?;
    assert_eq!(desk.card()?.run(LEFT, &[])?, json!(["", 0, 0, null]));
    Ok(())
}

#[test]
fn a_page_that_reloads_itself_asks_nobody_and_a_new_one_takes_the_card() -> Outcome {
    let desk = training()?;
    desk.charge("100")?;
    desk.card()?.run("setTimeout(() => location.reload(), 0)", &[])?;
    desk.till()?.click("take-card")?;
    desk.wait_ready()?;
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")
}

/// What the self-check says of the page that stands in the card window, once it is of this kind.
fn shown(desk: &Desk, outcome: &str) -> anyhow::Result<String> {
    until(&format!("the card window to be {outcome}"), Duration::from_secs(10), || {
        let checks = ask(&desk.till()?, "diagnostics", &json!({}))?;
        let line = checks.as_array().into_iter().flatten().find(|check| check["id"] == "cardShown");
        let line: &Value = line.context("no line about the card window")?;
        Ok((line["outcome"] == outcome).then(|| line["say"].as_str().unwrap_or_default().to_owned()))
    })
}

#[test]
fn the_self_check_looks_at_the_page_that_the_next_customer_gets() -> Outcome {
    let shop = connected()?;
    assert!(shown(&shop.desk, "ok")?.contains("at https://card.keytill.localhost, sealed, with Stripe.js"));
    let files = tempfile::tempdir()?;
    std::fs::create_dir(files.path().join("dahlia"))?;
    std::fs::write(files.path().join("dahlia/stripe.js"), "")?;
    let shop = connected_to(SimulatorProcess::start_with(files.path())?)?;
    assert!(shown(&shop.desk, "warn")?.contains("has no Stripe.js"));
    Ok(())
}

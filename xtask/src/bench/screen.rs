//! What a cashier feels. Measured from outside through the driver, so each number is an upper bound.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::median;
use crate::desk::{Desk, Plan, until};
use crate::place;

const ROUNDS: usize = 5;
const LIMIT: Duration = Duration::from_secs(20);

fn desk() -> Result<Desk> {
    let desk = Desk::open(Plan::with_app(&place::program("release", "keytill")))?;
    desk.open_training()?;
    Ok(desk)
}

/// Seconds from starting the app until a typed digit stands in the amount; files warm, training mode.
pub(super) fn start() -> Result<f64> {
    let mut desk = desk()?;
    let mut numbers = Vec::new();
    for _ in 0..ROUNDS {
        desk.quit()?;
        let began = Instant::now();
        desk.start()?;
        desk.ring_up("7")?;
        desk.till()?.wait_text("amount", "7")?;
        numbers.push(began.elapsed().as_secs_f64());
    }
    Ok(median(numbers))
}

/// Milliseconds from pressing Charge until the card window is on the screen.
pub(super) fn card() -> Result<f64> {
    // In the page itself: the driver's own click takes longer to aim than the window to appear.
    const PRESS: &str = "document.querySelector('[data-test=charge]').click()";
    let desk = desk()?;
    let (till, card) = (desk.till()?, desk.card()?);
    let mut numbers = Vec::new();
    for _ in 0..ROUNDS {
        desk.ring_up("500")?;
        till.wait_text("amount", "5.00")?;
        till.wait("[data-test=charge]:enabled")?;
        let began = Instant::now();
        till.run(PRESS, &[])?;
        until("the card window", LIMIT, || Ok(card.is_visible()?.then_some(())))?;
        numbers.push(began.elapsed().as_secs_f64() * 1000.0);
        desk.wait_ready()?;
        card.leave_by("card-close")?;
        till.click("cancel-payment")?;
        desk.wait_payment("void")?;
        desk.next_sale()?;
    }
    Ok(median(numbers))
}

/// Milliseconds from a key event in the page until the new amount is painted, measured in the page.
pub(super) fn key() -> Result<f64> {
    const STROKE: &str = "const done = arguments[arguments.length - 1]; const began = performance.now();
        const place = document.querySelector('[data-test=amount]');
        const watch = new MutationObserver(() => { watch.disconnect(); requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))); });
        watch.observe(place, { childList: true, subtree: true, characterData: true });
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }));";
    let desk = desk()?;
    let till = desk.till()?;
    let mut numbers = Vec::new();
    for digit in ["1", "2", "3", "4", "5"] {
        let took = till.run_async(STROKE, &[json!(digit)])?;
        numbers.push(took.as_f64().context("no number")?);
    }
    Ok(median(numbers))
}

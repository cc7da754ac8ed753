//! How a test begins, and the questions it asks of the till and of Stripe.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::desk::{Desk, Plan, SimulatorProcess, Window, keys, until};

pub(crate) type Outcome = Result<()>;

pub(crate) const PUBLISHABLE: &str = "pk_test_counter";

/// Put together here, so that the whole text stands in no file but the keychain's.
pub(crate) fn secret() -> String {
    ["rk", "test", "51NobodyMayEverReadThis"].join("_")
}

/// A till that has just gone through the training door.
pub(crate) fn training() -> Result<Desk> {
    training_as(Plan::from_env()?)
}

/// The same at a desk of another plan.
pub(crate) fn training_as(plan: Plan) -> Result<Desk> {
    let desk = Desk::open(plan)?;
    desk.open_training()?;
    Ok(desk)
}

/// A till in Test mode, and the Stripe it talks to.
pub(crate) struct Shop {
    pub(crate) desk: Desk,
    pub(crate) stripe: SimulatorProcess,
}

/// Connects a fresh till to a simulator of its own, through the first start's second door.
pub(crate) fn connected() -> Result<Shop> {
    connected_to(SimulatorProcess::start()?)
}

/// Says in which currency the account charges, and waits until the till may.
pub(crate) fn choose_currency(desk: &Desk, code: &str) -> Result<()> {
    let till = desk.till()?;
    ask(&till, "choose_currency", &json!({ "currency": code }))?;
    until("the till to charge", Duration::from_secs(10), || {
        let view = ask(&till, "till_view", &json!({}))?;
        Ok((view["problem"].is_null() && view["currency"]["code"] == code).then_some(()))
    })
}

/// The same, to a simulator that somebody has prepared.
pub(crate) fn connected_to(stripe: SimulatorProcess) -> Result<Shop> {
    connected_as(Plan::from_env()?, stripe)
}

/// The same, on a desk of one's own making.
pub(crate) fn connected_as(plan: Plan, stripe: SimulatorProcess) -> Result<Shop> {
    let shop = at_the_door_of(plan, stripe)?;
    let till = shop.desk.till()?;
    till.click("door-stripe")?;
    save_keys(&till, PUBLISHABLE, &secret())?;
    till.wait("[data-test=charge]").context("the keys were not taken")?;
    choose_currency(&shop.desk, "usd")?;
    Ok(shop)
}

/// A fresh till beside a simulator, before any door.
pub(crate) fn at_the_door() -> Result<Shop> {
    at_the_door_of(Plan::from_env()?, SimulatorProcess::start()?)
}

fn at_the_door_of(mut plan: Plan, stripe: SimulatorProcess) -> Result<Shop> {
    plan.stripe_api = Some(stripe.address().to_owned());
    let desk = Desk::open(plan)?;
    desk.till()?.wait("[data-test=door-stripe]")?;
    Ok(Shop { desk, stripe })
}

/// Fills both key fields and saves.
pub(crate) fn save_keys(till: &Window<'_>, publishable: &str, secret: &str) -> Result<()> {
    till.fill("settings-publishable", publishable)?;
    till.fill("settings-secret", secret)?;
    till.click("save-keys")
}

impl Shop {
    /// Money that really moved, by Stripe's own books.
    pub(crate) fn charges(&self) -> Result<Vec<Value>> {
        let mut ledger = self.stripe.get("/_simulator/ledger")?;
        serde_json::from_value(ledger["charges"].take()).context("no charges in the ledger")
    }
}

/// The payment in front of the cashier, as the till's page gets it.
pub(crate) fn payment(desk: &Desk) -> Result<Value> {
    let view = ask(&desk.till()?, "till_view", &json!({}))?;
    Ok(view["payment"].clone())
}

/// Calls a command that must answer.
pub(crate) fn ask(window: &Window<'_>, command: &str, args: &Value) -> Result<Value> {
    window.invoke(command, args)?.map_err(|problem| anyhow::anyhow!("{command}: {problem}"))
}

/// The kinds of the timeline's entries, oldest first.
pub(crate) fn timeline(desk: &Desk, payment: &Value) -> Result<Vec<String>> {
    let detail = ask(&desk.till()?, "payment_detail", &json!({ "saleId": payment["saleId"] }))?;
    let entries = detail["timeline"].as_array().context("no timeline")?;
    Ok(entries.iter().filter_map(|entry| entry["kind"].as_str().map(str::to_owned)).collect())
}

/// Authorise only: in the menu beside the charge button.
pub(crate) fn authorise_only(desk: &Desk) -> Result<()> {
    let till = desk.till()?;
    till.click("more")?;
    till.click("authorise-only")?;
    // The menu closes by itself or with Escape; either way the keys belong to the amount again.
    if till.shows("[data-test=authorise-only]")? {
        till.press(keys::ESCAPE)?;
    }
    Ok(())
}

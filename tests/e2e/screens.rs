//! Every screen and state in both themes and both sizes, as pictures in `target/screens`.

use anyhow::Result;
use serde_json::json;
use xtask::desk::{Card, Desk, Plan, Window, keys};

use crate::stage::{Outcome, ask, authorise_only, connected};

const SIZES: [(u32, u32); 2] = [(1180, 760), (900, 600)];

/// Both sizes of what stands on the till's screen now.
pub(crate) fn picture(till: &Window<'_>, name: &str, theme: &str) -> Result<()> {
    for (width, height) in SIZES {
        till.resize(width, height)?;
        let fits = till.run("return document.documentElement.scrollWidth <= innerWidth", &[])?;
        assert_eq!(fits, true, "{name} is wider than {width} px");
        till.screenshot(&format!("{name}-{theme}-{width}x{height}"))?;
    }
    Ok(())
}

fn wear(desk: &Desk, theme: &str) -> Result<()> {
    let till = desk.till()?;
    let business = "Bäckerei Größenwahn & Söhne\nAn der alten Straßenbahnhaltestelle 12";
    let clothes = json!({ "business": business, "tillName": "Front counter", "theme": theme,
        "stickyPhoneOrder": false, "askAbove": null });
    ask(&till, "save_till", &clothes).map(drop)
}

#[test]
fn the_doors_in_the_systems_theme() -> Outcome {
    let desk = Desk::open(Plan::from_env()?)?;
    let till = desk.till()?;
    till.wait("[data-test=door-training]")?;
    picture(&till, "first-start", "system")?;
    till.click("door-stripe")?;
    till.wait("[data-test=save-keys]")?;
    picture(&till, "connect-stripe", "system")
}

#[test]
fn every_screen_in_light() -> Outcome {
    every_screen("light")
}

#[test]
fn every_screen_in_dark() -> Outcome {
    every_screen("dark")
}

fn every_screen(theme: &str) -> Outcome {
    let shop = connected()?;
    let desk = &shop.desk;
    wear(desk, theme)?;
    sale(desk, theme)?;
    card_window(desk, theme)?;
    outcomes(desk, theme)?;
    lists(desk, theme)
}

fn sale(desk: &Desk, theme: &str) -> Result<()> {
    let till = desk.till()?;
    picture(&till, "sale-empty", theme)?;
    desk.ring_up("12345678")?;
    till.fill("note", "Table 7, the lady with the enormous umbrella")?;
    till.press(keys::ESCAPE)?;
    picture(&till, "sale-rung-up", theme)?;
    till.click("more")?;
    picture(&till, "sale-menu", theme)?;
    till.press(keys::ESCAPE)
}

fn card_window(desk: &Desk, theme: &str) -> Result<()> {
    let till = desk.till()?;
    till.click("charge")?;
    till.wait("[data-test=unusual]")?;
    picture(&till, "sale-unusual", theme)?;
    till.click("charge-sure")?;
    desk.wait_ready()?;
    let card = desk.card()?;
    card.screenshot(&format!("card-ready-{theme}"))?;
    picture(&till, "payment-ready", theme)?;
    card.pay_with(Card::NO_FUNDS)?;
    card.wait("[data-test=declined]")?;
    card.screenshot(&format!("card-declined-{theme}"))?;
    picture(&till, "payment-declined", theme)?;
    card.pay_with(Card::ASKS_BANK)?;
    card.wait_bank_dialog()?;
    card.screenshot(&format!("card-bank-{theme}"))?;
    picture(&till, "payment-authenticating", theme)?;
    card.answer_bank(xtask::desk::BankDialog::Complete)
}

fn outcomes(desk: &Desk, theme: &str) -> Result<()> {
    let till = desk.till()?;
    desk.wait_payment("paid")?;
    picture(&till, "payment-paid", theme)?;
    desk.next_sale()?;
    authorise_only(desk)?;
    desk.ring_up("8000")?;
    till.click("charge")?;
    desk.wait_ready()?;
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("authorised")?;
    picture(&till, "payment-authorised", theme)?;
    till.click("release")?;
    desk.wait_payment("void")?;
    picture(&till, "payment-void", theme)?;
    desk.next_sale()
}

fn lists(desk: &Desk, theme: &str) -> Result<()> {
    let till = desk.till()?;
    till.click("rail-payments")?;
    till.wait("[data-test=payment-row]")?;
    picture(&till, "payments", theme)?;
    till.click("payment-row")?;
    till.wait("[data-test=timeline]")?;
    picture(&till, "payment-detail", theme)?;
    till.fill("search", "nothing is called this")?;
    till.wait_gone("[data-test=payment-row]")?;
    picture(&till, "payments-none", theme)?;
    till.click("rail-settings")?;
    till.wait("[data-test=save-till]")?;
    picture(&till, "settings", theme)
}

//! `cargo xtask run`: the till in training mode, in front of a person or, without a display, by itself.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::building::Beside;
use crate::setup::{self, Need};
use crate::{building, place, say};

/// Sets up, builds and starts the till.
///
/// # Errors
/// When any of it does not work.
pub fn run() -> Result<()> {
    say::title("Keytill in training mode: nothing here touches real money");
    let display = display();
    setup::machine(if display { Need::Build } else { Need::BuildAndDrive })?;
    building::page()?;
    building::programs("debug", Beside::Nothing)?;
    if display { in_front_of_a_person() } else { alone() }
}

/// Windows and macOS always have one; elsewhere the session says so.
fn display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// A folder of its own, so that a real till on this computer stays as it is.
fn in_front_of_a_person() -> Result<()> {
    let data = place::target().join("training");
    let settings = data.join("settings.json");
    if !settings.exists() {
        fs::create_dir_all(&data)?;
        fs::write(settings, "{ \"mode\": \"training\" }\n")?;
    }
    say::line("Type an amount, press Enter. Card 4242 4242 4242 4242, any date to come, any CVC and postcode.");
    say::line(&format!("What it remembers lies in {}.", data.display()));
    let ended = Command::new(place::program("debug", "keytill")).env("KEYTILL_DATA", data).status()?;
    if !ended.success() {
        bail!("the till ended with {ended}");
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn alone() -> Result<()> {
    in_front_of_a_person()
}

/// One training sale in the real app, told step by step.
#[cfg(target_os = "linux")]
fn alone() -> Result<()> {
    use crate::desk::{Card, Desk, Plan};

    say::title("No display here, so the till takes one training sale by itself");
    let app = place::program("debug", "keytill");
    let told = |text: &str| Ok(((), text.to_owned()));
    let desk = say::step("start", || Ok((Desk::open(Plan::with_app(&app))?, "display, keychain, app".into())))?;
    say::step("first start", || desk.open_training().and_then(|()| told("“Try it”")))?;
    say::step("ring up", || desk.ring_up("2345").and_then(|()| told(&desk.till()?.text("amount")?)))?;
    say::step("charge", || {
        desk.charge_by_key(crate::desk::keys::ENTER)?;
        told(&format!("card window asks for {}", desk.card()?.text("card-amount")?))
    })?;
    say::step("card", || {
        desk.card()?.pay_with(Card::APPROVED)?;
        desk.wait_payment("paid")?;
        told(&desk.till()?.text("outcome-title")?)
    })?;
    let picture = say::step("screenshot", || {
        let picture = desk.till()?.screenshot("training-sale")?;
        let said = picture.display().to_string();
        Ok((picture, said))
    })?;
    let receipt = desk.receipt()?;
    say::title("Receipt");
    for line in &receipt {
        say::line(line);
    }
    println!("\nApproved. The screen: {}", picture.display());
    Ok(())
}

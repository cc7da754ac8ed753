//! `cargo xtask pictures`: the README's pictures, taken from the running till and from nothing else.

use anyhow::Result;

use crate::building::Beside;
use crate::setup::{self, Need};
use crate::{building, say};

/// Builds the till and takes a sale in front of the camera.
///
/// # Errors
/// When it cannot be built, or something on the way does not appear.
pub fn take() -> Result<()> {
    say::title("Keytill: pictures for the README");
    setup::machine(Need::BuildAndDrive)?;
    building::page()?;
    building::programs("debug", Beside::Nothing)?;
    shoot()
}

#[cfg(not(target_os = "linux"))]
fn shoot() -> Result<()> {
    anyhow::bail!("pictures are taken on Linux, where WebKit has a driver")
}

#[cfg(target_os = "linux")]
fn shoot() -> Result<()> {
    use crate::desk::{Card, Desk, Plan};
    use crate::place;
    use serde_json::json;

    let desk = Desk::open(Plan::with_app(&place::program("debug", "keytill")))?;
    desk.open_training()?;
    let (till, card) = (desk.till()?, desk.card()?);
    let shop = json!({ "business": "Harbour Books", "tillName": "Till 1", "theme": "light", "stickyPhoneOrder": false, "askAbove": null });
    till.invoke("save_till", &shop)?.map_err(|problem| anyhow::anyhow!("save_till: {problem}"))?;
    till.resize(1180, 760)?;
    desk.ring_up("2345")?;
    keep(&till.screenshot("sale")?)?;
    till.click("charge")?;
    desk.wait_ready()?;
    card.type_card(Card::APPROVED)?;
    keep(&card.screenshot("card")?)?;
    card.click("pay")?;
    desk.wait_payment("paid")?;
    keep(&till.screenshot("approved")?)
}

#[cfg(target_os = "linux")]
fn keep(picture: &std::path::Path) -> Result<()> {
    let folder = crate::place::root().join("docs/pictures");
    std::fs::create_dir_all(&folder)?;
    let name = picture.file_name().unwrap_or_default();
    std::fs::copy(picture, folder.join(name))?;
    say::line(&format!("docs/pictures/{}", name.to_string_lossy()));
    Ok(())
}

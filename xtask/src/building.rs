//! Builds the page, the app and the simulator.

use std::path::PathBuf;

use anyhow::Result;

use crate::{place, say, shell};

/// The app with its page inside.
pub const APP: &str = "keytill/custom-protocol";

/// The app and the end-to-end tests.
pub const EVERYTHING: &str = "keytill/custom-protocol,xtask/e2e";

/// The page, into `ui/dist`, which the app embeds.
///
/// # Errors
/// When Vite does not build it.
pub fn page() -> Result<()> {
    let mut npm = shell::command(shell::npm(), &["run", "build"]);
    npm.current_dir(place::ui());
    say::step("page", || {
        shell::quietly(&mut npm, "page")?.or_fail("npm run build")?;
        Ok(((), "ui/dist".into()))
    })
}

/// What to build beside the app and the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    Nothing,
    /// The tests too: their dependencies switch features on, and building the app alone would compile half the tree
    /// a second time without them.
    Tests,
}

/// The app and the simulator; `profile` is `debug` or `release`. Never this program, which is running.
///
/// # Errors
/// When they do not compile.
pub fn programs(profile: &str, beside: Beside) -> Result<()> {
    let targets = if beside == Beside::Tests { "--all-targets" } else { "--bins" };
    let words = &["build", "--workspace", "--exclude", "xtask", targets, "--features", APP];
    let mut cargo = shell::command("cargo", words);
    if profile == "release" {
        cargo.arg("--release");
    }
    say::step(&format!("app, {profile}"), || {
        shell::quietly(&mut cargo, &format!("build-{profile}"))?.or_fail("cargo build")?;
        Ok(((), place::program(profile, "keytill").display().to_string()))
    })
}

/// The simulator that holds its answers against the specification.
///
/// # Errors
/// When it does not compile.
pub fn held_simulator() -> Result<()> {
    let mut cargo = shell::command("cargo", &["build", "-p", "stripe-simulator", "--example", "held_to_specification"]);
    say::step("simulator, held", || {
        shell::quietly(&mut cargo, "build-held-simulator")?.or_fail("cargo build")?;
        let word =
            if specification().is_file() { "each answer held to Stripe's specification" } else { NO_SPECIFICATION };
        Ok(((), word.into()))
    })
}

const NO_SPECIFICATION: &str = "no specification here: answers are held to the lists in required.rs";

/// Where the simulator's tests look for it.
fn specification() -> PathBuf {
    let beside = || place::root().join("../shared");
    std::env::var_os("KEYTILL_SHARED").map_or_else(beside, PathBuf::from).join("stripe/openapi.json")
}

/// What `cargo xtask crash` kills and what it is held against: no windows, and so nothing of the system.
///
/// # Errors
/// When they do not compile.
pub fn engine() -> Result<()> {
    let words = &["build", "-p", "till", "-p", "stripe-simulator", "--bin", "stripe-simulator", "--example", "engine"];
    say::step("engine, debug", || {
        shell::quietly(&mut shell::command("cargo", words), "build-engine")?.or_fail("cargo build")?;
        Ok(((), place::target().join("debug/examples/engine").display().to_string()))
    })
}

/// The simulator alone.
///
/// # Errors
/// When it does not compile.
pub fn simulator(profile: &str) -> Result<()> {
    let mut cargo = shell::command("cargo", &["build", "-p", "stripe-simulator"]);
    if profile == "release" {
        cargo.arg("--release");
    }
    say::step(&format!("simulator, {profile}"), || {
        shell::quietly(&mut cargo, "build-simulator")?.or_fail("cargo build")?;
        Ok(((), place::program(profile, "stripe-simulator").display().to_string()))
    })
}

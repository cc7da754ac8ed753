//! `cargo xtask simulate`: the proof of "paid once, or not at all", as many histories as one likes.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{place, shell};

/// The simulation's program, built for speed, with these words after it.
pub fn command(words: &[&str]) -> Command {
    let mut command = shell::command("cargo", &["run", "--quiet", "--profile", "proof", "-p", "till-simulation", "--"]);
    command.args(words).current_dir(place::root());
    command
}

/// Passes `words` on; `--help` lists them.
///
/// # Errors
/// When a promise was broken, or it cannot be built.
pub fn simulate(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = command(&words).status()?;
    if !ended.success() {
        bail!("a history broke a promise, or the simulation could not be built");
    }
    Ok(())
}

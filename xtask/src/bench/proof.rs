//! How fast the proof lives its histories, on one core.

use anyhow::{Context, Result, bail};

use crate::{shell, simulate};

pub fn in_memory() -> Result<f64> {
    a_minute("50000", &[])
}

pub fn on_power_cuts() -> Result<f64> {
    a_minute("4000", &["--sqlite"])
}

/// Histories a minute, from the line that the simulation prints: `seeds=… seconds=…`.
fn a_minute(seeds: &str, more: &[&str]) -> Result<f64> {
    let mut words = vec!["--seeds", seeds];
    words.extend(more);
    let said = shell::quietly(&mut simulate::command(&words), "bench-proof")?;
    if !said.ok {
        bail!("a promise was broken: {}", said.excerpt());
    }
    let number = |name: &str| {
        let (_, rest) = said.text.rsplit_once(name).context("the simulation prints its line")?;
        let word = rest.split_whitespace().next().unwrap_or_default();
        word.parse::<f64>().context("a number")
    };
    Ok(number("seeds=")? / number("seconds=")?.max(0.1) * 60.0)
}

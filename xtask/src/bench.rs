//! `cargo xtask bench`: the numbers we hold ourselves to, from the release build.
//!
//! A new number is one more row in [`BENCHES`].

use anyhow::Result;

use crate::building::Beside;
use crate::setup::{self, Need};
use crate::{building, say};

mod journal;
mod package;
#[cfg(target_os = "linux")]
mod screen;

/// One number.
#[derive(Debug, Clone, Copy)]
struct Bench {
    name: &'static str,
    unit: &'static str,
    /// Above this it is a regression to look at.
    limit: f64,
    measure: fn() -> Result<f64>,
}

const BENCHES: &[Bench] = &[
    Bench { name: "release binary size", unit: "MB", limit: 12.0, measure: package::binary },
    Bench { name: "deb package size", unit: "MB", limit: 6.0, measure: package::deb },
    Bench { name: "journal work around a confirm, p99", unit: "ms", limit: 15.0, measure: journal::confirm },
    Bench { name: "journal of a million: first request", unit: "ms", limit: 300.0, measure: journal::first_request },
    Bench { name: "journal of a million: search", unit: "ms", limit: 1000.0, measure: journal::search },
    #[cfg(target_os = "linux")]
    Bench { name: "till answers keys after start", unit: "s", limit: 0.8, measure: screen::start },
    #[cfg(target_os = "linux")]
    Bench { name: "card window after charge", unit: "ms", limit: 150.0, measure: screen::card },
    #[cfg(target_os = "linux")]
    Bench { name: "page answers a key", unit: "ms", limit: 50.0, measure: screen::key },
];

/// Measures what has `word` in its name, or everything.
///
/// # Errors
/// When the release cannot be built. A number that cannot be taken is said and passed over.
pub fn bench(word: Option<&str>) -> Result<()> {
    say::title("Keytill: benches of the release build");
    setup::machine(Need::BuildAndDrive)?;
    building::page()?;
    building::programs("release", Beside::Nothing)?;
    println!();
    for bench in BENCHES.iter().filter(|bench| word.is_none_or(|word| bench.name.contains(word))) {
        match (bench.measure)() {
            Ok(number) => {
                let beyond = if number > bench.limit { "  above its limit" } else { "" };
                let Bench { name, unit, limit, .. } = bench;
                println!("  {name:<36} {number:>9.2} {unit:<3} (limit {limit} {unit}){beyond}");
            }
            Err(problem) => println!("  {:<36} not measured: {problem:#}", bench.name),
        }
    }
    Ok(())
}

/// The middle one of several measurements.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

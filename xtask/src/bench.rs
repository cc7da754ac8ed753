//! `cargo xtask bench`: the numbers we hold ourselves to, from the release build.
//!
//! A new number is one more row in [`BENCHES`].

use anyhow::Result;

use crate::building::Beside;
use crate::setup::{self, Need};
use crate::{building, say};

mod journal;
mod load;
mod package;
mod proof;
#[cfg(target_os = "linux")]
mod screen;
mod simulator;

/// One number.
#[derive(Debug, Clone, Copy)]
struct Bench {
    name: &'static str,
    unit: &'static str,
    /// Beyond this it is a regression to look at.
    limit: Limit,
    /// What has to be built for it.
    of: Of,
    measure: fn() -> Result<f64>,
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// What a number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Till,
    /// The simulator alone, which takes a fraction of the time to build.
    Simulator,
}

impl Limit {
    fn is_kept_by(self, number: f64) -> bool {
        match self {
            Self::AtMost(limit) => number <= limit,
            Self::AtLeast(limit) => number >= limit,
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "at most {limit}"),
            Self::AtLeast(limit) => write!(f, "at least {limit}"),
        }
    }
}

const fn till(name: &'static str, unit: &'static str, most: f64, measure: fn() -> Result<f64>) -> Bench {
    Bench { name, unit, limit: Limit::AtMost(most), of: Of::Till, measure }
}

const fn simulator(name: &'static str, unit: &'static str, limit: Limit, measure: fn() -> Result<f64>) -> Bench {
    Bench { name, unit, limit, of: Of::Simulator, measure }
}

const BENCHES: &[Bench] = &[
    till("release binary size", "MB", 12.0, package::binary),
    till("deb package size", "MB", 6.0, package::deb),
    till("journal work around a confirm, p99", "ms", 15.0, journal::confirm),
    till("journal of a million: first request", "ms", 300.0, journal::first_request),
    till("journal of a million: search", "ms", 1000.0, journal::search),
    #[cfg(target_os = "linux")]
    till("till answers keys after start", "s", 0.8, screen::start),
    #[cfg(target_os = "linux")]
    till("card window after charge", "ms", 150.0, screen::card),
    #[cfg(target_os = "linux")]
    till("page answers a key", "ms", 50.0, screen::key),
    simulator("simulator, 1 connection", "payments/s", Limit::AtLeast(2_000.0), simulator::one),
    simulator("simulator, 16 connections", "payments/s", Limit::AtLeast(4_000.0), simulator::many),
    simulator("simulator, 16, slowest of 100", "ms", Limit::AtMost(5.0), simulator::p99),
    simulator("simulator to localstripe, 1", "times", Limit::AtLeast(30.0), simulator::beside_localstripe_one),
    simulator("simulator to localstripe, 16", "times", Limit::AtLeast(30.0), simulator::beside_localstripe_many),
    simulator("simulator, a million payments", "GB", Limit::AtMost(4.0), simulator::memory),
    simulator("simulator, with a million slower", "times", Limit::AtMost(1.2), simulator::growth),
    simulator("proof: histories a core-minute", "", Limit::AtLeast(500_000.0), proof::in_memory),
    simulator("proof: with power cuts", "", Limit::AtLeast(15_000.0), proof::on_power_cuts),
];

/// Measures what has `word` in its name, or everything.
///
/// # Errors
/// When the release cannot be built. A number that cannot be taken is said and passed over.
pub fn bench(word: Option<&str>) -> Result<()> {
    say::title("Keytill: benches of the release build");
    let wanted: Vec<&Bench> =
        BENCHES.iter().filter(|bench| word.is_none_or(|word| bench.name.contains(word))).collect();
    if wanted.iter().any(|bench| bench.of == Of::Till) {
        setup::machine(Need::BuildAndDrive)?;
        building::page()?;
        building::programs("release", Beside::Nothing)?;
    } else {
        building::simulator("release")?;
    }
    println!();
    for bench in wanted {
        match (bench.measure)() {
            Ok(number) => {
                let beyond = if bench.limit.is_kept_by(number) { "" } else { "  beyond its limit" };
                let Bench { name, unit, limit, .. } = bench;
                println!("  {name:<36} {number:>9.2} {unit:<10} ({limit} {unit}){beyond}");
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

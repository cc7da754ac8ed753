//! The proof by simulation: the real cashier, the real client and the simulated Stripe live through many thousand
//! histories in which everything goes wrong that can, and after every step the promises are checked.
//!
//! Time is virtual and chance comes from the seed, so that a seed is a history: it can be lived again, and told.

mod agenda;
mod chance;
mod checks;
mod counter;
mod crashes;
mod disk;
mod ending;
mod fault;
mod model;
mod people;
mod powered;
mod reading;
mod stripe;
mod subject;
mod tally;
mod trace;
mod twin;
mod wire;
mod world;

pub use crashes::crash_everywhere;
pub use powered::open as open_on_power_cuts;
pub use reading::Ways;
pub use tally::Tally;
pub use twin::Mutant;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use counter::Counter;
use subject::Subject;
use trace::Trace;
use twin::Twin;
use world::World;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub seed: u64,
    /// Which promise, and how.
    pub breach: String,
}

/// Lives the history of `seed` with the real cashier, or with a weakened twin of it.
///
/// # Errors
/// The first promise that was broken.
pub fn run(seed: u64, mutant: Option<Mutant>) -> Result<Tally, Violation> {
    // Nothing of a history outlives its panic.
    let lived = catch_unwind(AssertUnwindSafe(|| live(seed, mutant, Trace::default()).0));
    lived.unwrap_or_else(|_| Err(Violation { seed, breach: "a panic".to_owned() }))
}

/// As [`run`] with the real cashier, and with the journal's real file at `path`, which must not exist yet.
///
/// # Errors
/// The first promise that was broken, or that the file cannot be made.
pub fn run_on_file(seed: u64, path: &Path) -> Result<Tally, Violation> {
    let mut world = World::<Counter>::new(seed, Trace::default());
    world.subject.keep_in(path).map_err(|error| Violation { seed, breach: error.to_string() })?;
    live_with(seed, world).0
}

/// As [`run`] with the real cashier, and with the journal's real code on a disk that loses its power: then each crash
/// of the history is a power cut or a killed process, and each trouble of the disk is one that SQLite meets.
///
/// # Errors
/// The first promise that was broken.
pub fn run_on_power_cuts(seed: u64) -> Result<Tally, Violation> {
    let lived = catch_unwind(AssertUnwindSafe(|| live_on_power_cuts(seed, Trace::default()).0));
    lived.unwrap_or_else(|_| Err(Violation { seed, breach: "a panic".to_owned() }))
}

/// As [`run_on_power_cuts`], and tells what happened.
pub fn replay_on_power_cuts(seed: u64) -> (Result<Tally, Violation>, String) {
    live_on_power_cuts(seed, Trace::on())
}

fn live_on_power_cuts(seed: u64, trace: Trace) -> (Result<Tally, Violation>, String) {
    let mut world = World::<Counter>::new(seed, trace);
    match world.subject.lie_on(power_cut::Disk::new(seed)) {
        Ok(()) => live_with(seed, world),
        Err(error) => (Err(Violation { seed, breach: error.to_string() }), String::new()),
    }
}

/// As [`run`], and tells what happened.
pub fn replay(seed: u64, mutant: Option<Mutant>) -> (Result<Tally, Violation>, String) {
    live(seed, mutant, Trace::on())
}

fn live(seed: u64, mutant: Option<Mutant>, trace: Trace) -> (Result<Tally, Violation>, String) {
    match mutant {
        None => live_with::<Counter>(seed, World::new(seed, trace)),
        Some(mutant) if mutant.weakness().is_some() => {
            let mut world = World::<Counter>::new(seed, trace);
            mutant.weakness().into_iter().for_each(|weakness| world.subject.weaken(weakness));
            live_with(seed, world)
        }
        Some(mutant) => {
            let mut world = World::<Twin>::new(seed, trace);
            world.subject.become_of(mutant);
            live_with(seed, world)
        }
    }
}

fn live_with<S: Subject>(seed: u64, mut world: World<S>) -> (Result<Tally, Violation>, String) {
    let lived = world.live();
    world.tally.ways = world.subject.ways();
    let result = lived.map(|()| world.tally).map_err(|breach| Violation { seed, breach });
    (result, world.trace.into_text())
}

//! Every crash there is: before and after each commit of a history, singly and in pairs.
//!
//! Chance finds the deep histories; this finds the plain ones, and leaves none out.

use crate::Violation;
use crate::counter::Counter;
use crate::subject::Accident;
use crate::trace::Trace;
use crate::world::World;

const CRASHES: [Accident; 2] = [Accident::CrashBefore, Accident::CrashAfter];
const ALL: [Accident; 4] = [CRASHES[0], CRASHES[1], Accident::NotWritten, Accident::WrittenAfterAll];

/// Lives the history of `seed` once for every commit and every accident that can befall it, and once for every two
/// crashes. Returns how many histories that were.
///
/// # Errors
/// The first promise that was broken, with the accidents and what happened.
pub fn crash_everywhere(seed: u64) -> Result<u64, Violation> {
    let commits = live(seed, &[])?;
    let mut histories = 1;
    for first in 1..=commits {
        for accident in ALL {
            let in_all = live(seed, &[(first, accident)])?;
            histories += 1;
            if CRASHES.contains(&accident) {
                histories += crash_again(seed, (first, accident), in_all)?;
            }
        }
    }
    Ok(histories)
}

/// After the first crash the history is another one: the second meets each of its later commits.
fn crash_again(seed: u64, first: (u32, Accident), commits: u32) -> Result<u64, Violation> {
    let mut histories = 0;
    for second in first.0 + 1..=commits {
        for accident in CRASHES {
            live(seed, &[first, (second, accident)])?;
            histories += 1;
        }
    }
    Ok(histories)
}

/// How many commits the history had.
fn live(seed: u64, script: &[(u32, Accident)]) -> Result<u32, Violation> {
    let scripted = |trace| {
        let mut world = World::<Counter>::new(seed, trace);
        world.weather = world.weather.with_a_sound_computer();
        world.subject.script(script);
        world
    };
    let mut world = scripted(Trace::default());
    world.live().map_err(|breach| {
        let mut again = scripted(Trace::on());
        let _ = again.live();
        Violation { seed, breach: format!("{breach}, with {script:?}\n{}", again.trace.into_text()) }
    })?;
    Ok(world.subject.commits())
}

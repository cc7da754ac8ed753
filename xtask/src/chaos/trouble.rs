//! Power cuts, and a computer that stands still for a moment.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::dice::Dice;
use super::room::Room;

const GLANCE: Duration = Duration::from_millis(10);

/// Kills and stops the app at moments that the seed says, until the room is calm.
pub(super) fn make(room: &Room, seed: u64) {
    for nth in 0.. {
        let mut dice = Dice::of(seed, "trouble", nth);
        wait(room, Duration::from_millis(dice.between(2_500, 14_000)));
        if room.is_calm() {
            return;
        }
        if dice.one_in(2) {
            room.kill("at any moment");
        } else {
            room.stop(Duration::from_millis(dice.between(200, 4_000)));
        }
    }
}

/// Waits, unless somebody wants the power to go sooner.
fn wait(room: &Room, time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time && !room.is_calm() {
        let soon = room.kill_soon.swap(0, Ordering::SeqCst);
        if soon > 0 {
            thread::sleep(Duration::from_millis(soon));
            if !room.is_calm() {
                room.kill("while a card is at the bank");
            }
        }
        thread::sleep(GLANCE);
    }
}

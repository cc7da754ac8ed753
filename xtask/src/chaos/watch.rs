//! The judge's own thread: reads the screens again and again, and Stripe's books before and after.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::claim::{Says, claims};
use super::judge::Facts;
use super::proxy::held;
use super::room::Room;
use super::screen::Screen;
use super::stripe;

const PAUSE: Duration = Duration::from_millis(40);

/// Judges until the room is over.
pub(super) fn judge(room: &Room) {
    let mut before = Facts::default();
    let mut last = String::new();
    while !room.is_over() {
        thread::sleep(PAUSE);
        if room.is_dark() {
            thread::sleep(PAUSE);
            continue;
        }
        match look(room, &before, &mut last) {
            Ok(after) => before = after,
            // A screen that is just going dark, or a page that is being loaded.
            Err(problem) if room.is_dark() => drop(problem),
            Err(problem) => room.log.write(&format!("not read: {problem:#}")),
        }
    }
}

fn look(room: &Room, before: &Facts, last: &mut String) -> Result<Facts> {
    let screen = {
        let desk = held(&room.desk);
        Screen::read(&desk)?
    };
    let now_ms = room.now_ms();
    let claims = claims(&screen);
    let held_too = claims.iter().any(|claim| claim.says == Says::Held);
    let after = facts(room, held_too)?;
    if room.is_dark() {
        return Ok(after);
    }
    let said = summary(&screen);
    if said != *last {
        room.log.write(&format!("screen {said}"));
        *last = said;
    }
    for wrong in held(&room.judge).hear(now_ms, &claims, before, &after) {
        room.log
            .write(&format!("DEVIATION {wrong}\n--- till\n{}\n--- card\n{}\n---", screen.till.text, screen.card.text));
    }
    room.show(screen);
    Ok(after)
}

/// What Stripe has now. Whether anything is held costs more to ask, and is asked when a screen says so.
fn facts(room: &Room, held_too: bool) -> Result<Facts> {
    // What was told is read first: the charge behind it is in the ledger for certain.
    let told = room.proxy.told();
    let held = if held_too {
        let intents = stripe::intents(&room.stripe)?;
        let held = intents.into_iter().filter(|intent| intent.status == "requires_capture");
        held.map(|intent| intent.amount).collect()
    } else {
        BTreeSet::new()
    };
    Ok(Facts { charged: stripe::money(&room.stripe)?, held, told })
}

/// The places that speak of money, in a line for the log.
fn summary(screen: &Screen) -> String {
    let spot = |spot: &super::screen::Spot| {
        let first = spot.words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        format!("[{} {} {} {} “{first}”]", spot.place, spot.number, spot.amount, spot.state)
    };
    screen.spots().filter(|spot| spot.place != "row").map(spot).collect::<Vec<_>>().join(" ")
}

//! Waiting: always for a condition, always with an end.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use super::webdriver::Refusal;

/// How long a thing on the screen may take on a slow machine before it counts as not happening.
pub(super) const USUAL: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(20);

thread_local! {
    static GAVE_UP: Cell<bool> = const { Cell::new(false) };
}

/// Did a wait of this thread end without what it waited for? Then somebody will want to see the screen, once.
pub(super) fn gave_up() -> bool {
    GAVE_UP.take()
}

/// Asks again and again until there is an answer.
///
/// The driver's refusals that only mean "not yet" (no such element, stale, covered) are asked again too.
///
/// # Errors
/// Any other error at once; otherwise, after `limit`, that `what` did not happen.
pub fn until<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        let last = match ask() {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(problem) if Refusal::means_not_yet(&problem) => Some(problem),
            Err(problem) => return Err(problem).with_context(|| format!("waiting for {what}")),
        };
        if began.elapsed() > limit {
            GAVE_UP.set(true);
            let late = format!("waited {} s for {what}", limit.as_secs());
            return Err(last.map_or_else(|| anyhow!("{late}"), |problem| problem.context(late.clone())));
        }
        std::thread::sleep(PAUSE);
    }
}

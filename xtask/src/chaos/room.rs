//! What cashier, judge and trouble share.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::judge::Judge;
use super::log::Log;
use super::proxy::{Proxy, held};
use super::screen::Screen;
use crate::desk::{Desk, Reins, SimulatorProcess};

const GLANCE: Duration = Duration::from_millis(10);

/// The desk and everything around it.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) desk: Mutex<Desk>,
    pub(super) stripe: SimulatorProcess,
    pub(super) proxy: Proxy,
    pub(super) log: Arc<Log>,
    pub(super) judge: Mutex<Judge>,
    /// What is wrong beside false claims.
    pub(super) deviations: Mutex<Vec<String>>,
    /// Amounts that were charged by hand.
    pub(super) rung_up: Mutex<BTreeSet<i64>>,
    /// The newest screen, and how many there were.
    screen: Mutex<(u64, Screen)>,
    reins: Mutex<Option<Reins>>,
    clock: Mutex<Clock>,
    /// In so many milliseconds the app is killed; none when this is zero.
    pub(super) kill_soon: AtomicU64,
    calm: AtomicBool,
    over: AtomicBool,
    kills: AtomicU64,
    stops: AtomicU64,
}

/// How long the app has had to do anything at all.
#[derive(Debug)]
struct Clock {
    began: Instant,
    stopped: Option<Instant>,
    stood_still: Duration,
}

impl Clock {
    fn ms(&self) -> u64 {
        let now = self.stopped.unwrap_or_else(Instant::now);
        u64::try_from((now - self.began).saturating_sub(self.stood_still).as_millis()).unwrap_or(u64::MAX)
    }
}

impl Room {
    pub(super) fn new(desk: Desk, stripe: SimulatorProcess, proxy: Proxy, log: Arc<Log>) -> Result<Self> {
        let reins = desk.reins()?;
        Ok(Self {
            desk: Mutex::new(desk),
            stripe,
            proxy,
            log,
            judge: Mutex::default(),
            deviations: Mutex::default(),
            rung_up: Mutex::default(),
            screen: Mutex::default(),
            reins: Mutex::new(Some(reins)),
            clock: Mutex::new(Clock { began: Instant::now(), stopped: None, stood_still: Duration::ZERO }),
            kill_soon: AtomicU64::new(0),
            calm: AtomicBool::new(false),
            over: AtomicBool::new(false),
            kills: AtomicU64::new(0),
            stops: AtomicU64::new(0),
        })
    }

    /// Milliseconds in which the app could run.
    pub(super) fn now_ms(&self) -> u64 {
        held(&self.clock).ms()
    }

    pub(super) fn wrong(&self, what: String) {
        self.log.write(&format!("DEVIATION {what}"));
        held(&self.deviations).push(what);
    }

    /// A new screen for the cashier to act on; none when none comes for a while.
    pub(super) fn show(&self, screen: Screen) {
        let mut shown = held(&self.screen);
        *shown = (shown.0 + 1, screen);
    }

    /// The next screen after the one that was `seen`.
    pub(super) fn next_screen(&self, seen: &mut u64) -> Option<Screen> {
        let began = Instant::now();
        // One that was being read while something was pressed may be older than the press.
        let wanted = held(&self.screen).0.max(*seen) + 2;
        while began.elapsed() < Duration::from_secs(3) && !self.is_dark() {
            let shown = held(&self.screen);
            if shown.0 >= wanted {
                *seen = shown.0;
                return Some(shown.1.clone());
            }
            drop(shown);
            thread::sleep(GLANCE);
        }
        None
    }

    /// Is the app gone, by our hand or its own?
    pub(super) fn is_dark(&self) -> bool {
        held(&self.reins).is_none()
    }

    /// Did it go by itself?
    pub(super) fn has_ended(&self) -> bool {
        held(&self.reins).is_some_and(|reins| !reins.alive())
    }

    /// The power goes.
    pub(super) fn kill(&self, why: &str) {
        let Some(reins) = held(&self.reins).take() else { return };
        self.kills.fetch_add(1, Ordering::SeqCst);
        self.log.write(&format!("kill -9: {why}"));
        self.screen_goes_dark();
        reins.kill();
    }

    fn screen_goes_dark(&self) {
        held(&self.judge).dark(self.now_ms());
        self.proxy.forget_told();
        held(&self.screen).1 = Screen::default();
    }

    /// The app stands still for a while.
    pub(super) fn stop(&self, time: Duration) {
        let Some(reins) = *held(&self.reins) else { return };
        self.stops.fetch_add(1, Ordering::SeqCst);
        self.log.write(&format!("SIGSTOP for {} ms", time.as_millis()));
        held(&self.clock).stopped = Some(Instant::now());
        reins.stop();
        thread::sleep(time);
        reins.go_on();
        let mut clock = held(&self.clock);
        let stood_still = clock.stopped.take().map_or(Duration::ZERO, |since| since.elapsed());
        clock.stood_still += stood_still;
        self.log.write("SIGCONT");
    }

    /// Starts the app again on the folder as it was left.
    pub(super) fn start(&self) -> Result<()> {
        let mut desk = held(&self.desk);
        desk.lost();
        desk.start()?;
        *held(&self.reins) = Some(desk.reins()?);
        self.log.write("started");
        Ok(())
    }

    pub(super) fn kills(&self) -> u64 {
        self.kills.load(Ordering::SeqCst)
    }

    pub(super) fn stops(&self) -> u64 {
        self.stops.load(Ordering::SeqCst)
    }

    /// Nothing goes wrong any more.
    pub(super) fn end_trouble(&self) {
        self.calm.store(true, Ordering::SeqCst);
        self.proxy.calm(true);
        self.log.write("faults end");
    }

    pub(super) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_the_app_stands_still_does_not_count() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let Some(began) = now.checked_sub(10 * second) else { return };
        let clock = |stopped| Clock { began, stopped, stood_still: 2 * second };
        assert!((8_000..9_000).contains(&clock(None).ms()));
        assert_eq!(clock(now.checked_sub(3 * second)).ms(), 5_000);
    }
}

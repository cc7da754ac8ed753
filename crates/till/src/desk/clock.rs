//! A clock that never jumps and also runs while the computer sleeps.
//!
//! `Instant` stands still on Linux and macOS while the lid is closed: a request that waited to go again would go
//! a day later as if no time had passed, when Stripe has forgotten its key.

use std::time::Duration;

/// Time since this process started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    began: Reading,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { began: read() }
    }

    pub(super) fn elapsed(self) -> Duration {
        since(self.began)
    }
}

#[cfg(unix)]
type Reading = Duration;

#[cfg(unix)]
fn read() -> Reading {
    // On macOS the monotonic clock is the one that counts sleep.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(CLOCK);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(unix)]
fn since(began: Reading) -> Duration {
    read().saturating_sub(began)
}

/// Windows' performance counter, behind `Instant`, counts sleep by itself.
#[cfg(not(unix))]
type Reading = std::time::Instant;

#[cfg(not(unix))]
fn read() -> Reading {
    std::time::Instant::now()
}

#[cfg(not(unix))]
fn since(began: Reading) -> Duration {
    began.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_starts_at_nothing_and_never_goes_back() {
        let clock = Clock::start();
        let first = clock.elapsed();
        assert!(first < Duration::from_secs(60));
        assert!(clock.elapsed() >= first);
    }
}

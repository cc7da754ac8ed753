//! Time as this Stripe sees it: the caller's, moved by the control API, and never backwards.

use serde::{Deserialize, Serialize};

/// Kept with the records, so that a restart does not undo a moved clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// Added to the caller's time, in milliseconds.
    offset_ms: i64,
    /// The latest time seen. Lists are ordered by time, so it must not run back.
    last_ms: i64,
}

impl Clock {
    /// The time now, given the caller's (unix milliseconds).
    pub(crate) fn read(&mut self, caller_ms: i64) -> i64 {
        self.last_ms = self.last_ms.max(caller_ms.saturating_add(self.offset_ms));
        self.last_ms
    }

    /// Whether the control API moved it, which alone makes it worth writing down.
    pub(crate) fn was_moved_since(self, then: Self) -> bool {
        self.offset_ms != then.offset_ms
    }

    pub(crate) fn advance(&mut self, by_ms: i64) {
        self.offset_ms = self.offset_ms.saturating_add(by_ms);
    }
}

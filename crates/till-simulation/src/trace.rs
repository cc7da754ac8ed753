//! A history in words, for the eyes of whoever mends what it shows.

use crate::agenda::Moment;

/// Off unless a seed is replayed: words cost more than the history itself.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn on() -> Self {
        Self { lines: Some(Vec::new()) }
    }

    pub(crate) fn note(&mut self, at: Moment, words: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            let (minutes, seconds, rest) = (at / 60_000, at / 1_000 % 60, at % 1_000);
            lines.push(format!("{minutes:>5}:{seconds:02}.{rest:03}  {}", words()));
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.lines.unwrap_or_default().join("\n")
    }
}

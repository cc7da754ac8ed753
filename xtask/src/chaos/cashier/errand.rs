//! What a cashier goes to the Payments screen for.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Cashier;
use crate::chaos::screen::Screen;

/// Nobody stays longer.
const LONGEST: Duration = Duration::from_secs(15);
/// Time to see what became of it.
const LOOK: Duration = Duration::from_millis(2_500);

/// One payment, and what is to be done about it.
#[derive(Debug)]
pub(super) struct Errand {
    number: String,
    began: Instant,
    /// Minor units to give back; nothing to do but look when there are none.
    refund: Option<i64>,
    /// Since when there is nothing more to do than to look.
    done: Option<Instant>,
}

impl Errand {
    pub(super) fn refund(number: &str, amount: i64) -> Self {
        Self { refund: Some(amount), ..Self::look(number) }
    }

    pub(super) fn look(number: &str) -> Self {
        Self { number: number.to_owned(), began: Instant::now(), refund: None, done: None }
    }

    fn is_over(&self) -> bool {
        self.began.elapsed() > LONGEST || self.done.is_some_and(|since| since.elapsed() > LOOK)
    }
}

impl Cashier<'_> {
    /// What stands on the Payments screen.
    pub(super) fn payments(&mut self, screen: &Screen) -> Result<()> {
        let Some(errand) = self.errand.as_mut().filter(|errand| !errand.is_over()) else {
            self.errand = None;
            return self.press("rail-sale");
        };
        let shown = screen.spot("detail").map(|detail| detail.number.as_str());
        if shown != Some(errand.number.as_str()) {
            let css = format!("[data-test=payment-row][data-number=\"{}\"]", errand.number);
            return self.at_till(|till| till.poke(&css).map(drop));
        }
        if errand.done.is_some() {
            return self.press_one_of(screen, &[("check-refund", 1), ("wait", 3)]);
        }
        let Some(amount) = errand.refund else {
            errand.done = Some(Instant::now());
            let choice = [
                ("cancel-payment", 3),
                ("check-now", 3),
                ("take-card", 3),
                ("capture", 2),
                ("release", 1),
                ("check-refund", 1),
                ("wait", 2),
            ];
            return self.press_one_of(screen, &choice);
        };
        if screen.till.marks.contains("refund-form") {
            let text = format!("{}.{:02}", amount / 100, amount % 100);
            errand.done = Some(Instant::now());
            self.room.log.write(&format!("refund {text}"));
            self.refunds_asked += 1;
            return self.at_till(|till| {
                till.write("refund-amount", &text)?;
                till.poke("[data-test=refund-send]").map(drop)
            });
        }
        self.press_one_of(screen, &[("refund-open", 1)])
    }
}

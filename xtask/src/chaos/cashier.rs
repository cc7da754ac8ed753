//! The person at the till: looks at the screen, and presses what it offers.

mod errand;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::claim::minor;
use super::dice::Dice;
use super::plan::Sale;
use super::proxy::held;
use super::room::Room;
use super::screen::{Screen, Spot};
use crate::desk::{BankDialog, Card, Window, keys};
use errand::Errand;

/// So many things that went wrong for the driver alone, one after the other, and the app is started anew.
const PATIENCE: u32 = 6;
/// Nobody waits longer than this for a screen that does not move.
const LONG: Duration = Duration::from_secs(20);

/// Most people look at an outcome for so long.
const OUTCOME: Duration = Duration::from_millis(1_300);

/// Questions that are answered wherever they come up, by the button that does.
const ANSWERS: [&str; 5] = ["stay-open", "charge-sure", "found-seen", "findings-read", "choose-currency"];

/// At the till.
#[derive(Debug)]
pub(super) struct Cashier<'a> {
    room: &'a Room,
    seed: u64,
    dice: Dice,
    begun: u64,
    sales: BTreeMap<i64, Sale>,
    seen: u64,
    /// What stands in the card's field, as far as this hand knows: of which sale, and how often Pay was pressed on it.
    typed: Option<(i64, u32)>,
    errand: Option<Errand>,
    refunds_asked: usize,
    /// What the screen was about, and since when.
    still: (String, Instant),
    annoyed: u32,
}

impl<'a> Cashier<'a> {
    pub(super) fn new(room: &'a Room, seed: u64) -> Self {
        Self {
            room,
            seed,
            dice: Dice::of(seed, "hand", 0),
            begun: 0,
            sales: BTreeMap::new(),
            seen: 0,
            typed: None,
            errand: None,
            refunds_asked: 0,
            still: (String::new(), Instant::now()),
            annoyed: 0,
        }
    }

    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    pub(super) fn refunds_asked(&self) -> usize {
        self.refunds_asked
    }

    /// Takes so many sales, or as many as there is time for.
    pub(super) fn work(&mut self, sales: u64, until: Instant) -> Result<()> {
        while Instant::now() < until {
            if !self.is_lit()? {
                continue;
            }
            let Some(screen) = self.room.next_screen(&mut self.seen) else { continue };
            let busy = screen.spot("panel").is_some() || screen.taking().is_some() || self.errand.is_some();
            if self.begun >= sales && !busy {
                return Ok(());
            }
            let done = self.act(&screen, self.begun < sales);
            self.bear(done);
        }
        Ok(())
    }

    /// The app runs, or is started again.
    fn is_lit(&mut self) -> Result<bool> {
        if self.room.has_ended() {
            self.room.wrong("the till ended by itself".into());
            self.room.kill("it was gone");
        }
        if !self.room.is_dark() {
            return Ok(true);
        }
        self.typed = None;
        self.errand = None;
        // The power may go again while the app starts.
        for _ in 0..3 {
            match self.room.start() {
                Ok(()) => return Ok(true),
                Err(problem) => self.room.log.write(&format!("not started: {problem:#}")),
            }
        }
        self.room.start().map(|()| true)
    }

    /// A press that found nobody is no news when the power has just gone; many of them are.
    fn bear(&mut self, done: Result<()>) {
        let Err(problem) = done else {
            self.annoyed = 0;
            return;
        };
        if self.room.is_dark() {
            return;
        }
        self.annoyed += 1;
        self.room.log.write(&format!("the hand: {problem:#}"));
        if self.annoyed > PATIENCE {
            self.annoyed = 0;
            self.room.kill("the driver has lost it");
        }
    }

    fn act(&mut self, screen: &Screen, more: bool) -> Result<()> {
        let till = &screen.till;
        ensure!(!till.marks.contains("journal-gone"), "the journal is gone: {}", till.text);
        if let Some(button) = ANSWERS.iter().find(|name| till.buttons.contains(**name)) {
            return self.press(button);
        }
        if let Some(taking) = screen.taking() {
            return self.card(screen, taking);
        }
        self.typed = None;
        if till.marks.contains("search") {
            return self.payments(screen);
        }
        if let Some(panel) = screen.spot("panel") {
            return self.panel(screen, panel);
        }
        if till.marks.contains("charge") {
            return if more { self.next_sale(screen) } else { Ok(()) };
        }
        self.press("rail-sale")
    }

    /// How long the screen has been about the same thing.
    fn still(&mut self, about: &str) -> Duration {
        if self.still.0 != about {
            self.still = (about.to_owned(), Instant::now());
        }
        self.still.1.elapsed()
    }

    /// Does something at the till's window.
    fn at_till<T>(&self, act: impl FnOnce(&Window<'_>) -> Result<T>) -> Result<T> {
        act(&held(&self.room.desk).till()?)
    }

    fn at_card<T>(&self, act: impl FnOnce(&Window<'_>) -> Result<T>) -> Result<T> {
        act(&held(&self.room.desk).card()?)
    }

    fn press(&self, name: &str) -> Result<()> {
        self.room.log.write(&format!("press {name}"));
        self.at_till(|till| till.poke(&format!("[data-test={name}]")).map(drop))
    }

    fn press_on_card(&self, name: &str) -> Result<()> {
        self.room.log.write(&format!("press {name} on the card window"));
        self.at_card(|card| card.poke(&format!("[data-test={name}]")).map(drop))
    }

    /// The first of these that can be pressed, by the dice; nothing when the dice say to wait.
    fn press_one_of(&mut self, screen: &Screen, choice: &[(&str, u64)]) -> Result<()> {
        let offered: Vec<_> =
            choice.iter().copied().filter(|(name, _)| *name == "wait" || screen.till.buttons.contains(*name)).collect();
        match self.dice.weighed(&offered) {
            Some(name) if name != "wait" => self.press(name),
            _ => Ok(()),
        }
    }

    /// What stands in front of the cashier.
    fn panel(&mut self, screen: &Screen, panel: &Spot) -> Result<()> {
        let stands = self.still(&format!("{} {}", panel.number, panel.state));
        let sale = minor(&panel.amount).and_then(|amount| self.sales.get_mut(&amount));
        match panel.state.as_str() {
            // Long enough for a false word to count.
            "paid" | "void" if stands < OUTCOME && !self.dice.one_in(6) => Ok(()),
            "paid" => {
                let share = sale.and_then(|sale| sale.refund.take());
                if let (Some(share), Some(amount)) = (share, minor(&panel.amount)) {
                    self.errand = Some(Errand::refund(&panel.number, (amount * share / 100).max(1)));
                    return self.press("rail-payments");
                }
                self.press("new-sale")
            }
            "void" => self.press("new-sale"),
            "authorised" if sale.is_some_and(|sale| sale.capture) => {
                self.press_one_of(screen, &[("capture", 4), ("new-sale", 1)])
            }
            "authorised" => self.press_one_of(screen, &[("release", 2), ("new-sale", 1)]),
            "ready" | "paused" => {
                self.press_one_of(screen, &[("take-card", 6), ("cancel-payment", 2), ("new-sale", 1), ("wait", 3)])
            }
            "unknown" | "processing" => {
                let choice = [("check-now", 3), ("cancel-payment", 1), ("new-sale", 1), ("wait", 12)];
                self.press_one_of(screen, &choice)
            }
            "blocked" => self.press_one_of(screen, &[("check-now", 2), ("new-sale", 1), ("wait", 4)]),
            _ if stands > LONG => self.press_one_of(screen, &[("new-sale", 2), ("cancel-payment", 1), ("wait", 1)]),
            _ => Ok(()),
        }
    }

    /// Rings up the next amount and charges it, or looks after what waits.
    fn next_sale(&mut self, screen: &Screen) -> Result<()> {
        let waiting: Vec<_> = screen.till.spots.iter().filter(|spot| spot.place == "waiting").collect();
        if !waiting.is_empty() && self.dice.one_in(5) {
            let at = usize::try_from(self.dice.below(waiting.len() as u64))?;
            self.errand = Some(Errand::look(&waiting[at].number));
            let css = format!(".slip section li:nth-child({}) button", at + 1);
            return self.at_till(|till| till.poke(&css).map(drop));
        }
        let sale = Sale::planned(self.seed, self.begun);
        let shown = minor(&screen.till.amount).unwrap_or(0);
        if shown == sale.amount && screen.till.buttons.contains("charge") {
            held(&self.room.rung_up).insert(shown);
            self.room.log.write(&format!("charge {shown}"));
            self.sales.insert(shown, sale);
            self.begun += 1;
            // Some press the button and some the key.
            return if self.dice.one_in(2) {
                self.press("charge")
            } else {
                self.at_till(|till| till.press(keys::ENTER))
            };
        }
        if let Some(known) = self.sales.get(&shown) {
            // It was charged once already, and something came between.
            if screen.till.buttons.contains("charge") && self.still(&format!("again {}", known.amount)) < LONG {
                return self.press("charge");
            }
        }
        if shown != 0 {
            return self.at_till(|till| till.press(keys::ESCAPE));
        }
        let digits = sale.amount.to_string();
        self.at_till(|till| {
            if sale.authorise_only && !screen.till.text.contains("Authorise only: reserve") {
                till.poke("[data-test=more]")?;
                till.poke("[data-test=authorise-only]")?;
                till.press(keys::ESCAPE)?;
            }
            till.type_by_hand(&digits)
        })
    }

    /// What stands in the card window.
    fn card(&mut self, screen: &Screen, taking: &Spot) -> Result<()> {
        let stands = self.still(&format!("card {} {}", taking.number, taking.state));
        let amount = minor(&taking.amount).unwrap_or(0);
        match taking.state.as_str() {
            "ready" | "paused" if screen.card.marks.contains("pay") => self.give_card(screen, amount, stands),
            "authenticating" if screen.card.bank => {
                let answer = self.sales.get(&amount).map_or(BankDialog::Complete, |sale| sale.bank);
                let button = match answer {
                    BankDialog::Complete => "#test-source-authorize-3ds",
                    BankDialog::Fail => "#test-source-fail-3ds",
                };
                self.at_card(|card| card.press_in_bank(button).map(drop))
            }
            "unknown" | "processing" => {
                let choice = [("card-check-now", 3), ("card-cancel", 1), ("card-close", 2), ("wait", 10)];
                match self.dice.weighed(&choice) {
                    Some(name) if name != "wait" => self.press_on_card(name),
                    _ => Ok(()),
                }
            }
            "preparing" | "ready" | "paused" | "authenticating" if stands < LONG => Ok(()),
            "confirming" | "finishing" => {
                self.typed = None;
                // Somebody is in a hurry; the window stays all the same.
                if self.dice.one_in(30) { self.press_on_card("card-close") } else { Ok(()) }
            }
            _ => self.press_on_card("card-close"),
        }
    }

    fn give_card(&mut self, screen: &Screen, amount: i64, stands: Duration) -> Result<()> {
        let sale = self.sales.entry(amount).or_insert_with(|| Sale { amount, ..Sale::planned(self.seed, self.begun) });
        if std::mem::take(&mut sale.closes) || stands > 2 * LONG {
            return self.press_on_card("card-close");
        }
        let pressed = match self.typed {
            Some((of, pressed)) if of == amount && pressed < 4 => pressed,
            // The window was put away with what is in it, when it was pressed in vain.
            Some((of, _)) if of == amount => {
                self.typed = None;
                return self.press_on_card("card-close");
            }
            _ => {
                let card = sale.next_card();
                self.type_card(card)?;
                0
            }
        };
        self.typed = Some((amount, pressed + 1));
        if !screen.card.buttons.contains("pay") && pressed > 0 {
            return Ok(());
        }
        let cut = self.sales.get_mut(&amount).and_then(|sale| sale.power_cut.take());
        if let Some(ms) = cut {
            self.room.kill_soon.store(ms, Ordering::SeqCst);
        }
        self.press_on_card("pay")
    }

    /// One field at a time, so that the judge can look in between.
    fn type_card(&self, card: Card) -> Result<()> {
        self.room.log.write(&format!("card {}", card.number));
        let fields =
            [("cardnumber", card.number), ("exp-date", card.expiry), ("cvc", card.cvc), ("postal", card.postcode)];
        for (name, value) in fields {
            let began = Instant::now();
            while self.at_card(|window| window.type_field(name, value))?.is_none() {
                ensure!(began.elapsed() < Duration::from_secs(10), "the card has no field {name}");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(())
    }

    /// After the last start: reads what the till has found, and goes to the sale screen.
    pub(super) fn read_what_was_found(&mut self) -> Result<()> {
        let began = Instant::now();
        loop {
            ensure!(began.elapsed() < Duration::from_secs(60), "the till does not come up");
            let Some(screen) = self.room.next_screen(&mut self.seen) else { continue };
            match ANSWERS.iter().find(|name| screen.till.buttons.contains(**name)) {
                Some(button) => self.press(button)?,
                None if screen.till.marks.contains("charge") => return Ok(()),
                None => {}
            }
        }
    }

    /// The whole list on the screen, long enough for the judge to read it.
    pub(super) fn show_payments(&mut self) -> Result<()> {
        const DOWN: &str = "for (const rows of document.querySelectorAll('.rows')) rows.scrollTop = rows.scrollHeight;";
        self.press("rail-payments")?;
        for _ in 0..12 {
            self.room.next_screen(&mut self.seen);
            self.at_till(|till| till.run(DOWN, &[]).map(drop))?;
        }
        Ok(())
    }
}

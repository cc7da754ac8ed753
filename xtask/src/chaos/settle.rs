//! The end of a run: nothing goes wrong any more, the till comes to rest, and its books are laid beside Stripe's.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::cashier::Cashier;
use super::proxy::held;
use super::rest::{self, Row};
use super::room::Room;
use super::stripe::Books;

/// The till looks at what is open once a minute, and at what it waits for at most as seldom.
const REST: Duration = Duration::from_secs(150);
const PAUSE: Duration = Duration::from_millis(500);
/// As many as the till gives at a time.
const PAGE: u64 = 180;

/// What a run came to.
#[derive(Debug)]
pub(super) struct Rest {
    pub(super) paid: usize,
    pub(super) refunds: usize,
    /// Payments that only a person can end.
    pub(super) blocked: usize,
}

/// Brings the till to rest and says what does not agree.
pub(super) fn compare(room: &Room, cashier: &mut Cashier<'_>) -> Result<Rest> {
    let began = Instant::now();
    while room.proxy.late() > 0 && began.elapsed() < REST {
        thread::sleep(PAUSE);
    }
    // Whoever stood in front of the bank's question has gone home.
    room.kill("the last time");
    room.start()?;
    cashier.read_what_was_found()?;
    let mut list = rows(room)?;
    while list.iter().any(|row| !row.rests()) && began.elapsed() < REST {
        thread::sleep(PAUSE);
        list = rows(room)?;
    }
    // The judge reads the whole list as it stands on the screen.
    cashier.show_payments()?;
    let books = Books::read(&room.stripe)?;
    let rung_up = held(&room.rung_up).clone();
    for wrong in rest::compare(&list, &books, &rung_up, cashier.refunds_asked()) {
        room.wrong(wrong);
    }
    room.kill("to look at the journal");
    verify(room)?;
    for row in list.iter().filter(|row| row.state == "blocked") {
        room.log.write(&format!("left blocked: {row:?}"));
    }
    let count = |state: &str| list.iter().filter(|row| row.state == state).count();
    Ok(Rest { paid: count("paid"), refunds: books.refunds.len(), blocked: count("blocked") })
}

/// The whole list, as the page gets it.
fn rows(room: &Room) -> Result<Vec<Row>> {
    let desk = held(&room.desk);
    let till = desk.till()?;
    let began = Instant::now();
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let before = rows.last().and_then(|row| row.number.rsplit('-').next()?.parse::<u64>().ok());
        let args = json!({ "search": "", "before": before, "limit": PAGE });
        let said = match till.invoke("payments", &args)? {
            Ok(said) => said,
            // The till has been started and its mode is not open yet.
            Err(problem) if problem["code"] == "modeChanging" && began.elapsed() < REST => {
                thread::sleep(PAUSE);
                continue;
            }
            Err(problem) => bail!("payments: {problem}"),
        };
        let page = said.as_array().context("no list")?;
        rows.extend(page.iter().map(|payment: &Value| Row::of(payment)));
        if (page.len() as u64) < PAGE {
            return Ok(rows);
        }
    }
}

fn verify(room: &Room) -> Result<()> {
    let mut desk = held(&room.desk);
    desk.lost();
    let said = desk.command(desk.app()).args(["journal", "verify", "test"]).output()?;
    let text = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).trim().to_owned();
    room.log.write(&format!("journal verify: {text}"));
    if !said.status.success() || !text.contains("whole") {
        drop(desk);
        room.wrong(format!("the journal: {text}"));
    }
    Ok(())
}

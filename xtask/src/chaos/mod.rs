//! `cargo xtask chaos`: the real app, a cashier's day, and everything that goes wrong between the till and Stripe.
//!
//! A proxy breaks requests, the app is killed and stopped at any moment, and all the while a judge reads the screens and
//! holds what they say about money against Stripe's ledger.

mod cashier;
mod claim;
mod dice;
mod fault;
mod judge;
mod log;
mod plan;
mod proxy;
mod rest;
mod room;
mod screen;
mod settle;
mod stripe;
mod trouble;
mod watch;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};

use crate::building::Beside;
use crate::desk::{Desk, Plan, SimulatorProcess};
use crate::setup::{self, Need};
use crate::{building, place, say};
use cashier::Cashier;
use fault::Fault;
use log::Log;
use proxy::{Proxy, held};
use room::Room;

const HELP: &str = "cargo xtask chaos [--sales N] [--minutes M] [--seed S] [--built] [--lies]
  --built  take the page and the programs as they lie
  --lies   the proxy tells a decline as a success: a run that must fail";

/// What a run is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    sales: u64,
    minutes: u64,
    seed: u64,
    built: bool,
    lies: bool,
}

/// Lives a hard day and judges it, as `words` say.
///
/// # Errors
/// When a screen lied, the till and Stripe do not agree in the end, or the programs cannot be built.
pub fn chaos(words: &[String]) -> Result<()> {
    let wish = read(words)?;
    say::title(&format!("Keytill under chaos, seed {}", wish.seed));
    if !wish.built {
        setup::machine(Need::BuildAndDrive)?;
        building::page()?;
        building::programs("debug", Beside::Tests)?;
    }
    run(wish)
}

fn read(words: &[String]) -> Result<Wish> {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let mut wish = Wish { sales: 150, minutes: 60, seed: clock, built: false, lies: false };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse().ok()).context(HELP);
        match word.as_str() {
            "--sales" => wish.sales = number()?,
            "--minutes" => wish.minutes = number()?,
            "--seed" => wish.seed = number()?,
            "--built" => wish.built = true,
            "--lies" => wish.lies = true,
            _ => bail!(HELP),
        }
    }
    Ok(wish)
}

fn run(wish: Wish) -> Result<()> {
    let began = Instant::now();
    let log = Arc::new(Log::of(wish.seed)?);
    let stripe = SimulatorProcess::start_at(&place::program("debug", "stripe-simulator"))?;
    let proxy = Proxy::start(stripe.address(), wish.seed, wish.lies, Arc::clone(&log))?;
    let plan = Plan {
        stripe_api: Some(proxy.address().to_owned()),
        window_manager: Some("openbox"),
        ..Plan::with_app(&place::program("debug", "keytill"))
    };
    let desk = Desk::open(plan)?;
    connect(&desk)?;
    let room = Room::new(desk, stripe, proxy, log)?;
    let until = began + Duration::from_secs(wish.minutes * 60);
    let settled = std::thread::scope(|scope| {
        scope.spawn(|| watch::judge(&room));
        scope.spawn(|| trouble::make(&room, wish.seed));
        room.proxy.calm(false);
        // The desk's processes live as long as the thread that started them: this one.
        let mut cashier = Cashier::new(&room, wish.seed);
        let worked = cashier.work(wish.sales, until);
        room.end_trouble();
        let settled = worked.and_then(|()| settle::compare(&room, &mut cashier)).map(|rest| (rest, cashier.begun()));
        room.end();
        settled
    });
    let (rest, sales) = settled.map_err(|problem| {
        room.log.write(&format!("broke off: {problem:#}"));
        problem.context(format!("the run broke off; seed {}, log {}", wish.seed, room.log.path().display()))
    })?;
    told(&room, wish, sales, &rest, began.elapsed())
}

/// The shop's keys, on a line where nothing goes wrong yet.
fn connect(desk: &Desk) -> Result<()> {
    let till = desk.till()?;
    till.click("door-stripe")?;
    till.fill("settings-publishable", "pk_test_chaos")?;
    // Put together here, so that the whole text stands in no file but the keychain's.
    till.fill("settings-secret", &["rk", "test", "51NobodyMayEverReadThis"].join("_"))?;
    till.click("save-keys")?;
    till.wait("[data-test=charge]").context("the keys were not taken")
}

/// The closing line; an error when there is anything to look into.
fn told(room: &Room, wish: Wish, sales: u64, rest: &settle::Rest, took: Duration) -> Result<()> {
    let judge = held(&room.judge);
    let struck = room.proxy.struck();
    let kinds: Vec<_> = struck.iter().map(|(fault, times)| format!("{fault:?}={times}")).collect();
    let deviations = judge.deviations.len() + held(&room.deviations).len();
    let line = format!(
        "seed={} sales={sales} paid={} blocked={} refunds={} kills={} stops={} requests={} broken={} ({}) claims={} screens={} \
         blinks={} longest_false={:.1}s longest_behind={:.1}s deviations={deviations} seconds={:.0}",
        wish.seed,
        rest.paid,
        rest.blocked,
        rest.refunds,
        room.kills(),
        room.stops(),
        room.proxy.requests(),
        struck.values().sum::<u64>(),
        kinds.join(" "),
        judge.claims,
        judge.screens,
        judge.blinks,
        seconds(judge.longest_false_ms),
        seconds(judge.longest_behind_ms),
        took.as_secs_f32()
    );
    for fault in Fault::all() {
        room.log.write(&format!("{:4} times: {}", struck.get(&fault).unwrap_or(&0), fault.sentence()));
    }
    room.log.write(&line);
    for deviation in judge.deviations.iter().chain(held(&room.deviations).iter()) {
        println!("deviation: {deviation}");
    }
    println!("{line}");
    ensure!(deviations == 0, "{deviations} deviations; the log: {}", room.log.path().display());
    Ok(())
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(words: &str) -> Result<Wish> {
        read(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn words_say_what_a_run_is_to_do() {
        let read = wish("--minutes 3 --seed 7 --sales 20 --built").unwrap();
        assert_eq!(read, Wish { sales: 20, minutes: 3, seed: 7, built: true, lies: false });
        assert_ne!(wish("").unwrap().seed, 0, "the clock gives one");
        assert!(wish("--seed").is_err() && wish("--kills 3").is_err());
    }
}

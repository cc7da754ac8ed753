//! A till without windows, for `cargo xtask crash`: the real desk, journal and client, and a cashier who never rests.
//!
//! `engine SIMULATOR FOLDER SEED` says `open` once it is, takes sales until it is killed, and says what it showed:
//! `paid SALE`, `void SALE`.
//! `engine SIMULATOR FOLDER SEED settle` ends what is open, takes nothing new, and prints every payment.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use stripe_api::{Base, Client, HttpsTransport, SecretKey, TimeLimits};
use till::cashier::{Cashier, Now, Seen};
use till::desk::{Desk, DeskCashier};
use till::journal::{Filter, SqliteJournal};
use till::money::{Currency, Money};
use till::payment::Phase;
use till::payment::step::Event;
use till::sale::{Capture, Entered, Line, Mode, Sale, SaleId};
use tokio::sync::watch;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Stripe's ready-made cards: good ones, ones that the bank refuses, and ones that it asks about.
const CARDS: [&str; 6] = [
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_visa",
    "pm_card_visa_chargeDeclined",
    "pm_card_threeDSecure2Required",
    "pm_card_threeDSecure2Required",
];

/// Numbers that differ from one start to the next; nothing hangs on which they are.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }
}

/// What a person sees of a payment.
#[derive(Debug, Clone)]
struct Shown {
    sale: SaleId,
    phase: Phase,
    token: Option<String>,
    intent: Option<String>,
    declined: bool,
    is_open: bool,
}

fn shown(seen: &Seen<'_>) -> Shown {
    Shown {
        sale: seen.payment.sale.id,
        phase: seen.payment.phase,
        token: seen.token.map(till::cashier::Token::text),
        intent: seen.payment.intent.clone(),
        declined: seen.payment.decline.is_some(),
        is_open: seen.payment.is_open(),
    }
}

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [simulator, folder, seed, rest @ ..] = words.as_slice() else {
        return Err("engine SIMULATOR FOLDER SEED [settle]".into());
    };
    let mut dice = Dice(seed.parse()?);
    let path = Path::new(folder).join("test.sqlite");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let base = Base::loopback(simulator)?;
    let limits =
        TimeLimits { connect: Duration::from_secs(2), idle: Duration::from_secs(5), whole: Duration::from_secs(8) };
    let client =
        Client::new(Arc::new(HttpsTransport::new(base.clone(), limits)?), base, SecretKey::parse("sk_test_engine")?)?;
    let mut ids = Dice(dice.roll());
    let chance = move || u128::from(ids.roll()) << 64 | u128::from(ids.roll());
    let cashier = Cashier::open(SqliteJournal::open(&path)?, Box::new(chance))?.named("till-of-the-engine");
    let (tell, news) = watch::channel(Vec::new());
    let changed =
        move |cashier: &DeskCashier, _: Now| drop(tell.send_replace(cashier.held().map(|seen| shown(&seen)).collect()));
    let desk = Desk::start(cashier, Some(client), runtime.handle().clone(), changed)?;
    println!("open");
    let settle = rest.first().is_some_and(|word| word == "settle");
    runtime.block_on(work(&desk, news, simulator, &mut dice, settle))?;
    runtime.block_on(desk.close());
    report(&path)
}

/// What the cashier does: whatever the screen offers, and the next sale when there is nothing to do.
async fn work(
    desk: &Desk,
    mut news: watch::Receiver<Vec<Shown>>,
    simulator: &str,
    dice: &mut Dice,
    settle: bool,
) -> Outcome<()> {
    loop {
        let held = desk.ask(|cashier, _| cashier.held().map(|seen| shown(&seen)).collect::<Vec<_>>()).await?;
        let mut acted = false;
        for one in &held {
            acted |= act(desk, one, simulator, dice, settle).await?;
        }
        if held.iter().all(|one| !one.is_open) {
            if settle {
                return Ok(());
            }
            charge(desk, dice).await?;
        } else if !acted {
            let _ = tokio::time::timeout(Duration::from_millis(300), news.changed()).await;
        }
    }
}

async fn charge(desk: &Desk, dice: &mut Dice) -> Outcome<()> {
    let minor = 100 + i64::try_from(dice.below(100_000))?;
    let capture = if dice.below(5) == 0 { Capture::Later } else { Capture::AtOnce };
    let currency = Currency::parse("usd").ok_or("dollars")?;
    let charged = desk.act(move |cashier, now| {
        let (id, _) = cashier.next_sale();
        let sale = Sale {
            id,
            number: 0,
            total: Money { minor, currency },
            lines: vec![Line { label: "Amount".to_owned(), minor }],
            note: String::new(),
            entered: Entered::Keyed,
            capture,
            mode: Mode::Test,
            account: None,
            till: "Engine".to_owned(),
            till_id: String::new(),
            at: 0,
        };
        cashier.charge(now, sale, minor)
    });
    charged.await??;
    Ok(())
}

/// Does what is offered for one payment. Refusals are no matter: the screen may be older than the payment.
async fn act(desk: &Desk, one: &Shown, simulator: &str, dice: &mut Dice, settle: bool) -> Outcome<bool> {
    let sale = one.sale;
    let event = match (one.phase, &one.token) {
        (Phase::Ready, Some(_)) if one.declined && dice.below(2) == 0 => Event::Cancel,
        (Phase::Ready, Some(token)) => {
            let card = CARDS[usize::try_from(dice.below(6))?];
            let token = token.clone();
            let _ = desk.act(move |cashier, now| cashier.submit(now, &token, card)).await?;
            return Ok(true);
        }
        (Phase::Authenticating, Some(token)) => {
            answer_bank(simulator, one.intent.as_deref().unwrap_or_default(), dice.below(4) > 0)?;
            let token = token.clone();
            let _ = desk.act(move |cashier, now| cashier.action_done(now, &token, true)).await?;
            return Ok(true);
        }
        (Phase::Paused, _) if !settle && dice.below(2) == 0 => Event::TakeCard,
        (Phase::Paused | Phase::Unknown, _) if settle || dice.below(8) == 0 => Event::Cancel,
        (Phase::Authorised, _) if dice.below(3) > 0 => Event::Capture,
        (Phase::Authorised, _) => Event::Release,
        (Phase::Blocked, _) => Event::CheckNow,
        (Phase::Paid | Phase::Void, _) => {
            println!("{} {sale}", if one.phase == Phase::Paid { "paid" } else { "void" });
            let _ = desk.act(move |cashier, now| cashier.handle(now, sale, Event::Seen)).await?;
            desk.ask(|cashier, _| cashier.put_away()).await?;
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let done = desk.act(move |cashier, now| cashier.handle(now, sale, event)).await?;
    Ok(done.is_ok())
}

/// The customer answers the bank, by the simulator's control room.
fn answer_bank(simulator: &str, intent: &str, well: bool) -> Outcome<()> {
    let host = simulator.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "POST /_simulator/payment_intents/{intent}/authenticate?success={well} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(())
}

/// Every payment, from a journal that was verified from its first entry to its last.
fn report(path: &Path) -> Outcome<()> {
    let mut journal = SqliteJournal::open(path)?;
    let entries = journal.verify()?;
    for payment in journal.payments(&Filter { limit: u32::MAX, ..Filter::default() })? {
        println!("{:?} {} {}", payment.phase, payment.sale.id, payment.sale.total.minor);
    }
    println!("entries {entries}");
    Ok(())
}

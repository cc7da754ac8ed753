//! A load of card payments over plain HTTP, as heavy on every Stripe of this computer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a load measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Payments created and confirmed, in a second.
    pub(super) per_second: f64,
    /// All calls but one in a hundred took less, in milliseconds.
    pub(super) p99_ms: f64,
}

/// How long a load lasts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    Time(Duration),
    /// So many payments over all connections.
    Payments(usize),
}

/// What is paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    /// A new card for every payment.
    ReadyMade,
    /// A card that is saved with a customer, which every small Stripe knows.
    Saved,
}

/// Creates and confirms payments over `connections` at once.
pub(super) fn pay(address: &str, connections: usize, card: Card, until: Until) -> Result<Load> {
    let began = Instant::now();
    let lines: Vec<_> = (0..connections)
        .map(|_| {
            let mut line = Line::open(address)?;
            let form = line.form(card)?;
            let goes_on = move |paid: usize| match until {
                Until::Time(time) => began.elapsed() < time,
                Until::Payments(all) => paid < all / connections,
            };
            Ok(thread::spawn(move || line.pay_while(&form, goes_on)))
        })
        .collect::<Result<_>>()?;
    let mut times = Vec::new();
    for line in lines {
        times.extend(line.join().map_err(|_| anyhow::anyhow!("a connection gave up"))??);
    }
    let seconds = began.elapsed().as_secs_f64();
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().context("nothing was paid")?;
    let pairs = u32::try_from(times.len() / 2)?;
    Ok(Load { per_second: f64::from(pairs) / seconds, p99_ms: p99.as_secs_f64() * 1_000.0 })
}

/// One connection that stays open.
struct Line {
    reader: BufReader<TcpStream>,
    address: String,
}

impl Line {
    fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("nobody listens on {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { reader: BufReader::new(stream), address: address.to_owned() })
    }

    /// What every payment of this connection is created with.
    fn form(&mut self, card: Card) -> Result<String> {
        let sale = "amount=2345&currency=usd&payment_method_types[]=card";
        if card == Card::ReadyMade {
            return Ok(format!("{sale}&payment_method=pm_card_visa"));
        }
        let customer = id_in(&self.post("/v1/customers", "")?, "cus_")?;
        let number = "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
        let method = id_in(&self.post("/v1/payment_methods", &format!("type=card&{number}"))?, "pm_")?;
        self.post(&format!("/v1/payment_methods/{method}/attach"), &format!("customer={customer}"))?;
        Ok(format!("{sale}&customer={customer}&payment_method={method}"))
    }

    /// How long each call took.
    fn pay_while(&mut self, form: &str, goes_on: impl Fn(usize) -> bool) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        while goes_on(times.len() / 2) {
            let began = Instant::now();
            let created = self.post("/v1/payment_intents", form)?;
            times.push(began.elapsed());
            let id = id_in(&created, "pi_")?;
            let began = Instant::now();
            let paid = self.post(&format!("/v1/payment_intents/{id}/confirm"), "")?;
            times.push(began.elapsed());
            if !paid.contains("\"succeeded\"") {
                bail!("not paid: {paid}");
            }
        }
        Ok(times)
    }

    fn post(&mut self, path: &str, form: &str) -> Result<String> {
        let head = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer sk_test_bench", self.address);
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let request = format!("{head}\r\n{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len());
        self.reader.get_mut().write_all(request.as_bytes())?;
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                bail!("the connection was closed");
            }
            let lower = line.trim_end().to_ascii_lowercase();
            if let Some(text) = lower.strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
            if lower.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(String::from_utf8(body)?)
    }
}

/// The first id of a kind in an answer; a client secret begins like one.
fn id_in(answer: &str, prefix: &str) -> Result<String> {
    let key = "\"id\": \"";
    let at = answer.find(&format!("{key}{prefix}")).with_context(|| format!("no {prefix} in {answer}"))? + key.len();
    Ok(answer[at..].split('"').next().unwrap_or_default().to_owned())
}

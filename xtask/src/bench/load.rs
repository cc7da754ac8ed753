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

/// Creates and confirms payments over `connections` at once.
pub(super) fn pay(address: &str, connections: usize, until: Until) -> Result<Load> {
    let began = Instant::now();
    let lines: Vec<_> = (0..connections)
        .map(|_| {
            let mut line = Line::open(address)?;
            let goes_on = move |paid: usize| match until {
                Until::Time(time) => began.elapsed() < time,
                Until::Payments(all) => paid < all / connections,
            };
            Ok(thread::spawn(move || line.pay_while(goes_on)))
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

    /// How long each call took.
    fn pay_while(&mut self, goes_on: impl Fn(usize) -> bool) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        while goes_on(times.len() / 2) {
            let began = Instant::now();
            let created = self.post(
                "/v1/payment_intents",
                "amount=2345&currency=usd&payment_method=pm_card_visa&payment_method_types[]=card",
            )?;
            times.push(began.elapsed());
            let at = created.find("\"pi_").context("no id")? + 1;
            let id = created[at..].split('"').next().unwrap_or_default();
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

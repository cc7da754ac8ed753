//! The line between the till and Stripe, on which things go wrong as the seed says.
//!
//! Only the till's own calls pass here. The card page's go by TLS to a port of their own, which this could not read; what
//! becomes of money is decided by what the till makes of its answers.

mod made;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::fault::{Fault, Strike, planned};
use super::log::Log;
use super::wire::Message;
use made::{BAD_GATEWAY, WELCOME, error500, in_use, lie, subject, taken, too_many};

const GLANCE: Duration = Duration::from_millis(5);
/// Stripe itself, which lies beside, has answered by then.
const PATIENCE: Duration = Duration::from_secs(20);
/// Answers of others that one may be swapped for.
const REMEMBERED: usize = 40;
/// So much of a body is dripped; the rest comes at once.
const DRIPPED: usize = 1_200;

/// The proxy; it runs until the program ends.
#[derive(Debug)]
pub(super) struct Proxy {
    address: String,
    line: Arc<Line>,
}

#[derive(Debug)]
struct Line {
    stripe: String,
    seed: u64,
    log: Arc<Log>,
    /// Nothing goes wrong.
    calm: AtomicBool,
    requests: AtomicU64,
    struck: Mutex<BTreeMap<Fault, u64>>,
    down_until: Mutex<Option<Instant>>,
    /// How late the next connection is accepted, in milliseconds.
    slow: AtomicU64,
    /// Requests that are yet to arrive.
    late: AtomicU64,
    answers: Mutex<VecDeque<(String, Message)>>,
    told: Mutex<BTreeSet<i64>>,
    /// A weakened proxy: the one that a judge must catch.
    lies: bool,
}

/// Whether the connection may be used again.
enum Then {
    GoOn,
    Close,
}

impl Proxy {
    /// Listens, calm at first. With `lies`, now and then a payment that Stripe holds unpaid is told as paid.
    pub(super) fn start(stripe: &str, seed: u64, lies: bool, log: Arc<Log>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let line = Arc::new(Line::to(stripe, seed, lies, log)?);
        let accepting = Arc::clone(&line);
        thread::spawn(move || accept(listener, port, &accepting));
        Ok(Self { address: format!("http://127.0.0.1:{port}"), line })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Faults begin, or end.
    pub(super) fn calm(&self, calm: bool) {
        self.line.calm.store(calm, Ordering::SeqCst);
    }

    /// Requests that are still to arrive late.
    pub(super) fn late(&self) -> u64 {
        self.line.late.load(Ordering::SeqCst)
    }

    pub(super) fn requests(&self) -> u64 {
        self.line.requests.load(Ordering::SeqCst)
    }

    /// How often each fault has struck.
    pub(super) fn struck(&self) -> BTreeMap<Fault, u64> {
        held(&self.line.struck).clone()
    }

    /// The amounts that the till has been told are taken, in an answer that it got whole.
    pub(super) fn told(&self) -> BTreeSet<i64> {
        held(&self.line.told).clone()
    }

    /// The till has lost what it had not written down.
    pub(super) fn forget_told(&self) {
        held(&self.line.told).clear();
    }
}

/// A thread that died is told elsewhere; what it held is still good to read.
pub(super) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: TcpListener, port: u16, line: &Arc<Line>) {
    let mut listener = Some(listener);
    loop {
        if line.is_down() {
            // Without a listener, who connects is refused.
            listener = None;
            thread::sleep(GLANCE);
            continue;
        }
        let Some(open) = &listener else {
            listener = TcpListener::bind(("127.0.0.1", port)).ok();
            thread::sleep(GLANCE);
            continue;
        };
        let came = open.set_nonblocking(true).and_then(|()| open.accept());
        let Ok((stream, _)) = came else {
            thread::sleep(GLANCE);
            continue;
        };
        thread::sleep(Duration::from_millis(line.slow.swap(0, Ordering::SeqCst)));
        let line = Arc::clone(line);
        thread::spawn(move || {
            // A client that leaves is no news.
            let _ = serve(&stream, &line);
            let _ = stream.shutdown(Shutdown::Both);
        });
    }
}

fn serve(stream: &TcpStream, line: &Arc<Line>) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = Message::read(&mut reader)? {
        if line.is_down() {
            break;
        }
        if let Then::Close = carry(stream, line, &request)? {
            break;
        }
    }
    Ok(())
}

fn carry(stream: &TcpStream, line: &Arc<Line>, request: &Message) -> io::Result<Then> {
    let strike = line.next_strike(request);
    let began = Instant::now();
    let done = struck(stream, line, request, strike);
    let what = strike.map_or_else(String::new, |strike| {
        let ms = if strike.ms == 0 { String::new() } else { format!(" ({} ms)", strike.ms) };
        format!(": {}{ms}", strike.fault.sentence())
    });
    line.log.write(&format!("{} in {} ms{what}", request.line(), began.elapsed().as_millis()));
    done
}

fn struck(mut stream: &TcpStream, line: &Arc<Line>, request: &Message, strike: Option<Strike>) -> io::Result<Then> {
    let Some(Strike { fault, ms, heads }) = strike else {
        let answer = line.ask(request)?;
        return line.deliver(stream, request, &answer);
    };
    let pause = Duration::from_millis(ms);
    let mut say = |answer: &Message| stream.write_all(&answer.bytes()).map(|()| Then::GoOn);
    match fault {
        Fault::CutBefore => return Ok(Then::Close),
        Fault::Down => {
            *held(&line.down_until) = Some(Instant::now() + pause);
            return Ok(Then::Close);
        }
        Fault::Late => {
            line.send_late(request.clone(), pause);
            return Ok(Then::Close);
        }
        Fault::Error500 => return say(&error500()),
        Fault::Html502 => return say(&Message::made("502 Bad Gateway", "text/html", &[], BAD_GATEWAY)),
        Fault::TooMany429 => return say(&too_many()),
        Fault::KeyInUse409 => return say(&in_use()),
        Fault::Junk400 => {
            let junk = if heads { "{\"oops\":true}" } else { "{\"error\":{\"message\":" };
            return say(&Message::made("400 Bad Request", "application/json", &["Request-Id: req_junk"], junk));
        }
        _ => {}
    }
    let answer = line.ask(request)?;
    match fault {
        Fault::CutAfter => return Ok(Then::Close),
        Fault::Error500After => return say(&error500()),
        Fault::Html200 => return say(&Message::made("200 OK", "text/html", &[], WELCOME)),
        Fault::Halved => return say(&answer.halved()),
        Fault::NoRequestId => return say(&answer.without("request-id")),
        Fault::Swapped => return line.swapped(request, &answer).map_or(Ok(Then::Close), |other| say(&other)),
        Fault::CutInBody => {
            stream.write_all(&answer.head_bytes())?;
            stream.write_all(&answer.body[..answer.body.len() / 2])?;
            return Ok(Then::Close);
        }
        Fault::WrongLength => {
            let length = if heads { answer.body.len() + 17 } else { answer.body.len().saturating_sub(9) };
            stream.write_all(&answer.with("content-length", &length.to_string()).bytes())?;
            return Ok(Then::Close);
        }
        Fault::Delayed => thread::sleep(pause),
        Fault::StalledHead => {
            let head = answer.head_bytes();
            let (first, rest) = head.split_at(head.len() / 2);
            stream.write_all(first)?;
            thread::sleep(pause);
            if heads {
                return Ok(Then::Close);
            }
            stream.write_all(rest)?;
            stream.write_all(&answer.body)?;
            line.remember_told(&answer);
            return Ok(Then::GoOn);
        }
        Fault::Dripped => {
            let (dripped, rest) = answer.body.split_at(answer.body.len().min(DRIPPED));
            stream.write_all(&answer.head_bytes())?;
            for byte in dripped {
                stream.write_all(&[*byte])?;
                thread::sleep(Duration::from_millis(1));
            }
            stream.write_all(rest)?;
            line.remember_told(&answer);
            return Ok(Then::GoOn);
        }
        Fault::Twice => {
            let second = line.ask(request)?;
            return line.deliver(stream, request, if heads { &second } else { &answer });
        }
        Fault::SlowAccept => {
            line.slow.store(ms, Ordering::SeqCst);
            line.deliver(stream, request, &answer.with("connection", "close"))?;
            return Ok(Then::Close);
        }
        _ => {}
    }
    line.deliver(stream, request, &answer)
}

impl Line {
    fn to(stripe: &str, seed: u64, lies: bool, log: Arc<Log>) -> Result<Self> {
        Ok(Self {
            stripe: stripe.strip_prefix("http://").context("Stripe is not on http here")?.to_owned(),
            seed,
            log,
            calm: AtomicBool::new(true),
            requests: AtomicU64::new(0),
            struck: Mutex::default(),
            down_until: Mutex::default(),
            slow: AtomicU64::new(0),
            late: AtomicU64::new(0),
            answers: Mutex::default(),
            told: Mutex::default(),
            lies,
        })
    }

    fn is_down(&self) -> bool {
        held(&self.down_until).is_some_and(|until| Instant::now() < until) && !self.calm.load(Ordering::SeqCst)
    }

    /// Only what goes to the API can be struck.
    fn next_strike(&self, request: &Message) -> Option<Strike> {
        if self.calm.load(Ordering::SeqCst) || !request.path().starts_with("/v1/") {
            return None;
        }
        let strike = planned(self.seed, self.requests.fetch_add(1, Ordering::SeqCst))?;
        *held(&self.struck).entry(strike.fault).or_default() += 1;
        Some(strike)
    }

    /// Delivers to Stripe and reads the answer.
    fn ask(&self, request: &Message) -> io::Result<Message> {
        let mut stream = TcpStream::connect(&self.stripe)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&request.bytes())?;
        Message::read(&mut BufReader::new(stream))?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn send_late(self: &Arc<Self>, request: Message, pause: Duration) {
        self.late.fetch_add(1, Ordering::SeqCst);
        let line = Arc::clone(self);
        thread::spawn(move || {
            thread::sleep(pause);
            let status =
                line.ask(&request).map_or_else(|problem| problem.to_string(), |answer| answer.line().to_owned());
            line.late.fetch_sub(1, Ordering::SeqCst);
            line.log.write(&format!("{} arrived late: {status}", request.line()));
        });
    }

    fn deliver(&self, mut stream: &TcpStream, request: &Message, answer: &Message) -> io::Result<Then> {
        if let Some(lie) = lie(answer).filter(|_| self.lies && !self.calm.load(Ordering::SeqCst)) {
            stream.write_all(&lie.bytes())?;
            return Ok(Then::GoOn);
        }
        stream.write_all(&answer.bytes())?;
        self.remember_told(answer);
        if let Some(subject) = subject(request, answer) {
            let mut answers = held(&self.answers);
            answers.push_back((subject, answer.clone()));
            if answers.len() > REMEMBERED {
                answers.pop_front();
            }
        }
        Ok(Then::GoOn)
    }

    /// The newest answer that is about another payment: one about this payment would only be an older truth.
    fn swapped(&self, request: &Message, answer: &Message) -> Option<Message> {
        let subject = subject(request, answer)?;
        held(&self.answers).iter().rev().find(|(other, _)| *other != subject).map(|(_, answer)| answer.clone())
    }

    fn remember_told(&self, answer: &Message) {
        let Ok(body) = serde_json::from_slice(&answer.body) else { return };
        let mut told = BTreeSet::new();
        taken(&body, &mut told);
        held(&self.told).append(&mut told);
    }
}

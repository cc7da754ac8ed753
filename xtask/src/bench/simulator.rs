//! How much the simulator carries, beside another small Stripe: localstripe.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use super::load::{Card, Load, Until, pay};
use crate::{place, setup, shell};

const SECONDS: Duration = Duration::from_secs(4);
const MILLION: usize = 1_000_000;

/// With few payments on its books, over one connection and over sixteen.
type Few = (Load, Load);

/// With a million on its books: over one connection, and the gigabytes in memory.
type Full = (Load, f64);

/// A program that ends with its owner.
struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Payments in a second over one connection.
pub(super) fn one() -> Result<f64> {
    Ok(ours()?.0.per_second)
}

/// Payments in a second over sixteen connections.
pub(super) fn many() -> Result<f64> {
    Ok(ours()?.1.per_second)
}

/// The slowest call but one in a hundred over sixteen connections.
pub(super) fn p99() -> Result<f64> {
    Ok(ours()?.1.p99_ms)
}

/// How much longer a payment takes with a million on the books, over one connection.
pub(super) fn growth() -> Result<f64> {
    Ok(ours()?.0.per_second / full()?.0.per_second)
}

/// What a million payments keep in memory.
pub(super) fn memory() -> Result<f64> {
    Ok(full()?.1)
}

/// How many payments are taken in the time of one of localstripe's.
pub(super) fn beside_localstripe_one() -> Result<f64> {
    Ok(ours()?.0.per_second / theirs()?.0.per_second)
}

/// The same over sixteen connections.
pub(super) fn beside_localstripe_many() -> Result<f64> {
    Ok(ours()?.1.per_second / theirs()?.1.per_second)
}

fn ours() -> Result<&'static Few> {
    static MEASURED: OnceLock<Result<Few>> = OnceLock::new();
    told(MEASURED.get_or_init(|| few(&simulator()?.address)))
}

fn full() -> Result<&'static Full> {
    static MEASURED: OnceLock<Result<Full>> = OnceLock::new();
    told(MEASURED.get_or_init(|| {
        let stripe = simulator()?;
        pay(&stripe.address, 16, Card::ReadyMade, Until::Payments(MILLION))?;
        let gigabytes = resident(stripe.child.id())?;
        Ok((pay(&stripe.address, 1, Card::Saved, Until::Time(SECONDS))?, gigabytes))
    }))
}

fn theirs() -> Result<&'static Few> {
    static MEASURED: OnceLock<Result<Few>> = OnceLock::new();
    told(MEASURED.get_or_init(|| few(&localstripe()?.address)))
}

fn few(address: &str) -> Result<Few> {
    let over = |connections| pay(address, connections, Card::Saved, Until::Time(SECONDS));
    Ok((over(1)?, over(16)?))
}

/// What was measured once, or why it was not.
fn told<T>(measured: &'static Result<T>) -> Result<&'static T> {
    measured.as_ref().map_err(|problem| anyhow!("{problem:#}"))
}

fn simulator() -> Result<Running> {
    let mut command = Command::new(place::program("release", "stripe-simulator"));
    let mut child = command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("its words")?).read_line(&mut line)?;
    let address = line.trim().rsplit("//").next().unwrap_or_default().to_owned();
    Ok(Running { child, address })
}

/// Gigabytes that a process has in memory.
fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("only on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u32 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(f64::from(kilobytes) * 1_024.0 / 1e9)
}

fn localstripe() -> Result<Running> {
    let folder = place::target().join("bench/localstripe");
    std::fs::create_dir_all(&folder)?;
    let requirements = folder.join("requirements.txt");
    std::fs::write(&requirements, "localstripe==1.15.10\nsetuptools==80.9.0\n")?;
    let python = setup::python(&folder.join("python"), &requirements)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = shell::command(python.with_file_name("localstripe"), &["--from-scratch", "--port"]);
    // It keeps its books in the home folder.
    command.arg(port.to_string()).env("HOME", &folder).stdout(Stdio::null()).stderr(Stdio::null());
    let running = Running { child: command.spawn()?, address: format!("127.0.0.1:{port}") };
    let began = Instant::now();
    while std::net::TcpStream::connect(&running.address).is_err() {
        if began.elapsed() > Duration::from_secs(30) {
            bail!("localstripe does not listen");
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(running)
}

//! `cargo xtask crash`: the real desk, journal and client in a process of their own, killed at any moment, again and
//! again, against a Stripe in another process. Afterwards both are held against each other.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{building, place};

/// What a run is to do.
#[derive(Debug, Clone, Copy)]
struct Wish {
    kills: u64,
    seed: u64,
}

/// Kills and compares, as `words` say: `--kills N`, `--seed S`.
///
/// # Errors
/// When a promise was broken, or the programs cannot be built.
pub fn crash(words: &[String]) -> Result<()> {
    let wish = read(words)?;
    building::engine()?;
    println!("{}", run(wish)?);
    Ok(())
}

fn read(words: &[String]) -> Result<Wish> {
    let mut wish = Wish { kills: 300, seed: 1 };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let number = words.next().and_then(|text| text.parse().ok());
        match (word.as_str(), number) {
            ("--kills", Some(kills)) => wish.kills = kills,
            ("--seed", Some(seed)) => wish.seed = seed,
            _ => bail!("cargo xtask crash [--kills N] [--seed S]"),
        }
    }
    Ok(wish)
}

/// A process that ends with its owner.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Result<Self> {
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        Ok(Self(started.with_context(|| format!("cannot start {}", command.get_program().display()))?))
    }

    /// SIGKILL, and what it had said before.
    fn kill(mut self) -> Result<String> {
        self.0.kill()?;
        self.said()
    }

    fn said(&mut self) -> Result<String> {
        let mut said = String::new();
        self.0.stdout.take().context("no output")?.read_to_string(&mut said)?;
        Ok(said)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    /// xorshift: enough to spread moments.
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn run(wish: Wish) -> Result<String> {
    let began = Instant::now();
    let folder = tempfile::tempdir()?;
    let mut dice = Dice(wish.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut simulator =
        Process::start(Command::new(place::program("debug", "stripe-simulator")).args(["--listen", "127.0.0.1:0"]))?;
    let address = listening(&mut simulator)?;
    let mut shown = BTreeMap::new();
    for kill in 0..wish.kills {
        trouble(&address, &mut dice)?;
        let mut engine = engine(&address, folder.path(), wish.seed * 100_000 + kill, &[])?;
        // Some die while they open the journal, most at work.
        if dice.below(4) > 0 {
            first_line(&mut engine)?;
        }
        std::thread::sleep(Duration::from_millis(dice.below(250)));
        ensure!(engine.0.try_wait()?.is_none(), "the till ended by itself: {}", engine.said()?);
        remember(&mut shown, &engine.kill()?)?;
    }
    post(&address, "/_simulator/faults", &json!({ "fault": "delay", "ms": 1, "nth": 1, "times": 1 }))?;
    let mut last = engine(&address, folder.path(), wish.seed * 100_000 + wish.kills, &["settle"])?;
    let said = last.said()?;
    ensure!(last.0.wait()?.success(), "the till could not end what was open: {said}");
    let report: Vec<&str> = said.lines().collect();
    remember(&mut shown, &said)?;
    let (payments, paid) = compare(&shown, &report, &ledger(&address)?)?;
    let entries = report.iter().find_map(|line| line.strip_prefix("entries ")).unwrap_or("0");
    Ok(format!(
        "kills={} payments={payments} paid={paid} shown={} entries={entries} violations=0 seconds={:.1}",
        wish.kills,
        shown.len(),
        began.elapsed().as_secs_f32()
    ))
}

fn engine(address: &str, folder: &std::path::Path, seed: u64, more: &[&str]) -> Result<Process> {
    let program = place::target().join("debug/examples").join(format!("engine{}", std::env::consts::EXE_SUFFIX));
    Process::start(Command::new(program).arg(address).arg(folder).arg(seed.to_string()).args(more))
}

/// Waits for what a process says first, and takes no more than that.
fn first_line(process: &mut Process) -> Result<String> {
    let stdout = process.0.stdout.as_mut().context("no output")?;
    let mut line = Vec::new();
    let mut byte = [0];
    while stdout.read(&mut byte)? == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    Ok(String::from_utf8(line)?)
}

fn listening(simulator: &mut Process) -> Result<String> {
    let line = first_line(simulator)?;
    Ok(line[line.find("http://").context("the simulator does not say where it listens")?..].trim().to_owned())
}

/// Now and then something goes wrong on the wire too, so that kills meet payments that wait.
fn trouble(address: &str, dice: &mut Dice) -> Result<()> {
    let paths = ["/confirm", "/payment_intents", "/cancel", "/capture"];
    let path = paths[usize::try_from(dice.below(4))?];
    let fault = match dice.below(24) {
        0 => json!({ "path": path, "fault": "reset_after" }),
        1 => json!({ "path": path, "fault": "error_500_after" }),
        2 => json!({ "path": path, "fault": "reset_before" }),
        3 => json!({ "path": path, "fault": "delay", "ms": 20 + dice.below(200) }),
        _ => return Ok(()),
    };
    post(address, "/_simulator/faults", &fault).map(drop)
}

fn post(address: &str, path: &str, body: &Value) -> Result<Value> {
    let mut answer =
        ureq::post(format!("{address}{path}")).header("content-type", "application/json").send(body.to_string())?;
    Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
}

fn ledger(address: &str) -> Result<Vec<(String, i64)>> {
    let mut answer = ureq::get(format!("{address}/_simulator/ledger")).call()?;
    let ledger: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
    let lines = ledger["charges"].as_array().context("no ledger")?;
    let line = |line: &Value| {
        let sale = line["metadata"]["sale_id"].as_str().context("a charge without a sale")?;
        Ok((sale.to_owned(), line["amount"].as_i64().context("a charge without an amount")?))
    };
    lines.iter().map(line).collect()
}

/// What the till has shown as final stays so.
fn remember(shown: &mut BTreeMap<String, String>, said: &str) -> Result<()> {
    // The last line may have been cut off by the kill.
    for line in said.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        if let Some((word @ ("paid" | "void"), sale)) = line.trim().split_once(' ') {
            let before = shown.insert(sale.to_owned(), word.to_owned());
            ensure!(before.is_none_or(|before| before == word), "{sale} was shown as paid and as void");
        }
    }
    Ok(())
}

/// Holds the journal's report, what was shown, and Stripe's ledger against one another.
fn compare(shown: &BTreeMap<String, String>, report: &[&str], ledger: &[(String, i64)]) -> Result<(usize, usize)> {
    let mut taken: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (sale, amount) in ledger {
        taken.entry(sale).or_default().push(*amount);
    }
    let mut payments = BTreeMap::new();
    for line in report {
        if let [phase, sale, total] = line.split(' ').collect::<Vec<_>>()[..] {
            payments.insert(sale, (phase, total.parse::<i64>()?));
        }
    }
    for (sale, (phase, total)) in &payments {
        let charged = taken.remove(sale).unwrap_or_default();
        match *phase {
            "Paid" => ensure!(charged == [*total], "{sale} is paid with {total} and Stripe took {charged:?}"),
            "Void" => ensure!(charged.is_empty(), "{sale} is void and Stripe took {charged:?}"),
            other => bail!("{sale} was left {other}"),
        }
        if let Some(word) = shown.get(*sale) {
            ensure!(word.eq_ignore_ascii_case(phase), "{sale} was shown as {word} and is {phase}");
        }
    }
    ensure!(taken.is_empty(), "Stripe took money for sales that the journal does not know: {taken:?}");
    let lost: Vec<_> = shown.keys().filter(|sale| !payments.contains_key(sale.as_str())).collect();
    ensure!(lost.is_empty(), "shown as final and lost: {lost:?}");
    Ok((payments.len(), payments.values().filter(|(phase, _)| *phase == "Paid").count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(shown: &str, report: &[&str], ledger: &[(&str, i64)]) -> String {
        let mut seen = BTreeMap::new();
        let ledger: Vec<_> = ledger.iter().map(|(sale, amount)| ((*sale).to_owned(), *amount)).collect();
        match remember(&mut seen, shown).and_then(|()| compare(&seen, report, &ledger)) {
            Ok((payments, paid)) => format!("{payments} {paid}"),
            Err(problem) => problem.to_string(),
        }
    }

    #[test]
    fn a_double_charge_a_lost_payment_and_a_wrong_outcome_are_each_found() {
        let good = ["Paid a 5", "Void b 7", "entries 9"];
        assert_eq!(judge("paid a\nvoid b\npai", &good, &[("a", 5)]), "2 1");
        let table = [
            (judge("", &good, &[("a", 5), ("a", 5)]), "Stripe took [5, 5]"),
            (judge("", &good, &[]), "Stripe took []"),
            (judge("", &good, &[("a", 6)]), "Stripe took [6]"),
            (judge("", &good, &[("a", 5), ("b", 7)]), "b is void"),
            (judge("", &good, &[("a", 5), ("c", 1)]), "does not know"),
            (judge("paid b\n", &good, &[("a", 5)]), "shown as paid and is Void"),
            (judge("paid d\n", &good, &[("a", 5)]), "lost"),
            (judge("paid a\nvoid a\n", &good, &[("a", 5)]), "as paid and as void"),
            (judge("", &["Unknown a 5"], &[]), "left Unknown"),
        ];
        for (said, expected) in table {
            assert!(said.contains(expected), "{said}");
        }
    }
}

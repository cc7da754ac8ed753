//! `cargo xtask test`: every test there is, and one line at the end.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::building::Beside;
use crate::setup::{self, Need};
use crate::steps::{Counts, Tally, failed_tests, suite};
use crate::{building, clients, place, say, shell, simulate};

/// Its name, and what runs it.
type Suite = (&'static str, fn(&mut Tally));

/// The suites, quickest verdict first.
const SUITES: &[Suite] = &[
    ("rustfmt", rustfmt),
    ("tidy", tidy),
    ("page", page),
    ("clippy", clippy),
    ("rust tests", rust_tests),
    ("clients", clients::run),
    ("simulation", simulation),
    ("licences", licences),
    ("advisories", advisories),
    ("crash", crash),
    ("browsers", browsers),
    ("end to end", end_to_end),
    ("chaos", chaos),
];

/// Runs every suite, or those with `word` in their name, and prints `N passed, N failed` last.
pub fn test(word: Option<&str>) -> ExitCode {
    say::title("Keytill: every test");
    let mut tally = Tally::default();
    match ready() {
        Ok(()) => {
            let wanted = SUITES.iter().filter(|(name, _)| word.is_none_or(|word| name.contains(word)));
            wanted.for_each(|(_, run)| run(&mut tally));
        }
        Err(problem) => {
            println!("\n{problem:#}\n");
            tally.failed += 1;
        }
    }
    println!("\n{}", tally.line());
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Clippy and the app's tests embed the page, so it is built before anything.
fn ready() -> Result<()> {
    setup::machine(Need::BuildAndDrive)?;
    building::page()
}

fn rustfmt(tally: &mut Tally) {
    tally.add(suite("rustfmt", &mut cargo(&["fmt", "--all", "--check"]), Counts::OneCheck));
}

fn tidy(tally: &mut Tally) {
    tally.add(suite("tidy", &mut cargo(&["test", "-p", "xtask", "--no-fail-fast"]), Counts::Libtest));
}

fn clippy(tally: &mut Tally) {
    let words = &["clippy", "--workspace", "--all-targets", "--features", building::EVERYTHING, "--", "-D", "warnings"];
    tally.add(suite("clippy", &mut cargo(words), Counts::OneCheck));
}

fn rust_tests(tally: &mut Tally) {
    let words = &["test", "--workspace", "--exclude", "xtask", "--no-fail-fast", "--features", building::APP];
    tally.add(suite("rust tests", &mut cargo(words), Counts::Libtest));
}

fn page(tally: &mut Tally) {
    tally.add(suite("page types", &mut npm(&["run", "check"]), Counts::OneCheck));
    tally.add(suite("page lint", &mut npm(&["run", "lint"]), Counts::OneCheck));
    let report = place::logs().join("vitest.json");
    let _ = std::fs::remove_file(&report);
    let mut vitest = npm(&["run", "test", "--", "--reporter=default", "--reporter=json"]);
    vitest.arg(format!("--outputFile.json={}", report.display()));
    tally.add(suite("page tests", &mut vitest, Counts::Vitest(&report)));
}

/// Two hundred thousand histories, and every crash point of some. The mutant that wants the longest histories is caught
/// here, the others by the tests of the simulation.
fn simulation(tally: &mut Tally) {
    tally.add(suite("simulation", &mut simulate::command(&["--seeds", "200000"]), Counts::OneCheck));
    let mutant = &["--seeds", "100000", "--mutant", "M7", "--caught", "I8"];
    tally.add(suite("mutant M7", &mut simulate::command(mutant), Counts::OneCheck));
    tally.add(suite("crash points", &mut simulate::command(&["--seeds", "300", "--crashes"]), Counts::OneCheck));
    tally.add(suite("power cuts", &mut simulate::command(&["--seeds", "10000", "--sqlite"]), Counts::OneCheck));
}

/// The real process, killed; `cargo xtask crash --kills 300` is the longer word.
fn crash(tally: &mut Tally) {
    tally.add(suite("crash", &mut cargo(&["xtask", "crash", "--kills", "20"]), Counts::OneCheck));
}

/// The advisory database needs the internet, so only the rest of cargo-deny runs here; the house rules hold the tree
/// against `deny.toml` on every machine.
fn licences(tally: &mut Tally) {
    if shell::has("cargo-deny") {
        let check = &["deny", "check", "licenses", "bans", "sources"];
        tally.add(suite("licences", &mut cargo(check), Counts::OneCheck));
    } else {
        say::line("- licences               not checked: `cargo install cargo-deny` brings the tool");
    }
}

/// What is known against the packages that ship, where somebody can be asked: a clone without the internet tests all the
/// same, and says so.
fn advisories(tally: &mut Tally) {
    ask(tally, "page advisories", &mut npm(&["audit", "--omit=dev"]), "audit endpoint returned an error");
    if shell::has("cargo-deny") {
        ask(
            tally,
            "crate advisories",
            &mut cargo(&["deny", "check", "advisories"]),
            "failed to fetch advisory database",
        );
    }
}

/// `nobody` is how the tool says that it could not ask.
fn ask(tally: &mut Tally, name: &str, command: &mut Command, nobody: &str) {
    let unasked =
        shell::quietly(command, &name.replace(' ', "-")).is_ok_and(|said| !said.ok && said.text.contains(nobody));
    if unasked {
        say::line(&format!("- {name:<22} not asked: nobody answers here"));
    } else {
        tally.add(suite(name, command, Counts::OneCheck));
    }
}

/// The simulator's `stripe.js` in Chromium and in WebKit, one of each at a time.
fn browsers(tally: &mut Tally) {
    driven_twice(tally, "browsers", "browser", "--test-threads=2");
}

/// The whole app, one window at a time.
fn end_to_end(tally: &mut Tally) {
    driven_twice(tally, "end to end", "e2e", "--test-threads=1");
    say::line(&format!("screenshots: {}", place::screens().display()));
}

/// A test that waits for a window fails where the whole machine stands still for half a minute, and a fault of the till
/// fails it again. So a test that fails runs a second time, by itself. Its first failure stays in the output.
fn driven_twice(tally: &mut Tally, name: &str, test: &str, threads: &str) {
    if !on_linux_and_built(tally, name) {
        return;
    }
    let first = suite(name, &mut driven(test, &[threads]), Counts::Libtest);
    let failed = failed_tests(name);
    if (1..=MOST_AGAIN).contains(&failed.len()) && failed.len() as u64 == first.failed {
        let mut words = vec!["--test-threads=1", "--exact"];
        words.extend(failed.iter().map(String::as_str));
        let again = suite(&format!("{name}, again"), &mut driven(test, &words), Counts::Libtest);
        tally.add(Tally { passed: first.passed + again.passed, failed: again.failed });
    } else {
        tally.add(first);
    }
}

/// More failures than these are no chance.
const MOST_AGAIN: usize = 3;

/// Three minutes at the real till, with a seed that the log names; `cargo xtask chaos` is the longer word.
fn chaos(tally: &mut Tally) {
    if on_linux_and_built(tally, "chaos") {
        tally.add(suite("chaos", &mut cargo(&["xtask", "chaos", "--built", "--minutes", "3"]), Counts::OneCheck));
    }
}

/// Tests that drive what has been built; `words` are for the tests' own program.
fn driven(test: &str, words: &[&str]) -> Command {
    let mut tests = cargo(&["test", "-p", "xtask", "--features", "e2e", "--test", test, "--no-fail-fast", "--"]);
    tests
        .args(words)
        .env("KEYTILL_APP", place::program("debug", "keytill"))
        .env("STRIPE_SIMULATOR", place::program("debug", "stripe-simulator"));
    tests
}

/// What drives the app can run here, and there is an app to drive.
fn on_linux_and_built(tally: &mut Tally, name: &str) -> bool {
    if !cfg!(target_os = "linux") {
        say::line(&format!("- {name:<22} runs on Linux, where WebKit has a driver and Xvfb a display"));
        return false;
    }
    let built = building::programs("debug", Beside::Tests);
    if let Err(problem) = &built {
        println!("\n{problem:#}\n");
        tally.failed += 1;
    }
    built.is_ok()
}

fn cargo(words: &[&str]) -> Command {
    shell::command("cargo", words)
}

fn npm(words: &[&str]) -> Command {
    let mut command = shell::command(shell::npm(), words);
    command.current_dir(place::ui());
    command
}

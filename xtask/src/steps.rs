//! Counts what passed and what did not, over tools that each say it their own way.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::{say, shell};

/// Tests that passed and tests that did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// The line that ends a run of every test.
    pub fn line(self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

/// How a tool says what it counted.
#[derive(Debug, Clone, Copy)]
pub enum Counts<'a> {
    /// It checks one thing and answers by its exit status.
    OneCheck,
    /// libtest's `test result:` lines.
    Libtest,
    /// A JSON report with `numPassedTests`, written to this file.
    Vitest(&'a Path),
}

/// Runs one suite, prints its line, and the log's end when it is not content.
pub fn suite(name: &str, command: &mut Command, counts: Counts<'_>) -> Tally {
    say::announce(name);
    let began = Instant::now();
    let (tally, complaint) = match shell::quietly(command, &log_name(name)) {
        Ok(said) => {
            let tally = counted(said.ok, &said.text, counts);
            let complaint =
                (tally.failed > 0).then(|| format!("{}\n  all of it: {}", complaint(&said), said.log.display()));
            (tally, complaint)
        }
        Err(problem) => (Tally { passed: 0, failed: 1 }, Some(format!("{problem:#}"))),
    };
    let mark = if tally.failed == 0 { "✓" } else { "✗" };
    say::finished(mark, name, &tally.line(), began.elapsed());
    if let Some(text) = complaint {
        println!("\n{text}\n");
    }
    tally
}

/// Libtest prints what went wrong before its summary; a compiler does so at the end.
fn complaint(said: &shell::Said) -> String {
    match said.text.find("\nfailures:\n") {
        Some(at) => said.text[at..].trim_start().chars().take(20_000).collect(),
        None => said.excerpt(),
    }
}

fn counted(ok: bool, text: &str, counts: Counts<'_>) -> Tally {
    let mut tally = match counts {
        Counts::OneCheck => Tally { passed: u64::from(ok), failed: u64::from(!ok) },
        Counts::Libtest => libtest(text),
        Counts::Vitest(report) => vitest(report),
    };
    // A suite that broke before it counted, or that found nothing to run, proves nothing.
    if tally.failed == 0 && (!ok || tally.passed == 0) {
        tally.failed = 1;
    }
    tally
}

/// An ignored test is a promise nobody keeps: it counts as not passed.
fn libtest(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        tally.passed += before(line, " passed");
        tally.failed += before(line, " failed") + before(line, " ignored");
    }
    tally
}

/// The tests that failed in the last run of this suite, by libtest's own lines.
pub fn failed_tests(name: &str) -> Vec<String> {
    let text = fs::read_to_string(shell::log_of(&log_name(name))).unwrap_or_default();
    failed_in(&text)
}

fn failed_in(text: &str) -> Vec<String> {
    let name = |line: &str| line.strip_prefix("test ")?.strip_suffix(" ... FAILED").map(str::to_owned);
    text.lines().filter_map(name).collect()
}

fn log_name(suite: &str) -> String {
    suite.replace(' ', "-")
}

fn before(line: &str, word: &str) -> u64 {
    line.split(word)
        .next()
        .and_then(|head| head.rsplit([' ', ';']).next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

fn vitest(report: &Path) -> Tally {
    let Ok(text) = fs::read(report) else {
        return Tally::default();
    };
    let report: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let number = |name: &str| report[name].as_u64().unwrap_or(0);
    Tally {
        passed: number("numPassedTests"),
        failed: number("numFailedTests") + number("numPendingTests") + number("numTodoTests"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_lines_add_up_over_binaries() {
        let text = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                    test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(libtest(text), Tally { passed: 15, failed: 3 });
    }

    #[test]
    fn what_failed_is_known_by_name() {
        let text = "test keys::kept ... ok\ntest live::paid ... FAILED\ntest modes::one ... FAILED\n\nfailures:\n    live::paid\n";
        assert_eq!(failed_in(text), ["live::paid", "modes::one"]);
    }

    #[test]
    fn a_suite_that_breaks_before_counting_is_not_passed() {
        assert_eq!(counted(false, "error: could not compile", Counts::Libtest).failed, 1);
        assert_eq!(counted(true, "", Counts::Libtest).failed, 1);
        assert_eq!(counted(true, "", Counts::OneCheck), Tally { passed: 1, failed: 0 });
    }

    #[test]
    fn the_last_line_is_plain() {
        assert_eq!(Tally { passed: 7, failed: 1 }.line(), "7 passed, 1 failed");
    }
}

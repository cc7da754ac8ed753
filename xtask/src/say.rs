//! What the terminal says: one calm line a step, with its seconds.

use std::io::{IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

use anyhow::{Error, Result};

/// A headline above some steps.
pub fn title(text: &str) {
    println!("\n{text}");
}

/// One line that is no step.
pub fn line(text: &str) {
    println!("  {text}");
}

/// An error with its causes, one a line.
pub fn problem(problem: &Error) {
    let _ = stdout().flush();
    eprintln!("\n{problem}");
    for cause in problem.chain().skip(1) {
        eprintln!("  because {cause}");
    }
}

/// Runs one step and prints its line; the step's own answer is the detail in the middle.
///
/// # Errors
/// Whatever the step says; its line is printed first.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
    announce(name);
    let began = Instant::now();
    let done = work();
    let (mark, detail) = match &done {
        Ok((_, detail)) => ("✓", detail.as_str()),
        Err(_) => ("✗", "see below"),
    };
    finished(mark, name, detail, began.elapsed());
    done.map(|(value, _)| value)
}

/// On a terminal a step is seen while it runs; its finished line overwrites this one.
pub fn announce(name: &str) {
    if stdout().is_terminal() {
        print!("  · {name} …");
        let _ = stdout().flush();
    }
}

/// The finished line of a step.
pub fn finished(mark: &str, name: &str, detail: &str, took: Duration) {
    let clear = if stdout().is_terminal() { "\r\x1b[2K" } else { "" };
    let seconds = took.as_secs_f64();
    println!("{clear}  {mark} {name:<22} {detail:<44} {seconds:>7.1} s");
    let _ = stdout().flush();
}

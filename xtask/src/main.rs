//! `cargo xtask`: one word says what to do.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
use xtask::chaos;
use xtask::{bench, crash, pictures, run, say, simulate, suites};

const HELP: &str = "\
cargo xtask run     set this machine up, build the till and start it in training mode;
                    without a display it takes one training sale headless and prints the receipt
cargo xtask test    set this machine up and run every test; the last line is `N passed, N failed`;
                    `test <word>` runs the suites with that word
cargo xtask simulate  live histories in which everything goes wrong; `simulate --help` lists what it takes
cargo xtask crash   kill a till at any moment, again and again, and compare it with Stripe; --kills N, --seed S
cargo xtask chaos   a day at the real till while requests break and the app is killed, each screen held against
                    Stripe's ledger; --sales N, --minutes M, --seed S
cargo xtask pictures  take the README's pictures anew, from the running till
cargo xtask bench   build the release and measure it; `bench <word>` measures what has that word

Logs of every step: target/xtask/   Screenshots: target/screens/";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.first().map(String::as_str) {
        Some("run") => run::run(),
        Some("test") => return suites::test(words.get(1).map(String::as_str)),
        Some("bench") => bench::bench(words.get(1).map(String::as_str)),
        Some("simulate") => simulate::simulate(&words[1..]),
        Some("crash") => crash::crash(&words[1..]),
        #[cfg(target_os = "linux")]
        Some("chaos") => chaos::chaos(&words[1..]),
        Some("pictures") => pictures::take(),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("cargo xtask knows no `{other}`.\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say::problem(&problem);
            ExitCode::FAILURE
        }
    }
}

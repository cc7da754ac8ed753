//! `till-simulation`: many histories, one line.

use std::process::ExitCode;
use std::time::Instant;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

use till_simulation::{
    Mutant, Tally, Violation, crash_everywhere, replay, replay_on_power_cuts, run, run_on_power_cuts,
};

const HELP: &str = "\
Lives histories in which everything goes wrong, and checks that every sale is paid once or not at all.

Usage: till-simulation [--seeds N] [--from S | --fresh] [--mutant M1…M9 [--caught PROMISE] | --crashes | --sqlite]
                       [--replay SEED]

  --seeds N      how many histories (default 100000)
  --from S       the first seed (default 0)
  --fresh        begins where nobody has been, by the clock, and says where
  --mutant M     a weakened twin in the cashier's place: M1 to M9, or sound
  --caught P     the mutant must be caught for breaking this promise, as I8; other breaches count for nothing
  --replay SEED  one history, told
  --crashes      each history again for every commit, with a crash before or after it, singly and in pairs
  --sqlite       with the journal's real code, on a disk that loses what was not synced
  --help         this text

Ends with 1 at the first broken promise, after telling its history.
";

#[derive(Debug, PartialEq, Eq)]
struct Wish {
    seeds: u64,
    from: u64,
    mutant: Option<Mutant>,
    caught: Option<String>,
    replay: Option<u64>,
    crashes: bool,
    sqlite: bool,
}

impl Wish {
    fn run(&self, seed: u64) -> Result<Tally, Violation> {
        if self.sqlite { run_on_power_cuts(seed) } else { run(seed, self.mutant) }
    }

    fn replay(&self, seed: u64) -> (Result<Tally, Violation>, String) {
        if self.sqlite { replay_on_power_cuts(seed) } else { replay(seed, self.mutant) }
    }
}

/// Reads the arguments; `Ok(None)` asks for help.
fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Wish>, String> {
    let mut wish =
        Wish { seeds: 100_000, from: 0, mutant: None, caught: None, replay: None, crashes: false, sqlite: false };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
        let number = |text: String| text.replace('_', "").parse().map_err(|_| format!("{name} needs a whole number"));
        match name.as_str() {
            "--seeds" => wish.seeds = number(value()?)?,
            "--from" => wish.from = number(value()?)?,
            "--fresh" => wish.from = fresh(),
            "--replay" => wish.replay = Some(number(value()?)?),
            "--mutant" => wish.mutant = Some(Mutant::named(&value()?).ok_or("the mutants are M1 to M9, and sound")?),
            "--caught" => wish.caught = Some(value()?),
            "--crashes" => wish.crashes = true,
            "--sqlite" => wish.sqlite = true,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("there is no option {other}; --help lists them")),
        }
    }
    Ok(Some(wish))
}

/// A first seed that no run has had: each nanosecond is one, and no run takes a second for a thousand million.
fn fresh() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(0)
}

fn main() -> ExitCode {
    match read(std::env::args().skip(1)) {
        Ok(Some(wish)) => carry_out(&wish),
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn carry_out(wish: &Wish) -> ExitCode {
    if let Some(seed) = wish.replay {
        return tell(seed, wish);
    }
    if wish.crashes {
        return crash(wish);
    }
    if let Some(promise) = &wish.caught {
        return catch(wish, promise);
    }
    let began = Instant::now();
    let mut tally = Tally::default();
    println!("first seed={}", wish.from);
    for seed in wish.from..wish.from.saturating_add(wish.seeds) {
        let Ok(lived) = wish.run(seed) else {
            let seconds = began.elapsed().as_secs_f32();
            println!("seeds={} violations=1 seed={seed} {tally} seconds={seconds:.1}", tally.seeds + 1);
            return tell(seed, wish);
        };
        tally += lived;
    }
    println!("seeds={} violations=0 {tally} seconds={:.1}", tally.seeds, began.elapsed().as_secs_f32());
    ExitCode::SUCCESS
}

/// The harness is tested: what it does not catch in a mutant, it would not catch in the cashier either.
fn catch(wish: &Wish, promise: &str) -> ExitCode {
    let breaks = |seed: &u64| wish.run(*seed).is_err_and(|found| found.breach.starts_with(promise));
    if let Some(seed) = (wish.from..wish.from.saturating_add(wish.seeds)).find(breaks) {
        println!("{:?} breaks {promise} at seed={seed}", wish.mutant);
        return ExitCode::SUCCESS;
    }
    println!("{:?} passes for sound in {} histories: the harness is blind", wish.mutant, wish.seeds);
    ExitCode::FAILURE
}

fn crash(wish: &Wish) -> ExitCode {
    let began = Instant::now();
    let mut histories = 0;
    for seed in wish.from..wish.from.saturating_add(wish.seeds) {
        match crash_everywhere(seed) {
            Ok(lived) => histories += lived,
            Err(violation) => {
                println!("seed={seed} violation: {}", violation.breach);
                return ExitCode::FAILURE;
            }
        }
    }
    println!(
        "seeds={} crashes everywhere: histories={histories} violations=0 seconds={:.1}",
        wish.seeds,
        began.elapsed().as_secs_f32()
    );
    ExitCode::SUCCESS
}

/// One history in words, and what came of it.
fn tell(seed: u64, wish: &Wish) -> ExitCode {
    let (result, history) = wish.replay(seed);
    println!("{history}");
    match result {
        Ok(tally) => {
            println!("seed={seed} violations=0 {tally}");
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("seed={seed} violation: {}", violation.breach);
            ExitCode::FAILURE
        }
    }
}

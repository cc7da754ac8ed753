//! What remembering costs: around each confirm, and at a start after very many sales.

use std::io::Read;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::median;
use crate::{place, shell};

const OLD_SALES: &str = "1000000";
const ROUNDS: usize = 5;

fn example(name: &str) -> Result<PathBuf> {
    let words = &["build", "--quiet", "--release", "-p", "till", "--example", name];
    shell::quietly(&mut shell::command("cargo", words), "bench-journal")?.or_fail("cargo build")?;
    Ok(place::target().join("release/examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// What the program prints, as a number.
fn number(words: &[&str]) -> Result<f64> {
    let done = Command::new(example("journal_bench")?).args(words).output()?;
    let said = String::from_utf8_lossy(&done.stdout);
    if !done.status.success() {
        bail!("{}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(said.trim().parse().unwrap_or(f64::NAN))
}

/// A folder in the build folder, so that its disk is measured and not a folder in memory.
fn folder() -> Result<tempfile::TempDir> {
    Ok(tempfile::tempdir_in(place::target())?)
}

/// A journal of a million old sales and one open one; made once, in some minutes.
fn million() -> Result<String> {
    let folder = place::target().join("xtask/million-sales");
    let path = folder.display().to_string();
    if !folder.join("made").is_file() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        number(&["make", &path, OLD_SALES])?;
        std::fs::write(folder.join("made"), "")?;
    }
    Ok(path)
}

/// Milliseconds of both commits around a confirm, the slowest of a hundred.
pub(super) fn confirm() -> Result<f64> {
    let folder = folder()?;
    number(&["confirm", &folder.path().display().to_string()])
}

/// Milliseconds until a search that finds nothing has looked at all sales.
pub(super) fn search() -> Result<f64> {
    number(&["search", &million()?])
}

/// Milliseconds from the start of a process with the real desk until its first request has arrived: the open sale is
/// looked at.
pub(super) fn first_request() -> Result<f64> {
    let (engine, folder) = (example("engine")?, million()?);
    let mut numbers = Vec::new();
    for seed in 0..ROUNDS {
        let stripe = TcpListener::bind("127.0.0.1:0")?;
        stripe.set_nonblocking(true)?;
        let address = format!("http://{}", stripe.local_addr()?);
        let began = Instant::now();
        let mut till = Command::new(&engine)
            .args([&address, &folder, &seed.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .context("the engine does not start")?;
        let mut stream = loop {
            match stripe.accept() {
                Ok((stream, _)) => break stream,
                Err(_) if till.try_wait()?.is_none() => std::thread::sleep(Duration::from_millis(1)),
                Err(_) => bail!("the engine ended before it asked anything"),
            }
        };
        stream.set_nonblocking(false)?;
        let arrived = stream.read(&mut [0; 16]);
        numbers.push(began.elapsed().as_secs_f64() * 1_000.0);
        till.kill()?;
        till.wait()?;
        arrived?;
    }
    Ok(median(numbers))
}

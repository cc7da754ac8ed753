//! Clients of Stripe that are not ours live whole flows against the simulator: its word alone proves nothing.
//!
//! Each is installed below `target/`, in the version that its folder names. What they are answered is held against Stripe's
//! specification, where that is at hand (see `crates/stripe-simulator/tests/simulator/schema.rs`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::steps::{Counts, Tally, suite};
use crate::{building, place, say, setup, shell};

/// Runs the tests of every client.
pub fn run(tally: &mut Tally) {
    let simulator = place::program("debug", "examples/held_to_specification");
    if let Err(problem) = building::held_simulator() {
        println!("\n{problem:#}\n");
        tally.failed += 1;
        return;
    }
    for (name, command) in
        [("clients in Rust", Ok(Some(rust()))), ("clients in Node", node()), ("clients in Python", python())]
    {
        match command {
            Ok(Some(mut command)) => {
                command.env("STRIPE_SIMULATOR", &simulator);
                tally.add(suite(name, &mut command, Counts::Libtest));
            }
            Ok(None) => say::line(&format!("- {name:<22} not checked: there is no python3 here")),
            Err(problem) => {
                println!("\n{name}: {problem:#}\n");
                tally.failed += 1;
            }
        }
    }
}

/// Where a client's tests lie, and where it is installed.
fn folders(client: &str) -> (PathBuf, PathBuf) {
    (place::root().join("tests/clients").join(client), place::target().join("clients").join(client))
}

/// async-stripe, a workspace of its own.
fn rust() -> Command {
    let (tests, target) = folders("rust");
    let mut cargo = shell::command("cargo", &["test", "--locked", "--no-fail-fast"]);
    cargo.arg("--manifest-path").arg(tests.join("Cargo.toml")).arg("--target-dir").arg(target);
    cargo
}

/// Stripe's SDK for Node. It finds its packages beside itself, so the tests are copied to where those are.
fn node() -> Result<Option<Command>> {
    let (tests, target) = folders("node");
    fs::create_dir_all(&target)?;
    for entry in fs::read_dir(&tests)? {
        let entry = entry?;
        fs::copy(entry.path(), target.join(entry.file_name()))?;
    }
    once(&target, &tests.join("package-lock.json"), || {
        let mut npm = shell::command(shell::npm(), &["ci", "--no-audit", "--no-fund"]);
        npm.current_dir(&target);
        shell::quietly(&mut npm, "clients-npm-ci")?.or_fail("npm ci").map(drop)
    })?;
    let mut node = shell::command("node", &["--test-reporter=./reporter.mjs", "flows.test.mjs"]);
    node.current_dir(target);
    Ok(Some(node))
}

/// Stripe's SDK for Python, in a virtual environment.
fn python() -> Result<Option<Command>> {
    if !shell::has("python3") {
        return Ok(None);
    }
    let (tests, target) = folders("python");
    let python = setup::python(&target, &tests.join("requirements.txt"))?;
    Ok(Some(shell::command(python, &[&tests.join("test_flows.py").display().to_string()])))
}

/// Installs what `lock` names into `folder`, unless that has been done.
///
/// # Errors
/// When it cannot be installed.
pub fn once(folder: &Path, lock: &Path, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let wanted = fs::read(lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = folder.join("installed");
    if fs::read(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(stamp, wanted)?;
    Ok(())
}

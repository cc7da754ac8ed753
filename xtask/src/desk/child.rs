//! A process that cannot outlive its owner.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use super::patience::{USUAL, until};

/// A child that leads a process group; the whole group is killed on drop.
#[derive(Debug)]
pub(super) struct Child {
    child: std::process::Child,
}

impl Child {
    /// Starts a program with its words in `log` (appended).
    pub(super) fn start(command: &Command, log: &Path) -> Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = guarded(command);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Self::spawn(command)
    }

    /// Starts a program that is told `words` and then nothing more.
    pub(super) fn start_told(command: &Command, words: &[u8]) -> Result<Self> {
        let mut command = guarded(command);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = Self::spawn(command)?;
        if let Some(mut stdin) = child.child.stdin.take() {
            stdin.write_all(words)?;
        }
        Ok(child)
    }

    /// Starts a program and waits for the first line it prints.
    pub(super) fn start_heard(command: &Command) -> Result<(Self, String)> {
        let name = command.get_program().display().to_string();
        let mut command = guarded(command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = Self::spawn(command)?;
        let mut line = String::new();
        let stdout = child.child.stdout.as_mut().context("no stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("{name} ended without a word");
        }
        Ok((child, line.trim().to_owned()))
    }

    fn spawn(mut command: Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("cannot start {}", command.get_program().display()))?;
        Ok(Self { child })
    }

    /// Stopped, it stays and does nothing, until it is told to go on.
    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        let group = Pid::from_raw(i32::try_from(self.child.id())?).context("no such process id")?;
        Ok(rustix::process::kill_process_group(group, signal)?)
    }

    /// The process group it leads.
    pub(super) fn group(&self) -> Result<Pid> {
        Pid::from_raw(i32::try_from(self.child.id())?).context("no such process id")
    }

    /// The process that runs `program` among those that this one has started, itself among them, once it does.
    pub(super) fn descendant(&self, program: &Path) -> Result<Pid> {
        let name = program.file_name().context("no program")?;
        let wanted = fs::canonicalize(program).ok();
        until("the program's process", USUAL, || {
            let runs = |id: &u32| {
                called(*id).is_some_and(|path| match &wanted {
                    Some(wanted) => path == *wanted,
                    None => path.file_name() == Some(name),
                })
            };
            Ok(family(self.child.id()).into_iter().find(runs))
        })
        .and_then(|id| Pid::from_raw(i32::try_from(id)?).context("no such process id"))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // The leader is not reaped yet, so its id cannot have gone to anybody else.
        if let Ok(Some(group)) = i32::try_from(self.child.id()).map(Pid::from_raw) {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// In a group of its own, and killed by the kernel when the thread that started it is gone.
fn guarded(command: &Command) -> Command {
    let mut guarded = Command::new("setpriv");
    guarded.args(["--pdeathsig", "KILL"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guarded.env(name, value),
            None => guarded.env_remove(name),
        };
    }
    guarded.process_group(0);
    guarded
}

/// The app lets nobody look at its `/proc/<id>/exe`; how it was called is there for everybody.
fn called(id: u32) -> Option<PathBuf> {
    let words = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let name = words.split(|byte| *byte == 0).next()?;
    let name = Path::new(std::str::from_utf8(name).ok()?);
    // One that was called without its folder is known by its name.
    Some(fs::canonicalize(name).unwrap_or_else(|_| name.to_owned()))
}

/// A process and everything it has started, directly or not.
pub(super) fn family(first: u32) -> Vec<u32> {
    let mut family = vec![first];
    let mut at = 0;
    while let Some(&id) = family.get(at) {
        family.extend(processes().filter(|&child| parent(child) == Some(id)));
        at += 1;
    }
    family
}

fn processes() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// The fourth field of `/proc/<id>/stat`; the second may hold spaces and ends at the last bracket.
fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

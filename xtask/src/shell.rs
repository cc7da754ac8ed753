//! Runs other programs quietly: their words go to a log, and come to the terminal only when they fail.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::place;

/// How many lines of a log an error shows, from its beginning and from its end.
const HEAD: usize = 12;
const TAIL: usize = 48;

/// What a program said and whether it was content.
#[derive(Debug)]
pub struct Said {
    pub ok: bool,
    pub text: String,
    pub log: PathBuf,
}

impl Said {
    /// What an error shows of the log: its end, and its beginning too, since npm gives the reason first and its
    /// manual afterwards.
    pub fn excerpt(&self) -> String {
        let lines: Vec<&str> = self.text.lines().filter(|line| !is_progress(line)).collect();
        if lines.len() <= HEAD + TAIL {
            return lines.join("\n");
        }
        let (head, tail) = (&lines[..HEAD], &lines[lines.len() - TAIL..]);
        format!("{}\n  …\n{}", head.join("\n"), tail.join("\n"))
    }

    /// Turns discontent into an error that carries the log's end.
    ///
    /// # Errors
    /// When the program was not content.
    pub fn or_fail(self, what: &str) -> Result<Self> {
        if self.ok {
            return Ok(self);
        }
        bail!("{}\n\n{what} did not succeed. All of it: {}", self.excerpt(), self.log.display())
    }
}

/// A command in the checkout's root, without colours and without anybody to answer questions.
pub fn command(program: impl AsRef<Path>, words: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    command
        .args(words)
        .current_dir(place::root())
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never")
        // Errors here name what they waited for; a stack only buries that.
        .env("RUST_BACKTRACE", "0")
        .env("RUST_LIB_BACKTRACE", "0");
    // `cargo xtask` runs under cargo, whose settings for this crate are not the children's.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end; both its streams land in `target/xtask/<log>.log`.
///
/// # Errors
/// When it cannot be started or the log cannot be written. A bad exit status is in [`Said::ok`].
pub fn quietly(command: &mut Command, log: &str) -> Result<Said> {
    let path = log_of(log);
    fs::create_dir_all(place::logs())?;
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    Ok(Said { ok: status.success(), text, log: path })
}

/// The file in which [`quietly`] keeps the words of this name.
pub fn log_of(name: &str) -> PathBuf {
    place::logs().join(format!("{name}.log"))
}

/// A program of the Node tool set, which Windows knows by another name.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// Is there such a program on the `PATH`?
pub fn has(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// A compiler's "still at work" lines say nothing about what went wrong.
fn is_progress(line: &str) -> bool {
    ["Compiling ", "Checking ", "Downloading ", "Downloaded "].iter().any(|word| line.trim_start().starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_where_a_log_begins_and_ends() {
        let lines: Vec<String> = (0..500).map(|number| format!("line {number}")).collect();
        let text = format!("   Compiling everything v1.0.0\n{}", lines.join("\n"));
        let shown = Said { ok: false, text, log: PathBuf::new() }.excerpt();
        assert!(shown.starts_with("line 0\n") && shown.ends_with("line 499"));
        assert_eq!(shown.lines().count(), HEAD + 1 + TAIL);
    }
}

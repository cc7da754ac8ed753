//! What happened when, one line each, for whoever looks into a deviation.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result};

use super::proxy::held;
use crate::place;

/// A file of lines with seconds since the beginning.
#[derive(Debug)]
pub(super) struct Log {
    file: Mutex<File>,
    path: PathBuf,
    began: Instant,
}

impl Log {
    /// `target/xtask/chaos/<seed>.log`, made anew.
    pub(super) fn of(seed: u64) -> Result<Self> {
        let folder = place::logs().join("chaos");
        fs::create_dir_all(&folder)?;
        Self::at(folder.join(format!("{seed}.log")))
    }

    pub(super) fn at(path: PathBuf) -> Result<Self> {
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { file: Mutex::new(file), path, began: Instant::now() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A line that cannot be written is lost; the run goes on.
    pub(super) fn write(&self, line: &str) {
        let seconds = self.began.elapsed().as_secs_f64();
        let _ = writeln!(held(&self.file), "{seconds:9.3} {line}");
    }
}

//! What people download.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{place, shell};

/// Size of the program in MB.
pub(super) fn binary() -> Result<f64> {
    megabytes(&place::program("release", "keytill"))
}

/// Size of the Debian package in MB.
pub(super) fn deb() -> Result<f64> {
    if !cfg!(target_os = "linux") {
        bail!("only on Linux");
    }
    let tauri = place::ui().join("node_modules/.bin/tauri");
    if !tauri.is_file() {
        bail!("@tauri-apps/cli is not in ui/package.json");
    }
    let mut bundle = shell::command(&tauri, &["bundle", "--ci", "--bundles", "deb"]);
    shell::quietly(&mut bundle, "deb")?.or_fail("tauri bundle")?;
    let folder = place::target().join("release/bundle/deb");
    let newest = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path: &PathBuf| path.extension().is_some_and(|end| end == "deb"))
        .max_by_key(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok())
        .context("no .deb was made")?;
    megabytes(&newest)
}

#[allow(clippy::cast_precision_loss)] // a file of 2^52 bytes is no till
fn megabytes(file: &Path) -> Result<f64> {
    Ok(fs::metadata(file).with_context(|| file.display().to_string())?.len() as f64 / 1_000_000.0)
}

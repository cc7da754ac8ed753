//! Where things lie: the checkout, the build folder, and what this program writes there.

use std::path::{Path, PathBuf};

/// The checkout's root, above this crate: the one cargo runs it from, which need not be the one it was built in.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Cargo's build folder, also when `CARGO_TARGET_DIR` moved it.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program of this workspace as cargo built it; `profile` is `debug` or `release`.
pub fn program(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Logs of the steps.
pub fn logs() -> PathBuf {
    target().join("xtask")
}

/// Screenshots.
pub fn screens() -> PathBuf {
    target().join("screens")
}

/// The page's folder.
pub fn ui() -> PathBuf {
    root().join("ui")
}

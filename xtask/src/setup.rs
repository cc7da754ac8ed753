//! A fresh Debian or Ubuntu with Rust, Node and git becomes a machine that builds and drives the till.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::{clients, place, say, shell};

/// To build: Tauri's own list without what this app has no use for (tray icons, OpenSSL).
const BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "file"];

/// To drive the real app and two browsers without a display. WebKit's own browser comes with its library. Not
/// `dbus-x11`: with it GTK starts a stray bus and keyring.
const DRIVE: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "dbus",
    "gnome-keyring",
    "openssl",
    "util-linux",
    "fonts-dejavu-core",
    "chromium",
    "chromium-driver",
    "bubblewrap",
    "openbox",
    "metacity",
    "xdotool",
    "x11-utils",
];

/// What a command needs of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Build,
    BuildAndDrive,
}

/// Makes the machine ready: system packages, then the page's packages.
///
/// # Errors
/// When a package cannot be installed, or on a system where only a person can do it.
pub fn machine(need: Need) -> Result<()> {
    say::step("system packages", || system(need).map(|said| ((), said)))?;
    say::step("page packages", || page().map(|said| ((), said)))
}

fn system(need: Need) -> Result<String> {
    if cfg!(target_os = "macos") {
        return Ok("macOS: needs `xcode-select --install`".into());
    }
    if cfg!(windows) {
        return Ok("Windows: needs MSVC build tools, WebView2".into());
    }
    let wanted: Vec<&str> = match need {
        Need::Build => BUILD.to_vec(),
        Need::BuildAndDrive => BUILD.iter().chain(DRIVE).copied().collect(),
    };
    if !shell::has("dpkg-query") {
        return Ok(format!("no apt here; wanted: {}", wanted.join(" ")));
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok("already installed".into());
    }
    apt(&["update", "-q"], "apt-update")?;
    let mut words = vec!["install", "-y", "-q", "--no-install-recommends"];
    words.extend(&missing);
    apt(&words, "apt-install")?;
    Ok(format!("installed {}", missing.len()))
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .output()
        .is_ok_and(|said| said.stdout == b"installed")
}

fn apt(words: &[&str], log: &str) -> Result<()> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout == b"0\n");
    let mut command = if root {
        shell::command("apt-get", words)
    } else if shell::has("sudo") {
        let mut sudo = shell::command("sudo", &["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo.args(words);
        sudo
    } else {
        bail!("As root: apt-get {}", words.join(" "));
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    shell::quietly(&mut command, log)?.or_fail("apt-get")?;
    Ok(())
}

/// A virtual environment in `folder` with what `requirements` names; its interpreter.
///
/// # Errors
/// When it cannot be made, or what it needs cannot be had.
pub fn python(folder: &Path, requirements: &Path) -> Result<PathBuf> {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    clients::once(folder, requirements, || {
        environment(folder)?;
        let mut pip =
            shell::command(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        pip.arg(requirements);
        shell::quietly(&mut pip, "pip-install")?.or_fail("pip install").map(drop)
    })?;
    Ok(python)
}

/// Debian keeps the part of Python that makes environments in a package of its own.
fn environment(folder: &Path) -> Result<()> {
    let make = |python: &str| {
        let mut make = shell::command(python, &["-m", "venv", "--clear"]);
        make.arg(folder);
        shell::quietly(&mut make, "python-venv")
    };
    let first = make("python3")?;
    if first.ok || !shell::has("dpkg-query") {
        return first.or_fail("python3 -m venv").map(drop);
    }
    apt(&["update", "-q"], "apt-update")?;
    apt(&["install", "-y", "-q", "--no-install-recommends", "python3-venv"], "apt-install")?;
    make("/usr/bin/python3")?.or_fail("python3 -m venv").map(drop)
}

/// `npm ci`, but only when what lies in `node_modules` is not what the lock file says.
fn page() -> Result<String> {
    let locked = packages("package-lock.json").context("ui/package-lock.json cannot be read")?;
    if packages("node_modules/.package-lock.json").is_some_and(|there| same(&locked, &there)) {
        return Ok("already installed".into());
    }
    let mut npm = shell::command(shell::npm(), &["ci", "--no-audit", "--no-fund"]);
    npm.current_dir(place::ui());
    shell::quietly(&mut npm, "npm-ci")?.or_fail("npm ci")?;
    Ok("npm ci".into())
}

type Packages = Map<String, Value>;

/// The packages a lock file of npm's names; npm keeps one of what it has installed, too.
fn packages(lock: &str) -> Option<Packages> {
    let text = fs::read(place::ui().join(lock)).ok()?;
    let mut lock: Value = serde_json::from_slice(&text).ok()?;
    match lock["packages"].take() {
        Value::Object(packages) => Some(packages),
        _ => None,
    }
}

/// Optional packages are for other systems: they may be missing, but not differ.
fn same(locked: &Packages, there: &Packages) -> bool {
    let inner = locked.iter().filter(|(path, _)| !path.is_empty());
    inner.clone().all(|(path, package)| match there.get(path) {
        Some(found) => found["version"] == package["version"] && found["integrity"] == package["integrity"],
        None => package["optional"] == true || package["devOptional"] == true,
    }) && there.keys().all(|path| locked.contains_key(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lock(value: &Value) -> Packages {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn page_packages_are_installed_again_only_when_they_differ() {
        let locked = lock(&json!({ "": { "version": "0" }, "node_modules/a": { "version": "1", "integrity": "x" },
            "node_modules/for-mac": { "version": "1", "optional": true } }));
        let table = [
            (json!({ "node_modules/a": { "version": "1", "integrity": "x" } }), true),
            (json!({ "node_modules/a": { "version": "2", "integrity": "y" } }), false),
            (json!({}), false),
            (json!({ "node_modules/a": { "version": "1", "integrity": "x" }, "node_modules/b": {} }), false),
        ];
        for (there, expected) in table {
            assert_eq!(same(&locked, &lock(&there)), expected, "{there}");
        }
    }
}

//! Sizes, names and what a clone must bring along.

use crate::house::{code, has_word, none, read, root, rust, sources};

const LONGEST: usize = 400;
const BANNED: &[&str] =
    &["common", "core", "util", "utils", "helper", "helpers", "manager", "service", "services", "misc"];

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let code = sources()
        .into_iter()
        .filter(|source| source.ends(&[".rs", ".ts", ".svelte", ".css", ".js"]) && !source.within("ui/src/bindings/"));
    none(
        "longer than 400 lines",
        code.filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > LONGEST).then(|| format!("{} has {lines}", source.path))
        }),
    );
}

#[test]
fn modules_are_named_for_what_they_know() {
    let broken = sources()
        .into_iter()
        .filter(|source| source.ends(&[".rs", ".ts", ".svelte"]))
        .filter(|source| source.path.split('/').any(|part| BANNED.contains(&part.split('.').next().unwrap_or(part))));
    none("names that say nothing", broken.map(|source| source.path));
}

#[test]
fn the_versions_of_everything_are_written_down() {
    for lock in ["Cargo.lock", "ui/package-lock.json"] {
        assert!(root().join(lock).is_file(), "{lock} is missing");
    }
    none("kept out of git", read(".gitignore").lines().filter(|line| line.contains("lock")).map(str::to_owned));
}

#[test]
fn packages_come_from_the_public_registries() {
    let cargo = read("Cargo.lock");
    let rust = cargo
        .lines()
        .filter(|line| line.starts_with("source = ") && !line.contains("github.com/rust-lang/crates.io-index"));
    // The page's lock file names no address at all: it works with any mirror, and with the checksums in it.
    let npm = read("ui/package-lock.json");
    let page = npm.lines().filter(|line| line.contains("\"resolved\""));
    none("from elsewhere", rust.chain(page).map(|line| line.trim().to_owned()));
}

#[test]
fn nothing_knows_the_machine_it_was_written_on() {
    let homes = ["work", "home", "Users", "root"].map(|name| format!("/{name}/"));
    let mut broken = Vec::new();
    for source in sources() {
        for (number, line) in source.text.lines().enumerate() {
            if homes.iter().any(|home| starts_a_path(line, home)) {
                broken.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    none("a path of one machine", broken);
}

/// The same inside a web address or a longer path is no home.
fn starts_a_path(line: &str, home: &str) -> bool {
    line.match_indices(home)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-~}*)".contains(c)))
}

/// The crates that may be `unsafe`, each in one file: the one call that macOS needs, and the C functions by which SQLite
/// reaches the disk of the proof, which no program that ships has.
const UNSAFE: [(&str, &str); 2] = [("src-tauri/macos/", "src/lib.rs"), ("crates/power-cut/", "src/vfs.rs")];

#[test]
fn every_crate_follows_the_workspaces_lints() {
    let manifests = sources().into_iter().filter(|source| source.ends(&["Cargo.toml"]));
    none(
        "no `[lints] workspace = true`",
        manifests.filter_map(|source| {
            let manifest: toml::Table = source.text.parse().unwrap();
            let excepted = UNSAFE.iter().any(|(room, _)| source.path == format!("{room}Cargo.toml"));
            let follows = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
            (follows != Some(true) && !excepted).then_some(source.path)
        }),
    );
}

#[test]
fn unsafe_code_stands_in_one_file_of_each_of_two_crates() {
    let unsafe_files = rust().into_iter().filter(|source| has_word(&code(&source.text), "unsafe"));
    let allowed = UNSAFE.map(|(room, file)| format!("{room}{file}"));
    none("unsafe outside its file", unsafe_files.map(|source| source.path).filter(|path| !allowed.contains(path)));
}

#[test]
fn only_the_proof_knows_the_unsafe_disk() {
    let users =
        sources().into_iter().filter(|source| source.ends(&["Cargo.toml"]) && source.text.contains("power-cut = "));
    none(
        "a disk that loses what it was given",
        users.map(|source| source.path).filter(|path| path != "crates/till-simulation/Cargo.toml"),
    );
}

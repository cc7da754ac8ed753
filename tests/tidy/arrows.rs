//! Who may know whom.

use crate::house::{code, has_word, none, read, rust, sources};

/// A crate, its names in code, and where alone they may stand.
const ONLY_IN: &[(&[&str], &str)] = &[
    (&["reqwest"], "crates/stripe-api/src/http.rs"),
    (&["rusqlite"], "crates/till/src/journal"),
    (&["tauri", "tauri_build", "wry", "webkit2gtk"], "src-tauri/"),
    (&["keyring", "keyring_core"], "src-tauri/src/keychain.rs"),
];

/// What proves the disk under SQLite, and the journal on it.
const PROOFS_OF_SQLITE: &[&str] = &["crates/power-cut/tests/", "crates/till-simulation/tests/"];

#[test]
fn each_heavy_library_is_known_in_one_place() {
    let mut broken = Vec::new();
    for source in rust() {
        let code = code(&source.text);
        for (names, place) in ONLY_IN {
            let used = names.iter().find(|name| uses(&code, name));
            // A crate's own tests may break what it keeps, to see whether it notices; the disk that SQLite is proved on
            // is proved with SQLite.
            let at_home = source.within(place)
                || place.strip_suffix(".rs").is_some_and(|room| source.path == format!("{room}/tests.rs"))
                || *names == ["rusqlite"] && PROOFS_OF_SQLITE.iter().any(|proof| source.within(proof))
                || place.split_once("/src").is_some_and(|(room, _)| source.within(&format!("{room}/tests/")));
            if let (Some(name), false) = (used, at_home) {
                broken.push(format!("{} uses {name}, which belongs in {place}", source.path));
            }
        }
    }
    none("a library outside its room", broken);
}

/// As the head of a path or of an import; a variable or a field may be called what it likes.
fn uses(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let head = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let rest = &code[at + name.len()..];
        let imported = code[..at].ends_with("use ") && rest.starts_with([';', ' ']);
        head && (imported || rest.starts_with("::"))
    })
}

#[test]
fn a_path_is_a_use_and_a_variable_is_none() {
    assert!(
        uses("use reqwest::Client;", "reqwest")
            && uses("let c = reqwest::get(x)", "reqwest")
            && uses("use tauri;", "tauri")
    );
    assert!(!uses("let tauri = 1; self.tauri; crate::tauri::x; tauri_x::y", "tauri"));
}

#[test]
fn each_of_those_places_exists() {
    for (_, place) in ONLY_IN {
        assert!(rust().iter().any(|source| source.within(place)), "{place} is gone: move the rule along");
    }
}

#[test]
fn only_ipc_ts_knows_tauri_in_the_page() {
    let broken = sources().into_iter().filter(|source| {
        let page = source.within("ui/src/") && source.ends(&[".ts", ".svelte", ".js"]);
        page && source.path != "ui/src/ipc.ts"
            && !source.ends(&[".test.ts"])
            && (source.text.contains("@tauri-apps") || source.text.contains("__TAURI"))
    });
    none("Tauri outside ui/src/ipc.ts", broken.map(|source| source.path));
}

#[test]
fn the_simulator_and_the_client_share_nothing() {
    none(
        "arrow between the simulator and the client",
        [
            depends("crates/stripe-simulator", "dependencies", &["stripe-api", "till"]),
            depends("crates/stripe-simulator", "dev-dependencies", &["stripe-api", "till"]),
            depends("crates/stripe-api", "dependencies", &["stripe-simulator", "till"]),
            depends("crates/till", "dependencies", &["stripe-simulator", "tauri", "reqwest"]),
        ]
        .into_iter()
        .flatten(),
    );
}

fn depends(room: &str, table: &str, on: &[&str]) -> Vec<String> {
    let manifest: toml::Table = read(&format!("{room}/Cargo.toml")).parse().unwrap();
    let known = manifest.get(table).and_then(toml::Value::as_table);
    on.iter()
        .filter(|name| known.is_some_and(|known| known.contains_key(**name)))
        .map(|name| format!("{room} has {name} in [{table}]"))
        .collect()
}

/// The files that decide about money: from facts to facts, the same every time.
const PURE: &[&str] = &["money", "sale", "payment", "refund", "entry"];
const IMPURE: &[&str] = &[
    "async",
    "await",
    "tokio",
    "SystemTime",
    "Instant",
    "rand",
    "thread_rng",
    "getrandom",
    "rusqlite",
    "Mutex",
    "println",
];

#[test]
fn the_deciding_files_know_no_async_clock_randomness_or_sql() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for source in rust() {
        let pure = PURE.iter().any(|name| {
            source.path == format!("crates/till/src/{name}.rs") || source.within(&format!("crates/till/src/{name}/"))
        });
        if pure {
            seen += 1;
            let code = code(&source.text);
            broken.extend(
                IMPURE.iter().filter(|word| has_word(&code, word)).map(|word| format!("{} knows {word}", source.path)),
            );
        }
    }
    none("a deciding file that is not pure", broken);
    assert!(seen >= 4, "the deciding files were not found");
}

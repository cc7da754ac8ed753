//! What may not be in the pages that ship.

use std::fs;
use std::path::Path;

use crate::house::{none, read, root};

/// What keys begin with; a name of one, without what comes after it, is no key.
const KEYS: &[&str] =
    &["sk_live_", "rk_live_", "pk_live_", "sk_test_", "rk_test_", "pk_test_", "whsec_", "AKIA", "ghp_"];
const WORDS: &[&str] = &["PRIVATE KEY-----", "TAURI_SIGNING", "TAURI_PRIVATE", "sourceMappingURL"];

#[test]
fn the_built_pages_hold_no_secret_and_no_way_back_to_the_source() {
    let mut texts = Vec::new();
    for folder in ["ui/dist", "ui/dist-card"] {
        files(&root().join(folder), &mut texts);
    }
    assert!(texts.len() >= 4, "`npm run build` in ui comes first");
    let broken = texts.iter().flat_map(|(path, text)| {
        let key = KEYS.iter().filter(|key| text.match_indices(**key).any(|(at, _)| goes_on(&text[at + key.len()..])));
        let words = WORDS.iter().filter(|word| text.contains(**word));
        key.chain(words).map(move |found| format!("{path} holds {found}"))
    });
    none("in the built pages", broken);
}

fn goes_on(rest: &str) -> bool {
    rest.chars().take(10).filter(char::is_ascii_alphanumeric).count() == 10
}

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            found.push((entry.path().display().to_string(), text));
        }
    }
}

#[test]
fn no_variable_but_vites_own_reaches_the_pages() {
    let config = read("ui/vite.config.ts");
    assert!(config.contains("envPrefix: \"VITE_\"") && !config.contains("TAURI_"));
}

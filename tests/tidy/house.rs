//! Reads the checkout: its files, and Rust code without comments and texts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What others made or tools wrote.
const NOT_OURS: &[&str] = &["target", "node_modules", "gen", "dist", "dist-card", ".git", ".svelte-kit", "coverage"];

/// One text file of ours; `path` is from the root, with `/`.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn ends(&self, endings: &[&str]) -> bool {
        endings.iter().any(|end| self.path.ends_with(end))
    }

    pub(crate) fn within(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

pub(crate) fn root() -> PathBuf {
    xtask::place::root()
}

/// Every text file of ours.
pub(crate) fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root(), "", &mut found);
    assert!(found.len() > 20, "the checkout was not found");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Every Rust file of ours.
pub(crate) fn rust() -> Vec<Source> {
    sources().into_iter().filter(|source| source.ends(&[".rs"])).collect()
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

fn walk(folder: &Path, path: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        // In a second work tree `.git` is a file.
        if NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), &path, found);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.push(Source { path, text });
        }
    }
}

/// Rust without comments and without what stands in texts, so that words in them break no rule.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skip = comment(rest).or_else(|| literal(rest));
        if let Some(length) = skip {
            code.extend(rest[..length].chars().filter(|&c| c == '\n'));
            code.push(' ');
            rest = &rest[length..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.starts_with("/*").then(|| rest.find("*/").map_or(rest.len(), |end| end + 2))
}

fn literal(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = hashes + 2;
            return Some(rest[body..].find(&close).map_or(rest.len(), |end| body + end + close.len()));
        }
    }
    // A character may be a quotation mark or a bracket; a lifetime has no second tick.
    if let Some(inside) = rest.strip_prefix('\'') {
        let character = inside.strip_prefix('\\').unwrap_or(inside);
        let tick = rest.len() - character.len() + character.chars().next().map_or(0, char::len_utf8);
        return rest[tick..].starts_with('\'').then_some(tick + 1);
    }
    rest.starts_with('"').then(|| closing(rest))
}

fn closing(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Does the code use this name as a whole word?
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(part) && !code[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// Fails with one line for each thing that breaks the rule.
pub(crate) fn none(rule: &str, broken: impl IntoIterator<Item = String>) {
    let broken: BTreeSet<String> = broken.into_iter().collect();
    let list: Vec<String> = broken.into_iter().collect();
    assert!(list.is_empty(), "{rule}:\n  {}", list.join("\n  "));
}

#[test]
fn comments_and_texts_are_no_code() {
    let text = "let a = \"tauri\"; // tauri\nlet b = r#\"tauri \"x\" \"#; /* tauri */ let c = ['\"', '\\'', '{']; fn f<'a>() { tauri_x(); }\n";
    assert!(!has_word(&code(text), "tauri"));
    assert!(has_word(&code(text), "tauri_x"));
    assert_eq!(code(text).matches('{').count(), 1);
    assert_eq!(code(text).lines().count(), 2);
}

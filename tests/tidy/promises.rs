//! Tests and words that would promise less than they seem to.

use crate::house::{Source, code, has_word, none, rust, sources};

fn is_test(source: &Source) -> bool {
    source.within("tests/") || source.path.contains("/tests/") || source.path.ends_with("/tests.rs")
}

/// The part of a file that is compiled for tests only.
fn test_code(source: &Source) -> String {
    let code = code(&source.text);
    if is_test(source) {
        return code;
    }
    // Only what the attribute stands over: a module or an item, not the rest of the file.
    code.match_indices("#[cfg(test)]").map(|(at, _)| item(&code[at..])).collect()
}

#[test]
fn no_test_is_ignored() {
    let rust = rust().into_iter().filter(|source| code(&source.text).contains(concat!("#[", "ignore")));
    let page = sources().into_iter().filter(|source| {
        source.ends(&[".test.ts"]) && [".skip(", ".only(", ".todo("].iter().any(|word| source.text.contains(word))
    });
    none("ignored tests", rust.chain(page).map(|source| source.path));
}

#[test]
fn no_test_sleeps() {
    let broken = rust().into_iter().filter(|source| {
        let code = test_code(source);
        has_word(&code, "sleep") || has_word(&code, "park_timeout")
    });
    none("tests that sleep", broken.map(|source| source.path));
}

#[test]
fn every_test_can_say_no() {
    let mut broken = Vec::new();
    for source in rust() {
        let code = test_code(&source).replace("#[tokio::test", "#[test]");
        for part in code.split("#[test]").skip(1) {
            let body = function(part);
            let says = ["assert", "panic!", "unwrap", "expect", "?;", "none(", ")?", "Outcome", "Result<"];
            if !says.iter().any(|word| body.contains(word)) {
                broken.push(format!("{}: {}", source.path, body.trim().lines().next().unwrap_or_default()));
            }
        }
    }
    none("tests without an assertion", broken);
}

/// From an attribute to the end of the item under it, which is a semicolon or the bracket that closes it.
fn item(code: &str) -> &str {
    match code.find(['{', ';']) {
        Some(at) if code[at..].starts_with(';') => &code[..at],
        _ => function(code),
    }
}

/// From the function's head to the bracket that closes it.
fn function(part: &str) -> &str {
    let open = part.find('{').unwrap_or(0);
    part.get(..=open + until_closed(part, part).len()).unwrap_or(part)
}

#[test]
fn no_outcome_of_the_till_is_called_failed() {
    let mut broken = Vec::new();
    for source in rust().into_iter().filter(|source| source.within("crates/till/src/")) {
        let code = code(&source.text);
        for (at, _) in code.match_indices("pub enum ") {
            let body = code[at..].split('{').nth(1).map_or("", |rest| until_closed(&code[at..], rest));
            if has_word(body, "Failed") || has_word(body, "Failure") {
                broken.push(format!("{}: {}", source.path, code[at..].lines().next().unwrap_or_default()));
            }
        }
    }
    none("it hides whether Stripe said no, we were wrong, or nobody knows", broken);
}

fn until_closed<'a>(item: &'a str, rest: &'a str) -> &'a str {
    let start = item.len() - item[item.find('{').unwrap_or(0)..].len() + 1;
    let mut depth = 1;
    for (at, c) in item[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &item[start..start + at];
        }
    }
    rest
}

//! The page's copy of [`crate::view`]: generated here, committed in `ui/src/bindings`, proven fresh.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ts_rs::{Config, TS};

use crate::doctor::Check;
use crate::view::{ActionOutcome, Authentication, CardPageView, PaymentDetail, Problem, SettingsView, TillView};

/// Everything that crosses the IPC; what they contain comes along.
fn write_all(folder: &Path) {
    let config = Config::new().with_out_dir(folder);
    TillView::export_all(&config).expect("TillView");
    CardPageView::export_all(&config).expect("CardPageView");
    SettingsView::export_all(&config).expect("SettingsView");
    PaymentDetail::export_all(&config).expect("PaymentDetail");
    Authentication::export_all(&config).expect("Authentication");
    ActionOutcome::export_all(&config).expect("ActionOutcome");
    Check::export_all(&config).expect("Check");
    Problem::export_all(&config).expect("Problem");
}

fn read_all(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.expect("a readable folder").path())
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy();
            let text = fs::read_to_string(&path).expect("a text file");
            (name.into_owned(), text)
        })
        .collect()
}

#[test]
fn the_pages_bindings_are_those_of_the_view() {
    let generated = tempfile::tempdir().expect("a temporary folder");
    write_all(generated.path());
    let wanted = read_all(generated.path());
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/bindings");
    if read_all(&committed) == wanted {
        return;
    }
    // Rewriting here makes `cargo test` the generator; being red once makes it the proof.
    fs::remove_dir_all(&committed).ok();
    fs::create_dir_all(&committed).expect("the bindings folder");
    for (name, text) in &wanted {
        fs::write(committed.join(name), text).expect("a binding");
    }
    panic!("ui/src/bindings was stale. It is rewritten now: look at it and run the test again");
}

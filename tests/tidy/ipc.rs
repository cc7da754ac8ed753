//! What a window may ask for: each command stands in one window's set, and everywhere else it has to.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{code, none, read, rust, sources};

type Names = BTreeSet<String>;

/// The commands that the shell defines.
fn defined() -> Names {
    let mut names = Names::new();
    for source in rust().into_iter().filter(|source| source.within("src-tauri/src/")) {
        let code = code(&source.text);
        for (at, _) in code.match_indices("#[tauri::command") {
            let after = code[at..].split("fn ").nth(1).expect("a function under the attribute");
            names.insert(after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap().to_owned());
        }
    }
    names
}

/// The commands of each permission, and the permissions of each set.
fn permissions() -> BTreeMap<String, Names> {
    let mut allowed = BTreeMap::new();
    let files =
        || sources().into_iter().filter(|source| source.within("src-tauri/permissions/") && source.ends(&[".toml"]));
    let tables = |name: &str| -> Vec<toml::Table> {
        files()
            .flat_map(|source| {
                let file: toml::Table = source.text.parse().unwrap();
                let list = file.get(name).and_then(toml::Value::as_array).cloned().unwrap_or_default();
                list.into_iter().filter_map(|one| one.as_table().cloned())
            })
            .collect()
    };
    for one in tables("permission") {
        let commands = strings(one["commands"].get("allow").unwrap());
        assert_eq!(commands.len(), 1, "a permission is for one command: {:?}", one["identifier"]);
        allowed.insert(one["identifier"].as_str().unwrap().to_owned(), commands);
    }
    for set in tables("set") {
        let commands = strings(&set["permissions"]).iter().flat_map(|name| allowed[name].clone()).collect();
        allowed.insert(set["identifier"].as_str().unwrap().to_owned(), commands);
    }
    allowed
}

fn strings(list: &toml::Value) -> Names {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The commands a window gets from all capabilities that name it.
fn granted(window: &str) -> Names {
    let allowed = permissions();
    let mut names = Names::new();
    for capability in capabilities() {
        let windows: Names = serde_json::from_value(capability["windows"].clone()).unwrap();
        if windows.contains(window) {
            let wanted: Names = serde_json::from_value(capability["permissions"].clone()).unwrap();
            for one in &wanted {
                names.extend(allowed.get(one).unwrap_or_else(|| panic!("{window}: {one} is not ours")).clone());
            }
        }
    }
    names
}

fn capabilities() -> Vec<serde_json::Value> {
    let files = sources().into_iter().filter(|source| source.within("src-tauri/capabilities/"));
    files
        .map(|source| serde_json::from_str(&source.text).unwrap_or_else(|problem| panic!("{}: {problem}", source.path)))
        .collect()
}

#[test]
fn every_command_is_in_exactly_one_windows_set() {
    let (till, card) = (granted("till"), granted("card"));
    none("in both windows", till.intersection(&card).cloned());
    let both: Names = till.union(&card).cloned().collect();
    assert!(!till.is_empty() && !card.is_empty());
    none("no window may call it", defined().difference(&both).cloned());
    none("permitted but not there", both.difference(&defined()).cloned());
}

#[test]
fn a_capability_names_one_window_and_no_pattern() {
    for capability in capabilities() {
        let windows: Vec<String> = serde_json::from_value(capability["windows"].clone()).unwrap();
        assert!(windows == ["till"] || windows == ["card"], "{windows:?}");
        assert!(capability.get("webviews").is_none());
    }
}

#[test]
fn no_page_has_a_command_of_tauris_own() {
    for capability in capabilities() {
        let wanted: Vec<String> = serde_json::from_value(capability["permissions"].clone()).unwrap();
        assert!(wanted == ["till"] || wanted == ["card"], "{wanted:?}: events and plugins are for nobody");
    }
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let plugins = manifest["dependencies"].as_table().unwrap().keys().filter(|name| name.starts_with("tauri-plugin-"));
    let plugins: Vec<&String> = plugins.collect();
    assert_eq!(plugins, ["tauri-plugin-single-instance"], "that one has no commands");
    let tauri = manifest["dependencies"]["tauri"]["features"].as_array().unwrap();
    assert!(tauri.is_empty(), "no developer tools in a release: {tauri:?}");
}

#[test]
fn the_card_pages_remote_address_is_the_one_it_is_handed_over_with() {
    let address = read("src-tauri/src/card_page.rs");
    for capability in capabilities().iter().filter(|capability| capability.get("remote").is_some()) {
        assert_eq!(capability["remote"]["urls"], serde_json::json!(["https://card.keytill.localhost/*"]));
        assert_eq!(capability["local"], false);
    }
    assert!(address.contains("\"https://card.keytill.localhost/\""));
}

#[test]
fn the_till_window_answers_to_no_remote_page() {
    for capability in capabilities() {
        if capability["windows"] == serde_json::json!(["till"]) {
            assert!(capability.get("remote").is_none(), "the till window is our own page only");
        }
    }
}

#[test]
fn the_page_has_a_function_for_every_command_and_no_other() {
    let page = read("ui/src/ipc.ts");
    let asked: Names = page.split(['\'', '"', '`']).skip(1).step_by(2).map(str::to_owned).collect();
    none("no function in ui/src/ipc.ts", defined().into_iter().filter(|name| !asked.contains(name)));
}

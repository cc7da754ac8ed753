//! What stands in the tree of dependencies, for every machine that tests: licences, sources and what is banned, as
//! `deny.toml` says it. cargo-deny knows more, and is asked where it is installed.

use crate::house::{none, read, root};
use serde_json::Value;
use spdx::{Expression, ParseMode};
use std::process::Command;

fn words<'a>(deny: &'a toml::Value, path: [&str; 2], name: Option<&str>) -> Vec<&'a str> {
    let list = deny[path[0]][path[1]].as_array().unwrap();
    list.iter().map(|word| name.map_or(word, |name| &word[name]).as_str().unwrap()).collect()
}

/// The tree for these systems, if every manifest can be had.
fn tree(systems: &[&str], more: &[&str]) -> Result<Value, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--locked", "--format-version", "1", "--all-features"]).args(more);
    for system in systems {
        cargo.args(["--filter-platform", system]);
    }
    let said = cargo.output().unwrap();
    if said.status.success() {
        return Ok(serde_json::from_slice(&said.stdout).unwrap());
    }
    Err(String::from_utf8_lossy(&said.stderr).into_owned())
}

fn this_system() -> String {
    let said = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(said.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// Every package for the systems that `deny.toml` names; without the internet, for this one.
fn packages(deny: &toml::Value) -> Vec<Value> {
    let tree = tree(&words(deny, ["graph", "targets"], None), &[])
        .or_else(|_| tree(&[&this_system()], &["--offline"]))
        .unwrap_or_else(|problem| panic!("{problem}"));
    let used: Vec<_> = tree["resolve"]["nodes"].as_array().unwrap().iter().map(|node| &node["id"]).collect();
    let all = tree["packages"].as_array().unwrap();
    all.iter().filter(|package| used.contains(&&package["id"])).cloned().collect()
}

#[test]
fn every_package_is_licensed_comes_from_where_it_may_and_is_not_banned() {
    let deny: toml::Value = toml::from_str(&read("deny.toml")).unwrap();
    let allowed = words(&deny, ["licenses", "allow"], None);
    let exceptions = words(&deny, ["licenses", "exceptions"], Some("crate"));
    let banned = words(&deny, ["bans", "deny"], Some("crate"));
    let places = words(&deny, ["sources", "allow-registry"], None);
    let packages = packages(&deny);
    assert!(packages.len() > 300, "{} packages", packages.len());
    let mut broken = Vec::new();
    for package in packages.iter().filter(|package| !package["source"].is_null()) {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let (name, license, source) = (text("name"), text("license"), text("source"));
        let is_fine = Expression::parse_mode(license, ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|wanted| {
                let wanted = wanted.to_string();
                allowed.contains(&wanted.as_str()) || wanted == "MPL-2.0" && exceptions.contains(&name)
            })
        });
        if !is_fine {
            broken.push(format!("{name}: {license}"));
        }
        if !places.iter().any(|place| source.strip_prefix("registry+") == Some(place)) {
            broken.push(format!("{name} comes from {source}"));
        }
        if banned.contains(&name) {
            broken.push(format!("{name} is banned"));
        }
    }
    none("against deny.toml", broken);
}

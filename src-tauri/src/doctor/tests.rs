//! One healthy till, and set-ups that are broken in one place each: the fault is named, and nothing else is.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stripe_simulator::Simulator;
use stripe_simulator::server::{Identity, Server};
use tauri::async_runtime::block_on;

use super::*;
use crate::view::KeyKind;

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A Stripe on this computer, and its address.
fn simulator(identity: Option<Identity>) -> SocketAddr {
    block_on(async {
        let server = Server::bind(any_port(), Arc::new(Mutex::new(Simulator::new(1)))).await.unwrap();
        let address = server.address();
        let server = match identity {
            Some(identity) => server.with_identity(identity),
            None => server,
        };
        tauri::async_runtime::spawn(server.run());
        address
    })
}

/// Says `answer(first line of the request)` to everybody.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(any_port()).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let _ = stream.write_all(answer(text.lines().next().unwrap_or_default()).as_bytes());
        }
    });
    address
}

fn response(status: u16, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn loopback(address: SocketAddr) -> Base {
    Base::loopback(&format!("http://{address}")).unwrap()
}

fn healthy(api: Base) -> Case {
    Case {
        mode: ModeView::Test,
        api,
        js: None,
        clock: SystemTime::now,
        settings: None,
        account: Some(AccountSettings {
            publishable_key: "pk_test_counter".to_owned(),
            key_kind: KeyKind::Restricted,
            account: None,
            name: None,
            currency: Some("usd".to_owned()),
            suggested: None,
            entry: None,
        }),
        key: Ok(Some(SecretKey::parse("rk_test_counter").unwrap())),
        keychain: None,
        room: room::Room {
            open_to_others: Vec::new(),
            free: Some(100 << 30),
            journal: Journal::Whole(7),
            closed: true,
            webview: Some("2.50".to_owned()),
        },
    }
}

/// The faults, and that no check was made twice.
fn faults(case: Case) -> Vec<(String, String)> {
    let checks = block_on(case.examine());
    let mut ids: Vec<&str> = checks.iter().map(|check| check.id.as_str()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
    let faults = checks.into_iter().filter(|check| check.outcome == Outcome::Fault);
    faults.map(|fault| (fault.id, format!("{} {}", fault.say, fault.advice.unwrap_or_default()))).collect()
}

/// One fault, at this place, in these words.
fn assert_only(case: Case, id: &str, words: &str) {
    let found = faults(case);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, id, "{found:?}");
    assert!(found[0].1.contains(words), "{found:?}");
}

#[test]
fn a_healthy_till_is_green_and_its_rights_are_listed() {
    let checks = block_on(healthy(loopback(simulator(None))).examine());
    let notable: Vec<&str> =
        checks.iter().filter(|check| check.outcome != Outcome::Ok).map(|check| check.id.as_str()).collect();
    // The recommended key may not read the account, and need not.
    assert_eq!(notable, ["rightAccount", "moto"], "{checks:#?}");
    for id in [
        "program", "dns", "tls", "stripe", "clock", "latency", "keychain", "journal", "disk", "keys", "rightPay",
        "currency",
    ] {
        assert!(checks.iter().any(|check| check.id == id), "no {id}");
    }
}

#[test]
fn a_clock_that_is_a_day_off_is_named() {
    let mut case = healthy(loopback(simulator(None)));
    case.clock = || SystemTime::now() + Duration::from_secs(86_400);
    assert_only(case, "clock", "24 hours fast");
}

#[test]
fn no_dns_is_named_and_nothing_is_concluded_from_it() {
    assert_only(healthy(Base::elsewhere("https://api.stripe.invalid").unwrap()), "dns", "no network, or no DNS");
}

#[test]
fn a_captive_portal_is_told_from_stripe() {
    let portal = answering(|_| response(200, "text/html", "<h1>Welcome to the hotel</h1>"));
    assert_only(healthy(loopback(portal)), "stripe", "captive portal");
}

#[test]
fn somebody_who_opens_the_line_is_named() {
    let address = simulator(Some(Identity::make().unwrap()));
    assert_only(healthy(Base::elsewhere(&format!("https://{address}")).unwrap()), "tls", "somebody reads along");
}

#[test]
fn a_line_that_nobody_answers_is_named() {
    let nobody = TcpListener::bind(any_port()).unwrap().local_addr().unwrap();
    assert_only(healthy(loopback(nobody)), "tls", "cannot be reached");
}

#[test]
fn a_live_key_beside_a_test_key_is_named() {
    let mut case = healthy(loopback(simulator(None)));
    case.account.as_mut().unwrap().publishable_key = "pk_live_counter".to_owned();
    assert_only(case, "keys", "one is a test key, one a live key");
}

#[test]
fn a_missing_permission_is_named_as_the_dashboard_names_it() {
    const NO: &str = r#"{"error":{"type":"invalid_request_error","message":"no permission"}}"#;
    const NONE: &str = r#"{"object":"list","url":"/v1/payment_intents","data":[],"has_more":false}"#;
    let peer = answering(|line| match line.split(' ').take(2).collect::<Vec<_>>()[..] {
        ["POST", "/v1/payment_intents"] => response(403, "application/json", NO),
        ["GET", path] if path.starts_with("/v1/payment_intents") => response(200, "application/json", NONE),
        _ => response(400, "application/json", NO),
    });
    let mut case = healthy(loopback(peer));
    case.account.as_mut().unwrap().account = None;
    let found = faults(case);
    assert!(found.iter().any(|(id, say)| id == "rightPay" && say.contains("rak_payment_intent_write")), "{found:?}");
}

#[test]
fn a_currency_that_nobody_chose_is_a_fault_and_one_that_is_converted_is_named() {
    let mut case = healthy(loopback(simulator(None)));
    case.account.as_mut().unwrap().currency = None;
    case.account.as_mut().unwrap().suggested = Some("aud".to_owned());
    assert_only(case, "currency", "AUD");
    let mut case = healthy(loopback(simulator(None)));
    case.account.as_mut().unwrap().currency = Some("aud".to_owned());
    let checks = block_on(case.examine());
    let currency = checks.iter().find(|check| check.id == "currency").unwrap();
    assert_eq!(currency.outcome, Outcome::Warn);
    assert!(currency.say.contains("charges in AUD") && currency.say.contains("out in USD"), "{currency:?}");
}

#[test]
fn settings_that_cannot_be_read_are_a_fault_and_looking_leaves_damaged_ones_where_they_are() {
    let unreadable = Problem::with(ProblemCode::SettingsUnreadable, "settings.json: Permission denied");
    assert_only(
        Case { settings: Some(unreadable), ..healthy(loopback(simulator(None))) },
        "settings",
        "Permission denied",
    );
    let outer = tempfile::tempdir().unwrap();
    std::fs::write(outer.path().join("settings.json"), "{").unwrap();
    let folder = DataFolder::named(outer.path().to_owned());
    let checks = block_on(examine(ModeView::Training, &folder, Journal::None));
    assert!(checks.iter().any(|check| check.id == "settings" && check.outcome == Outcome::Warn), "{checks:?}");
    let left: Vec<_> = std::fs::read_dir(outer.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["settings.json"]);
}

#[test]
fn a_key_that_stripe_does_not_know_is_told_from_one_that_may_not() {
    const NO: &str = r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key"}}"#;
    let peer = answering(|_| response(401, "application/json", NO));
    assert_only(healthy(loopback(peer)), "keys", "rolled or deleted");
}

#[test]
fn a_full_disk_is_named() {
    let mut case = healthy(loopback(simulator(None)));
    case.room.free = Some(1 << 20);
    assert_only(case, "disk", "1 MB left");
}

#[test]
fn a_locked_keychain_is_named() {
    let mut case = healthy(loopback(simulator(None)));
    case.key = Err(KeychainError::Locked("prompt dismissed".to_owned()));
    assert_only(case, "keychain", "Unlock it");
}

#[test]
fn each_trouble_with_the_keychain_has_its_own_sentence() {
    let text = || "x".to_owned();
    let errors = [
        KeychainError::Missing(text()),
        KeychainError::Locked(text()),
        KeychainError::Silent(keychain::PATIENCE),
        KeychainError::Denied(text()),
        KeychainError::Other(text()),
    ];
    let advice: std::collections::BTreeSet<String> = errors
        .into_iter()
        .map(|error| {
            let case = Case { keychain: Some(error), ..healthy(Base::stripe()) };
            case.password_store().advice.unwrap()
        })
        .collect();
    assert_eq!(advice.len(), 5);
}

#[test]
fn the_page_that_stands_in_the_card_window_is_looked_at() {
    let page = |origin: &str, sealed, stripe| Some(Shown { origin: origin.to_owned(), sealed, stripe });
    let ours = "https://card.keytill.localhost";
    let table = [
        (ModeView::Live, page(ours, true, true), Outcome::Ok),
        (ModeView::Live, page(ours, true, false), Outcome::Warn),
        (ModeView::Live, page(ours, false, true), Outcome::Fault),
        (ModeView::Test, page("tauri://localhost", true, true), Outcome::Fault),
        // On macOS training has Tauri's own address, and no live key.
        (ModeView::Training, page("tauri://localhost", true, true), Outcome::Ok),
        (ModeView::Live, None, Outcome::Warn),
    ];
    for (mode, page, expected) in table {
        assert_eq!(shown(mode, page.clone()).outcome, expected, "{mode:?} {page:?}");
    }
}

#[test]
fn a_damaged_journal_is_named_and_one_in_use_is_no_fault() {
    let mut case = healthy(loopback(simulator(None)));
    case.room.journal = Journal::Broken(till::journal::JournalError::Damaged("entry 7".to_owned()));
    assert_only(case, "journal", "entry 7");
    let mut case = healthy(loopback(simulator(None)));
    case.room.journal = Journal::Broken(till::journal::JournalError::InUse("live.sqlite".into()));
    assert_eq!(faults(case), []);
}

/// It would lose what happened since.
#[test]
fn nobody_is_told_to_bring_a_backup_back_over_a_journal_that_is_whole() {
    use till::journal::JournalError::{Damaged, Full, Missing};
    let file = || "live.sqlite".into();
    for (error, backup) in [(Damaged("entry 7".to_owned()), true), (Missing(file()), true), (Full, false)] {
        let room = room::Room { journal: Journal::Broken(error), ..healthy(Base::stripe()).room };
        let advice = room::examine(&room).into_iter().find(|check| check.id == "journal").unwrap().advice.unwrap();
        assert_eq!(advice.contains("backup"), backup, "{advice}");
    }
}

#[test]
fn scripts_get_json_and_people_get_lines_and_neither_gets_a_key() {
    let checks = block_on(healthy(loopback(simulator(None))).examine());
    let json: serde_json::Value = serde_json::from_str(&told(&checks, true)).unwrap();
    assert_eq!(json.as_array().unwrap().len(), checks.len());
    assert!(json[0]["id"].is_string() && json[0]["outcome"] == "ok" && json[0].get("do").is_some());
    let lines = told(&checks, false);
    assert!(lines.contains("warn  moto") && lines.lines().count() > checks.len(), "{lines}");
    assert!(!lines.contains("rk_test") && !json.to_string().contains("rk_test"));
}

/// The link in Settings asks for what is checked here, no more and no less.
#[test]
fn the_link_for_a_restricted_key_asks_for_exactly_what_the_till_needs() {
    let form = include_str!("../../../ui/src/parts/KeysForm.svelte");
    let wanted: Vec<String> = stripe_api::Right::ALL
        .iter()
        .filter_map(|right| right.permission())
        .map(|permission| format!("\"{permission}\""))
        .collect();
    assert!(form.contains(&format!("[{}]", wanted.join(", "))), "{wanted:?}");
}

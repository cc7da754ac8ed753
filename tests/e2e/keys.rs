//! The secret key: saved once, used after a restart, and nowhere else to be found.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;
use xtask::desk::{Card, Desk, Keychain, Plan};

use crate::stage::{Outcome, PUBLISHABLE, Shop, ask, at_the_door, connected, payment, save_keys, secret};

#[test]
fn a_saved_key_takes_cards_after_a_restart_and_is_nowhere_to_be_read() -> Outcome {
    let mut shop = connected()?;
    assert_no_environment_holds_the_key(&shop.desk)?;
    shop.desk.restart()?;
    shop.desk.charge("2100")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    assert_no_answer_holds_the_key(&shop)?;
    assert_no_file_holds_the_key(&shop.desk)
}

/// From the second start on nobody types the key: then it is in the app's own memory and nowhere else.
#[test]
fn the_key_is_in_no_environment_no_web_process_and_no_crash() -> Outcome {
    let mut shop = connected()?;
    shop.desk.restart()?;
    shop.desk.charge("2100")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_no_environment_holds_the_key(&shop.desk)?;
    let (mut webs, mut bytes) = (0, 0);
    for id in shop.desk.processes()? {
        if fs::read_to_string(format!("/proc/{id}/comm"))?.starts_with("WebKit") {
            webs += 1;
            bytes += assert_no_memory_holds_the_key(id)?;
        }
    }
    println!("{} MiB of {webs} web processes searched", bytes >> 20);
    assert!(webs >= 2 && bytes > 10 << 20, "{webs} web processes, {bytes} bytes");
    shop.desk.crash()?;
    assert_no_file_holds_the_key(&shop.desk)?;
    let here = fs::read_dir(".")?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert_eq!(here.filter(|name| name.starts_with("core")).collect::<Vec<_>>(), Vec::<String>::new());
    Ok(())
}

/// The app's and those of everything it has started. Only the app itself may keep its own to itself.
fn assert_no_environment_holds_the_key(desk: &Desk) -> Result<()> {
    for (nth, id) in desk.processes()?.into_iter().enumerate() {
        for file in ["environ", "cmdline"] {
            let words = fs::read(format!("/proc/{id}/{file}"));
            assert!(nth == 0 || words.is_ok(), "{file} of {id} cannot be read");
            assert!(!has_key(&words.unwrap_or_default()), "{file} of {id} holds the key");
        }
    }
    Ok(())
}

/// As it is, in two bytes a letter, in hexadecimal, or in base 64 at any place of a longer text.
fn forms() -> &'static [Vec<u8>] {
    static FORMS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let key = secret();
        let wide = key.bytes().flat_map(|byte| [byte, 0]).collect();
        let hex: Vec<String> = key.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![key.clone().into_bytes(), wide, hex.concat().into_bytes()];
        for before in 0..3 {
            let text = STANDARD_NO_PAD.encode(format!("{}{key}", &"..."[..before]));
            // The letters at both ends are made of what stands beside the key, too.
            forms.push(text.as_bytes()[2 * before..text.len() - 3].to_vec());
        }
        forms
    })
}

fn has_key(bytes: &[u8]) -> bool {
    holds(bytes, forms())
}

fn holds(bytes: &[u8], forms: &[Vec<u8>]) -> bool {
    forms.iter().any(|form| memchr::memmem::find(bytes, form).is_some())
}

/// Everything that a process can read; how much that was.
fn assert_no_memory_holds_the_key(id: u32) -> Result<u64> {
    let memory = fs::File::open(format!("/proc/{id}/mem"))?;
    let pages = fs::File::open(format!("/proc/{id}/pagemap"))?;
    let mut searched = 0;
    for line in fs::read_to_string(format!("/proc/{id}/maps"))?.lines() {
        let mut words = line.split_whitespace();
        let (Some((from, to)), Some(rights)) = (words.next().and_then(|range| range.split_once('-')), words.next())
        else {
            continue;
        };
        // Only what is written to: programs and fonts hold no keys.
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
        searched += search(&memory, &pages, from..to, id)?;
    }
    Ok(searched)
}

fn search(memory: &fs::File, pages: &fs::File, range: Range<u64>, id: u32) -> Result<u64> {
    const WINDOW: u64 = 64 << 20;
    let mut searched = 0;
    let mut at = range.start;
    while at < range.end {
        let end = range.end.min(at + WINDOW);
        for used in used(pages, at..end)? {
            // A key may lie across the seam of two stretches: some bytes more.
            let length = (used.end + 64).min(range.end) - used.start;
            let mut piece = vec![0; usize::try_from(length)?];
            if let Ok(read) = memory.read_at(&mut piece, used.start) {
                // A page's texts are of one byte a letter or of two.
                assert!(!holds(&piece[..read], &forms()[..2]), "a web process ({id}) holds the key");
                searched += read as u64;
            }
        }
        at = end;
    }
    Ok(searched)
}

/// The stretches that are in memory or swapped out: eight bytes tell of a page, and the highest of them has both bits.
/// What a process has reserved and never used, gigabytes of it, holds nothing.
fn used(pages: &fs::File, range: Range<u64>) -> Result<Vec<Range<u64>>> {
    const PAGE: u64 = 4096;
    let mut about = vec![0; usize::try_from((range.end - range.start) / PAGE * 8)?];
    let read = pages.read_at(&mut about, range.start / PAGE * 8)?;
    let mut stretches: Vec<Range<u64>> = Vec::new();
    for (number, top) in (0..).zip(about[..read].iter().skip(7).step_by(8)) {
        if top & 0xC0 == 0 {
            continue;
        }
        let start = range.start + number * PAGE;
        match stretches.last_mut() {
            Some(last) if last.end == start => last.end += PAGE,
            _ => stretches.push(start..start + PAGE),
        }
    }
    Ok(stretches)
}

#[test]
fn keys_can_be_replaced_while_a_payment_is_open() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("1500")?;
    let before = payment(&shop.desk)?;
    shop.desk.card()?.leave_by("card-close")?;
    let till = shop.desk.till()?;
    let new = json!({ "publishable": "pk_test_new", "secret": "rk_test_51TheNextOne", "fullKeyAccepted": false });
    ask(&till, "save_keys", &new)?;
    till.click("take-card")?;
    shop.desk.wait_ready()?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(payment(&shop.desk)?["reference"], before["reference"]);
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

/// Every command that looks, asked as the pages ask, and what stands in both pages.
fn assert_no_answer_holds_the_key(shop: &Shop) -> Result<()> {
    let (till, card) = (shop.desk.till()?, shop.desk.card()?);
    let sale = payment(&shop.desk)?["saleId"].clone();
    let said = [
        till.invoke("till_view", &json!({}))?,
        till.invoke("settings_view", &json!({}))?,
        till.invoke("diagnostics", &json!({}))?,
        till.invoke("payments", &json!({ "search": "", "before": null, "limit": 50 }))?,
        till.invoke("payment_detail", &json!({ "saleId": sale }))?,
        till.invoke(
            "save_keys",
            &json!({ "publishable": PUBLISHABLE, "secret": format!("{}x y", secret()), "fullKeyAccepted": true }),
        )?,
        till.invoke("charge", &json!({ "saleId": "no-such-sale", "shownTotal": 1, "sure": false }))?,
        card.invoke("card_view", &json!({}))?,
        card.invoke("authentication", &json!({ "token": "no-such-token" }))?,
    ];
    for answer in said {
        assert!(!has_key(format!("{answer:?}").as_bytes()), "an answer holds the key");
    }
    till.click("rail-settings")?;
    till.wait("[data-test=account-test][data-connected=true]")?;
    for window in [&till, &card] {
        let page =
            window.run("return document.documentElement.outerHTML + JSON.stringify({ ...localStorage })", &[])?;
        assert!(!has_key(page.to_string().as_bytes()), "a page holds the key");
    }
    Ok(())
}

/// Data, caches, logs and the app's own words. The keyring is meant to hold it, and encrypts it.
fn assert_no_file_holds_the_key(desk: &Desk) -> Result<()> {
    let mut read = 0;
    look_into(desk.home(), &mut |path, bytes| {
        read += 1;
        assert!(!has_key(bytes), "{} holds the key", path.display());
    })?;
    assert!(read > 3, "settings, journal and log are there to be searched");
    Ok(())
}

fn look_into(folder: &Path, look: &mut dyn FnMut(&Path, &[u8])) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            look_into(&entry.path(), look)?;
        } else if entry.file_type()?.is_file() {
            look(&entry.path(), &fs::read(entry.path())?);
        }
    }
    Ok(())
}

#[test]
fn wrong_keys_are_told_apart_in_words() -> Outcome {
    let shop = at_the_door()?;
    let till = shop.desk.till()?;
    till.click("door-stripe")?;
    let live = |kind: &str| [kind, "live", "51abc"].join("_");
    let wrong = [
        ("hello".to_owned(), "world".to_owned(), "notAKey", "Not a Stripe key"),
        (secret(), PUBLISHABLE.to_owned(), "keysSwapped", "Keys in the wrong fields"),
        (live("pk"), secret(), "keyModes", "One test key, one live key"),
        (live("pk"), live("sk"), "liveKeyHere", "A live key"),
    ];
    for (publishable, secret, code, words) in wrong {
        save_keys(&till, &publishable, &secret)?;
        till.wait(&format!("[data-test=problem][data-code={code}]"))?;
        assert!(till.text("problem")?.contains(words), "{code}");
    }
    till.screenshot("first-start-wrong-key")?;
    assert!(!till.shows("[data-test=charge]")?);
    Ok(())
}

#[test]
fn without_a_keychain_training_works_and_settings_say_what_is_missing() -> Outcome {
    let mut plan = Plan::from_env()?;
    plan.keychain = false;
    let desk = Desk::open(plan)?;
    desk.open_training()?;
    desk.charge("1000")?;
    desk.card()?.pay_with(Card::APPROVED)?;
    desk.wait_payment("paid")?;
    desk.next_sale()?;
    let till = desk.till()?;
    till.click("rail-settings")?;
    till.wait("[data-test=problem][data-code=keychainMissing]")?;
    assert!(till.text("problem")?.contains("no password store"));
    till.screenshot("settings-no-keychain")?;
    Ok(())
}

#[test]
fn a_keychain_that_says_nothing_keeps_neither_settings_nor_training_waiting() -> Outcome {
    let mut shop = connected()?;
    shop.desk.quit()?;
    shop.desk.keychain(Keychain::Silent)?;
    shop.desk.start()?;
    let till = shop.desk.till()?;
    till.click("rail-settings")?;
    till.wait("[data-test=problem][data-code=keychainLocked]")?;
    ask(&till, "choose_door", &json!({ "mode": "training" }))?;
    till.click("rail-sale")?;
    shop.desk.charge("1000")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")
}

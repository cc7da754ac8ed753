//! The file, and what is in it.

use super::*;
use std::fs;

fn folder(outer: &tempfile::TempDir) -> DataFolder {
    DataFolder::open(outer.path().join("data")).unwrap()
}

fn account() -> AccountSettings {
    AccountSettings {
        publishable_key: "pk_test_1".to_owned(),
        key_kind: KeyKind::Restricted,
        account: Some("acct_1".to_owned()),
        name: None,
        currency: None,
        suggested: None,
        entry: None,
    }
}

#[test]
fn settings_are_the_same_after_a_restart() {
    let outer = tempfile::tempdir().unwrap();
    let first = SettingsFile::open(folder(&outer));
    assert_eq!(first.get(), Settings::default());
    assert_eq!(first.get().mode, None);
    let changed = first
        .change(|settings| {
            settings.mode = Some(ModeView::Test);
            settings.business = "Café Größe".to_owned();
            settings.theme = ThemeView::Dark;
            settings.test = Some(account());
        })
        .unwrap();
    let second = SettingsFile::open(folder(&outer));
    assert_eq!(second.problem(), None);
    assert_eq!(second.get(), changed);
    assert_eq!(second.get().account(ModeView::Test), Some(&account()));
    assert_eq!(second.get().account(ModeView::Live), None);
}

#[test]
fn a_limit_counts_in_the_currency_that_it_was_typed_in() {
    let (usd, jpy) = (Currency::parse("usd").unwrap(), Currency::parse("jpy").unwrap());
    let mut settings = Settings::default();
    settings.choose_limit(Some(100_000), usd);
    assert_eq!((settings.limit(usd), settings.limit(jpy)), (Some(100_000), None), "not 100,000 yen");
    settings.choose_limit(None, jpy);
    assert_eq!(settings.limit(usd), Some(100_000), "saved in a mode that charges in yen");
    settings.choose_limit(None, usd);
    assert_eq!(settings.limit(usd), None);
}

#[test]
fn a_limit_without_its_currency_is_left_to_the_tills_rule() {
    for (text, limit) in [
        (r#"{"askAbove":150000}"#, None),
        (r#"{"askAbove":{"minor":5,"currency":"xxx"}}"#, None),
        (r#"{"askAbove":{"minor":5,"currency":"usd"}}"#, Some(5)),
        ("{}", None),
    ] {
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.limit(Currency::parse("usd").unwrap()), limit, "{text}");
    }
}

#[test]
fn what_a_newer_till_wrote_survives_an_older_one() {
    let outer = tempfile::tempdir().unwrap();
    let text = br#"{"tillName":"Bar","printer":{"width":80}}"#;
    folder(&outer).replace(FILE, text).unwrap();
    let file = SettingsFile::open(folder(&outer));
    assert_eq!(file.get().till_name, "Bar");
    assert_eq!(file.get().currency, "usd");
    file.change(|settings| settings.business = "Shop".to_owned()).unwrap();
    let written = folder(&outer).read(FILE).unwrap().unwrap();
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(written["printer"]["width"], 80);
}

#[test]
fn a_damaged_file_is_kept_and_said_and_the_till_starts() {
    for damaged in [&b"{"[..], b"", b"[]", b"{\"mode\":\"cash\"}", b"\0\xFF"] {
        let outer = tempfile::tempdir().unwrap();
        folder(&outer).replace(FILE, damaged).unwrap();
        let file = SettingsFile::open(folder(&outer));
        assert_eq!(file.get(), Settings::default());
        let problem = file.problem().unwrap();
        assert_eq!(problem.code, ProblemCode::SettingsDamaged);
        let aside = folder(&outer).read("settings.json.damaged-1").unwrap();
        assert_eq!(aside.unwrap(), damaged);
        file.change(|settings| settings.business = "Shop".to_owned()).unwrap();
        assert_eq!(SettingsFile::open(folder(&outer)).problem(), None);
    }
}

#[test]
fn settings_that_cannot_be_written_stay_as_they_were() {
    let outer = tempfile::tempdir().unwrap();
    let file = SettingsFile::open(folder(&outer));
    fs::remove_dir_all(outer.path().join("data")).unwrap();
    let problem = file.change(|settings| settings.business = "Shop".to_owned()).unwrap_err();
    assert_eq!(problem.code, ProblemCode::SettingsUnwritable);
    assert_eq!(file.get(), Settings::default());
}

/// Whatever keeps it from being read, it may be the till's whole set-up.
#[test]
fn a_file_that_cannot_be_read_stays_and_nothing_is_written_in_its_place() {
    let outer = tempfile::tempdir().unwrap();
    let path = folder(&outer).path().join(FILE);
    fs::create_dir(&path).unwrap();
    let file = SettingsFile::open(folder(&outer));
    let problem = file.unreadable().unwrap().clone();
    let detail = problem.detail.clone().unwrap();
    assert!(detail.contains(&path.display().to_string()) && detail.contains("read and write"), "{detail}");
    #[cfg(unix)]
    assert!(detail.contains("belongs to "), "{detail}");
    assert_eq!(file.change(|settings| settings.business = "Shop".to_owned()), Err(problem));
    assert_eq!((file.get(), path.is_dir()), (Settings::default(), true));
    assert_eq!(fs::read_dir(folder(&outer).path()).unwrap().count(), 1);
}

#[test]
fn looking_leaves_a_damaged_file_where_it_is() {
    let outer = tempfile::tempdir().unwrap();
    folder(&outer).replace(FILE, b"{").unwrap();
    for _ in 0..2 {
        let looked = SettingsFile::look(folder(&outer));
        assert_eq!(looked.problem().unwrap().code, ProblemCode::SettingsDamaged);
    }
    assert_eq!(folder(&outer).read(FILE).unwrap().unwrap(), b"{");
    assert_eq!(fs::read_dir(folder(&outer).path()).unwrap().count(), 1);
}

#[test]
fn an_account_of_an_earlier_till_is_asked_for_its_currency_and_the_old_one_is_suggested() {
    let outer = tempfile::tempdir().unwrap();
    let account = r#"{"publishableKey":"pk_test_1","keyKind":"restricted"}"#;
    let text = format!(r#"{{"mode":"test","currency":"eur","test":{account}}}"#);
    folder(&outer).replace(FILE, text.as_bytes()).unwrap();
    let file = SettingsFile::open(folder(&outer));
    let now = file.get();
    assert_eq!(now.currency(ModeView::Test), None);
    assert_eq!(now.suggested_currency(ModeView::Test).as_deref(), Some("eur"));
    assert_eq!(now.currency(ModeView::Training).map(Currency::code), Some("eur"));
    file.change(|settings| settings.choose_currency(ModeView::Test, Currency::parse("chf").unwrap())).unwrap();
    let again = SettingsFile::open(folder(&outer)).get();
    assert_eq!(again.currency(ModeView::Test).map(Currency::code), Some("chf"));
}

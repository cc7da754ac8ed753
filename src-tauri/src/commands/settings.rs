//! Doors, keys, and what the Settings screen changes.

use stripe_api::KeyMode;
use tauri::{State, Theme};
use till::card_number::holds_card_number;
use till::money::Currency;
use zeroize::Zeroizing;

use crate::account::Keys;
use crate::counter::{Counter, views};
use crate::doctor::{self, Check, Journal, Outcome};
use crate::gate::Gate;
use crate::keychain::{self, Entry};
use crate::settings::{AccountSettings, Settings};
use crate::shell::{Notice, Shell};
use crate::view::{AccountView, ModeView, Problem, ProblemCode, SettingsView, ThemeView};

/// Longer names do not fit on a receipt.
const LONGEST_NAME: usize = 80;

type Answer<T> = Result<T, Problem>;

#[tauri::command]
pub async fn settings_view(shell: State<'_, Shell>) -> Answer<SettingsView> {
    let keychain = keychain::problem().await.map(Problem::from);
    Ok(view(&shell.settings.get(), keychain))
}

/// First start, and the mode's switch; answers when the mode is open. A mode without keys is not entered.
#[tauri::command]
pub async fn choose_door(
    shell: State<'_, Shell>,
    counter: State<'_, Counter>,
    gate: State<'_, Gate>,
    mode: ModeView,
) -> Answer<()> {
    let enters_live = mode == ModeView::Live && shell.mode() != mode;
    may_enter(mode, &shell.settings.get())?;
    let ready = async {
        if enters_live {
            // Found before the first customer stands there.
            ready(self_check(&shell, &counter, &gate, mode).await)?;
        }
        Ok(())
    };
    Box::pin(counter.change_mode(mode, ready)).await
}

fn may_enter(mode: ModeView, settings: &Settings) -> Answer<()> {
    let connected = mode.keys().is_none() || settings.account(mode).is_some();
    if connected { Ok(()) } else { Err(Problem::new(ProblemCode::NoKey)) }
}

/// Whether Live may be entered. The currency is chosen inside, and nothing is charged before.
fn ready(checks: Vec<Check>) -> Answer<()> {
    let stops = |check: &Check| check.outcome == Outcome::Fault && check.id != doctor::CURRENCY;
    match checks.into_iter().find(stops) {
        None => Ok(()),
        Some(fault) => {
            let advice = fault.advice.unwrap_or_default();
            Err(Problem::with(ProblemCode::NotReady, format!("{} {advice}", fault.say)))
        }
    }
}

/// Keys are stored only after Stripe has taken them. The secret key goes to the keychain and never back.
#[tauri::command]
pub async fn save_keys(
    shell: State<'_, Shell>,
    counter: State<'_, Counter>,
    publishable: String,
    secret: String,
    full_key_accepted: bool,
) -> Answer<()> {
    let secret = Zeroizing::new(secret);
    let base = shell.stripe.base()?;
    let keys = Keys::read(&publishable, &secret, base.is_loopback())?;
    may_save(&keys, full_key_accepted)?;
    let account = keys.check(&shell.stripe.transport()?, base).await?;
    let mode = keys.mode();
    let entry = Entry::new(mode, rand::random());
    keychain::store(&entry, Zeroizing::new(secret.trim().to_owned())).await?;
    let before = shell.settings.get();
    // From here on the new pair is the till's, and until here the old one: the settings name the entry.
    if let Err(problem) = shell.settings.change(|settings| adopt(settings, mode, account, &entry)) {
        let _ = keychain::delete(&entry).await;
        return Err(problem);
    }
    counter.account_changed(mode.into()).await;
    if let Some(old) = before.account(mode.into()) {
        // It opens nothing any more that the till would open.
        let _ = keychain::delete(&Entry::named(mode, old.entry.as_deref())).await;
    }
    Ok(())
}

fn may_save(keys: &Keys, full_key_accepted: bool) -> Answer<()> {
    if keys.are_all_powerful() && !full_key_accepted { Err(Problem::new(ProblemCode::FullLiveKey)) } else { Ok(()) }
}

#[tauri::command]
pub async fn forget_keys(shell: State<'_, Shell>, counter: State<'_, Counter>, mode: ModeView) -> Answer<()> {
    let keys = mode.keys().ok_or_else(|| Problem::new(ProblemCode::NoKey))?;
    let entry = shell.settings.get().account(mode).and_then(|account| account.entry.clone());
    keychain::delete(&Entry::named(keys, entry.as_deref())).await?;
    shell.settings.change(|settings| *settings.account_slot(keys) = None)?;
    counter.account_changed(mode).await;
    Ok(())
}

#[tauri::command]
#[allow(clippy::too_many_arguments, reason = "one for each field of the screen")]
pub async fn save_till(
    shell: State<'_, Shell>,
    counter: State<'_, Counter>,
    business: String,
    till_name: String,
    theme: ThemeView,
    sticky_phone_order: bool,
    ask_above: Option<i64>,
) -> Answer<()> {
    if holds_card_number(&business) || holds_card_number(&till_name) {
        return Err(Problem::new(ProblemCode::CardNumberInText));
    }
    let mode = counter.open_mode()?;
    shell.settings.change(|settings| {
        settings.business = name(&business);
        settings.till_name = name(&till_name);
        settings.theme = theme;
        settings.sticky_phone_order = sticky_phone_order;
        if let Some(currency) = settings.currency(mode) {
            settings.choose_limit(ask_above.filter(|above| *above >= 0), currency);
        }
    })?;
    shell.app.set_theme(window_theme(theme));
    shell.tell(Notice::SettingsChanged);
    Ok(())
}

/// For the account of the mode that is open.
#[tauri::command]
pub async fn choose_currency(shell: State<'_, Shell>, counter: State<'_, Counter>, currency: String) -> Answer<()> {
    let currency = parse(&currency)?;
    let mode = counter.open_mode()?;
    may_enter(mode, &shell.settings.get())?;
    shell.settings.change(|settings| settings.choose_currency(mode, currency))?;
    shell.tell(Notice::SettingsChanged);
    Ok(())
}

fn parse(currency: &str) -> Answer<Currency> {
    Currency::parse(currency).ok_or_else(|| Problem::with(ProblemCode::Internal, "no such currency"))
}

/// Everything that has to be right, in the mode the till works in.
#[tauri::command]
pub async fn diagnostics(
    shell: State<'_, Shell>,
    counter: State<'_, Counter>,
    gate: State<'_, Gate>,
) -> Answer<Vec<Check>> {
    Ok(self_check(&shell, &counter, &gate, shell.mode()).await)
}

async fn self_check(shell: &Shell, counter: &Counter, gate: &Gate, mode: ModeView) -> Vec<Check> {
    let journal = if mode == shell.mode() { counter.verify_journal().await } else { None };
    let journal = journal.unwrap_or_else(|| Journal::look(&shell.folder, mode));
    let mut checks = doctor::examine(mode, &shell.folder, journal).await;
    if mode == shell.mode() {
        checks.push(doctor::shown(mode, shell.card_window.look().await));
    }
    checks.push(doctor::card_window(gate.counts()));
    checks
}

/// What the title bars follow; the system's choice is `None`.
pub fn window_theme(theme: ThemeView) -> Option<Theme> {
    match theme {
        ThemeView::System => None,
        ThemeView::Light => Some(Theme::Light),
        ThemeView::Dark => Some(Theme::Dark),
    }
}

fn view(settings: &Settings, keychain: Option<Problem>) -> SettingsView {
    let mode = settings.mode.unwrap_or(ModeView::Training);
    let currency = settings.currency(mode);
    SettingsView {
        mode,
        business: settings.business.clone(),
        till_name: settings.till_name.clone(),
        currency: currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
        theme: settings.theme,
        test: settings.test.as_ref().map(account_view),
        live: settings.live.as_ref().map(account_view),
        keychain,
        currencies: Currency::all().map(views::currency).collect(),
        sticky_phone_order: settings.sticky_phone_order,
        ask_above: currency.and_then(|currency| settings.limit(currency)),
    }
}

fn account_view(account: &AccountSettings) -> AccountView {
    AccountView {
        account: account.account.clone(),
        name: account.name.clone(),
        publishable_key: recognisable(&account.publishable_key),
        key_kind: account.key_kind,
        currency: account.currency.clone(),
    }
}

/// `pk_test_…Ab3d`: enough to tell two keys apart. In a file that somebody has edited anything may stand.
fn recognisable(key: &str) -> String {
    const HEAD: usize = "pk_test_".len();
    let head: String = key.chars().take(HEAD).collect();
    let tail: Vec<char> = key.chars().skip(HEAD).collect();
    let end: String = tail.iter().skip(tail.len().saturating_sub(4)).collect();
    format!("{head}…{end}")
}

/// The new pair of a mode. New keys of the same account keep its currency; of another one it is asked again.
fn adopt(settings: &mut Settings, mode: KeyMode, account: AccountSettings, entry: &Entry) {
    if settings.business.is_empty() {
        settings.business = name(account.name.as_deref().unwrap_or_default());
    }
    let slot = settings.account_slot(mode);
    let same = slot.as_ref().filter(|before| before.identity() == account.identity());
    let currency = same.and_then(|before| before.currency.clone());
    let suggested = account.suggested.clone().or_else(|| same.and_then(|before| before.suggested.clone()));
    *slot = Some(AccountSettings { currency, suggested, entry: Some(entry.name().to_owned()), ..account });
}

/// One line, not longer than a receipt is wide.
fn name(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::KeyKind;

    fn connected() -> AccountSettings {
        AccountSettings {
            publishable_key: "pk_test_51HxyzAb3d".to_owned(),
            key_kind: KeyKind::Secret,
            account: Some("acct_1".to_owned()),
            name: Some("Corner Shop".to_owned()),
            currency: None,
            suggested: Some("gbp".to_owned()),
            entry: None,
        }
    }

    fn entry(chance: u64) -> Entry {
        Entry::new(KeyMode::Test, chance)
    }

    #[test]
    fn no_account_charges_in_a_currency_that_nobody_has_chosen() {
        let mut settings = Settings { mode: Some(ModeView::Test), ..Settings::default() };
        adopt(&mut settings, KeyMode::Test, connected(), &entry(1));
        assert_eq!(settings.business, "Corner Shop");
        assert_eq!((settings.currency(ModeView::Test), settings.currency(ModeView::Live)), (None, None));
        assert_eq!(settings.suggested_currency(ModeView::Test).as_deref(), Some("gbp"));
        let seen = view(&settings, None);
        assert_eq!((seen.currency.as_str(), seen.test.unwrap().currency), ("", None));
        let eur = parse("eur").unwrap();
        settings.choose_currency(ModeView::Live, eur);
        settings.choose_currency(ModeView::Test, eur);
        assert_eq!((settings.currency(ModeView::Test), settings.live.as_ref()), (Some(eur), None));
        assert_eq!((settings.currency.as_str(), settings.suggested_currency(ModeView::Test)), ("usd", None));
    }

    #[test]
    fn new_keys_keep_what_was_chosen_for_their_account_and_for_no_other() {
        let mut settings = Settings { business: "Mine".to_owned(), ..Settings::default() };
        adopt(&mut settings, KeyMode::Test, connected(), &entry(1));
        settings.choose_currency(ModeView::Test, parse("eur").unwrap());
        let rolled = AccountSettings { publishable_key: "pk_test_2".to_owned(), ..connected() };
        adopt(&mut settings, KeyMode::Test, rolled, &entry(2));
        assert_eq!(settings.currency(ModeView::Test), Currency::parse("eur"));
        assert_eq!(settings.test.as_ref().unwrap().entry.as_deref(), Some(entry(2).name()));
        let other = AccountSettings { account: Some("acct_2".to_owned()), ..connected() };
        adopt(&mut settings, KeyMode::Test, other, &entry(3));
        assert_eq!((settings.currency(ModeView::Test), settings.business.as_str()), (None, "Mine"));
    }

    #[test]
    fn a_full_live_key_is_taken_only_after_a_warning() {
        let table = [("sk_live_1", false, true), ("sk_live_1", true, false), ("rk_live_1", false, false)];
        for (secret, warned, refused) in table {
            let keys = Keys::read("pk_live_1", secret, false).unwrap();
            let saved = may_save(&keys, warned).map_err(|problem| problem.code);
            assert_eq!(saved.is_err(), refused, "{secret} {warned}");
            assert_eq!(saved.err().unwrap_or(ProblemCode::FullLiveKey), ProblemCode::FullLiveKey);
        }
        assert!(may_save(&Keys::read("pk_test_1", "sk_test_1", false).unwrap(), false).is_ok());
    }

    #[test]
    fn a_mode_is_entered_with_keys_and_live_without_a_fault() {
        let mut settings = Settings::default();
        assert!(may_enter(ModeView::Training, &settings).is_ok());
        assert_eq!(may_enter(ModeView::Test, &settings).unwrap_err().code, ProblemCode::NoKey);
        settings.test = Some(connected());
        assert!(may_enter(ModeView::Test, &settings).is_ok());
        assert_eq!(may_enter(ModeView::Live, &settings).unwrap_err().code, ProblemCode::NoKey);
        let check = |id: &str, outcome| Check {
            id: id.to_owned(),
            outcome,
            say: "The disk is full.".to_owned(),
            advice: Some("Delete something.".to_owned()),
        };
        assert!(ready(vec![check("disk", Outcome::Ok), check("moto", Outcome::Warn)]).is_ok());
        assert!(ready(vec![check(doctor::CURRENCY, Outcome::Fault)]).is_ok(), "it is chosen inside");
        let refused = ready(vec![check("moto", Outcome::Warn), check("disk", Outcome::Fault)]).unwrap_err();
        assert_eq!(refused.code, ProblemCode::NotReady);
        assert_eq!(refused.detail.as_deref(), Some("The disk is full. Delete something."));
    }

    #[test]
    fn the_page_sees_of_a_key_what_a_person_recognises_it_by() {
        let table = [
            ("pk_test_51HxyzAb3d", "pk_test_…Ab3d"),
            ("pk_test_1", "pk_test_…1"),
            ("pk_test_", "pk_test_…"),
            ("", "…"),
            ("größer als gedacht", "größer a…acht"),
            ("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑", "🔑🔑🔑🔑🔑🔑🔑🔑…🔑🔑🔑🔑"),
        ];
        for (key, shown) in table {
            assert_eq!(recognisable(key), shown);
        }
        let mut settings = Settings::default();
        adopt(&mut settings, KeyMode::Test, connected(), &entry(1));
        let seen = serde_json::to_string(&view(&settings, None)).unwrap();
        assert!(!seen.contains("51Hxyz"), "{seen}");
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name("  Café\n\tGröße "), "Café Größe");
        assert_eq!(name(&"ä".repeat(200)).chars().count(), LONGEST_NAME);
    }
}

//! Doors, keys, and what the Settings screen changes.

use stripe_api::KeyMode;
use tauri::{State, Theme};
use till::money::Currency;
use zeroize::Zeroizing;

use crate::account::{Connected, Keys};
use crate::counter::{Counter, views};
use crate::doctor::{self, Check, Journal, Outcome};
use crate::gate::Gate;
use crate::keychain;
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

/// First start, and the mode's switch. A mode without keys is not entered.
#[tauri::command]
pub async fn choose_door(
    shell: State<'_, Shell>,
    counter: State<'_, Counter>,
    gate: State<'_, Gate>,
    mode: ModeView,
) -> Answer<()> {
    if counter.is_busy() {
        return Err(Problem::new(ProblemCode::NotNow));
    }
    let connected = mode.keys().is_none() || shell.settings.get().account(mode).is_some();
    if !connected {
        return Err(Problem::new(ProblemCode::NoKey));
    }
    if mode == ModeView::Live && shell.mode() != mode {
        let checks = self_check(&shell, &counter, &gate, mode).await;
        // Found before the first customer stands there.
        if let Some(fault) = checks.into_iter().find(|check| check.outcome == Outcome::Fault) {
            let advice = fault.advice.unwrap_or_default();
            return Err(Problem::with(ProblemCode::NotReady, format!("{} {advice}", fault.say)));
        }
    }
    shell.settings.change(|settings| settings.mode = Some(mode))?;
    shell.tell(Notice::ModeChosen(mode));
    Ok(())
}

/// Keys are stored only after Stripe has taken them. The secret key goes to the keychain and never back.
#[tauri::command]
pub async fn save_keys(
    shell: State<'_, Shell>,
    publishable: String,
    secret: String,
    full_key_accepted: bool,
) -> Answer<()> {
    let secret = Zeroizing::new(secret);
    let base = shell.stripe.base()?;
    let keys = Keys::read(&publishable, &secret, base.is_loopback())?;
    if keys.are_all_powerful() && !full_key_accepted {
        return Err(Problem::new(ProblemCode::FullLiveKey));
    }
    let connected = keys.check(&shell.stripe.transport()?, base).await?;
    keychain::store(keys.mode(), Zeroizing::new(secret.trim().to_owned())).await?;
    shell.settings.change(|settings| adopt(settings, keys.mode(), connected))?;
    shell.tell(Notice::AccountChanged(keys.mode().into()));
    Ok(())
}

#[tauri::command]
pub async fn forget_keys(shell: State<'_, Shell>, mode: ModeView) -> Answer<()> {
    let keys = mode.keys().ok_or_else(|| Problem::new(ProblemCode::NoKey))?;
    keychain::delete(keys).await?;
    shell.settings.change(|settings| *slot(settings, keys) = None)?;
    shell.tell(Notice::AccountChanged(mode));
    Ok(())
}

#[tauri::command]
pub async fn save_till(
    shell: State<'_, Shell>,
    business: String,
    till_name: String,
    currency: String,
    theme: ThemeView,
) -> Answer<()> {
    let currency =
        Currency::parse(&currency).ok_or_else(|| Problem::with(ProblemCode::Internal, "no such currency"))?;
    shell.settings.change(|settings| {
        settings.business = name(&business);
        settings.till_name = name(&till_name);
        currency.code().clone_into(&mut settings.currency);
        settings.theme = theme;
    })?;
    shell.app.set_theme(window_theme(theme));
    shell.tell(Notice::SettingsChanged);
    Ok(())
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
    SettingsView {
        mode: settings.mode.unwrap_or(ModeView::Training),
        business: settings.business.clone(),
        till_name: settings.till_name.clone(),
        currency: settings.currency.clone(),
        theme: settings.theme,
        test: settings.test.as_ref().map(account_view),
        live: settings.live.as_ref().map(account_view),
        keychain,
        currencies: Currency::all().map(views::currency).collect(),
    }
}

fn account_view(account: &AccountSettings) -> AccountView {
    AccountView {
        account: account.account.clone(),
        name: account.name.clone(),
        publishable_key: recognisable(&account.publishable_key),
        key_kind: account.key_kind,
    }
}

/// `pk_test_…Ab3d`: enough to tell two keys apart.
fn recognisable(key: &str) -> String {
    let (head, tail) = key.split_at(key.len().min("pk_test_".len()));
    let from = tail.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    format!("{head}…{}", &tail[from..])
}

/// The first account also names the business and its currency, for as long as nobody has chosen a door.
fn adopt(settings: &mut Settings, mode: KeyMode, connected: Connected) {
    if settings.business.is_empty() {
        settings.business = name(connected.account.name.as_deref().unwrap_or_default());
    }
    let currency = connected.currency.as_deref().and_then(Currency::parse);
    if let (None, Some(currency)) = (settings.mode, currency) {
        currency.code().clone_into(&mut settings.currency);
    }
    *slot(settings, mode) = Some(connected.account);
}

fn slot(settings: &mut Settings, mode: KeyMode) -> &mut Option<AccountSettings> {
    match mode {
        KeyMode::Test => &mut settings.test,
        KeyMode::Live => &mut settings.live,
    }
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

    fn connected() -> Connected {
        Connected {
            account: AccountSettings {
                publishable_key: "pk_test_51HxyzAb3d".to_owned(),
                key_kind: KeyKind::Secret,
                account: Some("acct_1".to_owned()),
                name: Some("Corner Shop".to_owned()),
            },
            currency: Some("gbp".to_owned()),
        }
    }

    #[test]
    fn the_first_account_names_the_business_and_later_ones_change_nothing_chosen() {
        let mut settings = Settings::default();
        adopt(&mut settings, KeyMode::Test, connected());
        assert_eq!((settings.business.as_str(), settings.currency.as_str()), ("Corner Shop", "gbp"));
        settings.mode = Some(ModeView::Test);
        settings.business = "Mine".to_owned();
        settings.currency = "eur".to_owned();
        adopt(&mut settings, KeyMode::Live, connected());
        assert_eq!((settings.business.as_str(), settings.currency.as_str()), ("Mine", "eur"));
        assert!(settings.test.is_some() && settings.live.is_some());
    }

    #[test]
    fn a_currency_the_till_does_not_know_is_not_adopted() {
        let mut settings = Settings::default();
        let unknown = Connected { currency: Some("xxx".to_owned()), ..connected() };
        adopt(&mut settings, KeyMode::Test, unknown);
        assert_eq!(settings.currency, "usd");
    }

    #[test]
    fn the_page_sees_of_a_key_what_a_person_recognises_it_by() {
        let table = [
            ("pk_test_51HxyzAb3d", "pk_test_…Ab3d"),
            ("pk_test_1", "pk_test_…1"),
            ("pk_test_", "pk_test_…"),
            ("", "…"),
        ];
        for (key, shown) in table {
            assert_eq!(recognisable(key), shown);
        }
        let mut settings = Settings::default();
        adopt(&mut settings, KeyMode::Test, connected());
        let seen = serde_json::to_string(&view(&settings, None)).unwrap();
        assert!(!seen.contains("51Hxyz"), "{seen}");
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name("  Café\n\tGröße "), "Café Größe");
        assert_eq!(name(&"ä".repeat(200)).chars().count(), LONGEST_NAME);
    }
}

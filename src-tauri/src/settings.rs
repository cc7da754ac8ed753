//! What the till remembers between starts, in `settings.json`. No secret is ever in it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use stripe_api::KeyMode;
use till::money::{Currency, Money};
use till::sweep::FormerId;

use crate::data_folder::DataFolder;
use crate::view::{KeyKind, ModeView, Problem, ProblemCode, ThemeView};

const FILE: &str = "settings.json";

/// The file's contents. Fields may be added; those of a newer till are kept as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// How the till takes cards; nothing until somebody has chosen a door.
    pub mode: Option<ModeView>,
    /// As it stands on receipts.
    pub business: String,
    pub till_name: String,
    /// What tells this till's payments from others' in the same account: made once, never shown.
    pub till_id: String,
    /// The ids that it had on other computers, before its folder came to this one.
    pub former_tills: Vec<FormerId>,
    /// In which training counts, lower case as Stripe writes it. Each account has its own.
    pub currency: String,
    pub theme: ThemeView,
    /// The next sale keeps the switch for phone orders.
    pub sticky_phone_order: bool,
    /// The amount above which the till asks once more, in the currency that it was typed in; none, and any other
    /// currency, is left to the till's own rule.
    #[serde(deserialize_with = "or_nothing")]
    pub ask_above: Option<Money>,
    pub test: Option<AccountSettings>,
    pub live: Option<AccountSettings>,
    /// What this version does not know.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: None,
            business: String::new(),
            till_name: "Till 1".to_owned(),
            till_id: String::new(),
            former_tills: Vec::new(),
            currency: "usd".to_owned(),
            theme: ThemeView::System,
            sticky_phone_order: false,
            ask_above: None,
            test: None,
            live: None,
            rest: serde_json::Map::new(),
        }
    }
}

impl Settings {
    /// The account connected in a mode; training has none.
    pub fn account(&self, mode: ModeView) -> Option<&AccountSettings> {
        match mode {
            ModeView::Training => None,
            ModeView::Test => self.test.as_ref(),
            ModeView::Live => self.live.as_ref(),
        }
    }

    /// The till goes on under a new id. What it made under the one before counts as its own up to now.
    pub fn begin_till(&mut self, id: String, now: i64) {
        let before = std::mem::replace(&mut self.till_id, id);
        if !before.is_empty() {
            self.former_tills.push(FormerId { id: before, until: now });
        }
    }

    /// The same, to be changed.
    pub fn account_slot(&mut self, mode: KeyMode) -> &mut Option<AccountSettings> {
        match mode {
            KeyMode::Test => &mut self.test,
            KeyMode::Live => &mut self.live,
        }
    }

    /// In which currency a mode charges. Money is never charged in one that nobody has chosen.
    pub fn currency(&self, mode: ModeView) -> Option<Currency> {
        let code = match mode {
            ModeView::Training => Some(&self.currency),
            ModeView::Test | ModeView::Live => self.account(mode)?.currency.as_ref(),
        };
        Currency::parse(code?)
    }

    /// What to preset where nobody has chosen yet.
    pub fn suggested_currency(&self, mode: ModeView) -> Option<String> {
        if self.currency(mode).is_some() { None } else { self.account(mode)?.suggested.clone() }
    }

    /// The limit that was typed for a currency, in its minor units.
    pub fn limit(&self, currency: Currency) -> Option<i64> {
        self.ask_above.filter(|above| above.currency == currency).map(|above| above.minor)
    }

    /// A person has typed a limit for a currency, or none. One that is kept for another currency stays.
    pub fn choose_limit(&mut self, minor: Option<i64>, currency: Currency) {
        match minor {
            Some(minor) => self.ask_above = Some(Money { minor, currency }),
            None if self.limit(currency).is_some() => self.ask_above = None,
            None => {}
        }
    }

    /// A person has chosen the currency of a mode; without an account there is nothing to choose.
    pub fn choose_currency(&mut self, mode: ModeView, currency: Currency) {
        let code = currency.code().to_owned();
        match mode.keys() {
            None => self.currency = code,
            Some(keys) => {
                if let Some(account) = self.account_slot(keys) {
                    account.currency = Some(code);
                }
            }
        }
    }
}

/// What cannot be read here, such as the bare number that an earlier version wrote, is as good as nothing.
fn or_nothing<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// A connected Stripe account, without its secret key: that one is in the keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountSettings {
    /// Made to be shown.
    pub publishable_key: String,
    pub key_kind: KeyKind,
    /// Stripe's `acct_…`, when the key may read it.
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    /// In which it charges; none until a person has chosen.
    #[serde(default)]
    pub currency: Option<String>,
    /// The account's own currency, as far as its key may tell.
    #[serde(default)]
    pub suggested: Option<String>,
    /// The keychain's entry that holds its secret key; none is the one that earlier tills had for the whole mode.
    #[serde(default)]
    pub entry: Option<String>,
}

impl AccountSettings {
    /// What tells the account from others: Stripe's id, or a fingerprint of its publishable key. Never empty, so that
    /// what was compared with one account's books is not taken for compared with another's.
    pub fn identity(&self) -> String {
        self.account.clone().unwrap_or_else(|| {
            let digest = Sha256::digest(self.publishable_key.as_bytes());
            let short = digest.iter().take(8).fold(0_u64, |short, byte| short << 8 | u64::from(*byte));
            format!("pk_sha256_{short:016x}")
        })
    }
}

/// The settings in memory and on disk; what is in memory is on disk.
#[derive(Debug)]
pub struct SettingsFile {
    folder: DataFolder,
    now: Mutex<Settings>,
    /// What was wrong with the file.
    problem: Option<Problem>,
}

impl SettingsFile {
    /// Reads the file to work with it. One that cannot be understood is put aside; one that cannot be read stays as it
    /// is, and nothing is written in its place.
    pub fn open(folder: DataFolder) -> Self {
        let mut file = Self::look(folder);
        let damaged = file.problem.take_if(|problem| problem.code == ProblemCode::SettingsDamaged);
        if let Some(damaged) = damaged {
            file.problem = Some(file.put_aside(damaged));
        }
        file
    }

    /// Reads the file and leaves it, whatever is in it.
    pub fn look(folder: DataFolder) -> Self {
        let (settings, problem) = match read(&folder) {
            Ok(settings) => (settings, None),
            Err(problem) => (Settings::default(), Some(problem)),
        };
        Self { folder, now: Mutex::new(settings), problem }
    }

    fn put_aside(&self, damaged: Problem) -> Problem {
        let detail = damaged.detail.unwrap_or_default();
        match self.folder.put_aside(FILE) {
            Ok(aside) => Problem::with(ProblemCode::SettingsDamaged, format!("{detail}; kept as {aside}")),
            // What cannot be kept is not overwritten either.
            Err(error) => Problem::with(ProblemCode::SettingsUnreadable, format!("{detail}; {error}")),
        }
    }

    /// What was wrong with the file at start.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// That the file is there and was not understood, so that nothing may be concluded from what is in memory.
    pub fn unreadable(&self) -> Option<&Problem> {
        self.problem.as_ref().filter(|problem| problem.code == ProblemCode::SettingsUnreadable)
    }

    /// A copy of the settings of this moment.
    pub fn get(&self) -> Settings {
        self.lock().clone()
    }

    /// Changes the settings; they are on disk when this returns.
    ///
    /// # Errors
    /// `SettingsUnwritable` or `SettingsUnreadable`, and nothing has changed.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, Problem> {
        if let Some(problem) = self.unreadable() {
            return Err(problem.clone());
        }
        let mut now = self.lock();
        let mut next = now.clone();
        change(&mut next);
        self.write(&next).map_err(|error| Problem::with(ProblemCode::SettingsUnwritable, error))?;
        *now = next.clone();
        Ok(next)
    }

    fn write(&self, settings: &Settings) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(settings)?;
        text.push(b'\n');
        self.folder.replace(FILE, &text)
    }

    /// Settings are replaced as a whole, so a panic elsewhere cannot have left them half changed.
    fn lock(&self) -> MutexGuard<'_, Settings> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(folder: &DataFolder) -> Result<Settings, Problem> {
    let bytes = folder
        .read(FILE)
        .map_err(|error| Problem::with(ProblemCode::SettingsUnreadable, folder.why_unreadable(FILE, &error)))?;
    let Some(bytes) = bytes else {
        return Ok(Settings::default());
    };
    understand(&bytes).map_err(|error| Problem::with(ProblemCode::SettingsDamaged, error))
}

/// Before each account had a currency of its own, the till had one for all: that is suggested, and a person is asked.
fn understand(bytes: &[u8]) -> serde_json::Result<Settings> {
    let mut text: Value = serde_json::from_slice(bytes)?;
    let before = text.get("currency").cloned().unwrap_or_else(|| Settings::default().currency.into());
    for mode in ["test", "live"] {
        if let Some(account) = text.get_mut(mode).and_then(Value::as_object_mut)
            && !account.contains_key("currency")
        {
            account.entry("suggested").or_insert_with(|| before.clone());
        }
    }
    serde_json::from_value(text)
}

#[cfg(test)]
mod tests;

//! What the till remembers between starts, in `settings.json`. No secret is ever in it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

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
    /// Lower case, as Stripe writes it.
    pub currency: String,
    pub theme: ThemeView,
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
            currency: "usd".to_owned(),
            theme: ThemeView::System,
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
}

/// The settings in memory and on disk; what is in memory is on disk.
#[derive(Debug)]
pub struct SettingsFile {
    folder: DataFolder,
    now: Mutex<Settings>,
    problem: Option<Problem>,
}

impl SettingsFile {
    /// Reads the file. One that cannot be understood is put aside, never overwritten.
    pub fn open(folder: DataFolder) -> Self {
        let (settings, problem) = match read(&folder) {
            Ok(settings) => (settings, None),
            Err(problem) => (Settings::default(), Some(problem)),
        };
        Self { folder, now: Mutex::new(settings), problem }
    }

    /// What was wrong with the file at start.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// A copy of the settings of this moment.
    pub fn get(&self) -> Settings {
        self.lock().clone()
    }

    /// Changes the settings; they are on disk when this returns.
    ///
    /// # Errors
    /// `SettingsUnwritable`, and nothing has changed.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, Problem> {
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
    let unreadable = |error| Problem::with(ProblemCode::SettingsDamaged, error);
    let Some(bytes) = folder.read(FILE).map_err(unreadable)? else {
        return Ok(Settings::default());
    };
    serde_json::from_slice(&bytes).or_else(|error| {
        let aside = folder.put_aside(FILE).map_err(unreadable)?;
        let detail = format!("{error}; kept as {aside}");
        Err(Problem::with(ProblemCode::SettingsDamaged, detail))
    })
}

#[cfg(test)]
mod tests {
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
}

//! The self-check: what has to be right before the first live sale, each with a sentence that says what to do.
//!
//! `keytill doctor` and Settings → Diagnostics show the same list. Nothing is changed by looking, and no money moves.

mod line;
mod rights;
mod room;
#[cfg(test)]
mod tests;

use std::time::SystemTime;

use serde::Serialize;
use stripe_api::{Base, SecretKey};
use ts_rs::TS;

use crate::account::Keys;
use crate::card_window::Shown;
use crate::connection::Stripe;
use crate::data_folder::DataFolder;
use crate::gate::Counts;
use crate::keychain::{self, Entry, KeychainError};
use crate::settings::{AccountSettings, SettingsFile};
use crate::view::{ModeView, Problem, ProblemCode};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Ok,
    /// Cards can be taken; a person should know.
    Warn,
    /// No cards before this is put right.
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Stable, for scripts.
    pub id: String,
    pub outcome: Outcome,
    pub say: String,
    /// What to do about it.
    #[serde(rename = "do")]
    pub advice: Option<String>,
}

impl Check {
    fn ok(id: &str, say: impl Into<String>) -> Self {
        Self { id: id.to_owned(), outcome: Outcome::Ok, say: say.into(), advice: None }
    }

    fn warn(id: &str, say: impl Into<String>, advice: &str) -> Self {
        Self { outcome: Outcome::Warn, advice: Some(advice.to_owned()), ..Self::ok(id, say) }
    }

    fn fault(id: &str, say: impl Into<String>, advice: &str) -> Self {
        Self { outcome: Outcome::Fault, advice: Some(advice.to_owned()), ..Self::ok(id, say) }
    }
}

/// Everything that is looked at, so that a test can put anything in its place.
#[derive(Debug)]
struct Case {
    mode: ModeView,
    api: Base,
    /// Where Stripe.js comes from; none where the card page is told by a simulator.
    js: Option<Base>,
    /// This computer's; read in the moment when Stripe's is there.
    clock: fn() -> SystemTime,
    /// What is wrong with the settings.
    settings: Option<Problem>,
    account: Option<AccountSettings>,
    key: Result<Option<SecretKey>, KeychainError>,
    /// What keeps keys from being stored, if anything.
    keychain: Option<KeychainError>,
    room: room::Room,
}

/// Looks at everything a mode needs. `journal` is what is known about it: the till has it open, or can.
pub async fn examine(mode: ModeView, folder: &DataFolder, journal: room::Journal) -> Vec<Check> {
    let file = SettingsFile::look(folder.clone());
    let settings = file.get();
    let api = match Stripe::from_environment().base() {
        Ok(base) => base.clone(),
        Err(problem) => {
            let say = problem.detail.unwrap_or_default();
            return vec![Check::fault(
                "address",
                say,
                "Start Keytill without KEYTILL_STRIPE_API to use Stripe itself.",
            )];
        }
    };
    if mode == ModeView::Live && api.is_loopback() {
        let say =
            format!("KEYTILL_STRIPE_API names {}, and real money has nothing to do with a simulator.", api.as_str());
        return vec![Check::fault("address", say, "Start Keytill without KEYTILL_STRIPE_API.")];
    }
    let keychain = keychain::problem().await;
    let key = match (mode.keys(), &keychain) {
        (None, _) => Ok(None),
        (Some(keys), None) => {
            let name = settings.account(mode).and_then(|account| account.entry.as_deref());
            keychain::load_soon(&Entry::named(keys, name)).await
        }
        (Some(_), Some(problem)) => Err(problem.clone()),
    };
    let case = Case {
        mode,
        js: if api.is_loopback() { None } else { Base::elsewhere("https://js.stripe.com").ok() },
        api,
        clock: SystemTime::now,
        settings: file.problem().cloned(),
        account: settings.account(mode).cloned(),
        key,
        keychain,
        room: room::Room::of(folder, journal),
    };
    case.examine().await
}

/// What the till finds when it has the journal in hand, and what the command line finds.
pub use room::{Journal, older};

impl Case {
    async fn examine(self) -> Vec<Check> {
        let mut checks = room::examine(&self.room);
        checks.extend(self.settings.as_ref().map(settings_file));
        checks.push(self.password_store());
        if self.mode == ModeView::Training {
            checks.push(Check::ok("stripe", "Training needs no account and no network."));
            return checks;
        }
        let line = line::examine(&self.api, self.js.as_ref(), self.clock).await;
        let reached = line.iter().all(|check| check.outcome != Outcome::Fault);
        checks.extend(line);
        checks.extend(self.keys(reached).await);
        checks.extend(self.account.as_ref().filter(|account| account.currency.is_none()).map(no_currency));
        checks
    }

    fn password_store(&self) -> Check {
        let id = "keychain";
        let error = self.keychain.as_ref().or(self.key.as_ref().err());
        let Some(error) = error else { return Check::ok(id, "This computer's password store answers.") };
        let say = format!("The secret key cannot be read: {error}.");
        let advice = match error {
            KeychainError::Locked(_) => {
                "Unlock it (log out and in again, or open the password store's own window), then look again."
            }
            KeychainError::Silent(_) => {
                "It may be asking for its password in a window of its own: answer there, or log out and in again, then look again."
            }
            KeychainError::Denied(_) => "Allow Keytill to use it in the password store's settings.",
            KeychainError::Missing(_) => {
                "Install and start one (on Linux: GNOME Keyring or KWallet, in a session with D-Bus), then start Keytill again."
            }
            KeychainError::Other(_) => "Delete the entry “keytill” there and enter the keys again in Settings.",
        };
        match self.mode {
            ModeView::Training => Check::warn(id, say, advice),
            ModeView::Test | ModeView::Live => Check::fault(id, say, advice),
        }
    }

    async fn keys(&self, reached: bool) -> Vec<Check> {
        let id = "keys";
        let enter = "Enter both keys in Settings → Stripe account.";
        let (Some(account), Ok(Some(key))) = (&self.account, &self.key) else {
            // A password store that does not answer has been told of already.
            let missing = self.key.is_ok();
            return missing.then(|| Check::fault(id, "No keys are stored for this mode.", enter)).into_iter().collect();
        };
        let keys = match Keys::pair(&account.publishable_key, key.clone(), self.api.is_loopback()) {
            Ok(keys) if Some(keys.mode()) == self.mode.keys() => keys,
            _ => {
                let say = "The publishable and the secret key are not a pair of this mode: one is a test key, one a live key.";
                return vec![Check::fault(id, say, enter)];
            }
        };
        if !reached {
            return vec![Check::warn(id, "Stripe could not be asked about the keys.", "Put the line right first.")];
        }
        rights::examine(&self.api, &keys, key, account.currency.as_deref()).await
    }
}

/// The line about the currency, which is chosen inside a mode and so keeps nobody out of it.
pub const CURRENCY: &str = "currency";

fn no_currency(account: &AccountSettings) -> Check {
    let theirs = account.suggested.as_ref().map(|code| format!(" Stripe pays it out in {}.", code.to_uppercase()));
    let say = format!("Nobody has said in which currency this account charges.{}", theirs.unwrap_or_default());
    Check::fault(CURRENCY, say, "Choose it on the till's first screen, or in Settings. Nothing is charged before.")
}

fn settings_file(problem: &Problem) -> Check {
    let detail = problem.detail.clone().unwrap_or_default();
    if problem.code == ProblemCode::SettingsDamaged {
        let advice = "At its next start the till keeps the file beside a new one, and has to be set up again.";
        return Check::warn("settings", format!("The settings cannot be understood: {detail}."), advice);
    }
    let advice = "Nothing is written to it, and no cards are taken before it can be read.";
    Check::fault("settings", format!("The settings cannot be read. {detail}"), advice)
}

/// What the card window has asked for since the start.
pub fn card_window(counts: Counts) -> Check {
    let Counts { carried_out, refused } = counts;
    let say = format!("{carried_out} calls of the card window were carried out, {refused} calls were refused.");
    if refused == 0 {
        return Check::ok("cardWindow", say);
    }
    let advice = "`refused.log` in the till's folder names them. Somebody, or something on the card page, tries more than it may.";
    Check::warn("cardWindow", say, advice)
}

/// The page that stands in the card window now; `mode` is the one it was made for.
pub fn shown(mode: ModeView, shown: Option<Shown>) -> Check {
    let id = "cardShown";
    let again = "Start the till again. If it stays so, take no cards, and pass this line on.";
    let Some(Shown { origin, sealed, stripe }) = shown else {
        return Check::warn(id, "The card window's page does not answer.", again);
    };
    if !sealed {
        return Check::fault(id, format!("The page in the card window ({origin}) is under no policy of ours."), again);
    }
    if mode != ModeView::Training && !origin.starts_with("https://") {
        let say = format!("The card window's page is at {origin}, where Stripe.js takes no live key.");
        return Check::fault(id, say, again);
    }
    if !stripe {
        return Check::warn(id, format!("The card window's page ({origin}) has no Stripe.js yet."), again);
    }
    Check::ok(id, format!("The card window shows our page at {origin}, sealed, with Stripe.js in it."))
}

/// The worst of them.
pub fn worst(checks: &[Check]) -> Outcome {
    checks.iter().map(|check| check.outcome).max().unwrap_or(Outcome::Ok)
}

/// For `keytill doctor`: lines for people, or JSON for scripts.
pub fn told(checks: &[Check], json: bool) -> String {
    if json {
        return serde_json::to_string_pretty(checks).unwrap_or_default() + "\n";
    }
    checks.iter().map(line_of).collect()
}

fn line_of(check: &Check) -> String {
    let mark = match check.outcome {
        Outcome::Ok => "ok",
        Outcome::Warn => "warn",
        Outcome::Fault => "FAULT",
    };
    let advice = check.advice.as_ref().map(|advice| format!("{:>19}{advice}\n", "→ ")).unwrap_or_default();
    format!("{mark:<5} {:<12} {}\n{advice}", check.id, check.say)
}

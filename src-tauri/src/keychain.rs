//! The operating system's keychain: the only place where a secret key is kept, and the only user of `keyring`.
//!
//! Every call may block while the system asks a person for a password, so each runs on a thread of its
//! own. The connection to the keychain is made once a process: when that goes wrong, only a restart of
//! the till tries again.

use std::time::Duration;

use keyring::Error;
use stripe_api::{KeyMode, SecretKey};
use tauri::async_runtime::spawn_blocking;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::view::{Problem, ProblemCode};

const SERVICE: &str = "keytill";

/// A keychain that has its own question to a person must not keep a script waiting, nor a screen that only looks.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Where one account's key lies. Each pair of keys gets an entry of its own, which the settings name: until they do, the
/// pair before it is whole, and another till of the same person has its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    mode: KeyMode,
    user: String,
}

impl Entry {
    /// A new one; `chance` makes it another one than any before.
    pub fn new(mode: KeyMode, chance: u64) -> Self {
        Self { mode, user: format!("{}-{chance:016x}", word(mode)) }
    }

    /// The one that the settings name; earlier tills had one for each mode and named none.
    pub fn named(mode: KeyMode, name: Option<&str>) -> Self {
        Self { mode, user: name.unwrap_or(word(mode)).to_owned() }
    }

    /// As the settings name it.
    pub fn name(&self) -> &str {
        &self.user
    }

    /// Asks for the connection first, so this may block as well.
    fn item(&self) -> keyring::Result<keyring::Entry> {
        keyring::Entry::new(SERVICE, &self.user)
    }
}

fn word(mode: KeyMode) -> &'static str {
    match mode {
        KeyMode::Test => "test",
        KeyMode::Live => "live",
    }
}

/// Why the keychain gave or took nothing. The text is for the details and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// This computer has no keychain that answers.
    #[error("no keychain answers: {0}")]
    Missing(String),
    /// It is there, and locked.
    #[error("the keychain is locked: {0}")]
    Locked(String),
    /// It is open, and the till may not have the entry.
    #[error("the keychain refused: {0}")]
    Denied(String),
    /// It may be asking a person for its password.
    #[error("the keychain has not answered for {} s", .0.as_secs())]
    Silent(Duration),
    /// Anything else, an entry that is no key among them.
    #[error("the keychain did not do it: {0}")]
    Other(String),
}

impl From<KeychainError> for Problem {
    fn from(error: KeychainError) -> Self {
        let code = match error {
            // There is no separate word for "Other": like a missing one, it cannot keep a key.
            KeychainError::Missing(_) | KeychainError::Other(_) => ProblemCode::KeychainMissing,
            KeychainError::Locked(_) | KeychainError::Silent(_) => ProblemCode::KeychainLocked,
            KeychainError::Denied(_) => ProblemCode::KeychainDenied,
        };
        Self::with(code, error)
    }
}

/// Stores the text of a key in this entry. A [`SecretKey`] does not give its text away, so it comes from where it was
/// typed.
///
/// # Errors
/// The key is not in the keychain.
pub async fn store(entry: &Entry, key: Zeroizing<String>) -> Result<(), KeychainError> {
    let entry = entry.clone();
    let stored = ask(move || entry.item()?.set_password(&key)).await?;
    stored.ok_or_else(|| KeychainError::Other("the entry vanished".to_owned()))
}

/// The key in an entry, if one is stored. The keychain may ask a person first, and nobody can wait for that: the question
/// stays asked.
///
/// # Errors
/// It is not known whether there is one, or what is stored is no key of this mode.
pub async fn load_soon(entry: &Entry) -> Result<Option<SecretKey>, KeychainError> {
    let (mode, entry) = (entry.mode, entry.clone());
    let Some(text) = soon(ask(move || entry.item()?.get_password().map(Zeroizing::new))).await? else {
        return Ok(None);
    };
    of_mode(mode, &text).map(Some)
}

fn of_mode(mode: KeyMode, text: &str) -> Result<SecretKey, KeychainError> {
    let key = SecretKey::parse(text).map_err(|error| KeychainError::Other(error.to_string()))?;
    if key.mode() == mode {
        Ok(key)
    } else {
        Err(KeychainError::Other("the entry holds a key of the other mode".to_owned()))
    }
}

/// Removes a key; none being there is as good.
///
/// # Errors
/// The key may still be in the keychain.
pub async fn delete(entry: &Entry) -> Result<(), KeychainError> {
    let entry = entry.clone();
    ask(move || entry.item()?.delete_credential()).await.map(drop)
}

/// What keeps keys from being stored at all, if anything. Does not touch any entry, so nobody is asked for a password.
pub async fn problem() -> Option<KeychainError> {
    let ready = ask(|| match keyring::Entry::store_status() {
        Ok(()) => Ok(()),
        Err(_) => Err(Error::NoDefaultStore),
    });
    soon(ready).await.err()
}

/// The call itself cannot be broken off: it stays behind on its thread.
async fn soon<T>(answer: impl Future<Output = Result<T, KeychainError>>) -> Result<T, KeychainError> {
    timeout(PATIENCE, answer).await.unwrap_or(Err(KeychainError::Silent(PATIENCE)))
}

/// Runs one call off the async threads; an absent entry is `None`.
async fn ask<T: Send + 'static>(
    call: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> Result<Option<T>, KeychainError> {
    match spawn_blocking(call).await {
        Ok(Ok(found)) => Ok(Some(found)),
        Ok(Err(Error::NoEntry)) => Ok(None),
        Ok(Err(Error::NoDefaultStore)) => Err(not_connected()),
        Ok(Err(error)) => Err(in_our_words(&error)),
        Err(_) => Err(KeychainError::Other("the call did not end".to_owned())),
    }
}

/// Why there was no connection to the keychain when the first call asked for one.
fn not_connected() -> KeychainError {
    let Err(error) = keyring::Entry::store_status() else {
        return KeychainError::Other("no connection".to_owned());
    };
    match in_our_words(error) {
        KeychainError::Other(detail) => KeychainError::Missing(detail),
        known => known,
    }
}

/// The crate's errors differ by system and partly only in their text. `Debug` of some holds what was
/// stored, so only `Display` is used, and of the known ones only.
fn in_our_words(error: &Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(cause) => no_access(cause.to_string()),
        Error::PlatformFailure(cause) => platform(cause.to_string()),
        Error::NoDefaultStore => KeychainError::Missing("no store".to_owned()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeychainError::Other("the entry holds no text".to_owned()),
        Error::Ambiguous(_) => KeychainError::Other("there are several such entries".to_owned()),
        _ => KeychainError::Other("not supported".to_owned()),
    }
}

fn no_access(cause: String) -> KeychainError {
    // The Secret Service has no login keyring to put anything into.
    if cause.contains("result not returned") {
        return KeychainError::Missing(cause);
    }
    // "prompt dismissed" is also what is said when no prompt can be shown.
    KeychainError::Locked(cause)
}

fn platform(cause: String) -> KeychainError {
    let says = |words: &[&str]| words.iter().any(|word| cause.contains(word));
    if says(&["AccessDenied", "canceled", "not correct"]) {
        return KeychainError::Denied(cause);
    }
    if says(&["IsLocked", "interaction is not allowed"]) {
        return KeychainError::Locked(cause);
    }
    if says(&["ServiceUnknown", "no secret service provider", "NameHasNoOwner"]) {
        return KeychainError::Missing(cause);
    }
    KeychainError::Other(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(text: &str) -> Box<dyn std::error::Error + Send + Sync> {
        text.into()
    }

    #[test]
    fn each_of_the_keychain_s_errors_is_said_as_what_a_person_can_do() {
        use ProblemCode::{KeychainDenied, KeychainLocked, KeychainMissing};
        let table = [
            (Error::NoStorageAccess(cause("SS error: prompt dismissed")), KeychainLocked),
            (Error::NoStorageAccess(cause("SS Error: object locked")), KeychainLocked),
            (Error::NoStorageAccess(cause("SS error: result not returned from SS API")), KeychainMissing),
            (
                Error::PlatformFailure(cause("zbus error: org.freedesktop.DBus.Error.ServiceUnknown: no")),
                KeychainMissing,
            ),
            (Error::PlatformFailure(cause("no secret service provider or dbus session found")), KeychainMissing),
            (Error::PlatformFailure(cause("zbus error: org.freedesktop.DBus.Error.AccessDenied")), KeychainDenied),
            (Error::PlatformFailure(cause("User canceled the operation.")), KeychainDenied),
            (Error::PlatformFailure(cause("something new")), KeychainMissing),
            (Error::NoDefaultStore, KeychainMissing),
        ];
        for (error, code) in table {
            let problem = Problem::from(in_our_words(&error));
            assert_eq!(problem.code, code, "{error}");
            assert!(problem.detail.is_some());
        }
    }

    #[test]
    fn a_key_of_the_other_mode_is_not_taken_for_this_ones() {
        assert!(of_mode(KeyMode::Test, "rk_test_1").is_ok());
        for (mode, text) in [(KeyMode::Test, "rk_live_1"), (KeyMode::Live, "rk_test_1"), (KeyMode::Live, "hello")] {
            let refused = of_mode(mode, text).unwrap_err();
            assert!(matches!(refused, KeychainError::Other(_)) && !refused.to_string().contains("_1"), "{refused}");
        }
    }

    #[test]
    fn a_new_pair_never_takes_the_entry_of_the_one_before() {
        let before = Entry::named(KeyMode::Live, None);
        let (first, second) = (Entry::new(KeyMode::Live, 1), Entry::new(KeyMode::Live, 2));
        assert_eq!(before.name(), "live");
        assert!(first != before && first != second);
        assert_eq!(Entry::named(KeyMode::Live, Some(first.name())), first);
    }

    #[test]
    fn what_was_stored_is_never_quoted() {
        let stored = b"sk_live_abc".to_vec();
        let errors = [
            Error::BadEncoding(stored.clone()),
            Error::BadDataFormat(stored, cause("sk_live_abc")),
            Error::BadStoreFormat("sk_live_abc".to_owned()),
            Error::Invalid("sk_live_abc".to_owned(), "sk_live_abc".to_owned()),
        ];
        for error in errors {
            let said = in_our_words(&error);
            assert!(!format!("{said} {said:?}").contains("sk_"), "{said}");
        }
    }
}

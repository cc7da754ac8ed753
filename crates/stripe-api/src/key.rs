//! Stripe's API keys: told apart by prefix, never by length, which Stripe does not promise.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

/// Which of Stripe's two separate worlds a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyMode {
    /// The sandbox: no money moves.
    Test,
    /// Real money.
    Live,
}

/// How much a secret key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// `sk_…`: everything the account can do.
    Secret,
    /// `rk_…`: only the permissions it was given. What a till should hold.
    Restricted,
}

/// Why a text is not the key that was asked for. Says what it is instead, and never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing, or only white space.
    #[error("no key was entered")]
    Empty,
    /// No prefix that Stripe uses, nothing after the prefix, or characters no key has.
    #[error("this is not a Stripe API key")]
    NotAKey,
    /// `pk_…` where a secret key belongs.
    #[error("this is a publishable key (pk_…); the secret or restricted key (sk_… or rk_…) belongs here")]
    Publishable,
    /// `sk_…` or `rk_…` where a publishable key belongs.
    #[error("this is a secret key; only the publishable key (pk_…) belongs here")]
    Secret,
    /// `whsec_…`.
    #[error("this is a webhook signing secret (whsec_…), not an API key")]
    Webhook,
    /// `ek_…`.
    #[error("this is an ephemeral key (ek_…), not an API key")]
    Ephemeral,
    /// `acct_…`.
    #[error("this is an account id (acct_…), not an API key")]
    Account,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Secret(KeyKind, KeyMode),
    Publishable(KeyMode),
}

const PREFIXES: [(&str, Prefix); 6] = [
    ("sk_test_", Prefix::Secret(KeyKind::Secret, KeyMode::Test)),
    ("sk_live_", Prefix::Secret(KeyKind::Secret, KeyMode::Live)),
    ("rk_test_", Prefix::Secret(KeyKind::Restricted, KeyMode::Test)),
    ("rk_live_", Prefix::Secret(KeyKind::Restricted, KeyMode::Live)),
    ("pk_test_", Prefix::Publishable(KeyMode::Test)),
    ("pk_live_", Prefix::Publishable(KeyMode::Live)),
];

const FOREIGN: [(&str, KeyError); 3] =
    [("whsec_", KeyError::Webhook), ("ek_", KeyError::Ephemeral), ("acct_", KeyError::Account)];

fn classify(text: &str) -> Result<Prefix, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    if let Some((_, error)) = FOREIGN.iter().find(|(prefix, _)| text.starts_with(prefix)) {
        return Err(*error);
    }
    let (rest, prefix) = PREFIXES
        .iter()
        .find_map(|(start, prefix)| Some((text.strip_prefix(start)?, *prefix)))
        .ok_or(KeyError::NotAKey)?;
    let plausible = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plausible { Ok(prefix) } else { Err(KeyError::NotAKey) }
}

/// A secret or restricted key. Wiped from memory when dropped, redacted in `Debug`, and without `Display`
/// or `Serialize`, so that it can only leave through a request's header.
#[derive(Clone)]
pub struct SecretKey {
    text: Zeroizing<String>,
    kind: KeyKind,
    mode: KeyMode,
}

impl SecretKey {
    /// Reads a key as it was typed or pasted: white space around it is forgiven.
    ///
    /// # Errors
    /// [`KeyError`] says what the text is instead.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        match classify(text)? {
            Prefix::Secret(kind, mode) => Ok(Self { text: Zeroizing::new(text.to_owned()), kind, mode }),
            Prefix::Publishable(_) => Err(KeyError::Publishable),
        }
    }

    /// Test or live, as the prefix says.
    pub fn mode(&self) -> KeyMode {
        self.mode
    }

    /// Full-power or restricted, as the prefix says.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key itself: only for the header below.
    pub(crate) fn expose(&self) -> &str {
        &self.text
    }

    /// `Bearer …`, marked sensitive so that `{:?}` of a request does not show it.
    pub(crate) fn bearer(&self) -> HeaderValue {
        let text = Zeroizing::new(format!("Bearer {}", self.expose()));
        // `classify` let only ASCII letters, digits and underscores through.
        let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"));
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({:?}, {:?}, [redacted])", self.kind, self.mode)
    }
}

/// The key the card page shows to Stripe.js. Public by design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishableKey {
    text: String,
    mode: KeyMode,
}

impl PublishableKey {
    /// Reads a key as it was typed or pasted: white space around it is forgiven.
    ///
    /// # Errors
    /// [`KeyError`] says what the text is instead.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        match classify(text)? {
            Prefix::Publishable(mode) => Ok(Self { text: text.to_owned(), mode }),
            Prefix::Secret(..) => Err(KeyError::Secret),
        }
    }

    /// Test or live, as the prefix says.
    pub fn mode(&self) -> KeyMode {
        self.mode
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_tells_its_kind_and_mode() {
        use {KeyKind as K, KeyMode as M};
        for (text, kind, mode) in [
            ("sk_test_4eC39", K::Secret, M::Test),
            ("sk_live_4eC39", K::Secret, M::Live),
            ("rk_test_x", K::Restricted, M::Test),
            ("rk_live_51H_with_underscores", K::Restricted, M::Live),
            ("  rk_live_pasted\r\n", K::Restricted, M::Live),
        ] {
            let key = SecretKey::parse(text).unwrap();
            assert_eq!((key.kind(), key.mode(), key.expose()), (kind, mode, text.trim()));
        }
    }

    #[test]
    fn what_is_not_a_secret_key_is_named() {
        for (text, error) in [
            ("", KeyError::Empty),
            (" \t\n", KeyError::Empty),
            ("pk_test_abc", KeyError::Publishable),
            ("pk_live_abc", KeyError::Publishable),
            ("whsec_abc", KeyError::Webhook),
            ("ek_test_abc", KeyError::Ephemeral),
            ("acct_1032", KeyError::Account),
            ("sk_test_", KeyError::NotAKey),
            ("sk_prod_abc", KeyError::NotAKey),
            ("SK_TEST_abc", KeyError::NotAKey),
            ("sk_test_two words", KeyError::NotAKey),
            ("sk_test_a\r\nX-Evil: 1", KeyError::NotAKey),
            ("sk_test_ключ", KeyError::NotAKey),
            ("sk_test_****", KeyError::NotAKey),
            ("4242424242424242", KeyError::NotAKey),
        ] {
            assert_eq!(SecretKey::parse(text).unwrap_err(), error, "{text:?}");
        }
    }

    #[test]
    fn a_publishable_key_is_never_a_secret_one() {
        let key = PublishableKey::parse(" pk_live_abc ").unwrap();
        assert_eq!((key.as_str(), key.mode()), ("pk_live_abc", KeyMode::Live));
        assert_eq!(PublishableKey::parse("pk_test_abc").unwrap().mode(), KeyMode::Test);
        for text in ["sk_test_abc", "sk_live_abc", "rk_test_abc", "rk_live_abc"] {
            assert_eq!(PublishableKey::parse(text).unwrap_err(), KeyError::Secret, "{text}");
        }
        assert_eq!(PublishableKey::parse("whsec_1").unwrap_err(), KeyError::Webhook);
    }

    #[test]
    fn a_secret_key_is_shown_nowhere_but_in_its_header() {
        let key = SecretKey::parse("sk_live_CANARY").unwrap();
        let header = key.bearer();
        assert_eq!(header, "Bearer sk_live_CANARY");
        assert!(header.is_sensitive());
        assert_eq!(format!("{key:?}"), "SecretKey(Secret, Live, [redacted])");
        assert!(!format!("{header:?}").contains("CANARY"));
    }
}

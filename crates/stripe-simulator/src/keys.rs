//! API keys: who is calling, and may they.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};

use crate::books::Books;
use crate::form::Group;
use crate::refusal::{Outcome, Refusal};

/// What kind of test key was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Secret or restricted: may do everything here.
    Secret,
    Publishable,
}

const NO_KEY: &str = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.";

const PUBLISHABLE: &str = "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.";

/// Finds the key in the `Authorization` header, or in the form as Stripe.js sends it, and takes it out of the form.
pub(crate) fn authenticate(headers: &HeaderMap, form: &mut Group) -> Outcome<KeyKind> {
    let in_form = form.take_text("key");
    let in_header = match headers.get(AUTHORIZATION) {
        Some(value) => Some(value.to_str().ok().and_then(read_header).ok_or_else(|| Refusal::unauthorised(NO_KEY))?),
        None => None,
    };
    let key = in_header.or(in_form).filter(|key| !key.is_empty());
    kind_of(&key.ok_or_else(|| Refusal::unauthorised(NO_KEY))?)
}

/// Whether the `Authorization` header shows a secret key.
pub(crate) fn is_secret(headers: &HeaderMap) -> bool {
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(read_header);
    shown.is_some_and(|key| kind_of(&key).is_ok_and(|kind| kind == KeyKind::Secret))
}

/// A publishable key where a secret one is needed.
pub(crate) fn secret_required() -> Box<Refusal> {
    Refusal::unauthorised(PUBLISHABLE).code("secret_key_required")
}

/// A key works for its own account only, and this Stripe has just one.
pub(crate) fn check_account(headers: &HeaderMap, books: &Books) -> Outcome<()> {
    let Some(account) = headers.get("stripe-account") else { return Ok(()) };
    let account = account.to_str().unwrap_or_default();
    if account == books.account_id() {
        return Ok(());
    }
    let key = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(read_header);
    let message = format!(
        "The provided key '{}' does not have access to account '{account}' (or that account does not exist). Application access may have been revoked.",
        redact(&key.unwrap_or_default())
    );
    Err(Refusal::invalid(message).code("account_invalid").status(StatusCode::FORBIDDEN))
}

/// A restricted key may do what a till does. The account it does not see: no permission for that is among those that a
/// link to a new key can ask for.
pub(crate) fn check_permission(headers: &HeaderMap, path: &str, books: &Books) -> Outcome<()> {
    if path != "account" || books.features.restricted_keys_read_account {
        return Ok(());
    }
    let key = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(read_header);
    let Some(key) = key.filter(|key| key.starts_with("rk_")) else { return Ok(()) };
    let message = format!(
        "The provided key '{}' does not have the required permissions for this endpoint on account '{}'. Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue.",
        redact(&key),
        books.account_id()
    );
    Err(Refusal::invalid(message).status(StatusCode::FORBIDDEN))
}

fn kind_of(key: &str) -> Outcome<KeyKind> {
    let after =
        |prefix: &str| key.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_key_byte));
    if after("sk_test_") || after("rk_test_") {
        Ok(KeyKind::Secret)
    } else if after("pk_test_") {
        Ok(KeyKind::Publishable)
    } else {
        Err(Refusal::unauthorised(format!("Invalid API Key provided: {}", redact(key))))
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The kind of the key and its last four letters: enough to recognise it, too little to use it.
fn redact(key: &str) -> String {
    let plain = key.is_ascii() && key.len() > 16;
    let prefix = ["sk_live_", "rk_live_", "pk_live_", "sk_test_", "rk_test_", "pk_test_"]
        .into_iter()
        .find(|p| key.starts_with(p));
    match prefix {
        Some(prefix) if plain => format!("{prefix}****{}", &key[key.len() - 4..]),
        Some(prefix) => format!("{prefix}****"),
        None => "****".to_owned(),
    }
}

/// `Bearer KEY`, or `Basic base64(KEY:)`.
fn read_header(value: &str) -> Option<String> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let user = String::from_utf8(base64(rest)?).ok()?;
    Some(user.split(':').next().unwrap_or_default().to_owned())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | u32::from(base64_digit(byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(out)
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(header: Option<&str>, form: &str) -> Outcome<KeyKind> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(AUTHORIZATION, header.parse().unwrap());
        }
        authenticate(&headers, &mut Group::decode(form.as_bytes()).unwrap())
    }

    #[test]
    fn keys_are_read_wherever_stripe_reads_them() {
        let cases = [
            (Some("Bearer sk_test_abc"), "", Some(KeyKind::Secret)),
            (Some("bearer rk_test_abc"), "", Some(KeyKind::Secret)),
            (Some("Basic c2tfdGVzdF9hYmM6"), "", Some(KeyKind::Secret)),
            (None, "key=pk_test_abc", Some(KeyKind::Publishable)),
            (Some("Bearer pk_test_abc"), "", Some(KeyKind::Publishable)),
            (Some("Bearer sk_live_abc"), "", None),
            (Some("Bearer sk_test_"), "", None),
            (Some("Bearer "), "", None),
            (Some("Basic !!!"), "", None),
            (Some("Digest x"), "key=pk_test_abc", None),
            (None, "", None),
        ];
        for (header, form, expected) in cases {
            assert_eq!(ask(header, form).ok(), expected, "{header:?} {form}");
        }
    }

    #[test]
    fn a_restricted_key_reads_the_account_only_where_a_test_grants_it() {
        let mut books = Books::new(1);
        let may = |key: &str, path: &str, books: &Books| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
            check_permission(&headers, path, books)
        };
        let refused = may("rk_test_0123456789abcd", "account", &books).unwrap_err();
        assert_eq!((refused.status, refused.code), (StatusCode::FORBIDDEN, None));
        let named = format!("on account '{}'. Having the 'rak_accounts_kyc_basic_read'", books.account_id());
        assert!(refused.message.contains("key 'rk_test_****abcd' does not") && refused.message.contains(&named));
        assert!(may("rk_test_0123456789abcd", "balance", &books).is_ok());
        assert!(may("sk_test_0123456789abcd", "account", &books).is_ok());
        books.features.restricted_keys_read_account = true;
        assert!(may("rk_test_0123456789abcd", "account", &books).is_ok());
    }

    #[test]
    fn a_refused_key_is_never_repeated_whole() {
        let refusal = ask(Some("Bearer sk_live_0123456789abcdef"), "").unwrap_err();
        assert_eq!(refusal.message, "Invalid API Key provided: sk_live_****cdef");
        let refusal = ask(Some("Bearer s3cret"), "").unwrap_err();
        assert!(!refusal.message.contains("s3cret"));
    }
}

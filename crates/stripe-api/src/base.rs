//! Where the API is: Stripe itself, or a simulator on this very computer.

use http::Uri;

use crate::key::KeyMode;

const STRIPE: &str = "https://api.stripe.com";

/// The scheme and authority that calls are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    origin: String,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Stripe,
    Loopback,
    /// Somewhere a key never goes.
    Elsewhere,
}

/// Why an address is refused as a loopback base. The text says what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// No URL of the form `http://host:port`.
    #[error("the address must look like http://127.0.0.1:12111")]
    NotAnAddress,
    /// Another scheme than plain `http`.
    #[error("the address of a simulator must begin with http://")]
    NotHttp,
    /// A user name or password in the address.
    #[error("the address must not contain a user name or password")]
    Credentials,
    /// A host that is not this computer.
    #[error("the address must be this computer: 127.0.0.1, [::1] or localhost")]
    NotLoopback,
    /// No port.
    #[error("the address must name a port, as in http://127.0.0.1:12111")]
    NoPort,
    /// Something after the port.
    #[error("the address must end after the port")]
    HasPath,
}

impl Base {
    /// `https://api.stripe.com`.
    pub fn stripe() -> Self {
        Self { origin: STRIPE.to_owned(), place: Place::Stripe }
    }

    /// A plain-http peer on this computer: `http://` with an address in 127.0.0.0/8, `[::1]` or `localhost`,
    /// and a port.
    ///
    /// # Errors
    /// [`BaseError`] for everything else.
    pub fn loopback(text: &str) -> Result<Self, BaseError> {
        let uri: Uri = text.trim().parse().map_err(|_| BaseError::NotAnAddress)?;
        let authority = uri.authority().ok_or(BaseError::NotAnAddress)?;
        if uri.scheme_str() != Some("http") {
            return Err(BaseError::NotHttp);
        }
        if authority.as_str().contains('@') {
            return Err(BaseError::Credentials);
        }
        let host = canonical_loopback(authority.host()).ok_or(BaseError::NotLoopback)?;
        let port = authority.port_u16().filter(|port| *port != 0).ok_or(BaseError::NoPort)?;
        if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") || text.contains('#') {
            return Err(BaseError::HasPath);
        }
        Ok(Self { origin: format!("http://{host}:{port}"), place: Place::Loopback })
    }

    /// Another https host, such as the one that Stripe.js comes from, to see whether it can be reached. No key is ever sent
    /// there: a [`crate::Client`] does not take it.
    ///
    /// # Errors
    /// [`BaseError::NotAnAddress`] for anything but `https://host` with or without a port.
    pub fn elsewhere(text: &str) -> Result<Self, BaseError> {
        let uri: Uri = text.parse().map_err(|_| BaseError::NotAnAddress)?;
        let bare = uri.path_and_query().is_none_or(|rest| rest.as_str() == "/");
        match uri.authority() {
            Some(authority) if uri.scheme_str() == Some("https") && bare && !authority.as_str().contains('@') => {
                Ok(Self { origin: format!("https://{authority}"), place: Place::Elsewhere })
            }
            _ => Err(BaseError::NotAnAddress),
        }
    }

    /// A TLS peer on this computer, which stands in for Stripe.
    #[cfg(all(test, feature = "https"))]
    pub(crate) fn impostor(port: u16) -> Self {
        Self { origin: format!("https://localhost:{port}"), place: Place::Stripe }
    }

    /// Scheme and authority, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether this is a peer on this computer, and not Stripe.
    pub fn is_loopback(&self) -> bool {
        self.place == Place::Loopback
    }

    /// Whether a key of this mode may be sent there: a live one to Stripe alone, a test one also to this computer.
    pub(crate) fn takes(&self, mode: KeyMode) -> bool {
        match self.place {
            Place::Stripe => true,
            Place::Loopback => mode == KeyMode::Test,
            Place::Elsewhere => false,
        }
    }
}

/// The host as we write it ourselves, so that no second parser can understand it differently.
fn canonical_loopback(host: &str) -> Option<String> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some("localhost".to_owned());
    }
    if let Some(v6) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let address: std::net::Ipv6Addr = v6.parse().ok()?;
        return address.is_loopback().then(|| format!("[{address}]"));
    }
    let address: std::net::Ipv4Addr = host.parse().ok()?;
    address.is_loopback().then(|| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripe_is_reached_by_https() {
        let base = Base::stripe();
        assert_eq!(base.as_str(), "https://api.stripe.com");
        assert!(!base.is_loopback());
    }

    #[test]
    fn a_peer_on_this_computer_is_accepted() {
        for (text, origin) in [
            ("http://127.0.0.1:12111", "http://127.0.0.1:12111"),
            ("http://127.8.9.10:1/", "http://127.8.9.10:1"),
            (" http://localhost:65535\n", "http://localhost:65535"),
            ("HTTP://LocalHost:80", "http://localhost:80"),
            ("http://[::1]:9", "http://[::1]:9"),
            ("http://[0:0:0:0:0:0:0:1]:9", "http://[::1]:9"),
        ] {
            let base = Base::loopback(text).unwrap();
            assert_eq!((base.as_str(), base.is_loopback()), (origin, true), "{text}");
        }
    }

    #[test]
    fn a_key_goes_to_stripe_a_test_key_to_this_computer_and_none_anywhere_else() {
        let elsewhere = Base::elsewhere("https://js.stripe.com").unwrap();
        let here = Base::loopback("http://127.0.0.1:1").unwrap();
        for (base, test, live) in [(Base::stripe(), true, true), (here, true, false), (elsewhere, false, false)] {
            assert_eq!((base.takes(KeyMode::Test), base.takes(KeyMode::Live)), (test, live), "{}", base.as_str());
        }
        for text in ["http://js.stripe.com", "https://a@js.stripe.com", "https://js.stripe.com/v3", "js.stripe.com", ""]
        {
            assert_eq!(Base::elsewhere(text), Err(BaseError::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn every_other_address_is_refused() {
        use BaseError as E;
        for (text, error) in [
            ("", E::NotAnAddress),
            ("localhost", E::NotHttp),
            ("/v1", E::NotAnAddress),
            ("not an address", E::NotAnAddress),
            ("http://", E::NotAnAddress),
            ("https://127.0.0.1:1", E::NotHttp),
            ("ftp://127.0.0.1:1", E::NotHttp),
            ("http://127.0.0.1@evil.com:80", E::Credentials),
            ("http://127.0.0.1:80@evil.com:80", E::Credentials),
            ("http://user:word@127.0.0.1:80", E::Credentials),
            ("http://localhost.evil.com:80", E::NotLoopback),
            ("http://127.0.0.1.evil.com:80", E::NotLoopback),
            ("http://evil.com:80", E::NotLoopback),
            ("http://api.stripe.com:443", E::NotLoopback),
            ("http://0.0.0.0:80", E::NotLoopback),
            ("http://128.0.0.1:80", E::NotLoopback),
            ("http://192.168.0.7:80", E::NotLoopback),
            ("http://127.1:80", E::NotLoopback),
            ("http://2130706433:80", E::NotLoopback),
            ("http://0x7f.0.0.1:80", E::NotLoopback),
            ("http://[::2]:80", E::NotLoopback),
            ("http://[::ffff:127.0.0.1]:80", E::NotLoopback),
            ("http://localhost.:80", E::NotLoopback),
            ("http://127.0.0.1", E::NoPort),
            ("http://127.0.0.1:", E::NoPort),
            ("http://127.0.0.1:0", E::NoPort),
            ("http://127.0.0.1:1/v1", E::HasPath),
            ("http://127.0.0.1:1?x", E::HasPath),
            ("http://127.0.0.1:1/#x", E::HasPath),
        ] {
            assert_eq!(Base::loopback(text), Err(error), "{text:?}");
        }
    }
}

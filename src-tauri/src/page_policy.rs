//! Each page's Content-Security-Policy. The till's stands in `tauri.conf.json` and allows nothing from
//! outside; the card page's is that one, widened by what Stripe.js needs.
//!
//! Both windows share one handler that looks at the path: on WebKitGTK the first window's handler
//! answers for all of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tauri::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use tauri::http::{Request, Response};

/// The card page's file in `frontendDist`.
pub const CARD_PAGE: &str = "card.html";

/// What Stripe asks for; `https://*.js.stripe.com` are its card fields' own hosts.
const STRIPE: [(&str, &str); 4] = [
    ("script-src", "https://js.stripe.com https://*.js.stripe.com"),
    ("frame-src", "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"),
    ("connect-src", "https://api.stripe.com https://js.stripe.com"),
    ("img-src", "https://*.stripe.com"),
];

/// Where the card page may get scripts and frames from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardPeer {
    Stripe,
    /// The simulator's `http://127.0.0.1:PORT`; then nothing of Stripe's is allowed.
    Loopback(String),
}

/// Widens the policy of the card page, and of no other.
pub fn apply(request: &Request<Vec<u8>>, response: &mut Response<Cow<'static, [u8]>>, peer: &CardPeer) {
    if request.uri().path().trim_start_matches('/') != CARD_PAGE {
        return;
    }
    let headers = response.headers_mut();
    let strict =
        headers.get(CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()).unwrap_or("default-src 'none'");
    // A policy that cannot be written down stays the strict one.
    if let Ok(value) = HeaderValue::from_str(&widened(strict, peer)) {
        headers.insert(CONTENT_SECURITY_POLICY, value);
    }
}

fn widened(strict: &str, peer: &CardPeer) -> String {
    let mut directives = parse(strict);
    for (name, stripe) in STRIPE {
        let sources = match peer {
            CardPeer::Stripe => stripe,
            CardPeer::Loopback(origin) => origin,
        };
        directives.entry(name.to_owned()).or_default().extend(sources.split_whitespace().map(str::to_owned));
    }
    // Stripe.js styles the frames it makes. A hash beside it would switch 'unsafe-inline' off.
    let styles = vec!["'self'".to_owned(), "'unsafe-inline'".to_owned()];
    directives.insert("style-src".to_owned(), styles);
    write(&directives)
}

fn parse(policy: &str) -> BTreeMap<String, Vec<String>> {
    policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace().map(str::to_owned);
            Some((words.next()?, words.collect()))
        })
        .collect()
}

fn write(directives: &BTreeMap<String, Vec<String>>) -> String {
    let directives: Vec<_> = directives.iter().map(|(name, sources)| format!("{name} {}", sources.join(" "))).collect();
    directives.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: &str =
        "default-src 'none'; script-src 'self' 'sha256-x'; style-src 'self' 'sha256-y'; connect-src ipc:";

    fn policy_of(page: &str, peer: &CardPeer) -> String {
        let request = Request::builder().uri(format!("tauri://localhost/{page}")).body(Vec::new()).unwrap();
        let mut response = Response::new(Cow::Borrowed(&b""[..]));
        let strict = HeaderValue::from_static(STRICT);
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, strict);
        apply(&request, &mut response, peer);
        let policy = &response.headers()[CONTENT_SECURITY_POLICY];
        policy.to_str().unwrap().to_owned()
    }

    #[test]
    fn only_the_card_page_may_load_anything_from_outside() {
        for page in ["", "index.html", "card.htm", "x/card.html", "assets/card.js"] {
            assert_eq!(policy_of(page, &CardPeer::Stripe), STRICT, "{page}");
        }
        let card = policy_of("card.html?x", &CardPeer::Stripe);
        let expected = "connect-src ipc: https://api.stripe.com https://js.stripe.com; default-src 'none'; \
            frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; \
            img-src https://*.stripe.com; \
            script-src 'self' 'sha256-x' https://js.stripe.com https://*.js.stripe.com; \
            style-src 'self' 'unsafe-inline'";
        assert_eq!(card, expected);
    }

    #[test]
    fn in_training_the_card_page_reaches_the_simulator_and_not_stripe() {
        let peer = CardPeer::Loopback("http://127.0.0.1:4242".to_owned());
        let card = policy_of(CARD_PAGE, &peer);
        assert!(!card.contains("stripe.com"), "{card}");
        let reachable = "script-src 'self' 'sha256-x' http://127.0.0.1:4242";
        assert!(card.contains(reachable), "{card}");
        assert!(card.contains("frame-src http://127.0.0.1:4242"), "{card}");
    }
}

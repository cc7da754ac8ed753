//! The card page as one text: built by `ui`, put into this program by `build.rs`, and given the policy of its peer.
//!
//! It has one script, allowed by its hash, and beside it Stripe's hosts or one simulator's, never both.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tauri::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use tauri::http::{Request, Response};

/// The address the page has where the system lets us choose one: https, and nobody's.
pub const ADDRESS: &str = "https://card.keytill.localhost/";

/// Its path where Tauri serves it: on Windows, and on macOS in training.
pub const FILE: &str = "card.html";

/// Whom the card page may get scripts and frames from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardPeer {
    Stripe,
    /// A simulator on this computer; then nothing of Stripe's is allowed.
    Loopback(Loopback),
}

/// Where a simulator is for the card page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loopback {
    /// `https://127.0.0.1:PORT`, or with http where a page on https may load that.
    pub origin: String,
    /// PEM. The one certificate that is taken from that address.
    pub certificate: Option<String>,
}

impl CardPeer {
    /// Where Stripe.js comes from.
    pub fn origin(&self) -> &str {
        match self {
            Self::Stripe => "https://js.stripe.com",
            Self::Loopback(loopback) => &loopback.origin,
        }
    }
}

/// The page under the policy of this peer.
pub fn text(peer: &CardPeer) -> String {
    under_policy(&built(), peer)
}

/// While Vite runs, the page is what it has built last, so that an edit shows in the next card window.
#[cfg(not(feature = "custom-protocol"))]
fn built() -> Cow<'static, str> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/dist-card/card.html");
    std::fs::read_to_string(file).map_or(Cow::Borrowed(BUILT), Cow::Owned)
}

#[cfg(feature = "custom-protocol")]
fn built() -> Cow<'static, str> {
    Cow::Borrowed(BUILT)
}

const BUILT: &str = include_str!(concat!(env!("OUT_DIR"), "/card.html"));

/// Answers for the page where Tauri serves it, with the policy as a header too, which overrules the till's.
pub fn serve(request: &Request<Vec<u8>>, response: &mut Response<Cow<'static, [u8]>>, peer: Option<&CardPeer>) {
    if request.uri().path().trim_start_matches('/') != FILE {
        return;
    }
    let page = peer.map(text).unwrap_or_default();
    let policy = peer.map_or_else(|| "default-src 'none'".to_owned(), |peer| policy(&page, peer));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // Our own words and an origin always make a header.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    *response.body_mut() = Cow::Owned(page.into_bytes());
}

fn under_policy(page: &str, peer: &CardPeer) -> String {
    let policy = format!("<head><meta http-equiv=\"Content-Security-Policy\" content=\"{}\" />", policy(page, peer));
    page.replacen("<head>", &policy, 1)
}

/// Without `ipc:` in `connect-src`: the card window's context does not know that scheme, and Tauri then passes
/// messages by the window's own handler.
fn policy(page: &str, peer: &CardPeer) -> String {
    let (scripts, frames, calls, images) = match peer {
        // What Stripe asks for; `https://*.js.stripe.com` are its card fields' own hosts.
        CardPeer::Stripe => (
            "https://js.stripe.com https://*.js.stripe.com",
            "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
            "https://api.stripe.com https://js.stripe.com",
            "https://*.stripe.com",
        ),
        CardPeer::Loopback(loopback) => {
            let origin = loopback.origin.as_str();
            (origin, origin, origin, origin)
        }
    };
    let script = script_hash(page);
    // Stripe.js styles the frames it makes; a hash beside it would switch 'unsafe-inline' off.
    format!(
        "default-src 'none'; script-src {script} {scripts}; frame-src {frames}; connect-src {calls}; \
         img-src data: {images}; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
    )
}

fn script_hash(page: &str) -> String {
    let inside = page.split_once("<script type=\"module\">").and_then(|(_, rest)| rest.split_once("</script>"));
    let script = inside.map_or("", |(script, _)| script);
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><title>x</title><script type=\"module\">alert(1)</script></head></html>";

    #[test]
    fn the_page_may_run_its_own_script_and_stripes_and_no_other() {
        let page = under_policy(PAGE, &CardPeer::Stripe);
        let expected = "<html><head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
            script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' \
            https://js.stripe.com https://*.js.stripe.com; \
            frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; \
            connect-src https://api.stripe.com https://js.stripe.com; img-src data: https://*.stripe.com; \
            style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'\" /><title>";
        assert!(page.starts_with(expected), "{page}");
    }

    #[test]
    fn in_training_the_page_reaches_the_simulator_and_not_stripe() {
        let loopback = Loopback { origin: "https://127.0.0.1:4242".to_owned(), certificate: None };
        let policy = policy(PAGE, &CardPeer::Loopback(loopback));
        assert!(!policy.contains("stripe.com"), "{policy}");
        assert!(policy.contains("frame-src https://127.0.0.1:4242;"), "{policy}");
    }

    #[test]
    fn a_served_page_is_under_the_same_policy_and_no_other_file_is_touched() {
        let ask = |path: &str, peer: Option<&CardPeer>| {
            let request = Request::builder().uri(format!("https://tauri.localhost/{path}")).body(Vec::new()).unwrap();
            let mut response = Response::new(Cow::Borrowed(&b"the till's page"[..]));
            serve(&request, &mut response, peer);
            response
        };
        let served = ask("card.html", Some(&CardPeer::Stripe));
        let expected = policy(BUILT, &CardPeer::Stripe);
        assert_eq!(served.headers()[CONTENT_SECURITY_POLICY], expected.as_str());
        assert_eq!(served.body().as_ref(), text(&CardPeer::Stripe).as_bytes());
        assert!(ask("card.html", None).body().is_empty(), "no page before there is a peer");
        assert_eq!(ask("index.html", Some(&CardPeer::Stripe)).body().as_ref(), b"the till's page");
    }

    #[test]
    fn the_built_page_is_one_script_and_asks_for_nothing_else() {
        let page = BUILT;
        assert_eq!(page.matches("<script").count(), 1, "`npm run build` in ui makes the card page");
        for outside in ["<script src", "<link", "src=\"/", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}

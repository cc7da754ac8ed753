//! Stripe.js and the pages that it frames.

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// One script of many parts, with nothing of it left lying about in the page.
macro_rules! script {
    ($($part:literal),+ $(,)?) => {
        concat!("(function () {\n'use strict';\n", $(include_str!(concat!("../assets/", $part))),+, "})();\n")
    };
}

const STRIPE_JS: &str = script!(
    "stripe/frame.js",
    "stripe/card-element.js",
    "stripe/elements.js",
    "stripe/bank.js",
    "stripe/client.js",
    "stripe/unplayed.js",
    "stripe/entry.js",
);

const CARD_JS: &str = script!(
    "card/frame.js",
    "card/numbers.js",
    "card/rules.js",
    "card/look.js",
    "card/state.js",
    "card/siblings.js",
    "card/typing.js",
    "card/sending.js",
    "card/orders.js",
);

/// Path, type, text.
const FILES: &[(&str, &str, &str)] = &[
    ("/dahlia/stripe.js", SCRIPT, STRIPE_JS),
    ("/endive/stripe.js", SCRIPT, STRIPE_JS),
    ("/v3/", SCRIPT, STRIPE_JS),
    ("/v3", SCRIPT, STRIPE_JS),
    ("/elements/card.html", PAGE, include_str!("../assets/card/card.html")),
    ("/elements/card.css", STYLE, include_str!("../assets/card/card.css")),
    ("/elements/card.js", SCRIPT, CARD_JS),
    ("/3ds/dialog.html", PAGE, include_str!("../assets/bank/dialog.html")),
    ("/3ds/dialog.js", SCRIPT, include_str!("../assets/bank/dialog.js")),
    ("/3ds/challenge.html", PAGE, include_str!("../assets/bank/challenge.html")),
    ("/3ds/challenge.js", SCRIPT, include_str!("../assets/bank/challenge.js")),
    ("/3ds/look.css", STYLE, include_str!("../assets/bank/look.css")),
];

/// The file at `path`, if it is one of ours.
pub(crate) fn serve(method: &Method, path: &str) -> Option<Response<Bytes>> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    let (_, kind, text) = FILES.iter().find(|(at, ..)| *at == path)?;
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    Some(response)
}

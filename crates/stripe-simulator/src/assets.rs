//! Stripe.js and the pages that it frames.

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// One script of three parts, with nothing of it left lying about in the page.
const STRIPE_JS: &str = concat!(
    "(function () {\n'use strict';\n",
    include_str!("../assets/stripe/frame.js"),
    include_str!("../assets/stripe/card-element.js"),
    include_str!("../assets/stripe/client.js"),
    "})();\n"
);

/// Path, type, text.
const FILES: &[(&str, &str, &str)] = &[
    ("/dahlia/stripe.js", SCRIPT, STRIPE_JS),
    ("/endive/stripe.js", SCRIPT, STRIPE_JS),
    ("/v3/", SCRIPT, STRIPE_JS),
    ("/v3", SCRIPT, STRIPE_JS),
    ("/elements/card.html", PAGE, include_str!("../assets/card.html")),
    ("/elements/card.css", STYLE, include_str!("../assets/card.css")),
    ("/elements/card.js", SCRIPT, include_str!("../assets/card.js")),
    ("/elements/card-look.js", SCRIPT, include_str!("../assets/card-look.js")),
    ("/3ds/dialog.html", PAGE, include_str!("../assets/dialog.html")),
    ("/3ds/dialog.js", SCRIPT, include_str!("../assets/dialog.js")),
    ("/3ds/challenge.html", PAGE, include_str!("../assets/challenge.html")),
    ("/3ds/challenge.js", SCRIPT, include_str!("../assets/challenge.js")),
    ("/3ds/look.css", STYLE, include_str!("../assets/3ds.css")),
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

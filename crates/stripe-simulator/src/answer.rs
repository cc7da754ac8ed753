//! Writing answers: pretty-printed JSON under Stripe's headers.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::Serializer;

use crate::books::Books;
use crate::calendar;
use crate::expand::Expand;
use crate::payment_intents::IntentView;
use crate::payment_methods::MethodView;
use crate::pretty::Pretty;
use crate::refusal::{ErrorView, Refusal};
use crate::setup_intents::SetupView;

/// Spoken when a request names no version.
pub(crate) const API_VERSION: &str = "2026-07-29.dahlia";

/// Headers that a page may read.
const EXPOSED: &str = "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required";

thread_local! {
    /// Where answers are written before their length is known: growing a new one each time costs more than copying.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Any view as Stripe prints it.
pub(crate) fn json(view: &impl Serialize) -> Vec<u8> {
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        let _ = view.serialize(&mut Serializer::with_formatter(&mut *buffer, Pretty::default()));
        buffer.push(b'\n');
        buffer.clone()
    })
}

/// One page of a list, alone or inside of another object.
#[derive(Serialize)]
pub(crate) struct ListView<'a, T> {
    object: &'static str,
    data: Vec<T>,
    has_more: bool,
    url: Cow<'a, str>,
}

impl<'a, T> ListView<'a, T> {
    pub(crate) fn of(url: impl Into<Cow<'a, str>>, data: Vec<T>, has_more: bool) -> Self {
        Self { object: "list", data, has_more, url: url.into() }
    }
}

/// One page of a list.
pub(crate) fn list<T: Serialize>(url: &str, data: Vec<T>, has_more: bool) -> Vec<u8> {
    json(&ListView::of(url, data, has_more))
}

#[derive(Serialize)]
struct SearchView<'a, T> {
    object: &'static str,
    data: Vec<T>,
    has_more: bool,
    next_page: Option<String>,
    url: &'a str,
}

/// One page of a search; `next_page` leads to the next one.
pub(crate) fn search<T: Serialize>(url: &str, data: Vec<T>, next_page: Option<String>) -> Vec<u8> {
    json(&SearchView { object: "search_result", data, has_more: next_page.is_some(), next_page, url })
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: ErrorView<'a>,
}

/// A refusal with the objects that it shows, as they stand now.
pub(crate) fn refusal(refusal: &Refusal, books: &Books, request_id: &str, now: i64) -> Vec<u8> {
    let mut error = ErrorView::of(refusal);
    let intent = refusal.intent.as_deref().and_then(|id| books.intents.get(id));
    error.payment_intent = intent.map(|intent| Box::new(IntentView::of(intent, books, &Expand::default(), now)));
    let setup = refusal.setup.as_deref().and_then(|id| books.setups.get(id));
    error.setup_intent = setup.map(|setup| Box::new(SetupView::of(setup, books, &Expand::default())));
    let method = refusal.method.as_deref().and_then(|id| books.methods.get(id));
    error.payment_method = method.map(|method| Box::new(MethodView::of(method, books, &Expand::default())));
    if refusal.status != StatusCode::UNAUTHORIZED {
        let account = books.account_id();
        error.request_log_url =
            Some(format!("https://dashboard.stripe.com/{account}/test/workbench/logs?object={request_id}"));
    }
    json(&ErrorBody { error })
}

/// What the headers of an answer say beside its body.
#[derive(Debug)]
pub(crate) struct Headers<'a> {
    pub(crate) now_ms: i64,
    pub(crate) version: HeaderValue,
    pub(crate) request_id: &'a str,
    /// The key of a POST, and the request that first used it.
    pub(crate) idempotency: Option<(HeaderValue, &'a str)>,
    pub(crate) replayed: bool,
    /// `Stripe-Should-Retry`; absent leaves it to the client.
    pub(crate) should_retry: Option<bool>,
}

/// What every answer says, put together once.
static SAME_FOR_ALL: LazyLock<HeaderMap> = LazyLock::new(|| {
    let pairs = [
        ("server", "stripe-simulator"),
        (CONTENT_TYPE.as_str(), "application/json"),
        (CACHE_CONTROL.as_str(), "no-cache, no-store"),
        (ACCESS_CONTROL_ALLOW_ORIGIN.as_str(), "*"),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET, HEAD, PUT, PATCH, POST, DELETE"),
        ("access-control-expose-headers", EXPOSED),
        ("access-control-max-age", "300"),
        ("vary", "Origin"),
    ];
    let mut map = HeaderMap::with_capacity(20);
    for (name, value) in pairs {
        map.insert(name, HeaderValue::from_static(value));
    }
    map
});

/// Puts an API answer together.
pub(crate) fn respond(status: StatusCode, body: Bytes, headers: Headers<'_>) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let map = response.headers_mut();
    map.clone_from(&SAME_FOR_ALL);
    let mut fixed = |name: &'static str, value: &'static str| {
        map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    if headers.replayed {
        fixed("idempotent-replayed", "true");
    }
    if let Some(retry) = headers.should_retry {
        fixed("stripe-should-retry", if retry { "true" } else { "false" });
    }
    map.insert(DATE, text(&calendar::http_date(headers.now_ms.div_euclid(1_000))));
    map.insert(HeaderName::from_static("request-id"), text(headers.request_id));
    map.insert(HeaderName::from_static("stripe-version"), headers.version);
    if let Some((key, original)) = headers.idempotency {
        map.insert(HeaderName::from_static("idempotency-key"), key);
        map.insert(HeaderName::from_static("original-request"), text(original));
    }
    response
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static(""))
}

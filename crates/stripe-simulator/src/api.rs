//! `/v1/…`: authenticate, decode, look the key up, run the endpoint, keep the answer.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::answer::{self, Headers};
use crate::call::Call;
use crate::control::Fault;
use crate::endpoint::Endpoint;
use crate::events::Occasion;
use crate::expand::Expand;
use crate::form::{self, Group};
use crate::idempotency::{Keyed, MAX_KEY};
use crate::ids::{self, Id};
use crate::keys::{self, KeyKind};
use crate::refusal::{Outcome, Refusal};
use crate::simulator::Simulator;

/// Larger bodies are refused; no call of the API comes near.
const MAX_BODY: usize = 256 * 1_024;

/// The date of the first version with breaking changes after the one that is played.
const ENDIVE: &str = "2026-09-30";

/// How an answer came to be, for its headers and for the books.
enum Came {
    /// Made now. `executed` answers are kept for their key.
    Now { status: StatusCode, body: Bytes, executed: bool },
    /// Kept since the request with this id.
    Before { status: StatusCode, body: Bytes, original: String },
}

/// Answers one API request. `path` is the part below `/v1/`.
pub(crate) fn handle(simulator: &mut Simulator, now_ms: i64, request: &Request<Bytes>, path: &str) -> Response<Bytes> {
    match simulator.faults.take(request.method(), request.uri().path()) {
        Some(fault @ Fault::ResetBefore) => {
            simulator.requests += 1;
            fault.severed()
        }
        Some(fault @ Fault::Late(after)) => {
            simulator.late.add(now_ms, after, request.clone());
            fault.severed()
        }
        Some(Fault::Duplicate) => {
            let response = deliver(simulator, now_ms, request, path, None);
            deliver(simulator, now_ms, request, path, None);
            response
        }
        fault => deliver(simulator, now_ms, request, path, fault),
    }
}

/// Answers a request that has arrived; `fault` is what goes wrong from here on.
pub(crate) fn deliver(
    simulator: &mut Simulator,
    now_ms: i64,
    request: &Request<Bytes>,
    path: &str,
    fault: Option<Fault>,
) -> Response<Bytes> {
    simulator.requests += 1;
    let request_id = ids::request_id(simulator.books.seed(), simulator.requests, now_ms);
    let key = key_of(request);
    let came =
        answer_or_refuse(simulator, now_ms, request, path, &request_id, fault).unwrap_or_else(|refusal| Came::Now {
            status: refusal.status,
            body: Bytes::from(answer::refusal(&refusal, &simulator.books, &request_id, now_ms.div_euclid(1_000))),
            executed: false,
        });
    let response = dress(&came, now_ms, request, &request_id, key, fault);
    match fault {
        Some(fault) => fault.spoil(response),
        None => response,
    }
}

/// The key of a POST; other methods ignore it.
fn key_of(request: &Request<Bytes>) -> Option<HeaderValue> {
    request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST).cloned()
}

fn dress(
    came: &Came,
    now_ms: i64,
    request: &Request<Bytes>,
    request_id: &str,
    key: Option<HeaderValue>,
    fault: Option<Fault>,
) -> Response<Bytes> {
    let (status, body, original, executed) = match came {
        Came::Now { status, body, executed } => (*status, body, request_id, *executed),
        Came::Before { status, body, original } => (*status, body, original.as_str(), true),
    };
    let settled = executed && !status.is_server_error();
    let should_retry = match fault {
        Some(Fault::Conflict409 | Fault::LockTimeout) => Some(true),
        _ => (settled && request.method() == Method::POST).then_some(false),
    };
    let version = request.headers().get("stripe-version").cloned();
    let headers = Headers {
        now_ms,
        version: version.unwrap_or_else(|| HeaderValue::from_static(answer::API_VERSION)),
        request_id,
        idempotency: key.map(|key| (key, original)),
        replayed: matches!(came, Came::Before { .. }),
        should_retry,
    };
    let mut response = answer::respond(status, body.clone(), headers);
    if let Some(account) = request.headers().get("stripe-account") {
        response.headers_mut().insert("stripe-account", account.clone());
    }
    response
}

fn answer_or_refuse(
    simulator: &mut Simulator,
    now_ms: i64,
    request: &Request<Bytes>,
    path: &str,
    request_id: &str,
    fault: Option<Fault>,
) -> Outcome<Came> {
    let path = form::decode_path(path)?;
    let (call, endpoint) = understand(now_ms, request, &path)?;
    keys::check_account(request.headers(), &simulator.books)?;
    keys::check_permission(request.headers(), &path, &simulator.books)?;
    let key = key_of(request);
    let keyed = match &key {
        Some(key) => Some(Keyed { key: read_key(key)?, path: request.uri().path(), digest: call.form.digest() }),
        None => None,
    };
    if let Some(refusal) = fault.and_then(Fault::refuses) {
        return Err(refusal);
    }
    simulator.keys.forget_old(now_ms);
    if endpoint.is_write() {
        simulator.flights.check(now_ms, key.as_ref(), endpoint.object())?;
        if let Some(Fault::Delay(time)) = fault {
            simulator.flights.add(now_ms, time, key.as_ref(), endpoint.object());
        }
    }
    if let Some(saved) = keyed.as_ref().map_or(Ok(None), |keyed| simulator.keys.find(keyed))? {
        let (status, body) = saved.answer();
        return Ok(Came::Before { status, body, original: saved.request_id.clone() });
    }
    let (status, body, executed) =
        execute(simulator, &call, &endpoint, (request_id, keyed.as_ref().map(|keyed| keyed.key)), fault);
    if let Some(keyed) = keyed.filter(|_| executed) {
        simulator.keys.save(&keyed, status, body.clone(), request_id, now_ms);
    }
    Ok(Came::Now { status, body, executed })
}

/// Runs the endpoint; a broken server breaks before or after the effect.
fn execute(
    simulator: &mut Simulator,
    call: &Call,
    endpoint: &Endpoint<'_>,
    (request_id, key): (&str, Option<&str>),
    fault: Option<Fault>,
) -> (StatusCode, Bytes, bool) {
    if endpoint.is_write() {
        simulator.books.occasion =
            Occasion { at: call.now(), request: Some(request_id.into()), idempotency_key: key.map(Id::from) };
    }
    let broken = || Refusal::server("An unknown error occurred.");
    let result = match fault {
        Some(Fault::Error500) => Err(broken()),
        Some(Fault::Error500After) => endpoint.run(&mut simulator.books, call).and(Err(broken())),
        _ => endpoint.run(&mut simulator.books, call),
    };
    match result {
        Ok(body) => (StatusCode::OK, Bytes::from(body), true),
        Err(refusal) => {
            let body = answer::refusal(&refusal, &simulator.books, request_id, call.now());
            (refusal.status, Bytes::from(body), refusal.executed)
        }
    }
}

/// Everything that can be wrong with a request before an endpoint sees it.
fn understand<'p>(now_ms: i64, request: &Request<Bytes>, path: &'p str) -> Outcome<(Call, Endpoint<'p>)> {
    let form = decode(request);
    // A form that cannot be read is reported only to those who may call.
    let (mut form, unreadable) = match form {
        Ok(form) => (form, None),
        Err(refusal) => (Group::default(), Some(refusal)),
    };
    let key = keys::authenticate(request.headers(), &mut form)?;
    if let Some(refusal) = unreadable {
        return Err(refusal);
    }
    let endpoint = Endpoint::find(request.method(), path)?;
    if key == KeyKind::Publishable && !endpoint.is_for_pages() {
        return Err(keys::secret_required());
    }
    let in_form = form.take_text("_stripe_version");
    let in_header = request.headers().get("stripe-version").and_then(|version| version.to_str().ok());
    check_version(in_header.or(in_form.as_deref()))?;
    let is_endive = is_endive(in_header.or(in_form.as_deref()).unwrap_or(answer::API_VERSION));
    let expand = Expand::read(&form)?;
    Ok((Call { now_ms, key, form, expand, is_endive }, endpoint))
}

/// A version is a date, and since acacia the name of a train.
fn check_version(version: Option<&str>) -> Outcome<()> {
    let Some(version) = version else { return Ok(()) };
    let (date, train) = version.split_at_checked(10).unwrap_or((version, ""));
    let is_date = date.len() == 10
        && date
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    let is_train = train.is_empty() || train.starts_with('.') || train.starts_with(';');
    if is_date && is_train {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Invalid Stripe API version: {version}")))
}

/// Versions begin with their date, so they compare as texts.
fn is_endive(version: &str) -> bool {
    version.get(..ENDIVE.len()).is_some_and(|date| date >= ENDIVE)
}

fn decode(request: &Request<Bytes>) -> Outcome<Group> {
    if request.method() == Method::GET {
        return Group::decode(request.uri().query().unwrap_or_default().as_bytes());
    }
    if request.body().len() > MAX_BODY {
        return Err(Refusal::invalid("The request body is too large.").status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let kind = request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if !request.body().is_empty() && (kind.starts_with(b"application/json") || kind.starts_with(b"multipart/")) {
        let message = "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.";
        return Err(Refusal::invalid(message));
    }
    match request.uri().query() {
        Some(query) if !query.is_empty() => Group::decode(&[query.as_bytes(), b"&", request.body()].concat()),
        _ => Group::decode(request.body()),
    }
}

fn read_key(key: &HeaderValue) -> Outcome<&str> {
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= MAX_KEY => Ok(key),
        _ => {
            let message = format!("Invalid Idempotency-Key: it must be printable and have 1 to {MAX_KEY} characters.");
            Err(Refusal::invalid(message))
        }
    }
}

/// The answer to a browser that asks whether a page may call.
pub(crate) fn preflight(request: &Request<Bytes>) -> Response<Bytes> {
    let wanted = request.headers().get("access-control-request-headers").cloned();
    let mut response = Response::new(Bytes::new());
    let map = response.headers_mut();
    map.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    map.insert("access-control-allow-methods", HeaderValue::from_static("GET, HEAD, PUT, PATCH, POST, DELETE"));
    map.insert("access-control-allow-headers", wanted.unwrap_or_else(|| HeaderValue::from_static("Content-Type")));
    map.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    map.insert("access-control-max-age", HeaderValue::from_static("300"));
    response
}

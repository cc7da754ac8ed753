//! `/_simulator/…`: what a test does that no client of Stripe can.

mod faults;

pub use faults::{Fault, FaultRule};
pub(crate) use faults::{Faults, Flights, LateRequests};

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::events::Occasion;
use crate::expand::Expand;
use crate::form::Group;
use crate::keys::KeyKind;
use crate::payment_intents;
use crate::refusal::{Outcome, Refusal};
use crate::simulator::Simulator;

/// Money that really moved: one captured charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerLine {
    pub payment_intent: String,
    pub charge: String,
    /// Minor units of `currency`.
    pub amount: i64,
    pub amount_refunded: i64,
    pub currency: String,
    /// Unix seconds of the capture.
    pub at: i64,
    pub last4: String,
    /// Of the payment intent, as it is now.
    pub metadata: BTreeMap<String, String>,
}

/// One payment intent as the books have it: what a client's own record is held against.
#[derive(Debug, Clone, Copy)]
pub struct IntentLine<'a> {
    pub id: &'a str,
    /// As the API spells it.
    pub status: &'static str,
    /// Minor units of `currency`.
    pub amount: i64,
    /// Minor units taken, whether or not some were given back.
    pub amount_received: i64,
    pub currency: &'a str,
    /// Cards that were tried.
    pub attempts: u32,
    pub metadata: &'a BTreeMap<String, String>,
}

/// One refund as the books have it.
#[derive(Debug, Clone, Copy)]
pub struct RefundLine<'a> {
    pub id: &'a str,
    pub payment_intent: &'a str,
    /// As the API spells it.
    pub status: &'static str,
    /// Minor units of the charge's currency.
    pub amount: i64,
    pub metadata: &'a BTreeMap<String, String>,
}

/// Moves the clock forward.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: Option<i64>,
    /// Unix seconds.
    set: Option<i64>,
}

/// Answers one control request; `path` is the part below `/_simulator/`.
pub(crate) fn handle(simulator: &mut Simulator, now_ms: i64, request: &Request<Bytes>, path: &str) -> Response<Bytes> {
    let result = if is_foreign_page(request) {
        Err(Refusal::invalid("Pages of other origins may not control the simulator.").status(StatusCode::FORBIDDEN))
    } else {
        run(simulator, now_ms, request, path)
    };
    let (status, body) = match result {
        Ok(body) => (StatusCode::OK, body),
        Err(refusal) => (refusal.status, answer::refusal(&refusal, &simulator.books, "", now_ms.div_euclid(1_000))),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A browser names the page that sends a POST; any page on this computer could otherwise wipe a training.
fn is_foreign_page(request: &Request<Bytes>) -> bool {
    let Some(origin) = request.headers().get(ORIGIN).map(HeaderValue::as_bytes) else { return false };
    let host = request.headers().get(HOST).map_or(&b""[..], HeaderValue::as_bytes);
    origin.strip_prefix(b"http://") != Some(host)
}

fn run(simulator: &mut Simulator, now_ms: i64, request: &Request<Bytes>, path: &str) -> Outcome<Vec<u8>> {
    let mut parts = path.split('/');
    let steps = [parts.next(), parts.next(), parts.next(), parts.next()];
    let post = request.method() == Method::POST;
    match steps {
        [Some("ledger"), None, ..] if !post => Ok(answer::json(&json!({ "charges": ledger(&simulator.books) }))),
        [Some("reset"), None, ..] if post => {
            simulator.reset();
            Ok(answer::json(&json!({ "reset": true })))
        }
        [Some("clock"), None, ..] if post => move_clock(simulator, now_ms, &read_json(request)?),
        [Some("snapshot"), None, ..] if !post => Ok(simulator.snapshot()),
        [Some("snapshot"), None, ..] if post => {
            simulator.reset();
            let restored = simulator.restore(request.body());
            restored.map_err(|problem| Refusal::invalid(problem.to_string()))?;
            Ok(answer::json(&json!({ "restored": true })))
        }
        [Some("features"), None, ..] if post => {
            simulator.books.features = read_json(request)?;
            Ok(answer::json(&simulator.books.features))
        }
        [Some("faults"), None, ..] if post => {
            simulator.faults.arm(read_json(request)?);
            Ok(answer::json(&json!({ "armed": simulator.faults.count() })))
        }
        [Some("payment_intents" | "setup_intents"), Some(id), Some("authenticate"), None] if post => {
            authenticate(simulator, now_ms, request, id)
        }
        _ => Err(Refusal::not_found(format!("The control API has no {} /_simulator/{path}.", request.method()))),
    }
}

fn read_json<T: for<'de> Deserialize<'de>>(request: &Request<Bytes>) -> Outcome<T> {
    serde_json::from_slice(request.body())
        .map_err(|error| Refusal::invalid(format!("The body is not what this takes: {error}")))
}

fn move_clock(simulator: &mut Simulator, now_ms: i64, change: &ClockChange) -> Outcome<Vec<u8>> {
    let by_ms = match (change.advance_seconds, change.set) {
        (Some(seconds), None) => seconds.saturating_mul(1_000),
        (None, Some(to)) => to.saturating_mul(1_000).saturating_sub(now_ms),
        _ => return Err(Refusal::invalid("Give either advance_seconds or set.")),
    };
    if by_ms < 0 {
        return Err(Refusal::invalid("The clock goes forward only."));
    }
    simulator.clock.advance(by_ms);
    simulator.catch_up(now_ms.saturating_add(by_ms));
    Ok(answer::json(&json!({ "now": (now_ms + by_ms).div_euclid(1_000) })))
}

fn authenticate(simulator: &mut Simulator, now_ms: i64, request: &Request<Bytes>, id: &str) -> Outcome<Vec<u8>> {
    let query = Group::decode(request.uri().query().unwrap_or_default().as_bytes())?;
    let passed = match query.text("success") {
        Some("true") => true,
        Some("false") => false,
        _ => return Err(Refusal::invalid("Give success=true or success=false.")),
    };
    let call =
        Call { now_ms, key: KeyKind::Secret, form: Group::default(), expand: Expand::default(), is_endive: false };
    simulator.books.occasion = Occasion::by_itself(call.now());
    payment_intents::authenticate_by_hand(&mut simulator.books, &call, id, passed)
}

/// Every captured charge, oldest first.
pub(crate) fn ledger(books: &Books) -> Vec<LedgerLine> {
    let taken = books.charges.iter().filter(|charge| charge.captured);
    taken
        .map(|charge| LedgerLine {
            payment_intent: charge.intent.to_string(),
            charge: charge.id.to_string(),
            amount: charge.amount_captured,
            amount_refunded: charge.amount_refunded,
            currency: charge.currency.clone(),
            at: charge.captured_at.unwrap_or(charge.created),
            last4: charge.face.last4.clone(),
            metadata: books.intents.get(&charge.intent).map(|intent| intent.metadata.clone()).unwrap_or_default(),
        })
        .collect()
}

/// Every intent, oldest first, without copying any.
pub(crate) fn refunds(books: &Books) -> impl Iterator<Item = RefundLine<'_>> {
    books.refunds.iter().map(|refund| RefundLine {
        id: &refund.id,
        payment_intent: &refund.intent,
        status: refund.status.as_str(),
        amount: refund.amount,
        metadata: &refund.metadata,
    })
}

pub(crate) fn intents(books: &Books) -> impl Iterator<Item = IntentLine<'_>> {
    books.intents.iter().map(|intent| IntentLine {
        id: &intent.id,
        status: intent.status.as_str(),
        amount: intent.amount,
        amount_received: intent.amount_received,
        currency: &intent.currency,
        attempts: intent.attempts,
        metadata: &intent.metadata,
    })
}

//! Things that go wrong between a client and Stripe, on demand.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;

use crate::refusal::{Outcome, Refusal};

/// One way to go wrong.
///
/// Those that concern the connection (reset, delay, truncate) are found in the extensions of the answer; the server
/// acts on them, and so must any other caller that wants them felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection breaks and nothing was done.
    ResetBefore,
    /// It was done, and the connection breaks before the answer.
    ResetAfter,
    /// It was done, and the answer takes its time: meanwhile its key and its object are in use.
    Delay(Duration),
    /// 500 and nothing was done; the answer is kept for the key.
    Error500,
    /// It was done, and the answer, kept for the key, is 500.
    Error500After,
    /// 409: the same key is said to be in use. Nothing was done.
    Conflict409,
    /// 429: too many requests. Nothing was done.
    Rate429,
    /// 429: another request holds the object. Nothing was done.
    LockTimeout,
    /// The connection breaks, and the request is carried out so much later.
    Late(Duration),
    /// The network delivers it twice; the first answer arrives.
    Duplicate,
    /// It was done; the body ends half-way through.
    Truncate,
    /// It was done; the answer is a page of HTML with status 200.
    Garbage,
}

/// When something goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RuleJson")]
pub struct FaultRule {
    /// Only this method; any if absent.
    pub method: Option<Method>,
    /// The beginning or the end of the path of an API request, such as `/v1/refunds` or `/confirm`.
    pub path: String,
    /// Spare this many requests that match.
    pub skip: u32,
    /// Then strike this many.
    pub times: u32,
    pub fault: Fault,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleJson {
    method: Option<String>,
    #[serde(default)]
    path: String,
    nth: Option<u32>,
    times: Option<u32>,
    fault: String,
    /// Milliseconds, for `delay` and `late`.
    ms: Option<u64>,
}

impl TryFrom<RuleJson> for FaultRule {
    type Error = String;

    fn try_from(json: RuleJson) -> Result<Self, String> {
        let method = json.method.map(|name| name.to_ascii_uppercase().parse()).transpose();
        Ok(Self {
            method: method.map_err(|_| "method is not an HTTP method".to_owned())?,
            path: json.path,
            skip: json.nth.unwrap_or(1).saturating_sub(1),
            times: json.times.unwrap_or(1),
            fault: fault_named(&json.fault, json.ms)?,
        })
    }
}

fn fault_named(name: &str, ms: Option<u64>) -> Result<Fault, String> {
    Ok(match (name, ms) {
        ("delay", Some(ms)) => Fault::Delay(Duration::from_millis(ms)),
        ("late", Some(ms)) => Fault::Late(Duration::from_millis(ms)),
        ("delay" | "late", None) => return Err(format!("{name} needs ms")),
        (_, Some(_)) => return Err("only delay and late take ms".to_owned()),
        ("reset_before", _) => Fault::ResetBefore,
        ("reset_after", _) => Fault::ResetAfter,
        ("error_500", _) => Fault::Error500,
        ("error_500_after", _) => Fault::Error500After,
        ("conflict_409", _) => Fault::Conflict409,
        ("rate_429", _) => Fault::Rate429,
        ("lock_timeout", _) => Fault::LockTimeout,
        ("duplicate", _) => Fault::Duplicate,
        ("truncate", _) => Fault::Truncate,
        ("garbage", _) => Fault::Garbage,
        (other, _) => return Err(format!("there is no fault called {other}")),
    })
}

/// The rules that still have something to strike.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<FaultRule>,
}

impl Faults {
    pub(crate) fn arm(&mut self, rule: FaultRule) {
        if rule.times > 0 {
            self.rules.push(rule);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.rules.len()
    }

    /// What strikes this request: the first rule that matches and is due.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let matches = |rule: &FaultRule| {
            rule.method.as_ref().is_none_or(|wanted| wanted == method)
                && (path.starts_with(&rule.path) || path.ends_with(&rule.path))
        };
        let mut struck = None;
        for rule in self.rules.iter_mut().filter(|rule| matches(rule)) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if struck.is_none() {
                rule.times -= 1;
                struck = Some(rule.fault);
            }
        }
        self.rules.retain(|rule| rule.times > 0);
        struck
    }
}

impl Fault {
    /// The refusal of a fault that keeps the endpoint from running and is not kept for the key.
    pub(crate) fn refuses(self) -> Option<Box<Refusal>> {
        match self {
            Self::Conflict409 => Some(in_use()),
            Self::LockTimeout => Some(locked()),
            Self::Rate429 => {
                let message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.";
                Some(Refusal::invalid(message).code("rate_limit").status(StatusCode::TOO_MANY_REQUESTS))
            }
            _ => None,
        }
    }

    /// An answer that never arrives.
    pub(crate) fn severed(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response.extensions_mut().insert(self);
        response
    }

    /// Does to a finished answer what this fault does.
    pub(crate) fn spoil(self, mut response: Response<Bytes>) -> Response<Bytes> {
        match self {
            Self::ResetAfter => return self.severed(),
            Self::Garbage => {
                *response.body_mut() = Bytes::from_static(b"<html><body><h1>Welcome to our Wi-Fi</h1></body></html>\n");
                *response.status_mut() = StatusCode::OK;
                response.headers_mut().clear();
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            }
            Self::Truncate => {
                let half = response.body().len() / 2;
                response.body_mut().truncate(half);
                response.extensions_mut().insert(self);
            }
            Self::Delay(_) => {
                response.extensions_mut().insert(self);
            }
            Self::Rate429 => {
                response.headers_mut().insert("stripe-rate-limited-reason", HeaderValue::from_static("global-rate"));
            }
            Self::ResetBefore
            | Self::Error500
            | Self::Error500After
            | Self::Conflict409
            | Self::LockTimeout
            | Self::Late(_)
            | Self::Duplicate => {}
        }
        response
    }
}

fn in_use() -> Box<Refusal> {
    let message = "There is currently another in-progress request using this Idempotency Key (that probably means you submitted twice, and the other request is still going through). Please try again later.";
    Refusal::idempotency(message).code("idempotency_key_in_use").status(StatusCode::CONFLICT)
}

fn locked() -> Box<Refusal> {
    let message = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate. For more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.";
    Refusal::invalid(message).code("lock_timeout").status(StatusCode::TOO_MANY_REQUESTS)
}

/// Requests whose answers are still on their way.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    flights: Vec<Flight>,
}

#[derive(Debug)]
struct Flight {
    until_ms: i64,
    key: Option<HeaderValue>,
    object: Option<String>,
}

impl Flights {
    pub(crate) fn add(&mut self, now_ms: i64, time: Duration, key: Option<&HeaderValue>, object: Option<&str>) {
        let flight = Flight { until_ms: after(now_ms, time), key: key.cloned(), object: object.map(str::to_owned) };
        self.flights.push(flight);
    }

    /// Refuses a request whose key or object is in use.
    pub(crate) fn check(&mut self, now_ms: i64, key: Option<&HeaderValue>, object: Option<&str>) -> Outcome<()> {
        self.flights.retain(|flight| flight.until_ms > now_ms);
        if key.is_some() && self.flights.iter().any(|flight| flight.key.as_ref() == key) {
            return Err(in_use());
        }
        if object.is_some() && self.flights.iter().any(|flight| flight.object.as_deref() == object) {
            return Err(locked());
        }
        Ok(())
    }
}

/// Requests that the network still holds.
#[derive(Debug, Default)]
pub(crate) struct LateRequests {
    /// By the time at which they arrive (unix milliseconds), and then as they were sent.
    requests: BTreeMap<(i64, u64), Request<Bytes>>,
    count: u64,
}

impl LateRequests {
    pub(crate) fn add(&mut self, now_ms: i64, time: Duration, request: Request<Bytes>) {
        self.count += 1;
        self.requests.insert((after(now_ms, time), self.count), request);
    }

    /// The next that has arrived by `now_ms`, and when it did.
    pub(crate) fn take(&mut self, now_ms: i64) -> Option<(i64, Request<Bytes>)> {
        let first = self.requests.first_entry().filter(|entry| entry.key().0 <= now_ms)?;
        let ((at, _), request) = first.remove_entry();
        Some((at, request))
    }
}

fn after(now_ms: i64, time: Duration) -> i64 {
    now_ms.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

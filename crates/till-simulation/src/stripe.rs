//! Stripe's side: the simulated account, another merchant's account beside it, and what the wire does to answers.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response};
use stripe_api::Unanswered;
use stripe_simulator::{Fault as Struck, FaultRule, IntentLine, LedgerLine, RefundLine, Simulator};
use till::cashier::Errand;
use till::sale::SaleId;

use crate::agenda::Moment;
use crate::chance::Chance;
use crate::fault::Fault;

/// Stripe's clock when a history begins, Unix milliseconds.
pub(crate) const START_MS: i64 = 1_800_000_000_000;

/// What came back for a request.
pub(crate) type Outcome = Result<Response<Bytes>, Unanswered>;

/// Which secret key the till holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Ours,
    /// Of another account of the same merchant: everything works, and nothing of ours is there.
    Other,
    Revoked,
    Forbidden,
}

impl Key {
    /// Whose it is.
    pub(crate) fn account(self) -> &'static str {
        if self == Self::Other { "acct_other" } else { "acct_ours" }
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) errand: Errand,
    pub(crate) flight: u64,
    /// Of the process that sent it, if it still listens.
    pub(crate) epoch: Option<u32>,
    pub(crate) request: Box<Request<Bytes>>,
    pub(crate) key: Key,
    pub(crate) fault: Option<Fault>,
}

/// Both accounts.
#[derive(Debug)]
pub(crate) struct Stripe {
    ours: Simulator,
    other: Option<Box<Simulator>>,
    seed: u64,
    pub(crate) key: Key,
    /// What was really taken, in both.
    pub(crate) taken: Vec<LedgerLine>,
    /// The last four digits of each payment method.
    pub(crate) cards: BTreeMap<String, String>,
}

impl Stripe {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            ours: Simulator::new(seed),
            other: None,
            seed,
            key: Key::Ours,
            taken: Vec::new(),
            cards: BTreeMap::new(),
        }
    }

    fn account(&mut self, key: Key) -> &mut Simulator {
        match key {
            Key::Other => self.other.get_or_insert_with(|| Box::new(Simulator::new(!self.seed))),
            Key::Ours | Key::Revoked | Key::Forbidden => &mut self.ours,
        }
    }

    /// A request arrives, and this is what its sender would get.
    pub(crate) fn receive(&mut self, now: Moment, parcel: &Parcel, chance: &mut Chance) -> Outcome {
        if parcel.key == Key::Forbidden {
            return Ok(refusal(403, "This key may not do that."));
        }
        if parcel.key == Key::Revoked {
            return Ok(refusal(401, "Invalid API Key provided."));
        }
        if parcel.fault == Some(Fault::Foreign) && chance.one_in(2) {
            return Ok(foreign(parcel, chance));
        }
        let account = self.account(parcel.key);
        if let Some(fault) = parcel.fault.and_then(struck) {
            account.arm(FaultRule { method: None, path: String::new(), skip: 0, times: 1, fault });
        }
        let response = account.handle(at(now), &parcel.request);
        if *parcel.request.method() == Method::POST {
            self.count();
        }
        match parcel.fault {
            Some(Fault::AnswerLost) => Err(Unanswered::Lost("the answer did not come back".to_owned())),
            Some(Fault::Foreign) => Ok(foreign(parcel, chance)),
            Some(Fault::Processing) => Ok(processing(&parcel.request, response)),
            _ => Ok(response),
        }
    }

    /// Whether the till ever held the other account's key.
    pub(crate) fn has_other(&self) -> bool {
        self.other.is_some()
    }

    fn count(&mut self) {
        self.taken = self.ours.ledger();
        self.taken.extend(self.other.iter().flat_map(|other| other.ledger()));
    }

    /// Every refund that Stripe has of a sale: our id for it, and its amount in minor units.
    pub(crate) fn refunds<'a>(&'a self, sale: &'a str) -> impl Iterator<Item = (&'a str, i64)> {
        let all = self.ours.refunds().chain(self.other.iter().flat_map(|other| other.refunds()));
        let of = |line: &RefundLine<'a>, name: &str| line.metadata.get(name).map(String::as_str);
        all.filter(move |line| of(line, "sale_id") == Some(sale))
            .map(move |line| (of(&line, "refund_id").unwrap_or_default(), line.amount))
    }

    /// The PaymentIntents of a sale on which money was taken or is held.
    pub(crate) fn charged<'a>(&'a self, sale: &'a str) -> impl Iterator<Item = &'a str> {
        let charged = ["succeeded", "requires_capture", "processing"];
        let ours = move |line: &IntentLine<'_>| line.metadata.get("sale_id").is_some_and(|id| id == sale);
        self.ours.intents().filter(move |line| ours(line) && charged.contains(&line.status)).map(|line| line.id)
    }

    /// Cards tried at Stripe for a sale, over all its intents.
    pub(crate) fn attempts(&self, sale: &str) -> u32 {
        let intents = self.ours.intents().chain(self.other.iter().flat_map(|other| other.intents()));
        intents.filter(|line| line.metadata.get("sale_id").is_some_and(|id| id == sale)).map(|line| line.attempts).sum()
    }

    /// The card page turns a number into a payment method, with the key that the till has now.
    pub(crate) fn payment_method(&mut self, now: Moment, number: &str) -> String {
        let body = format!(
            "type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123&key=pk_test_page"
        );
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = http::Uri::from_static("https://api.stripe.com/v1/payment_methods");
        let key = self.key;
        let response = self.account(key).handle(at(now), &request);
        let id = first_id(response.body()).unwrap_or_default().to_owned();
        self.cards.insert(id.clone(), number[12..].to_owned());
        id
    }

    /// Somebody gives money of a sale back in the Dashboard. False if there is none to give back.
    pub(crate) fn refund_in_dashboard(&mut self, now: Moment, sale: &str, amount: i64) -> bool {
        let line =
            self.ours.ledger().into_iter().find(|line| line.metadata.get("sale_id").is_some_and(|id| id == sale));
        let Some(line) = line.filter(|line| line.amount - line.amount_refunded >= amount) else {
            return false;
        };
        let body = format!("payment_intent={}&amount={amount}", line.payment_intent);
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = http::Uri::from_static("https://api.stripe.com/v1/refunds");
        let headers = request.headers_mut();
        headers.insert("authorization", http::HeaderValue::from_static("Bearer sk_test_dashboard"));
        headers.insert("content-type", http::HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.ours.handle(at(now), &request).status().is_success()
    }

    /// The customer answers the bank. Whether the bank asked at all is not known here.
    pub(crate) fn authenticate(&mut self, now: Moment, intent: &str, passed: bool) {
        let uri = format!("https://api.stripe.com/_simulator/payment_intents/{intent}/authenticate?success={passed}");
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.parse().unwrap_or_default();
        self.ours.handle(at(now), &request);
        if let Some(other) = &mut self.other {
            other.handle(at(now), &request);
        }
        self.count();
    }
}

/// Stripe's clock, Unix milliseconds.
fn at(now: Moment) -> i64 {
    START_MS.saturating_add_unsigned(now)
}

/// Trouble that the simulator makes itself.
fn struck(fault: Fault) -> Option<Struck> {
    match fault {
        Fault::Conflict => Some(Struck::Conflict409),
        Fault::RateLimit => Some(Struck::Rate429),
        Fault::ErrorBefore => Some(Struck::Error500),
        Fault::ErrorAfter => Some(Struck::Error500After),
        Fault::Html => Some(Struck::Garbage),
        Fault::Truncated => Some(Struck::Truncate),
        _ => None,
    }
}

fn refusal(status: u16, message: &str) -> Response<Bytes> {
    let body = format!(r#"{{"error":{{"type":"invalid_request_error","message":"{message}"}}}}"#);
    answer(status, Some("req_refused"), body)
}

fn answer(status: u16, request_id: Option<&str>, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    if let Some(id) = request_id.and_then(|id| http::HeaderValue::from_str(id).ok()) {
        response.headers_mut().insert("request-id", id);
    }
    response
}

/// Good JSON that proves nothing: another sale's payment, or our own without Stripe's mark on the answer.
fn foreign(parcel: &Parcel, chance: &mut Chance) -> Response<Bytes> {
    let intent = |id: &str, sale: SaleId, status: &str| {
        format!(
            r#"{{"id":"{id}","object":"payment_intent","amount":{AMOUNT},"amount_received":{AMOUNT},"currency":"usd","status":"{status}","livemode":false,"created":1800000000,"metadata":{{"app":"keytill","sale_id":"{sale}","gen":"1"}}}}"#,
        )
    };
    let status = chance.pick(&["succeeded", "canceled", "requires_payment_method"]);
    if chance.one_in(2) {
        return answer(200, Some("req_of_another"), intent("pi_stranger", SaleId::from_bits(u128::MAX), status));
    }
    let id = parcel.request.uri().path().split('/').nth(3).unwrap_or("pi_unknown");
    let sale = match parcel.errand {
        Errand::Payment(sale) | Errand::Refund(sale) => sale,
        Errand::Sweep => SaleId::from_bits(0),
    };
    answer(200, None, intent(id, sale, status))
}

/// Stripe has not quite done yet: what the bank said stands in its books and not in this answer.
fn processing(request: &Request<Bytes>, mut response: Response<Bytes>) -> Response<Bytes> {
    let path = request.uri().path();
    let asks_the_bank = *request.method() == Method::GET || path.ends_with("/confirm") || path.ends_with("/capture");
    let text = std::str::from_utf8(response.body()).unwrap_or_default();
    let status = text.rsplit_once(STATUS).map(|(before, after)| (before, after.split_once('"').unwrap_or_default()));
    if let Some((before, ("succeeded" | "requires_capture" | "requires_payment_method", after))) = status
        && asks_the_bank
        && response.status() == http::StatusCode::OK
    {
        let before = before.replace("\"amount_received\": 2345", "\"amount_received\": 0");
        *response.body_mut() = Bytes::from(format!("{before}{STATUS}processing\"{after}"));
    }
    response
}

/// How the simulator prints the beginning of a status; an intent's own is the last one in it.
const STATUS: &str = "\"status\": \"";

/// What every sale of a history costs, in minor units.
pub(crate) const AMOUNT: i64 = 2_345;

fn first_id(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("\"id\": \"")?;
    rest.split('"').next()
}

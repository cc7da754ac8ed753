//! What the twins send and how they read answers: as carefully as the cashier does, so that only their weakness differs.

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use stripe_api::{Body, IntentStatus, PaymentIntent, answer};
use till::sale::SaleId;

use crate::stripe::{AMOUNT, Outcome};

/// What an answer proves.
#[derive(Debug)]
pub(super) enum Word {
    /// With the last four digits of the card that was charged, where they are told.
    Stands(String, IntentStatus, Option<String>),
    /// This card was not charged.
    Declined,
    /// Wrong key or account.
    Refused,
    Nothing,
}

pub(super) fn create(sale: SaleId, generation: u32) -> Request<Bytes> {
    post("", format!("{}&metadata[gen]={generation}", intent(sale)), &format!("{sale}:g{generation}:create"))
}

/// The guide's one call.
pub(super) fn charge(sale: SaleId, card: &str, key: &str) -> Request<Bytes> {
    post(
        "",
        format!("{}&confirm=true&payment_method={card}&use_stripe_sdk=true&expand[]=latest_charge", intent(sale)),
        key,
    )
}

pub(super) fn confirm(sale: SaleId, intent: &str, card: &str, generation: u32, attempt: u32) -> Request<Bytes> {
    let key = format!("{sale}:g{generation}:a{attempt}:c1");
    post(
        &format!("/{intent}/confirm"),
        format!("payment_method={card}&use_stripe_sdk=true&expand[]=latest_charge"),
        &key,
    )
}

pub(super) fn cancel(sale: SaleId, intent: &str, generation: u32, attempt: u32) -> Request<Bytes> {
    post(&format!("/{intent}/cancel"), String::new(), &format!("{sale}:g{generation}:cancel:{attempt}"))
}

pub(super) fn look(intent: &str) -> Request<Bytes> {
    request(Method::GET, &format!("/{intent}?expand[]=latest_charge"), String::new())
}

fn stands(intent: PaymentIntent) -> Word {
    let last4 = intent.charge().and_then(stripe_api::Charge::card).and_then(|card| card.last4.clone());
    Word::Stands(intent.id, intent.status, last4)
}

fn intent(sale: SaleId) -> String {
    format!(
        "amount={AMOUNT}&currency=usd&confirmation_method=manual&payment_method_types[]=card&metadata[sale_id]={sale}"
    )
}

fn post(path: &str, body: String, key: &str) -> Request<Bytes> {
    let mut request = request(Method::POST, path, body);
    request.headers_mut().insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
    if let Ok(key) = HeaderValue::from_str(key) {
        request.headers_mut().insert("idempotency-key", key);
    }
    request
}

fn request(method: Method, path: &str, body: String) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = format!("https://api.stripe.com/v1/payment_intents{path}").parse().unwrap_or_default();
    request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer sk_test_twin"));
    request
}

pub(super) fn read(sale: SaleId, known: Option<&str>, outcome: &Outcome) -> Word {
    let Ok(response) = outcome else {
        return Word::Nothing;
    };
    let answer = answer::read(response);
    if answer.meta.request_id.is_none() {
        return Word::Nothing;
    }
    let is_ours = |intent: &PaymentIntent| {
        known.is_none_or(|id| id == intent.id)
            && intent.metadata.get("sale_id").is_some_and(|id| *id == sale.to_string())
    };
    match (answer.status, answer.body) {
        (_, Body::PaymentIntent(intent)) if is_ours(&intent) => stands(*intent),
        (402, Body::Error(_)) => Word::Declined,
        (400, Body::Error(error)) => match error.payment_intent {
            Some(intent) if is_ours(&intent) => stands(*intent),
            _ => Word::Declined,
        },
        (401 | 403 | 404, Body::Error(_)) => Word::Refused,
        _ => Word::Nothing,
    }
}

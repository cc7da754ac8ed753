use std::sync::Arc;
use std::time::Duration;

use stripe_api::{
    Answer, Base, Body, Call, Client, HttpsTransport, IntentStatus, LiveKeyOnLoopback, SecretKey, TimeLimits,
    Transport, Unanswered,
};

use crate::peer::{Deed, Peer};

const MIB: usize = 1 << 20;
const SHORT: TimeLimits =
    TimeLimits { connect: Duration::from_secs(5), idle: Duration::from_millis(300), whole: Duration::from_millis(900) };
const PATIENT: TimeLimits =
    TimeLimits { connect: Duration::from_secs(5), idle: Duration::from_secs(20), whole: Duration::from_secs(20) };

fn client_with(base: Base, limits: TimeLimits) -> Client {
    let transport = HttpsTransport::new(base.clone(), limits).unwrap();
    Client::new(Arc::new(transport), base, SecretKey::parse("sk_test_CANARY").unwrap()).unwrap()
}

fn cancel() -> Call {
    Call::cancel_intent("pi_1", "01J:g1:cancel:1")
}

fn respond(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(64 * 1024) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

fn canceled() -> Vec<u8> {
    let body = br#"{"id":"pi_1","object":"payment_intent","amount":1099,"currency":"usd","status":"canceled",
        "livemode":false,"created":1785326400,"client_secret":"pi_1_secret_CANARY"}"#;
    respond("200 OK", "request-id: req_1\r\ndate: Wed, 29 Jul 2026 12:00:00 GMT\r\n", body)
}

/// One call to a peer that does one deed: the outcome, and how many connections and requests it took.
async fn exchange(deed: Deed, limits: TimeLimits) -> (Result<Answer, Unanswered>, usize, usize) {
    let peer = Peer::start([deed]).await;
    let outcome = client_with(peer.base.clone(), limits).call(&cancel()).await;
    let seen = peer.finish();
    (outcome, seen.connections, seen.requests.len())
}

#[tokio::test]
async fn an_answer_is_read_and_the_request_arrived_as_it_was_built() {
    let peer = Peer::start([Deed::Say(canceled())]).await;
    let call = Call::capture_intent("pi_1", Some(500), "01J:g1:capture:1");
    let answer = client_with(peer.base.clone(), PATIENT).call(&call).await.unwrap();
    assert_eq!((answer.status, answer.meta.request_id.as_deref()), (200, Some("req_1")));
    assert!(matches!(answer.body, Body::PaymentIntent(intent) if intent.status == IntentStatus::Canceled));
    let seen = peer.finish().requests;
    let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("post /v1/payment_intents/pi_1/capture http/1.1\r\n"), "{head}");
    for line in [
        "authorization: bearer sk_test_canary",
        "stripe-version: 2026-07-29.dahlia",
        "content-type: application/x-www-form-urlencoded",
        "idempotency-key: 01j:g1:capture:1",
    ] {
        assert!(head.lines().any(|sent| sent == line), "{line} in {head}");
    }
    assert!(!head.contains("cookie") && !head.contains("accept-encoding"), "{head}");
    assert_eq!((seen.len(), body), (1, call.body().as_str()));
}

#[tokio::test]
async fn an_interrupted_exchange_is_lost_and_was_sent_once() {
    let whole = canceled();
    let cut = |end: usize| Deed::Close(whole[..end].to_vec());
    let chunks = chunked(&[b' '; 100]);
    for deed in [
        Deed::Reset,
        Deed::Close(Vec::new()),
        cut(5),
        cut(40),
        cut(whole.len() - 1),
        Deed::Close(chunks[..chunks.len() - 5].to_vec()),
        Deed::Close(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        Deed::Close(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n".to_vec()),
    ] {
        let (outcome, connections, requests) = exchange(deed.clone(), PATIENT).await;
        assert!(matches!(outcome, Err(Unanswered::Lost(_))), "{deed:?}: {outcome:?}");
        assert_eq!((connections, requests), (1, 1), "{deed:?}");
    }
}

#[tokio::test]
async fn a_connection_reset_before_the_peer_reads_is_lost_too() {
    let (outcome, connections, requests) = exchange(Deed::ResetUnread, PATIENT).await;
    assert!(matches!(outcome, Err(Unanswered::Lost(_))), "{outcome:?}");
    assert_eq!((connections, requests), (1, 0));
}

#[tokio::test]
async fn a_peer_that_falls_silent_is_lost() {
    let whole = canceled();
    for said in [0, 10, 60, whole.len() - 1] {
        let (outcome, connections, requests) = exchange(Deed::Say(whole[..said].to_vec()), SHORT).await;
        assert!(matches!(outcome, Err(Unanswered::Lost(_))), "{said}: {outcome:?}");
        assert_eq!((connections, requests), (1, 1), "{said}");
    }
}

#[tokio::test]
async fn a_peer_that_only_drips_is_lost_when_the_whole_time_is_over() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_vec();
    let (outcome, _, requests) = exchange(Deed::Drip(head, Duration::from_millis(20)), SHORT).await;
    assert!(matches!(outcome, Err(Unanswered::Lost(_))), "{outcome:?}");
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn an_oversized_answer_is_lost_whether_announced_or_not() {
    let large = vec![b' '; MIB + 1];
    let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    for said in [announced, respond("200 OK", "", &large), chunked(&large)] {
        let (outcome, connections, requests) = exchange(Deed::Say(said), PATIENT).await;
        assert!(matches!(&outcome, Err(Unanswered::TooLarge)), "{outcome:?}");
        assert_eq!((connections, requests), (1, 1));
    }
}

#[tokio::test]
async fn a_mebibyte_is_not_oversized() {
    for said in [respond("200 OK", "", &vec![b' '; MIB]), chunked(&vec![b' '; MIB])] {
        let (outcome, ..) = exchange(Deed::Say(said), PATIENT).await;
        assert!(matches!(outcome, Ok(Answer { body: Body::Unreadable(_), .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_stranger_who_answers_is_an_answer_that_says_nothing() {
    let page = b"<html><title>Free Wi-Fi</title></html>";
    for status in ["200 OK", "403 Forbidden", "502 Bad Gateway", "204 No Content"] {
        let body = if status.starts_with("204") { &b""[..] } else { page };
        let (outcome, _, requests) = exchange(Deed::Say(respond(status, "", body)), PATIENT).await;
        let answer = outcome.unwrap();
        assert!(matches!(answer.body, Body::Unreadable(_)), "{status}: {answer:?}");
        assert_eq!((answer.meta.request_id, requests), (None, 1));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in ["301 Moved Permanently", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Peer::start([Deed::Say(canceled())]).await;
        let location = format!("location: {}/v1/payment_intents\r\n", elsewhere.base.as_str());
        let (outcome, connections, requests) = exchange(Deed::Say(respond(status, &location, b"")), PATIENT).await;
        assert!(matches!(outcome, Ok(Answer { body: Body::Unreadable(_), .. })), "{outcome:?}");
        assert_eq!((connections, requests, elsewhere.finish().connections), (1, 1, 0));
    }
}

#[tokio::test]
async fn an_error_answer_is_not_repeated_by_the_transport() {
    for status in ["409 Conflict", "429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"] {
        let said = respond(status, "retry-after: 0\r\n", br#"{"error":{"type":"api_error"}}"#);
        let (outcome, connections, requests) = exchange(Deed::Say(said), PATIENT).await;
        assert!(matches!(outcome, Ok(Answer { body: Body::Error(_), .. })), "{outcome:?}");
        assert_eq!((connections, requests), (1, 1));
    }
}

#[tokio::test]
async fn a_request_that_dies_on_a_kept_connection_is_not_sent_again() {
    for deed in [Deed::Reset, Deed::Close(Vec::new())] {
        let peer = Peer::start([Deed::Say(canceled()), deed]).await;
        let client = client_with(peer.base.clone(), PATIENT);
        assert!(client.call(&cancel()).await.is_ok());
        let outcome = client.call(&cancel()).await;
        let seen = peer.finish();
        assert!(matches!(outcome, Err(Unanswered::Lost(_))), "{outcome:?}");
        assert_eq!((seen.connections, seen.requests.len()), (1, 2));
    }
}

#[tokio::test]
async fn a_refused_connection_surely_sent_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = Base::loopback(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let outcome = client_with(base.clone(), PATIENT).call(&cancel()).await;
    let Err(Unanswered::NotSent(text)) = outcome else { panic!("{outcome:?}") };
    assert!(!text.contains("CANARY") && !text.contains("pi_1"), "{text}");
}

#[tokio::test]
async fn a_request_for_another_host_never_leaves() {
    let [ours, theirs] = [Peer::start([]).await, Peer::start([]).await];
    let transport = HttpsTransport::new(ours.base.clone(), PATIENT).unwrap();
    let request = cancel().to_request(&theirs.base, &SecretKey::parse("sk_test_CANARY").unwrap());
    let outcome = transport.send(request).await;
    assert!(matches!(outcome, Err(Unanswered::NotSent(_))), "{outcome:?}");
    assert_eq!((ours.finish().connections, theirs.finish().connections), (0, 0));
}

#[tokio::test]
async fn a_live_key_is_never_sent_to_a_loopback_peer() {
    let peer = Peer::start([]).await;
    let transport = Arc::new(HttpsTransport::new(peer.base.clone(), PATIENT).unwrap());
    let key = SecretKey::parse("rk_live_CANARY").unwrap();
    assert_eq!(Client::new(transport, peer.base.clone(), key).unwrap_err(), LiveKeyOnLoopback);
    assert_eq!(peer.finish().connections, 0);
}

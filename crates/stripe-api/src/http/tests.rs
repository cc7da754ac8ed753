use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::call::Call;
use crate::key::SecretKey;

const SHORT: TimeLimits =
    TimeLimits { connect: Duration::from_millis(300), idle: Duration::from_millis(600), whole: Duration::from_secs(5) };

async fn send_to(base: Base) -> Result<Response<Bytes>, Unanswered> {
    let key = SecretKey::parse("sk_live_CANARY").unwrap();
    let request = Call::cancel_intent("pi_1", "k").to_request(&base, &key);
    HttpsTransport::new(base, SHORT).unwrap().send(request).await
}

async fn listen() -> (TcpListener, Base) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::impostor(listener.local_addr().unwrap().port());
    (listener, base)
}

/// A server that would answer, with a certificate nobody vouches for.
fn impostor() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = made.signing_key.serialize_der().try_into().unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn a_host_that_cannot_prove_itself_never_sees_the_request() {
    let (listener, base) = listen().await;
    let server = async {
        let stream = listener.accept().await.unwrap().0;
        impostor().accept(stream).await.is_err()
    };
    let (refused, outcome) = tokio::join!(server, send_to(base));
    let Err(Unanswered::NotSent(text)) = outcome else { panic!("{outcome:?}") };
    assert!(refused && text.contains("certificate"), "{text}");
}

#[tokio::test]
async fn a_host_that_speaks_no_tls_never_sees_the_request() {
    let (listener, base) = listen().await;
    let server = async {
        let mut stream = listener.accept().await.unwrap().0;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        heard(stream).await
    };
    let (heard, outcome) = tokio::join!(server, send_to(base));
    assert!(matches!(outcome, Err(Unanswered::NotSent(_))), "{outcome:?}");
    assert!(!heard.contains("CANARY") && !heard.contains("pi_1"), "{heard}");
}

#[tokio::test]
async fn a_host_that_never_finishes_the_handshake_never_sees_the_request() {
    let (listener, base) = listen().await;
    let server = async { heard(listener.accept().await.unwrap().0).await };
    let (heard, outcome) = tokio::join!(server, send_to(base));
    assert!(matches!(outcome, Err(Unanswered::NotSent(_))), "{outcome:?}");
    assert!(!heard.contains("CANARY") && !heard.contains("pi_1"), "{heard}");
}

#[test]
fn a_transport_for_stripe_can_be_made() {
    let transport = HttpsTransport::new(Base::stripe(), TimeLimits::default()).unwrap();
    assert_eq!(transport.base, Base::stripe());
}

fn builder() -> ClientBuilder {
    ClientBuilder::new().tls_backend_preconfigured(tls_config().unwrap())
}

#[tokio::test]
async fn stripe_is_never_spoken_to_in_the_clear() {
    let client = reach(builder(), &Base::stripe()).build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = format!("http://{}/v1/account", listener.local_addr().unwrap());
    let refused = client.get(plain).send().await.unwrap_err();
    assert!(refused.is_builder(), "no connection was opened: {refused:?}");
}

#[tokio::test]
async fn a_simulator_on_this_computer_is_reached_past_any_proxy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::loopback(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    // Nothing listens there.
    let nowhere = Proxy::all("http://127.0.0.1:1").unwrap();
    let client = reach(builder().proxy(nowhere), &base).build().unwrap();
    let server = async {
        let mut stream = listener.accept().await.unwrap().0;
        let asked = stream.read(&mut [0; 1024]).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        asked
    };
    let (asked, answer) = tokio::join!(server, client.get(format!("{}/v1/account", base.as_str())).send());
    assert!(asked > 0);
    assert_eq!(answer.unwrap().status(), 200);
}

/// A bank may take long to answer; a line that has died says nothing more, and is not waited for until the end.
#[tokio::test]
async fn an_answer_that_stops_half_way_is_given_up_before_the_whole_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::loopback(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let patient = TimeLimits { idle: Duration::from_millis(50), whole: Duration::from_secs(3_600), ..SHORT };
    let request = Call::retrieve_account().to_request(&base, &SecretKey::parse("sk_test_1").unwrap());
    let transport = HttpsTransport::new(base, patient).unwrap();
    let server = async {
        let mut stream = listener.accept().await.unwrap().0;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
        heard(stream).await
    };
    let both = async { tokio::join!(server, transport.send(request)) };
    let (_, outcome) = tokio::time::timeout(Duration::from_secs(60), both).await.expect("it waits without end");
    assert!(matches!(outcome, Err(Unanswered::Lost(_))), "{outcome:?}");
}

/// All that arrives until the other side goes away.
async fn heard(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // However the connection ends, what arrived before is what counts.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

//! The server on a real port.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stripe_simulator::server::Server;
use stripe_simulator::{Fault, FaultRule, Simulator};

type Kept = Arc<Mutex<Vec<u8>>>;

/// A server on a port of its own, and the lines that its hook was given.
fn open(simulator: Simulator) -> (tokio::runtime::Runtime, SocketAddr, Kept) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let kept = Kept::default();
    let writer = Arc::clone(&kept);
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = runtime.block_on(Server::bind(any, Arc::new(Mutex::new(simulator)))).unwrap();
    let server = server.with_hook(move |handled| writer.lock().unwrap().extend_from_slice(handled.changes));
    let address = server.address();
    runtime.spawn(server.run());
    (runtime, address, kept)
}

/// Sends raw bytes and reads until the other side closes.
fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn create(address: SocketAddr) -> String {
    let body = "amount=2345&currency=usd&payment_method_types[]=card";
    exchange(
        address,
        &format!(
            "POST /v1/payment_intents HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer sk_test_x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

#[test]
fn it_answers_on_a_socket_and_hands_out_its_changes() {
    let (_runtime, address, kept) = open(Simulator::new(1));
    let answer = create(address);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("\"status\": \"requires_payment_method\""));
    let mut restored = Simulator::new(1);
    restored.restore(&kept.lock().unwrap()).unwrap();
    let lines = String::from_utf8(kept.lock().unwrap().clone()).unwrap();
    assert_eq!(lines.lines().count(), 1);
    let script =
        exchange(address, &format!("GET /dahlia/stripe.js HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"));
    for part in ["window.Stripe = Stripe;", "class CardElement", "class Frame"] {
        assert_eq!(script.matches(part).count(), 1, "{part}");
    }
}

#[test]
fn it_breaks_the_connection_when_told_to() {
    let mut simulator = Simulator::new(1);
    for fault in [Fault::ResetBefore, Fault::ResetAfter, Fault::Truncate, Fault::Delay(Duration::from_millis(1))] {
        simulator.arm(FaultRule { method: None, path: "/v1/".to_owned(), skip: 0, times: 1, fault });
    }
    let (_runtime, address, _kept) = open(simulator);
    assert_eq!(create(address), "", "nothing arrives");
    assert_eq!(create(address), "", "nothing arrives");
    let torn = create(address);
    assert!(torn.starts_with("HTTP/1.1 200 OK") && !torn.trim_end().ends_with('}'), "{torn}");
    assert!(create(address).trim_end().ends_with('}'));
}

#[test]
fn it_listens_to_this_computer_only() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let refused = runtime.block_on(Server::bind(everywhere, Arc::new(Mutex::new(Simulator::new(1))))).unwrap_err();
    assert!(refused.to_string().contains("this computer only"));
    let (_runtime, address, _kept) = open(Simulator::new(1));
    let answer = exchange(address, "GET /v1/balance HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[test]
fn a_request_that_is_too_large_is_turned_away() {
    let (_runtime, address, _kept) = open(Simulator::new(1));
    let head = format!("GET /v1/balance HTTP/1.1\r\nHost: {address}\r\nX-Long: {}\r\n\r\n", "x".repeat(1_024 * 1_024));
    let answer = exchange(address, &head);
    assert!(answer.starts_with("HTTP/1.1 431") || answer.is_empty(), "{answer}");
    let body = format!(
        "POST /v1/refunds HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        10_000_000
    );
    let answer = exchange(address, &format!("{body}{}", "x".repeat(400 * 1_024)));
    assert!(answer.starts_with("HTTP/1.1 413") || answer.is_empty(), "{answer}");
}

/// A page on https: by TLS, and only for somebody who was told to trust exactly this certificate.
#[cfg(feature = "tls")]
#[test]
fn a_page_on_https_is_told_where_and_whom_to_trust() {
    use stripe_simulator::server::Identity;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let simulator = Arc::new(Mutex::new(Simulator::new(1)));
    let (identity, other) = (Identity::make().unwrap(), Identity::make().unwrap());
    let secure = runtime.block_on(Server::bind(any, Arc::clone(&simulator))).unwrap();
    let plain = runtime.block_on(Server::bind(any, simulator)).unwrap();
    let plain = plain.with_page(&format!("https://{}", secure.address()), identity.certificate());
    let (place, address) = (plain.address(), secure.address());
    let trusted = identity.certificate().to_owned();
    runtime.spawn(plain.run());
    runtime.spawn(secure.with_identity(identity).run());
    let told = exchange(place, &format!("GET /_simulator/page HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"));
    assert!(told.contains(&format!("https://{address}")) && told.contains("BEGIN CERTIFICATE"), "{told}");
    let shakes_hands = |pem: &str| {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("127.0.0.1").unwrap();
            tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.is_ok()
        })
    };
    assert!(shakes_hands(&trusted));
    assert!(!shakes_hands(other.certificate()), "another simulator's certificate is not this one's");
}

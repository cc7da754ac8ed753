use std::io::Read;
use std::sync::mpsc::{Receiver, channel};

use super::*;

const BODY: &str = r#"{"id":"pi_1","object":"payment_intent","status":"succeeded","amount":500}"#;

/// A line to a Stripe that always gives the same answer, and every request that arrives there.
fn line() -> (Arc<Line>, Receiver<Message>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (arrived, arrivals) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let request = Message::read(&mut BufReader::new(&stream)).unwrap().unwrap();
            arrived.send(request).unwrap();
            let answer = Message::made("200 OK", "application/json", &["Request-Id: req_1"], BODY);
            (&stream).write_all(&answer.bytes()).unwrap();
        }
    });
    let log = Log::at(tempfile::NamedTempFile::new().unwrap().path().to_path_buf()).unwrap();
    (Arc::new(Line::to(&address, 1, false, Arc::new(log)).unwrap()), arrivals)
}

/// What the till reads of one request that meets this, until the connection ends.
fn read(line: &Arc<Line>, strike: Option<Strike>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut till = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    let request = Message { head: "POST /v1/payment_intents/pi_1/confirm HTTP/1.1\r\n".into(), body: Vec::new() };
    struck(&stream, line, &request, strike).unwrap();
    drop(stream);
    let mut said = String::new();
    till.read_to_string(&mut said).unwrap();
    said
}

/// How a fault is told from the others: whether the request arrived (how often), and what came back.
#[test]
fn each_fault_does_what_its_sentence_says() {
    let whole = |said: &str| said.starts_with("HTTP/1.1 200 OK") && said.ends_with(BODY);
    let half = &BODY[..BODY.len() / 2];
    for fault in Fault::all() {
        let (line, arrivals) = line();
        let other = Message::made("200 OK", "application/json", &["Request-Id: req_2"], "{\"id\":\"pi_2\"}");
        held(&line.answers).push_back(("pi_2".into(), other));
        let said = read(&line, Some(Strike { fault, ms: 1, heads: false }));
        let (times, right) = match fault {
            Fault::CutBefore | Fault::Down => (0, said.is_empty()),
            Fault::CutAfter | Fault::Late => (1, said.is_empty()),
            Fault::CutInBody => (1, said.ends_with(half) && said.contains(&format!("content-length: {}", BODY.len()))),
            Fault::Halved => (1, said.ends_with(half) && said.contains(&format!("content-length: {}", half.len()))),
            Fault::Delayed | Fault::StalledHead | Fault::Dripped | Fault::SlowAccept => (1, whole(&said)),
            Fault::Twice => (2, whole(&said)),
            Fault::Error500 => (0, said.starts_with("HTTP/1.1 500")),
            Fault::Error500After => (1, said.starts_with("HTTP/1.1 500")),
            Fault::Html502 => (0, said.starts_with("HTTP/1.1 502") && said.contains("<html>")),
            Fault::Html200 => (1, said.starts_with("HTTP/1.1 200") && said.contains("<html>")),
            Fault::TooMany429 => (0, said.starts_with("HTTP/1.1 429") && said.contains("Retry-After: 1")),
            Fault::KeyInUse409 => (0, said.starts_with("HTTP/1.1 409") && said.contains("idempotency_key_in_use")),
            Fault::Junk400 => (0, said.starts_with("HTTP/1.1 400") && said.ends_with("message\":")),
            Fault::Swapped => (1, said.contains("pi_2") && !said.contains("pi_1")),
            Fault::NoRequestId => (1, whole(&said) && !said.contains("req_1")),
            Fault::WrongLength => (1, said.ends_with(BODY) && !said.contains(&format!("length: {}", BODY.len()))),
        };
        assert!(right, "{fault:?}: {said}");
        for _ in 0..times {
            arrivals.recv_timeout(PATIENCE).unwrap();
        }
        assert!(arrivals.try_recv().is_err(), "{fault:?} arrived more than {times} times");
        assert_eq!(held(&line.down_until).is_some(), fault == Fault::Down);
        assert_eq!(line.slow.load(Ordering::SeqCst), u64::from(fault == Fault::SlowAccept));
    }
}

#[test]
fn the_till_counts_as_told_only_when_it_got_the_answer_whole() {
    for (fault, told) in [(Fault::Dripped, true), (Fault::CutInBody, false), (Fault::NoRequestId, false)] {
        let (line, _arrivals) = line();
        read(&line, Some(Strike { fault, ms: 1, heads: false }));
        assert_eq!(held(&line.told).contains(&500), told, "{fault:?}");
    }
    let (line, _arrivals) = line();
    read(&line, None);
    assert!(held(&line.told).contains(&500));
}

//! Starts the simulator as a process of its own and speaks to its control API.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use stripe::{ClientBuilder, RequestStrategy};

pub struct Simulator {
    child: Child,
    address: String,
}

impl Simulator {
    pub fn start() -> Self {
        let built = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/debug/stripe-simulator");
        let program = std::env::var_os("STRIPE_SIMULATOR").map_or(built, PathBuf::from);
        let mut command = Command::new(program);
        let mut child =
            command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().expect("the simulator");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its words")).read_line(&mut line).expect("its address");
        let address = line.trim().rsplit("//").next().expect("an address").to_owned();
        Self { child, address }
    }

    pub fn client(&self) -> stripe::blocking::Client {
        self.builder().build_sync().expect("a client")
    }

    /// A client that tries three times, with one key.
    pub fn patient(&self) -> stripe::blocking::Client {
        self.builder().request_strategy(RequestStrategy::Retry(3)).build_sync().expect("a client")
    }

    fn builder(&self) -> ClientBuilder {
        ClientBuilder::new("sk_test_rust").url(format!("http://{}/", self.address))
    }

    /// The answer of the control API.
    pub fn control(&self, method: &str, path: &str, json: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let head = format!("{method} /_simulator/{path} HTTP/1.1\r\nHost: {}\r\nConnection: close", self.address);
        write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{json}", json.len()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    pub fn later(&self, seconds: u32) {
        self.control("POST", "clock", &format!("{{\"advance_seconds\":{seconds}}}"));
    }

    pub fn authenticate(&self, intent: &str, passed: bool) {
        let kind = if intent.starts_with("seti_") { "setup_intents" } else { "payment_intents" };
        self.control("POST", &format!("{kind}/{intent}/authenticate?success={passed}"), "");
    }

    pub fn fault(&self, fault: &str) {
        let rule = format!("{{\"method\":\"POST\",\"path\":\"/v1/payment_intents\",\"fault\":\"{fault}\"}}");
        self.control("POST", "faults", &rule);
    }

    /// How many charges took money.
    pub fn paid(&self) -> usize {
        self.control("GET", "ledger", "").matches("\"payment_intent\"").count()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

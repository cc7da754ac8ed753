//! Training mode: a simulated Stripe inside this program. No network, no account, no money.
//!
//! Rust's calls reach it directly, behind the same seam as Stripe's; the card page reaches it on a loopback
//! port for its script and frames, by TLS where that page is on https. What happened is kept in a file, so that a till that was killed finds its
//! practice payments again. No card number is ever in it: the simulator keeps none.

use std::fs::File;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::Request;
use stripe_api::{Sending, Transport, Unanswered};
use stripe_simulator::Simulator;
use stripe_simulator::server::{Identity, Server};
use tauri::async_runtime::JoinHandle;

use crate::card_page::{CardPeer, Loopback};
use crate::data_folder::DataFolder;
use crate::view::{Problem, ProblemCode};

const FOLDER: &str = "training";
const FILE: &str = "simulator.jsonl";
/// Only makes ids; the same everywhere, so that what one sees in training can be told to another.
const SEED: u64 = 1;
/// Where the card page is on https and may load nothing by http, and where one certificate can be trusted.
pub const SECURE: bool = cfg!(target_os = "linux");

/// A Stripe of one's own.
#[derive(Debug)]
pub struct Training {
    simulator: Arc<Mutex<Simulator>>,
    history: Arc<History>,
    address: SocketAddr,
    page: Loopback,
    /// Whoever listens on the loopback port.
    listener: JoinHandle<()>,
    closed: AtomicBool,
}

/// Changed records, one batch a line. Written while the simulator is locked, so that lines keep their order.
#[derive(Debug)]
struct History(Mutex<File>);

impl History {
    fn append(&self, changes: &[u8]) -> io::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        lock(&self.0).write_all(changes)
    }
}

impl Training {
    /// Restores what happened before and begins to listen on a free loopback port.
    ///
    /// # Errors
    /// `SettingsUnwritable` when the folder cannot be used, `Internal` when no port can be had.
    pub async fn open(folder: &DataFolder) -> Result<Arc<Self>, Problem> {
        let (simulator, file) =
            restore(folder).map_err(|error| Problem::with(ProblemCode::SettingsUnwritable, error))?;
        let simulator = Arc::new(Mutex::new(simulator));
        let history = Arc::new(History(Mutex::new(file)));
        let (address, page, listener) =
            listen(&simulator, history.clone()).await.map_err(|error| Problem::with(ProblemCode::Internal, error))?;
        let closed = AtomicBool::new(false);
        Ok(Arc::new(Self { simulator, history, address, page, listener, closed }))
    }

    /// Nobody is answered any more, on the port or off it. What happened is in the file.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.listener.abort();
    }

    /// What stands in the requests as Stripe's address.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the card page finds Stripe.js.
    pub fn peer(&self) -> CardPeer {
        CardPeer::Loopback(self.page.clone())
    }

    fn answer(&self, request: &Request<Bytes>) -> io::Result<http::Response<Bytes>> {
        let mut simulator = lock(&self.simulator);
        // The next one that is opened reads the file, and nothing may be added behind its back.
        if self.closed.load(Ordering::Acquire) {
            return Err(io::Error::other("training is over"));
        }
        let response = simulator.handle(now_ms(), request);
        self.history.append(&simulator.take_changes())?;
        Ok(response)
    }
}

impl Transport for Training {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move {
            // As with Stripe: it was done, and nobody heard.
            self.answer(&request).map_err(|error| Unanswered::Lost(error.to_string()))
        })
    }
}

fn restore(folder: &DataFolder) -> io::Result<(Simulator, File)> {
    let room = folder.room(FOLDER)?;
    let lines = room.read(FILE)?.unwrap_or_default();
    let whole = whole_lines(&lines);
    let mut simulator = Simulator::new(SEED);
    if simulator.restore(whole).is_err() {
        // Practice is not worth a closed till: it begins anew, and the old file stays.
        simulator = Simulator::new(SEED);
        room.put_aside(FILE)?;
    } else if whole.len() < lines.len() {
        // A write was cut off; the next line must not begin in the middle of it.
        room.replace(FILE, whole)?;
    }
    Ok((simulator, room.append(FILE)?))
}

fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    &bytes[..end]
}

type Listening = Result<(SocketAddr, Loopback, JoinHandle<()>), Box<dyn std::error::Error + Send + Sync>>;

async fn listen(simulator: &Arc<Mutex<Simulator>>, history: Arc<History>) -> Listening {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(any_port, simulator.clone()).await?.with_hook(move |handled| {
        // The card page has its answer either way; Rust's next call says what is wrong with the disk.
        let _ = history.append(handled.changes);
    });
    let address = server.address();
    if !SECURE {
        let listener = tauri::async_runtime::spawn(server.run());
        return Ok((address, Loopback { origin: format!("http://{address}"), certificate: None }, listener));
    }
    let identity = Identity::make()?;
    let certificate = Some(identity.certificate().to_owned());
    let listener = tauri::async_runtime::spawn(server.with_identity(identity).run());
    Ok((address, Loopback { origin: format!("https://{address}"), certificate }, listener))
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A simulated Stripe is not worth a crash of the till.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stripe_api::{Base, Body, Call, Capture, Client, CreateIntent, SecretKey};
    use tauri::async_runtime::block_on;

    fn client(training: &Arc<Training>) -> Client {
        let key = SecretKey::parse("sk_test_training").unwrap();
        let base = Base::loopback(&training.base()).unwrap();
        Client::new(training.clone(), base, key).unwrap()
    }

    fn create() -> Call {
        let intent = CreateIntent {
            amount: 2345,
            currency: "usd".to_owned(),
            capture: Capture::AutomaticAsync,
            description: None,
            metadata: vec![("sale_id".to_owned(), "s1".to_owned())],
            customer: None,
            setup_future_usage: false,
            receipt_email: None,
            statement_descriptor_suffix: None,
        };
        Call::create_intent(&intent, "s1:g1:create")
    }

    fn intent(body: Body) -> stripe_api::PaymentIntent {
        match body {
            Body::PaymentIntent(intent) => *intent,
            other => panic!("an intent was asked for, and {other:?} came"),
        }
    }

    #[test]
    fn a_practice_payment_is_still_there_after_the_till_was_killed() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().to_owned()).unwrap();
        let created = block_on(async {
            let training = Training::open(&folder).await.unwrap();
            intent(client(&training).call(&create()).await.unwrap().body)
        });
        // A kill in the middle of a write.
        folder.room(FOLDER).unwrap().append(FILE).unwrap().write_all(b"{\"cut o").unwrap();
        let found = block_on(async {
            let training = Training::open(&folder).await.unwrap();
            let answer = client(&training).call(&Call::retrieve_intent(&created.id)).await;
            intent(answer.unwrap().body)
        });
        assert_eq!(found.id, created.id);
        assert_eq!(found.amount, 2345);
        let lines = folder.room(FOLDER).unwrap().read(FILE).unwrap().unwrap();
        assert_eq!(whole_lines(&lines), lines);
    }

    #[test]
    fn a_damaged_practice_file_is_put_aside_and_practice_goes_on() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().to_owned()).unwrap();
        let room = folder.room(FOLDER).unwrap();
        room.replace(FILE, b"no records\n").unwrap();
        let training = block_on(Training::open(&folder)).unwrap();
        let answer = block_on(client(&training).call(&create())).unwrap();
        assert_eq!(intent(answer.body).amount, 2345);
        let aside = room.read("simulator.jsonl.damaged-1").unwrap().unwrap();
        assert_eq!(aside, b"no records\n");
    }

    #[test]
    fn the_card_page_is_told_where_stripe_js_is_and_by_which_certificate() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().to_owned()).unwrap();
        let training = block_on(Training::open(&folder)).unwrap();
        let CardPeer::Loopback(page) = training.peer() else { panic!("training is on this computer") };
        let scheme = if SECURE { "https" } else { "http" };
        assert_eq!(page.origin, format!("{scheme}://{}", training.address));
        let pem = page.certificate.is_some_and(|pem| pem.starts_with("-----BEGIN CERTIFICATE-----"));
        assert_eq!(pem, SECURE);
    }

    /// A live key must not live beside a simulator that anybody on this computer can reach.
    #[test]
    fn training_that_is_over_answers_nobody_and_begins_again_with_what_happened() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().to_owned()).unwrap();
        let training = block_on(Training::open(&folder)).unwrap();
        let created = intent(block_on(client(&training).call(&create())).unwrap().body);
        training.close();
        assert!(block_on(client(&training).call(&create())).is_err());
        let again = block_on(Training::open(&folder)).unwrap();
        let found = block_on(client(&again).call(&Call::retrieve_intent(&created.id))).unwrap();
        assert_eq!(intent(found.body).id, created.id);
        let port_is_free = block_on(async {
            // The listener goes when its task is next looked at.
            while tokio::net::TcpStream::connect(training.address).await.is_ok() {
                tokio::task::yield_now().await;
            }
            tokio::net::TcpListener::bind(training.address).await.is_ok()
        });
        assert!(port_is_free);
    }
}

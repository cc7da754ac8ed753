//! The simulator on a loopback port: the only part that knows sockets and the clock of this computer.

mod connection;
mod files;
#[cfg(feature = "tls")]
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use http::{Method, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::simulator::Simulator;

#[cfg(feature = "tls")]
pub use tls::{Identity, NoCertificate};

/// Connections served at once; more wait.
const MAX_CONNECTIONS: usize = 256;

/// Why no server came up.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Anybody on the network could take "payments" or read the frames.
    #[error("the simulator listens on this computer only, and {0} is not a loopback address: use 127.0.0.1")]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
}

/// One request that has just been handled.
#[derive(Debug)]
pub struct Handled<'a> {
    pub method: &'a Method,
    /// Without the query, which may hold a key.
    pub path: &'a str,
    pub status: StatusCode,
    /// Whether it came with a secret key: others are shown a part of each object.
    pub by_secret_key: bool,
    /// The answer, before anything went wrong with it on the way.
    pub answer: &'a [u8],
    /// Lines for an append-only file, see [`Simulator::take_changes`]; often empty.
    pub changes: &'a [u8],
}

type Hook = Box<dyn Fn(&Handled<'_>) + Send + Sync>;

/// A bound, not yet running server.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Shared,
    #[cfg(feature = "tls")]
    identity: Option<Identity>,
}

/// What every connection needs.
struct Shared {
    simulator: Arc<Mutex<Simulator>>,
    hook: Option<Hook>,
    /// Served in place of our own files.
    files: Option<PathBuf>,
    /// Where pages on https find us; told at `/_simulator/page`.
    page: Option<String>,
}

impl Server {
    /// Takes the port; port 0 takes any. The simulator may be shared with calls in this process.
    ///
    /// # Errors
    ///
    /// When `address` is not loopback, or the port cannot be had.
    pub async fn bind(address: SocketAddr, simulator: Arc<Mutex<Simulator>>) -> Result<Self, ServerError> {
        if !address.ip().is_loopback() {
            return Err(ServerError::NotLoopback(address));
        }
        let listen_error = |source| ServerError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let shared = Shared { simulator, hook: None, files: None, page: None };
        Ok(Self {
            listener,
            address,
            shared,
            #[cfg(feature = "tls")]
            identity: None,
        })
    }

    /// Speaks TLS, and nothing else.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Serves the files of this folder in place of the simulator's own.
    #[must_use]
    pub fn with_files(mut self, folder: Option<PathBuf>) -> Self {
        self.shared.files = folder;
        self
    }

    /// Tells at `/_simulator/page` where a page on https finds this simulator, and by which certificate.
    #[must_use]
    pub fn with_page(mut self, origin: &str, certificate: &str) -> Self {
        self.shared.page = Some(serde_json::json!({ "origin": origin, "certificate": certificate }).to_string());
        self
    }

    /// Calls `hook` after every request, before its answer leaves and while the simulator is locked: what it writes
    /// is in order, and written before anybody hears of it.
    #[must_use]
    pub fn with_hook(mut self, hook: impl Fn(&Handled<'_>) + Send + Sync + 'static) -> Self {
        self.shared.hook = Some(Box::new(hook));
        self
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future is dropped.
    pub async fn run(self) {
        let shared = Arc::new(self.shared);
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            // An accept that goes wrong concerns one caller; the next may do better.
            let Ok((stream, _)) = self.listener.accept().await else { continue };
            let _ = stream.set_nodelay(true);
            let shared = Arc::clone(&shared);
            #[cfg(feature = "tls")]
            let identity = self.identity.clone();
            tokio::spawn(async move {
                #[cfg(feature = "tls")]
                match identity {
                    None => connection::serve(stream, shared).await,
                    Some(identity) => connection::serve_secure(stream, &identity, shared).await,
                }
                #[cfg(not(feature = "tls"))]
                connection::serve(stream, shared).await;
                drop(place);
            });
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// This computer's clock, in unix milliseconds.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

//! A peer that reads requests and then does what it was told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use stripe_api::Base;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What the peer does with one request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deed {
    /// Resets the connection before it has read anything.
    ResetUnread,
    /// Reads the whole request, then resets.
    Reset,
    /// Reads the whole request, says this, and closes politely.
    Close(Vec<u8>),
    /// Reads the whole request, says this, and keeps the connection open.
    Say(Vec<u8>),
    /// Reads the whole request, says this, then one byte at a time for ever.
    Drip(Vec<u8>, Duration),
}

/// What the peer has seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    /// Heads and bodies of whole requests.
    pub(crate) requests: Vec<String>,
}

#[derive(Debug)]
struct Script {
    deeds: VecDeque<Deed>,
    seen: Seen,
}

/// A listener that does one deed for each request, over as many connections as it takes. It keeps counting
/// after its last deed, so that whatever is sent once too often is seen.
pub(crate) struct Peer {
    pub(crate) base: Base,
    script: Shared,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Script>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }
}

impl Peer {
    pub(crate) async fn start(deeds: impl IntoIterator<Item = Deed>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Base::loopback(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let script = Script { deeds: deeds.into_iter().collect(), seen: Seen::default() };
        let script = Shared(Arc::new(Mutex::new(script)));
        let task = tokio::spawn(serve(listener, script.clone()));
        Self { base, script, task }
    }

    /// Ends the peer and tells what it saw.
    pub(crate) fn finish(self) -> Seen {
        self.task.abort();
        self.script.lock().seen.clone()
    }
}

async fn serve(listener: TcpListener, script: Shared) {
    let mut conversations = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        script.lock().seen.connections += 1;
        conversations.spawn(converse(stream, script.clone()));
    }
}

async fn converse(stream: TcpStream, script: Shared) -> Option<()> {
    let mut stream = stream;
    loop {
        if script.lock().deeds.front() == Some(&Deed::ResetUnread) {
            script.lock().deeds.pop_front();
            return reset(&stream);
        }
        let request = read_request(&mut stream).await?;
        script.lock().seen.requests.push(request);
        // Without a deed the request is only counted.
        let deed = script.lock().deeds.pop_front().unwrap_or(Deed::Say(Vec::new()));
        perform(&mut stream, deed).await?;
    }
}

/// `None` when the connection is to be dropped.
async fn perform(stream: &mut TcpStream, deed: Deed) -> Option<()> {
    match deed {
        Deed::ResetUnread | Deed::Reset => reset(stream),
        Deed::Close(bytes) => {
            stream.write_all(&bytes).await.ok()?;
            stream.shutdown().await.ok()?;
            None
        }
        Deed::Say(bytes) => stream.write_all(&bytes).await.ok(),
        Deed::Drip(bytes, pause) => {
            stream.write_all(&bytes).await.ok()?;
            let mut ticks = tokio::time::interval(pause);
            loop {
                ticks.tick().await;
                stream.write_all(b"x").await.ok()?;
            }
        }
    }
}

/// Makes the drop that follows a reset.
fn reset(stream: &TcpStream) -> Option<()> {
    stream.set_zero_linger().unwrap();
    None
}

/// Head and body, as long as they arrive whole.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= announced(head)
        {
            return Some(text.into_owned());
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn announced(head: &str) -> usize {
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
    length.map_or(0, |length| length.trim().parse().unwrap())
}

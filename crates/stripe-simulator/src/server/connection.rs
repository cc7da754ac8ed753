//! One connection: bounded in size and time, and broken on demand.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Handled, Shared, files, now_ms};
use crate::control::Fault;
use crate::keys;

/// The longest request head, in bytes.
const MAX_HEAD: usize = 64 * 1_024;
/// The longest request body, in bytes.
const MAX_BODY: usize = 256 * 1_024;
/// A client that takes longer to send its head, or its body, is let go.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connection is to be broken without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken on purpose")]
struct Severed;

/// A client that takes longer to shake hands is let go as well.
#[cfg(feature = "tls")]
pub(super) async fn serve_secure(stream: tokio::net::TcpStream, identity: &super::Identity, shared: Arc<Shared>) {
    let hands = tokio::time::timeout(PATIENCE, identity.acceptor.accept(stream)).await;
    if let Ok(Ok(stream)) = hands {
        serve(stream, shared).await;
    }
}

pub(super) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { answer(request, &shared).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // A caller that goes away, or is sent away, is nobody's concern.
    let _ = connection.await;
}

async fn answer(request: Request<Incoming>, shared: &Shared) -> Result<Response<Answer>, Severed> {
    if !names_this_computer(&request) {
        return Ok(plain(StatusCode::FORBIDDEN, "The simulator answers to 127.0.0.1 and localhost only.\n"));
    }
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(PATIENCE, Limited::new(body, MAX_BODY).collect()).await;
    let Ok(Ok(body)) = body else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large or too slow.\n"));
    };
    let response = handle(&Request::from_parts(head, body.to_bytes()), shared);
    match response.extensions().get::<Fault>().copied() {
        Some(Fault::ResetBefore | Fault::ResetAfter | Fault::Late(_)) => Err(Severed),
        Some(Fault::Truncate) => Ok(torn(response)),
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            Ok(response.map(Answer::whole))
        }
        _ => Ok(response.map(Answer::whole)),
    }
}

fn handle(request: &Request<Bytes>, shared: &Shared) -> Response<Bytes> {
    if let Some(response) = beside_the_simulator(request, shared) {
        return response;
    }
    let mut simulator = shared.simulator.lock().unwrap_or_else(PoisonError::into_inner);
    let response = simulator.handle(now_ms(), request);
    if let Some(hook) = &shared.hook {
        let changes = simulator.take_changes();
        let (method, path, status) = (request.method(), request.uri().path(), response.status());
        let by_secret_key = keys::is_secret(request.headers());
        hook(&Handled { method, path, status, by_secret_key, answer: response.body(), changes: &changes });
    }
    response
}

/// What this server answers by itself.
fn beside_the_simulator(request: &Request<Bytes>, shared: &Shared) -> Option<Response<Bytes>> {
    if request.method() != Method::GET {
        return None;
    }
    let path = request.uri().path();
    if let ("/_simulator/page", Some(page)) = (path, &shared.page) {
        return Some(Response::new(Bytes::from(page.clone())));
    }
    files::serve(shared.files.as_deref()?, path)
}

/// Keeps a page from reaching us through a name of its own that points to 127.0.0.1.
fn names_this_computer(request: &Request<Incoming>) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") || name.ends_with(".localhost")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Answer> {
    let mut response = Response::new(Answer::whole(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}

/// Announces more than it sends.
fn torn(response: Response<Bytes>) -> Response<Answer> {
    let mut response = response.map(|body| Answer { rest: Some(body), ends: Ends::Torn { flushed: false } });
    let announced = response.body().rest.as_ref().map_or(0, Bytes::len) * 2 + 1;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(announced));
    response
}

/// A body that is sent whole, or breaks off.
struct Answer {
    rest: Option<Bytes>,
    ends: Ends,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Well,
    /// Breaks off, after the writer has had a turn to send what it has.
    Torn {
        flushed: bool,
    },
}

impl Answer {
    fn whole(body: Bytes) -> Self {
        Self { rest: Some(body).filter(|body| !body.is_empty()), ends: Ends::Well }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Severed;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Severed>>> {
        match (self.rest.take(), self.ends) {
            (Some(bytes), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, Ends::Well) => Poll::Ready(None),
            (None, Ends::Torn { flushed: true }) => Poll::Ready(Some(Err(Severed))),
            (None, Ends::Torn { flushed: false }) => {
                self.ends = Ends::Torn { flushed: true };
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.ends == Ends::Well
    }

    fn size_hint(&self) -> SizeHint {
        match self.ends {
            Ends::Well => SizeHint::with_exact(self.rest.as_ref().map_or(0, |rest| rest.len() as u64)),
            Ends::Torn { .. } => SizeHint::default(),
        }
    }
}

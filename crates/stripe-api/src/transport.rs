//! The seam: one HTTP request in, one HTTP response out. Stripe, the simulator and the simulation's faults
//! all stand behind it, so encoding, headers and reading are exercised for real by each of them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

/// No usable HTTP response. It tells apart what surely never left from what Stripe may have acted on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The request surely never left: no address, connection refused, no TLS session.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The request may have arrived and may have been acted on.
    #[error("sent, but no answer came back: {0}")]
    Lost(String),
    /// As [`Unanswered::Lost`]: the answer was longer than is read. Of a list a shorter page may fit.
    #[error("the answer is larger than 1 MiB")]
    TooLarge,
}

/// A request on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unanswered>> + Send + 'a>>;

/// Carries one request and never repeats it: resending is decided above, where the key's age is known.
pub trait Transport: Send + Sync {
    /// Sends one request and waits for the whole response.
    fn send(&self, request: Request<Bytes>) -> Sending<'_>;
}

impl fmt::Debug for dyn Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

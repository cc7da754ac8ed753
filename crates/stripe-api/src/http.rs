//! The only place that opens sockets, and the only user of `reqwest`.
//!
//! One request, at most once on the wire: no redirects, no resends, no cookies. Every way of ending without
//! a whole response is either *surely never left* or *may have arrived*, and in doubt it is the second.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
#[cfg(test)]
use reqwest::Proxy;
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, retry};
use rustls::{ClientConfig, RootCertStore};

use crate::base::Base;
use crate::transport::{Sending, Transport, Unanswered};

#[cfg(test)]
mod tests;

/// More than Stripe ever says; beyond it something else is talking.
const LARGEST_BODY: usize = 1 << 20;
/// Shorter than servers keep an idle connection, so that a call seldom meets one that is being closed.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// How long to wait. Cutting off early makes unknown outcomes: a bank may take more than 20 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// Until the TLS session stands; 10 s by default.
    pub connect: Duration,
    /// Between two signs of life; 30 s by default.
    pub idle: Duration,
    /// For the whole call; 80 s by default.
    pub whole: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(30), whole: Duration::from_secs(80) }
    }
}

/// The TLS library could not be set up. Nothing can be sent.
#[derive(Debug, thiserror::Error)]
#[error("this computer cannot open secure connections")]
pub struct TlsUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Talks to one [`Base`] and refuses to carry a request anywhere else.
#[derive(Debug, Clone)]
pub struct HttpsTransport {
    client: reqwest::Client,
    base: Base,
}

impl HttpsTransport {
    /// A transport with a connection pool of its own.
    ///
    /// # Errors
    /// [`TlsUnavailable`] when the TLS library cannot be set up.
    pub fn new(base: Base, limits: TimeLimits) -> Result<Self, TlsUnavailable> {
        let tls = tls_config().map_err(|error| TlsUnavailable(error.into()))?;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(limits.connect)
            .read_timeout(limits.idle)
            .timeout(limits.whole)
            .pool_idle_timeout(POOL_IDLE)
            .tcp_nodelay(true);
        let client = reach(builder, &base).build().map_err(|error| TlsUnavailable(error.into()))?;
        Ok(Self { client, base })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unanswered> {
        if !self.is_ours(&request) {
            return Err(Unanswered::NotSent("the request is addressed to somebody else".to_owned()));
        }
        // Turning it into the library's request happens before any connection is opened.
        let request = reqwest::Request::try_from(request).map_err(|error| Unanswered::NotSent(explain(error)))?;
        let response = self.client.execute(request).await.map_err(unanswered)?;
        collect(response).await
    }

    /// A key must not travel to another host, whatever the caller put into the request.
    fn is_ours(&self, request: &Request<Bytes>) -> bool {
        let uri = request.uri();
        match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}") == self.base.as_str(),
            _ => false,
        }
    }
}

impl Transport for HttpsTransport {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.exchange(request))
    }
}

/// A simulator on this computer is reached in plain http and past any proxy; Stripe only through TLS.
fn reach(builder: ClientBuilder, base: &Base) -> ClientBuilder {
    if base.is_loopback() { builder.no_proxy() } else { builder.https_only(true) }
}

/// Trusts the public authorities that come with the program, not those somebody added to this computer:
/// who could read this traffic could charge cards.
fn tls_config() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

async fn collect(mut response: reqwest::Response) -> Result<Response<Bytes>, Unanswered> {
    let announced = response.content_length().unwrap_or(0);
    if announced > LARGEST_BODY as u64 {
        return Err(Unanswered::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Unanswered::Lost(explain(error)))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Unanswered::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let mut whole = Response::new(body.freeze());
    *whole.status_mut() = response.status();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    Ok(whole)
}

/// Only the connector's own word proves that nothing left: it runs before the first byte of the request.
fn unanswered(error: reqwest::Error) -> Unanswered {
    if error.is_connect() { Unanswered::NotSent(explain(error)) } else { Unanswered::Lost(explain(error)) }
}

/// The chain of causes, without the address: that one holds ids.
fn explain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

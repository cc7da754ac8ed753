//! The calls a till makes, each built by a pure constructor. What is sent is fixed here and nowhere else.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Request, Uri};
use sha2::{Digest, Sha256};

use crate::API_VERSION;
use crate::base::Base;
use crate::form::{Form, push_percent};
use crate::key::SecretKey;

mod intent;
mod refund;
mod right;
#[cfg(test)]
mod tests;

pub use intent::{Capture, ConfirmIntent, CreateIntent, ListIntents};
pub use refund::CreateRefund;
pub use right::Right;

/// The two methods Stripe's v1 API needs here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads; may be repeated at will.
    Get,
    /// Changes something; carries an idempotency key.
    Post,
}

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("Keytill/", env!("CARGO_PKG_VERSION")));

/// One request to Stripe, complete but for the key and the address. Equal calls make equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    method: Method,
    path: String,
    /// Shared: a call is kept while it is out, in case it has to go again.
    form: Arc<Form>,
    idempotency_key: Option<String>,
}

impl Call {
    pub(crate) fn get(path: String, form: Form) -> Self {
        Self { method: Method::Get, path, form: Arc::new(form), idempotency_key: None }
    }

    pub(crate) fn post(path: String, form: Form, key: &str) -> Self {
        Self { method: Method::Post, path, form: Arc::new(form), idempotency_key: Some(header_safe(key)) }
    }

    /// `GET /v1/account`: name, country, currency. A restricted key may lack the permission (403).
    pub fn retrieve_account() -> Self {
        Self::get("/v1/account".to_owned(), Form::new())
    }

    /// `GET /v1/balance`: proves a key without naming anything.
    pub fn retrieve_balance() -> Self {
        Self::get("/v1/balance".to_owned(), Form::new())
    }

    /// GET or POST.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The parameters: the query of a GET, the body of a POST.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The idempotency key; every POST has one.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// The exact body: the encoded form of a POST, empty for a GET.
    pub fn body(&self) -> String {
        match self.method {
            Method::Get => String::new(),
            Method::Post => self.form.encode(),
        }
    }

    /// SHA-256 of [`Call::body`], to be stored beside the key: the same key may only be sent again with the
    /// same body.
    pub fn body_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.body().as_bytes()).into()
    }

    /// The request for the wire, with the key in a header marked sensitive.
    pub fn to_request(&self, base: &Base, key: &SecretKey) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from(self.body()));
        *request.uri_mut() = self.uri(base);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, key.bearer());
        headers.insert(STRIPE_VERSION, HeaderValue::from_static(API_VERSION));
        headers.insert(USER_AGENT, AGENT);
        if self.method == Method::Post {
            headers.insert(CONTENT_TYPE, FORM);
            *request.method_mut() = http::Method::POST;
        }
        if let Some(value) = self.idempotency_key.as_deref().and_then(|key| HeaderValue::from_str(key).ok()) {
            request.headers_mut().insert(IDEMPOTENCY_KEY, value);
        }
        request
    }

    fn uri(&self, base: &Base) -> Uri {
        let mut text = format!("{}{}", base.as_str(), self.path);
        if self.method == Method::Get && !self.form.is_empty() {
            text.push('?');
            text.push_str(&self.form.encode());
        }
        // Base, segments and query are made of visible ASCII only, so this parses; were it ever too long,
        // the transport refuses the empty address and nothing leaves.
        text.parse().unwrap_or_default()
    }
}

/// An id as one path segment: whatever it holds, it cannot reach another endpoint.
pub(crate) fn segment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            out.push(char::from(byte));
        } else {
            push_percent(byte, &mut out);
        }
    }
    out
}

/// A header value for any text. A POST must never leave without its key, so odd bytes are escaped rather
/// than refused; `%` too, so that different keys stay different.
fn header_safe(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            out.push(char::from(byte));
        } else {
            push_percent(byte, &mut out);
        }
    }
    out
}

//! A typed client for the part of Stripe's API that a card till needs.
//!
//! It knows HTTP and Stripe and nothing about tills. A [`Call`] is built by a pure constructor, becomes an
//! `http::Request<Bytes>`, crosses a [`Transport`], and what comes back is read by the pure [`answer::read`].
//! Whether an answer means *paid* is not decided here.
//!
//! Only `http.rs` opens sockets, behind the default feature `https`. Everything else is free of clocks,
//! randomness and sockets, so a simulation can run the very same code millions of times.

pub mod answer;
pub mod base;
pub mod call;
mod client;
pub mod error;
pub mod form;
#[cfg(feature = "https")]
mod http;
pub mod key;
mod lenient;
pub mod object;
mod open;
mod transport;

#[cfg(feature = "https")]
pub use crate::http::{HttpsTransport, TimeLimits, TlsUnavailable};
pub use answer::{Answer, Body, Meta};
pub use base::{Base, BaseError};
pub use call::{Call, Capture, ConfirmIntent, CreateIntent, CreateRefund, ListIntents, Method, Right};
pub use client::{Client, LiveKeyOnLoopback};
pub use error::{ApiError, ErrorKind};
pub use form::Form;
pub use key::{KeyError, KeyKind, KeyMode, PublishableKey, SecretKey};
pub use object::{
    Account, Balance, CaptureMethod, CardDetails, Charge, ChargeStatus, ClientSecret, Expandable, IntentStatus, List,
    NextAction, PaymentIntent, Refund, RefundStatus,
};
pub use transport::{Sending, Transport, Unanswered};

/// The API version every call names: without it the account's own default would apply, and that differs
/// from merchant to merchant.
pub const API_VERSION: &str = "2026-07-29.dahlia";

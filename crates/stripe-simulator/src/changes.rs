//! Changes as lines of JSON: what an append-only file needs to bring a simulator back.
//!
//! One line is one batch, and counts wholly or not at all: a process that is killed while writing leaves a torn
//! last line, which [`read`] drops.

use serde::{Deserialize, Serialize};

use crate::balance_transactions::Transaction;
use crate::books::Features;
use crate::charges::Charge;
use crate::clock::Clock;
use crate::customers::Customer;
use crate::disputes::Dispute;
use crate::events::Event;
use crate::idempotency::Saved;
use crate::payment_intents::Intent;
use crate::payment_methods::Method;
use crate::refunds::Refund;
use crate::setup_intents::Setup;
use crate::tokens::Token;

/// One changed record, on its way out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Changed<'a> {
    Customer(&'a Customer),
    PaymentIntent(&'a Intent),
    PaymentMethod(&'a Method),
    Charge(&'a Charge),
    Refund(&'a Refund),
    BalanceTransaction(&'a Transaction),
    Dispute(&'a Dispute),
    Event(&'a Event),
    SetupIntent(&'a Setup),
    Token(&'a Token),
    IdempotencyKey(&'a Saved),
    /// The counts and the clock; in every batch.
    Progress(Progress),
    /// Everything before this batch is void.
    Reset,
}

/// The same, on its way in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    Customer(Box<Customer>),
    PaymentIntent(Box<Intent>),
    PaymentMethod(Box<Method>),
    Charge(Box<Charge>),
    Refund(Box<Refund>),
    BalanceTransaction(Box<Transaction>),
    Dispute(Box<Dispute>),
    Event(Box<Event>),
    SetupIntent(Box<Setup>),
    Token(Box<Token>),
    IdempotencyKey(Box<Saved>),
    Progress(Progress),
    Reset,
}

/// What is neither a record nor a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) ids: u64,
    pub(crate) requests: u64,
    pub(crate) clock: Clock,
    #[serde(default)]
    pub(crate) features: Features,
}

/// Kept changes that cannot be read back.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the kept changes cannot be read")]
pub struct RestoreError {
    /// Counted from 1.
    pub line: usize,
    #[source]
    source: serde_json::Error,
}

/// One line for one batch, its newline included.
pub(crate) fn write(batch: &[Changed<'_>]) -> Vec<u8> {
    let mut line = serde_json::to_vec(batch).unwrap_or_default();
    line.push(b'\n');
    line
}

/// All batches, oldest first. A last line without its newline was torn and is dropped.
pub(crate) fn read(lines: &[u8]) -> impl Iterator<Item = Result<Vec<Kept>, RestoreError>> {
    let whole = lines.iter().rposition(|&byte| byte == b'\n').map_or(&[][..], |end| &lines[..end]);
    let lines = whole.split(|&byte| byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    lines.map(|(at, line)| serde_json::from_slice(line).map_err(|source| RestoreError { line: at + 1, source }))
}

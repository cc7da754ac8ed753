//! A small, stateful Stripe: enough of the API, Stripe.js, the Card Element and 3-D Secure for a till to take
//! payments with test cards, and no money.
//!
//! [`Simulator`] is a value without sockets or clock; [`server`] puts it on a loopback port. It shares no types with
//! any client, so that a wrong field name in one shows against the other. No card number is ever stored: a number is
//! looked up among Stripe's published test cards and then forgotten, and any other number is refused.

mod account;
mod address;
mod agenda;
mod answer;
mod api;
mod assets;
mod balance_transactions;
mod books;
mod calendar;
mod call;
mod cards;
mod changes;
mod charges;
mod clock;
mod control;
mod customers;
mod disputes;
mod endpoint;
mod events;
mod expand;
mod form;
mod idempotency;
mod ids;
mod keys;
mod money;
mod params;
mod payment_intents;
mod payment_methods;
mod pretty;
mod refunds;
mod refusal;
mod search;
pub mod server;
mod setup_intents;
mod shared;
mod simulator;
mod table;
mod tokens;

pub use changes::RestoreError;
pub use control::{Fault, FaultRule, IntentLine, LedgerLine, RefundLine};
pub use simulator::Simulator;

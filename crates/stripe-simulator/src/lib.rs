//! A small, stateful Stripe: enough of the API, Stripe.js, the Card Element and 3-D Secure for a till to take
//! payments with test cards, and no money.
//!
//! [`Simulator`] is a value without sockets or clock; [`server`] puts it on a loopback port. It shares no types with
//! any client, so that a wrong field name in one shows against the other. No card number is ever stored: a number is
//! looked up among Stripe's published test cards and then forgotten, and any other number is refused.

mod account;
mod answer;
mod api;
mod assets;
mod books;
mod calendar;
mod call;
mod cards;
mod changes;
mod charges;
mod clock;
mod control;
mod endpoint;
mod expand;
mod form;
mod idempotency;
mod ids;
mod keys;
mod money;
mod params;
mod payment_intents;
mod payment_methods;
mod refunds;
mod refusal;
pub mod server;
mod simulator;
mod table;

pub use changes::RestoreError;
pub use control::{Fault, FaultRule, IntentLine, LedgerLine};
pub use simulator::Simulator;

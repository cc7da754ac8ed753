//! The simulator as its users meet it: through requests alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod cards;
mod connection;
mod customers;
mod disputes;
mod events;
mod faults;
mod guide;
mod hostile;
mod idempotency;
mod increments;
mod lists;
mod published_cards;
mod recorded;
mod refunds;
mod required;
mod restore;
mod saved;
mod schema;
mod search;
mod setup_intents;
mod shop;
mod tokens;
mod versions;

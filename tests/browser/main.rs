//! The simulator's `stripe.js` in pages of other people, in Chromium and in WebKit.
//!
//! Every promise is kept in both engines: `promise::chromium` and `promise::webkit`. `cargo xtask test` builds the
//! simulator and runs these.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // Steps outside test functions are test code too.

#[macro_use]
mod stage;
mod page_server;

mod bank;
mod calls;
mod keyboard;
mod loader;
mod options;
mod reach;
mod secrecy;
mod split;
mod typing;

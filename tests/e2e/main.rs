//! The whole till in the real webview: what a cashier sees and presses, and what Stripe has in the end.
//!
//! `cargo xtask test` builds the app and runs these on a display of their own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // Steps outside test functions are test code too.

mod attacks;
mod authorisation;
mod bank;
mod books;
mod charged;
mod doctor;
mod full_disk;
mod keyboard;
mod keys;
mod live;
mod modes;
mod power_cut;
mod sale;
mod screens;
mod silence;
mod stage;
mod walls;

//! The crate from outside: the journal's file, and payments against a simulated Stripe.

#![allow(clippy::unwrap_used)] // A test that cannot go on should say where.

mod again;
mod bounced;
mod breakable;
mod charged;
mod damage;
mod desk;
mod diagram;
mod formats;
mod journal;
mod late;
mod make;
mod payment;
mod refund;
mod restored;
mod sweep;
mod time;
mod world;

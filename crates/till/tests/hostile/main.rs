//! What comes from outside, changed at random: answers of Stripe, words of a page, files of a disk. Nothing of it makes
//! the till panic, or believe what was not said.
//!
//! The same seeds each time, so that what was found once is found again; what was found belongs into `corpus`.

#![allow(clippy::unwrap_used)] // A test that cannot go on should say where.

mod answers;
mod change;
mod files;
mod words;

//! Everything around the till: setting a machine up, building, driving the real app, measuring it.
//!
//! `cargo xtask` is a program of this workspace, so a fresh clone needs no other tool than Rust, Node and git.

pub mod bench;
pub mod building;
#[cfg(target_os = "linux")]
pub mod chaos;
pub mod clients;
pub mod crash;
#[cfg(target_os = "linux")]
pub mod desk;
pub mod pictures;
pub mod place;
pub mod run;
pub mod say;
pub mod setup;
pub mod shell;
pub mod simulate;
pub mod steps;
pub mod suites;

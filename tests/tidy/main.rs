//! The house rules, as tests. Each one reads the sources as they lie here and names what breaks it.
#![allow(clippy::unwrap_used)] // What cannot be read breaks the rule too; the panic names it.

mod arrows;
mod bundle;
mod house;
mod ipc;
mod promises;
mod shape;
mod tree;

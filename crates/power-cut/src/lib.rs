//! A disk in memory that keeps what was synced and nothing else for certain.
//!
//! A real disk is kind: nearly everything that was written is there after a power cut, synced or not. This one is not.
//! When its power goes, each write, each new length and each name that was not synced stays, goes or is torn by
//! itself, whatever the order they came in. The same seed always loses the same.
//!
//! [`Disk::vfs`] names it to SQLite; everything that is `unsafe` about that is in one file.

mod disk;
mod file;
mod platter;
mod vfs;

pub use disk::{Disk, Trouble};

//! The real transport against a hostile peer on this computer: every ending is either *surely never left*
//! or *may have arrived*, and nothing is ever sent twice.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on ends its test")]

mod exchange;
mod peer;

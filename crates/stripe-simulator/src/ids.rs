//! Ids that look like Stripe's and depend on nothing but the seed and a count.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An id of Stripe's. Many records name the same object; its letters are kept once.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Id(Arc<str>);

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `prefix` and 24 letters and digits, such as `pi_3QmB…`. Equal inputs give equal ids.
pub(crate) fn object_id(prefix: &str, seed: u64, count: u64) -> String {
    spell(prefix, 24, mix(seed) ^ count.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The client secret of a payment intent.
pub(crate) fn client_secret(intent: &str, seed: u64, count: u64) -> String {
    spell(&format!("{intent}_secret_"), 25, mix(!seed) ^ count.wrapping_mul(0xd1b5_4a32_d192_ed03))
}

/// A request id. The time is mixed in: after a restart the count may repeat itself.
pub(crate) fn request_id(seed: u64, count: u64, now_ms: i64) -> String {
    spell("req_", 14, mix(seed ^ now_ms.unsigned_abs()).wrapping_add(mix(count)))
}

/// A card's fingerprint: the same for the same test card, and not derived from its number.
pub(crate) fn fingerprint(seed: u64, row: u64) -> String {
    spell("", 16, mix(seed).wrapping_add(mix(row)))
}

/// `length` decimal digits, for authorisation codes and the like.
pub(crate) fn digits(length: usize, state: u64) -> String {
    let mut state = state;
    (0..length)
        .map(|_| {
            state = mix(state);
            char::from(b'0' + u8::try_from(state % 10).unwrap_or(0))
        })
        .collect()
}

/// Eight capital letters and digits, as Stripe numbers the invoices of a customer.
pub(crate) fn prefix(state: u64) -> String {
    spell("", 8, state).to_ascii_uppercase()
}

fn spell(prefix: &str, length: usize, mut state: u64) -> String {
    let mut out = String::with_capacity(prefix.len() + length);
    out.push_str(prefix);
    let mut pool = 0;
    for place in 0..length {
        // 64 bits hold ten base-62 digits.
        if place % 10 == 0 {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            pool = mix(state);
        }
        let digit = usize::try_from(pool % 62).unwrap_or(0);
        out.push(char::from(ALPHABET[digit]));
        pool /= 62;
    }
    out
}

/// The finaliser of `SplitMix64`: every input bit reaches every output bit, and no two inputs collide.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_never_repeat_and_never_change() {
        let ids: HashSet<_> = (0..50_000).map(|n| object_id("pi_3", 7, n)).collect();
        assert_eq!(ids.len(), 50_000);
        assert_eq!(object_id("pi_3", 7, 1), object_id("pi_3", 7, 1));
        assert_ne!(object_id("pi_3", 7, 1), object_id("pi_3", 8, 1));
        assert_eq!(request_id(1, 1, 1).len(), 18);
    }
}

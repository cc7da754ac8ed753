//! A sale: what is owed, for what, by whom it was rung up. Frozen when charging begins.

use crate::money::Money;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The longest note, in characters. It travels in Stripe's `description` (1,000) with room for the rest.
pub const LONGEST_NOTE: usize = 500;

/// 128 bits, written as 26 letters of Crockford's alphabet: short enough to read out, and never made twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SaleId(u128);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 26;

impl SaleId {
    /// From bits that no other sale has; where they come from is the caller's matter.
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// Back from its text.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.as_bytes();
        if letters.len() != LETTERS || letters[0] > b'7' {
            return None;
        }
        let digit = |letter: &u8| ALPHABET.iter().position(|known| known == letter);
        letters.iter().try_fold(0_u128, |bits, letter| Some(bits << 5 | digit(letter)? as u128)).map(Self)
    }
}

impl fmt::Display for SaleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; LETTERS];
        for (index, letter) in text.iter_mut().rev().enumerate() {
            *letter = ALPHABET[(self.0 >> (5 * index) & 31) as usize];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for SaleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for SaleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SaleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a sale id"))
    }
}

/// Whose money it is. One journal holds one mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The embedded simulator.
    Training,
    /// Stripe's sandbox keys.
    Test,
    /// Real money.
    Live,
}

/// How the card's number reaches Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entered {
    /// Typed at the counter.
    Keyed,
    /// Read out by a customer who is not here (mail order, telephone order).
    PhoneOrder,
}

/// When the money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// With the card.
    AtOnce,
    /// Later, by a person, within Stripe's `capture_before`.
    Later,
}

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub label: String,
    /// Minor units of the sale's currency.
    pub minor: i64,
}

/// A sale as it was when charging began. Nothing of it ever changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    pub id: SaleId,
    /// Counts up by one in each journal; people read it as `K-1042`.
    pub number: u32,
    pub total: Money,
    pub lines: Vec<Line>,
    pub note: String,
    pub entered: Entered,
    pub capture: Capture,
    pub mode: Mode,
    /// Stripe's account id, where the key may read it.
    pub account: Option<String>,
    /// The till's name.
    pub till: String,
    /// What tells this till's PaymentIntents from those of others in the same account. Empty in old journals.
    #[serde(default)]
    pub till_id: String,
    /// When charging began: this computer's clock, Unix seconds. Shown, never decided by.
    pub at: i64,
}

impl Sale {
    /// The number as people say it.
    pub fn name(&self) -> String {
        number_name(self.number)
    }
}

/// `K-1042`: a letter first, because Stripe refuses statement suffixes of digits alone.
pub fn number_name(number: u32) -> String {
    format!("K-{number}")
}

/// The sale's number at the beginning of a PaymentIntent's description, where this till has put it.
pub fn number_of(description: &str) -> Option<u32> {
    let digits = description.split_whitespace().next()?.strip_prefix("K-")?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_down() {
        for bits in [0, 1, 31, 32, u128::MAX, u128::MAX / 3, 1 << 125] {
            let id = SaleId::from_bits(bits);
            assert_eq!(SaleId::parse(&id.to_string()), Some(id));
            assert_eq!(id.to_string().len(), LETTERS);
        }
    }

    #[test]
    fn what_is_not_an_id_is_not_taken_for_one() {
        let long = "0".repeat(27);
        for text in
            ["", "0", "zzzzzzzzzzzzzzzzzzzzzzzzzz", "8000000000000000000000000i", "0000000000000000000000000é", &long]
        {
            assert_eq!(SaleId::parse(text), None, "{text}");
        }
    }
}

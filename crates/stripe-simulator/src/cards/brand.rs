//! What the digits of a card number say by themselves.

use serde::{Deserialize, Serialize};

/// A card network as Stripe spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Brand {
    Visa,
    Mastercard,
    Amex,
    Discover,
    Diners,
    Jcb,
    Unionpay,
    Unknown,
}

impl Brand {
    /// Reads the network from the leading digits.
    pub(crate) fn of(number: &str) -> Self {
        let lead = |digits: usize| number.get(..digits).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
        match (lead(1), lead(2), lead(3), lead(4)) {
            (4, ..) => Self::Visa,
            (_, 51..=55, ..) | (.., 2221..=2720) => Self::Mastercard,
            (_, 34 | 37, ..) => Self::Amex,
            (_, 36 | 38 | 39, ..) | (_, _, 300..=305, _) => Self::Diners,
            (.., 3528..=3589) => Self::Jcb,
            (_, 65, ..) | (_, _, 644..=649, _) | (.., 6011) => Self::Discover,
            (_, 62 | 81, ..) => Self::Unionpay,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Visa => "visa",
            Self::Mastercard => "mastercard",
            Self::Amex => "amex",
            Self::Discover => "discover",
            Self::Diners => "diners",
            Self::Jcb => "jcb",
            Self::Unionpay => "unionpay",
            Self::Unknown => "unknown",
        }
    }

    /// Digits in the security code.
    pub(crate) fn cvc_length(self) -> usize {
        if self == Self::Amex { 4 } else { 3 }
    }
}

/// The checksum that every card number carries in its last digit.
pub(crate) fn is_luhn_valid(number: &str) -> bool {
    if !(12..=19).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 =
        number.bytes().rev().enumerate().map(|(place, digit)| luhn_term(place, u32::from(digit - b'0'))).sum();
    sum.is_multiple_of(10)
}

/// Every second digit from the right counts double, and a two-digit double counts as its digit sum.
fn luhn_term(place: usize, digit: u32) -> u32 {
    match (place % 2, digit) {
        (0, digit) => digit,
        (_, 0..=4) => digit * 2,
        (_, _) => digit * 2 - 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_are_read_from_the_leading_digits() {
        let cases = [
            ("4242424242424242", Brand::Visa),
            ("5555555555554444", Brand::Mastercard),
            ("2223003122003222", Brand::Mastercard),
            ("378282246310005", Brand::Amex),
            ("6011111111111117", Brand::Discover),
            ("36227206271667", Brand::Diners),
            ("3566002020360505", Brand::Jcb),
            ("6200000000000005", Brand::Unionpay),
            ("9999", Brand::Unknown),
            ("", Brand::Unknown),
        ];
        for (number, brand) in cases {
            assert_eq!(Brand::of(number), brand, "{number}");
        }
    }

    #[test]
    fn a_mistyped_digit_never_passes_the_checksum() {
        assert!(is_luhn_valid("4242424242424242"));
        for number in ["4242424242424241", "", "4242", "424242424242424x", "42424242424242424242"] {
            assert!(!is_luhn_valid(number), "{number}");
        }
    }
}

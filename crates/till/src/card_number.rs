//! Card numbers in texts that people type: they belong in the card window, where our code never sees them.
//!
//! The journal is append-only and notes travel to Stripe, so that a card number in a note could never be taken out again.
//! The page has the same rule in `ui/src/cardNumber.ts`, and both are tested with the same texts.

/// The zero of every script that Unicode has decimal digits of; the other nine follow it.
#[rustfmt::skip]
const ZEROS: &[u32] = &[
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0,
    0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
    0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// Characters that are not seen, first and last: between digits they hide a number from a simple search.
#[rustfmt::skip]
const UNSEEN: &[(u32, u32)] = &[
    (0x00AD, 0x00AD), (0x0600, 0x0605), (0x061C, 0x061C), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891),
    (0x08E2, 0x08E2), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F),
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x13438),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F),
];

/// As many characters may stand between two groups of digits, as in `4242 - 4242`.
const LONGEST_GAP: usize = 3;
/// The lengths of card numbers, in digits.
const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;

/// Says whether a text may hold a card number: 13 to 19 digits that pass the check of the industry (Luhn), in any
/// script and with any separators, alone or beside an expiry date and a code.
pub fn holds_card_number(text: &str) -> bool {
    runs(text).iter().any(|digits| holds_one(digits))
}

/// The digits that stand together, by value.
fn runs(text: &str) -> Vec<Vec<u8>> {
    let (mut runs, mut run, mut gap) = (Vec::new(), Vec::new(), 0);
    for letter in text.chars().filter(|letter| !is_unseen(*letter)) {
        if let Some(digit) = digit(letter) {
            if gap > LONGEST_GAP {
                runs.push(std::mem::take(&mut run));
            }
            run.push(digit);
            gap = 0;
        } else {
            gap = if letter.is_alphanumeric() { LONGEST_GAP + 1 } else { gap + 1 };
        }
    }
    runs.push(run);
    runs
}

fn digit(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    u8::try_from(code - zero).ok().filter(|digit| *digit < 10)
}

fn is_unseen(letter: char) -> bool {
    let code = u32::from(letter);
    UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

fn holds_one(digits: &[u8]) -> bool {
    if LENGTHS.contains(&digits.len()) && passes_luhn(digits) {
        return true;
    }
    // With a date or a code beside it. Other long numbers hold such a window by chance, so that here it must also begin
    // as card numbers do.
    LENGTHS.filter(|length| *length <= digits.len()).any(|length| {
        let begins = |first: u8| if matches!(length, 14 | 15) { first == 3 } else { (2..=6).contains(&first) };
        digits.windows(length).any(|window| begins(window[0]) && passes_luhn(window))
    })
}

/// Every second digit from the right counts double, and the sum ends in 0.
fn passes_luhn(digits: &[u8]) -> bool {
    let weigh = |(place, digit): (usize, &u8)| match (place % 2, *digit) {
        (0, digit) => u32::from(digit),
        (_, digit @ 0..=4) => u32::from(digit) * 2,
        (_, digit) => u32::from(digit) * 2 - 9,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_found_however_it_is_written() {
        let texts = [
            "4242 4242 4242 4242 exp 12/34 cvc 123",
            "4242424242424242",
            "card:4242-4242-4242-4242.",
            "4242424242424242 12/34 123",
            "42424242424242421234123",
            "7 4242 4242 4242 4242",
            "3782 822463 10005",
            "3056 9309 0259 04",
            "4222222222222",
            "6304000000000000000",
            "\u{ff14}\u{ff12}\u{ff14}\u{ff12} \u{ff14}\u{ff12}\u{ff14}\u{ff12} \u{ff14}\u{ff12}\u{ff14}\u{ff12} \u{ff14}\u{ff12}\u{ff14}\u{ff12}",
            "\u{664}\u{662}\u{664}\u{662}\u{664}\u{662}\u{664}\u{662}\u{664}\u{662}\u{664}\u{662}\u{664}\u{662}\u{664}\u{662}",
            "42\u{200b}42\u{2011}4242\u{a0}4242\n4242",
            "4242 - 4242 - 4242 - 4242",
            "4\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}4\u{fe0f}\u{20e3}2 4242 4242 4242",
        ];
        for text in texts {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_may_stand_in_a_note() {
        let texts = [
            "",
            "table 12",
            "4242424242424241",
            "4006381333931",
            "+49 30 1234567",
            "order 2026-11-27-000815",
            "4242 4242 4242 beer 4242",
            "4242.....4242424242424",
            "\u{2460}\u{2461}",
        ];
        for text in texts {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn every_script_s_digits_have_their_value() {
        assert!(ZEROS.is_sorted());
        for (letter, value) in
            [('0', Some(0)), ('9', Some(9)), ('\u{669}', Some(9)), ('\u{967}', Some(1)), (':', None), ('a', None)]
        {
            assert_eq!(digit(letter), value, "{letter}");
        }
    }
}

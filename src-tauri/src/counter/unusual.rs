//! Amounts far above what a till takes: a slipped decimal point, or a card number that ran into the amount.

use till::money::Currency;

/// So many times the largest amount so far is not yet unusual.
const TIMES: i64 = 10;
/// Nor is this much, in whole units of the currency: a new till has taken nothing yet.
const UNITS: i64 = 1_000;

/// The most that is charged without a question, in minor units. `largest` is what was ever approved here.
pub fn limit(chosen: Option<i64>, currency: Currency, largest: i64) -> i64 {
    let usual = || UNITS * 10_i64.pow(u32::from(currency.decimals()));
    chosen.unwrap_or_else(|| largest.saturating_mul(TIMES).max(usual()))
}

/// The largest amount that was approved in a currency, once somebody has looked.
#[derive(Debug, Default)]
pub struct Largest(Option<(Currency, i64)>);

impl Largest {
    pub fn in_currency(&self, currency: Currency) -> Option<i64> {
        self.0.filter(|(known, _)| *known == currency).map(|(_, largest)| largest)
    }

    pub fn remember(&mut self, currency: Currency, largest: i64) {
        self.0 = Some((currency, largest));
    }

    /// One more was approved. Before anybody has looked, the journal has it anyway.
    pub fn approved(&mut self, currency: Currency, amount: i64) {
        if let Some((known, largest)) = &mut self.0
            && *known == currency
        {
            *largest = amount.max(*largest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn the_till_asks_above_ten_times_the_largest_and_never_below_a_thousand_units() {
        let table = [
            (None, "usd", 0, 100_000),
            (None, "jpy", 0, 1_000),
            (None, "kwd", 0, 1_000_000),
            (None, "usd", 9_999, 100_000),
            (None, "usd", 10_001, 100_010),
            (None, "usd", i64::MAX, i64::MAX),
            (Some(5_000), "usd", 1_000_000, 5_000),
        ];
        for (chosen, code, largest, expected) in table {
            assert_eq!(limit(chosen, currency(code), largest), expected, "{chosen:?} {code} {largest}");
        }
    }

    #[test]
    fn the_largest_is_of_one_currency_and_grows() {
        let mut largest = Largest::default();
        largest.approved(currency("usd"), 7);
        assert_eq!(largest.in_currency(currency("usd")), None, "nobody has looked yet");
        largest.remember(currency("usd"), 5);
        for (code, amount, expected) in [("usd", 4, 5), ("eur", 9, 5), ("usd", 8, 8)] {
            largest.approved(currency(code), amount);
            assert_eq!(largest.in_currency(currency("usd")), Some(expected));
        }
        assert_eq!(largest.in_currency(currency("eur")), None);
    }
}

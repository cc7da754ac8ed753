//! Money in integer minor units, by Stripe's own currency table.
//!
//! Exponents differ from ISO 4217 and CLDR in places (UGX, ISK), so neither is consulted.
//! Source: Stripe, "Supported currencies".

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Stripe's default cap for one charge: eight digits of minor units.
pub const LARGEST: i64 = 99_999_999;

/// One row: code, decimals, the step an amount must be a multiple of, the smallest charge (0: not published).
type Row = (&'static str, u8, i64, i64);

/// Lower-case codes in order. Minimums are those of the settlement currency and hold when both are the same.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("aed", 2, 1, 200), ("ars", 2, 1, 50), ("aud", 2, 1, 50), ("bgn", 2, 1, 100), ("bhd", 3, 10, 0),
    ("bif", 0, 1, 0), ("brl", 2, 1, 50), ("cad", 2, 1, 50), ("chf", 2, 1, 50), ("clp", 0, 1, 0),
    ("cop", 2, 1, 50), ("czk", 2, 1, 1500), ("djf", 0, 1, 0), ("dkk", 2, 1, 250), ("eur", 2, 1, 50),
    ("gbp", 2, 1, 30), ("gnf", 0, 1, 0), ("hkd", 2, 1, 400), ("huf", 2, 1, 17500), ("idr", 2, 1, 50),
    ("ils", 2, 1, 50), ("inr", 2, 1, 50), ("isk", 2, 100, 0), ("jod", 3, 10, 0), ("jpy", 0, 1, 50),
    ("kmf", 0, 1, 0), ("krw", 0, 1, 50), ("kwd", 3, 10, 0), ("mga", 0, 1, 0), ("mxn", 2, 1, 1000),
    ("myr", 2, 1, 200), ("nok", 2, 1, 300), ("nzd", 2, 1, 50), ("omr", 3, 10, 0), ("php", 2, 1, 50),
    ("pln", 2, 1, 200), ("pyg", 0, 1, 0), ("ron", 2, 1, 200), ("rwf", 0, 1, 0), ("sek", 2, 1, 300),
    ("sgd", 2, 1, 50), ("thb", 2, 1, 1000), ("tnd", 3, 10, 0), ("try", 2, 1, 0), ("twd", 2, 1, 0),
    ("ugx", 2, 100, 0), ("usd", 2, 1, 50), ("vnd", 0, 1, 0), ("vuv", 0, 1, 0), ("xaf", 0, 1, 0),
    ("xof", 0, 1, 0), ("xpf", 0, 1, 0), ("zar", 2, 1, 50),
];

/// A currency the till can charge in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(u8);

impl Currency {
    /// By Stripe's lower-case code; upper case is taken too.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.to_ascii_lowercase();
        let row = TABLE.binary_search_by(|row| row.0.cmp(&code)).ok()?;
        u8::try_from(row).ok().map(Self)
    }

    /// Every currency, in order of its code.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).zip(TABLE).map(|(index, _)| Self(index))
    }

    fn row(self) -> &'static Row {
        &TABLE[usize::from(self.0)]
    }

    /// Lower case, as Stripe writes it.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// How many of the minor unit's digits stand behind the point.
    pub fn decimals(self) -> u8 {
        self.row().1
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown currency {code:?}")))
    }
}

/// An amount in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents for `usd`, whole yen for `jpy`.
    pub minor: i64,
    pub currency: Currency,
}

/// Why an amount cannot be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountProblem {
    /// Nothing to charge, or less than nothing.
    Zero,
    /// More than [`LARGEST`].
    TooLarge,
    /// Below Stripe's smallest charge of this many minor units.
    TooSmall(i64),
    /// Not a multiple of this many minor units.
    NotRound(i64),
}

impl Money {
    /// Checks that the amount is a multiple of the currency's step. Stripe wants that of charges and of refunds.
    ///
    /// # Errors
    /// [`AmountProblem::NotRound`].
    pub fn is_round(self) -> Result<(), AmountProblem> {
        let &(_, _, step, _) = self.currency.row();
        if self.minor % step == 0 { Ok(()) } else { Err(AmountProblem::NotRound(step)) }
    }

    /// Whether Stripe takes this amount, as far as can be known without asking.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn chargeable(self) -> Result<(), AmountProblem> {
        let &(_, _, step, smallest) = self.currency.row();
        match self.minor {
            ..=0 => Err(AmountProblem::Zero),
            minor if minor > LARGEST => Err(AmountProblem::TooLarge),
            minor if minor % step != 0 => Err(AmountProblem::NotRound(step)),
            minor if minor < smallest => Err(AmountProblem::TooSmall(smallest)),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Money {
    /// Plain and unambiguous, for logs and the command line: `23.45 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.currency.code().to_ascii_uppercase();
        let places = usize::from(self.currency.decimals());
        if places == 0 {
            return write!(f, "{} {code}", self.minor);
        }
        let unit = 10_u64.pow(u32::from(self.currency.decimals()));
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        write!(f, "{sign}{}.{:0places$} {code}", minor / unit, minor % unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money { minor, currency: Currency::parse(code).unwrap() }
    }

    #[test]
    fn the_table_is_sorted_so_that_every_code_is_found() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for currency in Currency::all() {
            assert_eq!(Currency::parse(currency.code()), Some(currency));
        }
        assert_eq!(Currency::all().count(), TABLE.len());
        assert_eq!(Currency::parse("USD"), Currency::parse("usd"));
        assert_eq!(Currency::parse("xxx"), None);
        assert_eq!(Currency::parse(""), None);
    }

    #[test]
    fn an_amount_stripe_would_refuse_is_refused_before_it_is_sent() {
        use AmountProblem::{NotRound, TooLarge, TooSmall, Zero};
        let table = [
            (0, "usd", Err(Zero)),
            (-1, "usd", Err(Zero)),
            (i64::MIN, "usd", Err(Zero)),
            (49, "usd", Err(TooSmall(50))),
            (50, "usd", Ok(())),
            (LARGEST, "usd", Ok(())),
            (LARGEST + 1, "usd", Err(TooLarge)),
            (i64::MAX, "usd", Err(TooLarge)),
            (29, "gbp", Err(TooSmall(30))),
            (50, "jpy", Ok(())),
            (1, "jpy", Err(TooSmall(50))),
            (12_345, "isk", Err(NotRound(100))),
            (12_300, "isk", Ok(())),
            (500, "ugx", Ok(())),
            (501, "ugx", Err(NotRound(100))),
            (1_234, "kwd", Err(NotRound(10))),
            (1_230, "kwd", Ok(())),
            (1, "twd", Ok(())),
        ];
        for (minor, code, expected) in table {
            assert_eq!(money(minor, code).chargeable(), expected, "{minor} {code}");
        }
    }

    #[test]
    fn amounts_are_written_with_the_currency_s_own_decimals() {
        let table = [
            (2345, "usd", "23.45 USD"),
            (5, "usd", "0.05 USD"),
            (-5, "eur", "-0.05 EUR"),
            (2345, "jpy", "2345 JPY"),
            (1230, "kwd", "1.230 KWD"),
            (i64::MIN, "usd", "-92233720368547758.08 USD"),
        ];
        for (minor, code, expected) in table {
            assert_eq!(money(minor, code).to_string(), expected);
        }
    }

    #[test]
    fn a_currency_survives_the_journal_and_an_unknown_one_is_an_error() {
        let usd = money(2345, "usd");
        let text = serde_json::to_string(&usd).unwrap();
        assert_eq!(text, r#"{"minor":2345,"currency":"usd"}"#);
        assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), usd);
        assert!(serde_json::from_str::<Money>(r#"{"minor":1,"currency":"zzz"}"#).is_err());
    }
}

//! Currencies and the amounts that Stripe takes in them.

use crate::refusal::{Outcome, Refusal};

/// The most that fits: eight digits.
const MAX_AMOUNT: i64 = 99_999_999;
/// Where Stripe lists no minimum of its own.
const DEFAULT_MIN: i64 = 50;

/// Currencies without a minor unit in Stripe's API.
const ZERO_DECIMAL: &[&str] =
    &["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];

/// Currencies with three decimals, of which Stripe wants the last to be 0.
const THREE_DECIMAL: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];

/// Currencies that have lost their minor unit and that Stripe still counts in hundredths.
const WHOLE_UNITS: &[&str] = &["isk", "ugx"];

/// The smallest charge per currency, in minor units.
const MINIMA: &[(&str, i64)] = &[
    ("aed", 200),
    ("bgn", 100),
    ("czk", 1_500),
    ("dkk", 250),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("jpy", 50),
    ("krw", 50),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("thb", 1_000),
];

/// Every other currency that Stripe presents prices in.
const OTHERS: &[&str] = &[
    "usd", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bhd", "bmd", "bnd",
    "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "cny", "cop", "crc", "cve", "dop", "dzd", "egp",
    "etb", "eur", "fjd", "fkp", "gel", "gip", "gmd", "gtq", "gyd", "hnl", "htg", "idr", "ils", "inr", "isk", "jmd",
    "jod", "kes", "kgs", "khr", "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mkd", "mmk",
    "mnt", "mop", "mur", "mvr", "mwk", "mzn", "nad", "ngn", "nio", "npr", "nzd", "omr", "pab", "pen", "pgk", "php",
    "pkr", "qar", "rsd", "rub", "sar", "sbd", "scr", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "tjs", "tnd",
    "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "uyu", "uzs", "wst", "xcd", "yer", "zar", "zmw",
];

/// Checks an amount as a payment intent takes it.
pub(crate) fn check_amount(amount: i64, currency: &str) -> Outcome<()> {
    if amount > MAX_AMOUNT {
        let message = format!("Amount must be no more than {}", display(MAX_AMOUNT, currency));
        return Err(Refusal::invalid(message).code("amount_too_large").at("amount"));
    }
    if amount < 1 {
        let message = "The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents";
        return Err(Refusal::invalid(message).code("parameter_invalid_integer").at("amount"));
    }
    check_step(amount, currency)?;
    let minimum = MINIMA.iter().find(|(code, _)| *code == currency).map_or(DEFAULT_MIN, |(_, minimum)| *minimum);
    if amount < minimum {
        let message = format!("Amount must be at least {} {currency}", display(minimum, currency));
        return Err(Refusal::invalid(message).code("amount_too_small").at("amount"));
    }
    Ok(())
}

/// Checks the last digits of an amount, which must be 0 in some currencies, in charges and in refunds.
///
/// The code and the sentence for whole units are those of Stripe's support page on ISK. Its sentence for the currencies
/// with three decimals is not published; here it is the simulator's own.
pub(crate) fn check_step(amount: i64, currency: &str) -> Outcome<()> {
    let message = if WHOLE_UNITS.contains(&currency) && amount % 100 != 0 {
        let code = currency.to_uppercase();
        format!(
            "Invalid amount. Currency {code} has become effectively zero-decimal and charged amounts must be evenly divisible by 100. See https://stripe.com/docs/currencies#special-cases for more information."
        )
    } else if THREE_DECIMAL.contains(&currency) && amount % 10 != 0 {
        format!(
            "Invalid amount. {} has three decimals, and the last digit of an amount must be 0. See https://stripe.com/docs/currencies#three-decimal for more information.",
            display(amount, currency)
        )
    } else {
        return Ok(());
    };
    Err(Refusal::invalid(message).code("invalid_charge_amount_no_decimal_compatible").at("amount"))
}

/// Checks a currency code and gives it in lower case.
pub(crate) fn check_currency(code: &str) -> Outcome<String> {
    let lower = code.to_ascii_lowercase();
    let known = lower.as_str();
    if OTHERS.contains(&known) || ZERO_DECIMAL.contains(&known) || MINIMA.iter().any(|(code, _)| *code == known) {
        return Ok(lower);
    }
    let message = format!("Invalid currency: {code}. Stripe does not support this currency.");
    Err(Refusal::invalid(message).at("currency"))
}

/// An amount as Stripe writes it in messages: `$11.00`, `€5.00`, `¥50`, `12.00 CHF`.
pub(crate) fn display(amount: i64, currency: &str) -> String {
    let number = if ZERO_DECIMAL.contains(&currency) {
        amount.to_string()
    } else if THREE_DECIMAL.contains(&currency) {
        format!("{}.{:03}", amount / 1000, amount % 1000)
    } else {
        format!("{}.{:02}", amount / 100, amount % 100)
    };
    match currency {
        "usd" => format!("${number}"),
        "eur" => format!("€{number}"),
        "gbp" => format!("£{number}"),
        "jpy" => format!("¥{number}"),
        other => format!("{number} {}", other.to_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_outside_the_limits_are_refused_with_stripes_code() {
        let cases = [
            (50, "usd", None),
            (49, "usd", Some("amount_too_small")),
            (30, "gbp", None),
            (1_499, "czk", Some("amount_too_small")),
            (99_999_999, "usd", None),
            (100_000_000, "usd", Some("amount_too_large")),
            (12_300, "isk", None),
            (12_345, "isk", Some("invalid_charge_amount_no_decimal_compatible")),
            (12_345, "ugx", Some("invalid_charge_amount_no_decimal_compatible")),
            (12_340, "kwd", None),
            (12_345, "kwd", Some("invalid_charge_amount_no_decimal_compatible")),
            (0, "usd", Some("parameter_invalid_integer")),
            (-100, "usd", Some("parameter_invalid_integer")),
        ];
        for (amount, currency, code) in cases {
            assert_eq!(
                check_amount(amount, currency).err().and_then(|refusal| refusal.code),
                code,
                "{amount} {currency}"
            );
        }
    }

    #[test]
    fn currencies_are_known_in_any_case_and_written_their_own_way() {
        assert_eq!(check_currency("USD").ok().as_deref(), Some("usd"));
        assert!(check_currency("xyz").is_err());
        assert_eq!(display(1_100, "usd"), "$11.00");
        assert_eq!(display(50, "jpy"), "¥50");
        assert_eq!(display(5, "chf"), "0.05 CHF");
        assert_eq!(display(12_345, "kwd"), "12.345 KWD");
    }
}

//! Words of a page: ids, tokens, payment methods, keys and amounts.

use crate::change;
use std::time::Duration;
use stripe_api::{PublishableKey, SecretKey};
use till::cashier::{Cashier, Now};
use till::journal::MemoryJournal;
use till::money::{Currency, Money};
use till::sale::SaleId;

const COUNT: u64 = 20_000;

/// Spoilt words as texts, as IPC would carry them.
fn each(file: &str, mut take: impl FnMut(&str)) {
    change::each(&change::lines(file), COUNT, |bytes| take(&String::from_utf8_lossy(bytes)));
}

#[test]
fn a_sale_s_id_is_taken_in_its_one_spelling_only() {
    let mut taken = 0;
    each("sales.txt", |text| {
        if let Some(id) = SaleId::parse(text) {
            assert_eq!(id.to_string(), text);
            taken += 1;
        }
    });
    assert!(taken > 100, "{taken}");
}

#[test]
fn a_key_that_is_taken_is_one_and_shows_nothing_of_itself() {
    let mut taken = 0;
    each("keys.txt", |text| {
        if let Ok(key) = SecretKey::parse(text) {
            taken += 1;
            let body = text.trim().rsplit('_').next().unwrap_or_default();
            assert!(text.trim().starts_with("sk_") || text.trim().starts_with("rk_"), "{text:?}");
            assert!(body.len() < 3 || !format!("{key:?}").contains(body), "{text:?}");
        }
        if let Ok(key) = PublishableKey::parse(text) {
            taken += 1;
            assert!(key.as_str().starts_with("pk_") && key.as_str().is_ascii(), "{text:?}");
        }
    });
    assert!(taken > 100, "{taken}");
}

#[test]
fn a_token_or_a_payment_method_that_the_till_did_not_give_out_does_nothing() {
    let mut cashier = Cashier::open(MemoryJournal::default(), Box::new(|| 7)).unwrap();
    let now = Now { monotonic: Duration::ZERO, wall: 0 };
    let tokens = change::lines("tokens.txt");
    let mut refused = 0;
    each("methods.txt", |method| {
        let token = String::from_utf8_lossy(&tokens[method.len() % tokens.len()]).into_owned();
        assert!(cashier.submit(now, &token, method).is_err(), "{method:?}");
        assert!(cashier.action_done(now, method, true).is_err() && cashier.secret(method).is_err());
        refused += 1;
    });
    assert!(refused > COUNT);
}

#[test]
fn an_amount_is_written_so_that_it_reads_back_and_is_never_charged_beyond_its_bounds() {
    let mut chargeable = 0;
    each("money.txt", |text| {
        let Some((minor, code)) = text.split_once(' ') else { return };
        let (Ok(minor), Some(currency)) = (minor.parse::<i64>(), Currency::parse(code)) else { return };
        let money = Money { minor, currency };
        let written: String = money.to_string().chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
        assert_eq!(written.parse::<i128>().unwrap(), i128::from(minor), "{money}");
        if money.chargeable().is_ok() {
            assert!((1..=99_999_999).contains(&minor), "{money}");
            chargeable += 1;
        }
    });
    assert!(chargeable > 100, "{chargeable}");
}

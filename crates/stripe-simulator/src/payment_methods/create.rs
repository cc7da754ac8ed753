//! `POST /v1/payment_methods`

use std::collections::BTreeMap;

use super::record::{Billing, Method};
use super::view::{EXPANDABLE, MethodView};
use crate::address::ADDRESS_OR_EMPTY;
use crate::answer;
use crate::books::Books;
use crate::calendar;
use crate::call::Call;
use crate::cards::{self, Check, Checks, Decline, Face, TestCard};
use crate::form::Group;
use crate::params::{self, EMAIL, Kind, Param, TEXT, needs, takes};
use crate::refusal::{Outcome, Refusal};

/// Cards never run longer than this many years ahead.
const MAX_YEARS_AHEAD: i64 = 50;
/// The expiry of ready-made cards, in years from now.
const SHORTCUT_YEARS: i64 = 1;

pub(super) const BILLING: &[Param] = &[
    takes("address", ADDRESS_OR_EMPTY),
    takes("email", EMAIL),
    takes("name", TEXT),
    takes("phone", TEXT),
    takes("tax_id", TEXT),
];

pub(super) const ALLOW_REDISPLAY: Kind = Kind::OneOf(&["always", "limited", "unspecified"]);

const CARD: &[Param] = &[
    needs("number", TEXT),
    needs("exp_month", Kind::Integer),
    needs("exp_year", Kind::Integer),
    takes("cvc", TEXT),
    takes("networks", Kind::Unplayed),
    takes("token", Kind::Unplayed),
];

const CREATE: &[Param] = &[
    needs("type", Kind::OneOf(&["card"])),
    needs("card", Kind::Group(CARD)),
    takes("billing_details", Kind::Group(BILLING)),
    takes("metadata", Kind::Metadata),
    takes("allow_redisplay", ALLOW_REDISPLAY),
    takes("expand", Kind::Texts),
    // What Stripe.js reports about itself.
    takes("payment_user_agent", TEXT),
    takes("referrer", TEXT),
    takes("customer", Kind::Unplayed),
    takes("payment_method", Kind::Unplayed),
    takes("radar_options", Kind::Unplayed),
];

/// Makes a payment method of a card number.
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, CREATE)?;
    call.expand.only(EXPANDABLE)?;
    let card = call.form.group("card").ok_or_else(|| params::missing("card"))?;
    let expiry = (card.integer("exp_month").unwrap_or(0), full_year(card.integer("exp_year").unwrap_or(0)));
    let row = recognise(card, expiry, call.now())?;
    let mut method = blank(books, call, row, expiry);
    if let Some(billing) = call.form.group("billing_details") {
        method.billing.merge(billing);
    }
    call.owned("allow_redisplay").into_iter().for_each(|allowed| method.allow_redisplay = allowed);
    method.metadata = call.metadata();
    method.checks = unchecked(&method.billing, card.filled("cvc").is_some());
    let answer = answer::json(&MethodView::of(&method, books, &call.expand));
    books.methods.put(method);
    Ok(answer)
}

/// The id of a fresh payment method for `pm_card_visa` and its like, if `id` is one.
pub(crate) fn from_shortcut(books: &mut Books, call: &Call, id: &str) -> Option<String> {
    let row = cards::by_shortcut(id)?;
    let (year, month) = calendar::year_and_month(call.now());
    let mut method = blank(books, call, row, (month, year + SHORTCUT_YEARS));
    method.checks = unchecked(&method.billing, true);
    let id = method.id.clone();
    books.methods.put(method);
    Some(id)
}

/// Finds the test card of the given number, or says no as Stripe does.
fn recognise(card: &Group, (month, year): (i64, i64), now: i64) -> Outcome<&'static TestCard> {
    let typed = card.text("number").unwrap_or_default();
    let number: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if !cards::is_luhn_valid(&number) {
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        return Err(Refusal::card(if digits { Decline::IncorrectNumber } else { Decline::InvalidNumber }));
    }
    check_expiry(month, year, now)?;
    check_cvc(card, cards::Brand::of(&number).cvc_length())?;
    cards::by_number(&number).ok_or_else(|| Refusal::card(Decline::LiveCard))
}

pub(super) fn check_expiry(month: i64, year: i64, now: i64) -> Outcome<()> {
    let (this_year, this_month) = calendar::year_and_month(now);
    if !(1..=12).contains(&month) {
        return Err(Refusal::card(Decline::InvalidMonth));
    }
    if !(this_year..=this_year + MAX_YEARS_AHEAD).contains(&year) {
        return Err(Refusal::card(Decline::InvalidYear));
    }
    if year == this_year && month < this_month {
        return Err(Refusal::card(Decline::InvalidMonth));
    }
    Ok(())
}

fn check_cvc(card: &Group, length: usize) -> Outcome<()> {
    let Some(cvc) = card.filled("cvc") else { return Ok(()) };
    // Stripe takes three digits for an American Express card too.
    let fits = cvc.len() == length || cvc.len() == 3;
    if fits && cvc.bytes().all(|b| b.is_ascii_digit()) { Ok(()) } else { Err(Refusal::card(Decline::InvalidCvc)) }
}

/// `27` means 2027.
pub(super) fn full_year(year: i64) -> i64 {
    if (0..100).contains(&year) { 2_000 + year } else { year }
}

fn blank(books: &mut Books, call: &Call, row: &TestCard, (exp_month, exp_year): (i64, i64)) -> Method {
    let face = Face {
        brand: row.brand(),
        last4: row.last4().to_owned(),
        funding: row.funding,
        country: row.country.to_owned(),
        exp_month,
        exp_year,
        fingerprint: books.fingerprint(cards::place(row)),
        networks: row.networks(),
        three_ds: row.three_ds,
    };
    Method {
        id: books.next_id("pm_1"),
        created: call.now(),
        face,
        conduct: row.conduct,
        checks: Checks::default(),
        billing: Billing::default(),
        metadata: BTreeMap::new(),
        customer: None,
        allow_redisplay: "unspecified".to_owned(),
        spent: false,
        set_up: false,
    }
}

/// Nothing is checked before the first attempt; what was not supplied never will be.
fn unchecked(billing: &Billing, cvc: bool) -> Checks {
    let when = |supplied: bool| supplied.then_some(Check::Unchecked);
    Checks {
        address_line1_check: when(billing.address.line1.is_some()),
        address_postal_code_check: when(billing.address.postal_code.is_some()),
        cvc_check: when(cvc),
    }
}

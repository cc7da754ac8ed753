//! `POST /v1/payment_methods`

use std::collections::BTreeMap;
use std::sync::Arc;

use super::read::show;
use super::record::{Billing, Method};
use crate::address::ADDRESS_OR_EMPTY;
use crate::books::Books;
use crate::calendar;
use crate::call::{self, Call};
use crate::cards::{self, Checks, Decline, Face, TestCard};
use crate::form::Group;
use crate::ids::Id;
use crate::params::{self, EMAIL, Kind, Param, TEXT, needs, takes};
use crate::refusal::{Outcome, Refusal};
use crate::tokens;

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
    // Without a token, these three are needed.
    takes("number", TEXT),
    takes("exp_month", Kind::Integer),
    takes("exp_year", Kind::Integer),
    takes("cvc", TEXT),
    takes("token", TEXT),
    takes("networks", Kind::Group(&[takes("preferred", TEXT)])),
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
    takes("radar_options", Kind::Group(&[takes("session", TEXT)])),
    takes("guid", TEXT),
    takes("muid", TEXT),
    takes("sid", TEXT),
    takes("time_on_page", TEXT),
];

/// A payment method that is made in the call that uses it.
pub(crate) const METHOD_DATA: Kind = Kind::Group(&[
    needs("type", Kind::OneOf(&["card"])),
    needs("card", Kind::Group(CARD)),
    takes("billing_details", Kind::Group(BILLING)),
    takes("metadata", Kind::Metadata),
    takes("allow_redisplay", ALLOW_REDISPLAY),
    takes("radar_options", Kind::Group(&[takes("session", TEXT)])),
    // What Stripe.js reports about itself.
    takes("payment_user_agent", TEXT),
    takes("referrer", TEXT),
    takes("guid", TEXT),
    takes("muid", TEXT),
    takes("sid", TEXT),
    takes("time_on_page", TEXT),
]);

/// Makes a payment method of a card number, or of the token of one.
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, CREATE)?;
    call.expand.only("payment_method")?;
    let id = create_of(books, call, &call.form)?;
    show(books, call, &id)
}

/// Makes a payment method of `data`, which has been checked; its id.
pub(crate) fn create_of(books: &mut Books, call: &Call, data: &Group) -> Outcome<Id> {
    let card = data.group("card").ok_or_else(|| params::missing("card"))?;
    let mut method = match card.filled("token") {
        Some(token) => tokens::redeem(books, call, token)?,
        None => from_number(books, call, card)?,
    };
    if let Some(billing) = data.group("billing_details") {
        Arc::make_mut(&mut method.billing).merge(billing);
    }
    data.filled("allow_redisplay").into_iter().for_each(|allowed| allowed.clone_into(&mut method.allow_redisplay));
    call::merge_metadata(data, &mut method.metadata);
    method.await_checks(card.filled("cvc").is_some() || method.checks.cvc_check.is_some());
    let id = method.id.clone();
    books.methods.put(method);
    Ok(id)
}

/// What a card number stands for, not yet written down. The number is forgotten here.
pub(crate) fn from_number(books: &mut Books, call: &Call, card: &Group) -> Outcome<Method> {
    for name in ["number", "exp_month", "exp_year"] {
        if card.get(name).is_none() {
            return Err(params::missing(&format!("card[{name}]")));
        }
    }
    let expiry = (card.integer("exp_month").unwrap_or(0), full_year(card.integer("exp_year").unwrap_or(0)));
    let row = recognise(card, expiry, call.now())?;
    Ok(blank(books, call, row, expiry))
}

/// The id of a fresh payment method for `pm_card_visa` and its like, if `id` is one.
pub(crate) fn from_shortcut(books: &mut Books, call: &Call, id: &str) -> Option<Id> {
    let method = ready_made(books, call, cards::by_shortcut(id)?);
    let id = method.id.clone();
    books.methods.put(method);
    Some(id)
}

/// What `tok_visa` and its like stand for, if `id` is one.
pub(crate) fn from_ready_made_token(books: &mut Books, call: &Call, id: &str) -> Option<Method> {
    let name = id.strip_prefix("tok_")?;
    // The older names of declines leave the brand out.
    let row = ["pm_card_", "pm_card_visa_"].iter().find_map(|prefix| cards::by_shortcut(&format!("{prefix}{name}")))?;
    Some(ready_made(books, call, row))
}

fn ready_made(books: &mut Books, call: &Call, row: &TestCard) -> Method {
    let (year, month) = calendar::year_and_month(call.now());
    let mut method = blank(books, call, row, (month, year + SHORTCUT_YEARS));
    method.await_checks(true);
    method
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
    let face = face_of(books, row, (exp_month, exp_year));
    Method {
        id: books.next_id("pm_1"),
        created: call.now(),
        face,
        conduct: row.conduct,
        checks: Checks::default(),
        billing: Billing::nothing(),
        metadata: BTreeMap::new(),
        customer: None,
        allow_redisplay: "unspecified".to_owned(),
        spent: false,
        set_up: false,
    }
}

/// Cards of one number and expiry have one face.
fn face_of(books: &mut Books, row: &TestCard, (exp_month, exp_year): (i64, i64)) -> Arc<Face> {
    let key = (cards::place(row), exp_month, exp_year);
    if let Some(face) = books.faces.get(&key) {
        return Arc::clone(face);
    }
    let face = Arc::new(Face {
        brand: row.brand(),
        last4: row.last4().to_owned(),
        funding: row.funding,
        country: row.country.to_owned(),
        exp_month,
        exp_year,
        fingerprint: books.fingerprint(key.0),
        networks: row.networks(),
        three_ds: row.three_ds,
    });
    books.faces.insert(key, Arc::clone(&face));
    face
}

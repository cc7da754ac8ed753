//! Test cards: which numbers exist, what each one is, and how its bank behaves.
//!
//! A number is looked up once, when a payment method is made, and then forgotten. What is kept is the face of
//! the card (brand, last four, expiry) and its [`Conduct`].

mod brand;
mod conduct;
mod decline;
mod later;
mod table;

use serde::{Deserialize, Serialize};

pub(crate) use brand::{Brand, is_luhn_valid};
pub(crate) use conduct::{Asks, Bank, Check, Circumstances, Conduct, Course, Risk, Setting, course};
pub(crate) use decline::Decline;
pub(crate) use later::{Grounds, Later};
pub(crate) use table::{TestCard, by_number, by_shortcut, place};

/// How a card is funded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Funding {
    Credit,
    Debit,
    Prepaid,
}

/// What may be kept and shown of a card. Never its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Face {
    pub(crate) brand: Brand,
    pub(crate) last4: String,
    pub(crate) funding: Funding,
    /// ISO 3166 alpha-2, upper case.
    pub(crate) country: String,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) fingerprint: String,
    /// Every network the card can run on, its own first.
    pub(crate) networks: Vec<String>,
    pub(crate) three_ds: bool,
}

/// The three address and code checks, as the API shows them.
#[allow(clippy::struct_field_names, reason = "the API's names")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checks {
    pub(crate) address_line1_check: Option<Check>,
    pub(crate) address_postal_code_check: Option<Check>,
    pub(crate) cvc_check: Option<Check>,
}

//! What each call on a customer takes (API 2026-07-29.dahlia).

use crate::address::{ADDRESS, ADDRESS_OR_EMPTY};
use crate::params::{EMAIL, Kind, Param, TEXT, TIME_WINDOW, needs, takes};
use crate::search::Field;

const NAME: Kind = Kind::Text { max: 256 };
const PHONE: Kind = Kind::Text { max: 20 };

const SHIPPING: Kind = Kind::GroupOrEmpty(&[
    needs("address", Kind::Group(ADDRESS)),
    needs("name", Kind::Text { max: 5_000 }),
    takes("phone", TEXT),
]);

const INVOICE_SETTINGS: Kind = Kind::Group(&[
    takes("default_payment_method", TEXT),
    takes("custom_fields", Kind::Unplayed),
    takes("footer", Kind::Unplayed),
    takes("rendering_options", Kind::Unplayed),
]);

pub(super) const CREATE: &[Param] = &[
    takes("address", ADDRESS_OR_EMPTY),
    takes("description", TEXT),
    takes("email", EMAIL),
    takes("expand", Kind::Texts),
    takes("invoice_settings", INVOICE_SETTINGS),
    takes("metadata", Kind::Metadata),
    takes("name", NAME),
    takes("payment_method", TEXT),
    takes("phone", PHONE),
    takes("preferred_locales", Kind::Texts),
    takes("shipping", SHIPPING),
    takes("balance", Kind::Unplayed),
    takes("business_name", Kind::Unplayed),
    takes("cash_balance", Kind::Unplayed),
    takes("individual_name", Kind::Unplayed),
    takes("invoice_prefix", Kind::Unplayed),
    takes("next_invoice_sequence", Kind::Unplayed),
    takes("source", Kind::Unplayed),
    takes("tax", Kind::Unplayed),
    takes("tax_exempt", Kind::Unplayed),
    takes("tax_id_data", Kind::Unplayed),
    takes("test_clock", Kind::Unplayed),
    takes("validate", Kind::Unplayed),
];

pub(super) const UPDATE: &[Param] = &[
    takes("address", ADDRESS_OR_EMPTY),
    takes("description", TEXT),
    takes("email", EMAIL),
    takes("expand", Kind::Texts),
    takes("invoice_settings", INVOICE_SETTINGS),
    takes("metadata", Kind::Metadata),
    takes("name", NAME),
    takes("phone", PHONE),
    takes("preferred_locales", Kind::Texts),
    takes("shipping", SHIPPING),
    takes("balance", Kind::Unplayed),
    takes("business_name", Kind::Unplayed),
    takes("cash_balance", Kind::Unplayed),
    takes("default_source", Kind::Unplayed),
    takes("individual_name", Kind::Unplayed),
    takes("invoice_prefix", Kind::Unplayed),
    takes("next_invoice_sequence", Kind::Unplayed),
    takes("source", Kind::Unplayed),
    takes("tax", Kind::Unplayed),
    takes("tax_exempt", Kind::Unplayed),
    takes("validate", Kind::Unplayed),
];

pub(super) const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

pub(super) const LIST: &[Param] = &[
    takes("created", TIME_WINDOW),
    takes("email", EMAIL),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
    takes("test_clock", Kind::Unplayed),
];

pub(super) const SEARCHED: &[(&str, Field)] = &[
    ("created", Field::Number),
    ("email", Field::Text),
    ("metadata", Field::Metadata),
    ("name", Field::Text),
    ("phone", Field::Text),
];

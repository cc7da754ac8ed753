//! What each call on a setup intent takes (API 2026-07-29.dahlia).

use crate::params::{FLAG, Kind, Param, TEXT, TIME_WINDOW, needs, takes};
use crate::payment_intents::MANDATE_DATA;
use crate::payment_methods::METHOD_DATA;

const AUTOMATIC: Kind =
    Kind::Group(&[needs("enabled", FLAG), takes("allow_redirects", Kind::OneOf(&["always", "never"]))]);

const CARD_OPTIONS: &[Param] = &[
    takes("request_three_d_secure", Kind::OneOf(&["any", "automatic", "challenge"])),
    takes("moto", FLAG),
    takes("mandate_options", Kind::Unplayed),
    takes("network", Kind::Unplayed),
    takes("three_d_secure", Kind::Unplayed),
];

const OPTIONS: Kind = Kind::Group(&[takes("card", Kind::Group(CARD_OPTIONS))]);
const DESCRIPTION: Kind = Kind::Text { max: 1_000 };

pub(super) const CREATE: &[Param] = &[
    takes("allowed_payment_method_types", Kind::Texts),
    takes("automatic_payment_methods", AUTOMATIC),
    takes("confirm", FLAG),
    takes("customer", TEXT),
    takes("description", DESCRIPTION),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
    takes("payment_method", TEXT),
    takes("payment_method_options", OPTIONS),
    takes("payment_method_types", Kind::Texts),
    takes("return_url", TEXT),
    takes("usage", Kind::OneOf(&["off_session", "on_session"])),
    takes("use_stripe_sdk", FLAG),
    takes("attach_to_self", Kind::Unplayed),
    takes("confirmation_token", TEXT),
    takes("customer_account", TEXT),
    takes("excluded_payment_method_types", Kind::Texts),
    takes("flow_directions", Kind::Unplayed),
    takes("mandate_data", MANDATE_DATA),
    takes("on_behalf_of", TEXT),
    takes("payment_method_configuration", TEXT),
    takes("payment_method_data", METHOD_DATA),
    takes("single_use", Kind::Unplayed),
];

pub(super) const UPDATE: &[Param] = &[
    takes("customer", TEXT),
    takes("description", DESCRIPTION),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
    takes("payment_method", TEXT),
    takes("payment_method_options", OPTIONS),
    takes("payment_method_types", Kind::Texts),
    takes("allowed_payment_method_types", Kind::Texts),
    takes("attach_to_self", Kind::Unplayed),
    takes("customer_account", TEXT),
    takes("excluded_payment_method_types", Kind::Texts),
    takes("flow_directions", Kind::Unplayed),
    takes("payment_method_configuration", TEXT),
    takes("payment_method_data", METHOD_DATA),
];

pub(super) const CONFIRM: &[Param] = &[
    takes("expand", Kind::Texts),
    takes("payment_method", TEXT),
    takes("payment_method_options", OPTIONS),
    takes("return_url", TEXT),
    takes("use_stripe_sdk", FLAG),
    // What a page sends beside its publishable key.
    takes("client_secret", TEXT),
    takes("allowed_payment_method_types", Kind::Texts),
    takes("confirmation_token", TEXT),
    takes("mandate_data", MANDATE_DATA),
    takes("payment_method_data", METHOD_DATA),
];

pub(super) const CANCEL: &[Param] = &[
    takes("cancellation_reason", Kind::OneOf(&["abandoned", "duplicate", "requested_by_customer"])),
    takes("expand", Kind::Texts),
];

pub(super) const RETRIEVE: &[Param] = &[takes("client_secret", TEXT), takes("expand", Kind::Texts)];

pub(super) const LIST: &[Param] = &[
    takes("created", TIME_WINDOW),
    takes("customer", TEXT),
    takes("payment_method", TEXT),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
    takes("attach_to_self", Kind::Unplayed),
    takes("customer_account", TEXT),
];

//! What each call on a payment intent takes (API 2026-07-29.dahlia).

use crate::address::ADDRESS;
use crate::params::{FLAG, Kind, Param, TEXT, TIME_WINDOW, needs, takes};
use crate::payment_methods::METHOD_DATA;

const CAPTURE_METHOD: Kind = Kind::OneOf(&["automatic", "automatic_async", "manual"]);
const FUTURE_USAGE: Kind = Kind::OneOfOrEmpty(&["off_session", "on_session"]);
const SUFFIX: Kind = Kind::Text { max: 22 };
const DESCRIPTION: Kind = Kind::Text { max: 1_000 };
const IF_AVAILABLE: Kind = Kind::OneOf(&["if_available", "never"]);

const AUTOMATIC_METHODS: &[Param] =
    &[needs("enabled", FLAG), takes("allow_redirects", Kind::OneOf(&["always", "never"]))];

const CARD_OPTIONS: &[Param] = &[
    takes("capture_method", Kind::OneOfOrEmpty(&["manual"])),
    takes("moto", FLAG),
    takes("request_three_d_secure", Kind::OneOf(&["any", "automatic", "challenge"])),
    // The control API can give this feature to the account.
    takes("request_incremental_authorization", IF_AVAILABLE),
    // The account never has these: asking for them "if available" changes nothing.
    takes("request_extended_authorization", IF_AVAILABLE),
    takes("request_multicapture", IF_AVAILABLE),
    takes("request_overcapture", IF_AVAILABLE),
    takes("setup_future_usage", Kind::OneOfOrEmpty(&["none", "off_session", "on_session"])),
    takes("cvc_token", Kind::Unplayed),
    takes("installments", Kind::Unplayed),
    takes("mandate_options", Kind::Unplayed),
    takes("network", Kind::Unplayed),
    takes("require_cvc_recollection", Kind::Unplayed),
    takes("statement_descriptor_suffix_kana", Kind::Unplayed),
    takes("statement_descriptor_suffix_kanji", Kind::Unplayed),
    takes("three_d_secure", Kind::Unplayed),
];

pub(crate) const SHIPPING: Kind = Kind::GroupOrEmpty(&[
    needs("address", Kind::Group(ADDRESS)),
    needs("name", TEXT),
    takes("carrier", TEXT),
    takes("phone", TEXT),
    takes("tracking_number", TEXT),
]);

const PAYMENT_DETAILS: Kind = Kind::GroupOrEmpty(&[
    takes("customer_reference", Kind::Text { max: 25 }),
    takes("order_reference", Kind::Text { max: 25 }),
]);

const TRANSFER_DATA: Kind = Kind::Group(&[
    takes("amount", Kind::Integer),
    needs("destination", TEXT),
    takes("description", TEXT),
    takes("metadata", Kind::Metadata),
    takes("payment_data", Kind::Unplayed),
]);

/// What Radar knows of a page that was visited; there are no rules that look at it.
const RADAR_OPTIONS: Kind = Kind::Group(&[takes("session", TEXT), takes("referrer", TEXT)]);

/// The customer's consent, which is taken and not shown: cards have no mandate here.
pub(crate) const MANDATE_DATA: Kind = Kind::GroupOrEmpty(&[needs(
    "customer_acceptance",
    Kind::Group(&[
        needs("type", Kind::OneOf(&["offline", "online"])),
        takes("accepted_at", Kind::Integer),
        takes("offline", Kind::GroupOrEmpty(&[])),
        takes(
            "online",
            Kind::Group(&[takes("ip_address", TEXT), takes("user_agent", TEXT), takes("infer_from_client", FLAG)]),
        ),
    ]),
)]);

const OFF_SESSION: Kind = Kind::OneOf(&["true", "false", "one_off", "recurring"]);

const METHOD_OPTIONS: Kind = Kind::Group(&[takes("card", Kind::Group(CARD_OPTIONS))]);

pub(super) const CREATE: &[Param] = &[
    needs("amount", Kind::Integer),
    needs("currency", TEXT),
    takes("automatic_payment_methods", Kind::Group(AUTOMATIC_METHODS)),
    takes("capture_method", CAPTURE_METHOD),
    takes("confirm", FLAG),
    takes("confirmation_method", Kind::OneOf(&["automatic", "manual"])),
    takes("customer", TEXT),
    takes("description", DESCRIPTION),
    takes("error_on_requires_action", FLAG),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
    takes("off_session", OFF_SESSION),
    takes("payment_method", TEXT),
    takes("payment_method_options", METHOD_OPTIONS),
    takes("payment_method_types", Kind::Texts),
    takes("receipt_email", TEXT),
    takes("return_url", TEXT),
    takes("setup_future_usage", FUTURE_USAGE),
    takes("statement_descriptor_suffix", SUFFIX),
    takes("use_stripe_sdk", FLAG),
    takes("allowed_payment_method_types", Kind::Texts),
    takes("amount_details", Kind::Unplayed),
    takes("application_fee_amount", Kind::Integer),
    takes("confirmation_token", TEXT),
    takes("customer_account", TEXT),
    takes("excluded_payment_method_types", Kind::Texts),
    takes("hooks", Kind::Unplayed),
    takes("mandate", TEXT),
    takes("mandate_data", MANDATE_DATA),
    takes("on_behalf_of", TEXT),
    takes("payment_details", PAYMENT_DETAILS),
    takes("payment_method_configuration", TEXT),
    takes("payment_method_data", METHOD_DATA),
    takes("radar_options", RADAR_OPTIONS),
    takes("shipping", SHIPPING),
    takes("statement_descriptor", SUFFIX),
    takes("transfer_data", TRANSFER_DATA),
    takes("transfer_group", TEXT),
];

pub(super) const UPDATE: &[Param] = &[
    takes("amount", Kind::Integer),
    takes("currency", TEXT),
    takes("capture_method", CAPTURE_METHOD),
    takes("customer", TEXT),
    takes("description", DESCRIPTION),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
    takes("payment_method", TEXT),
    takes("payment_method_options", METHOD_OPTIONS),
    takes("payment_method_types", Kind::Texts),
    takes("receipt_email", TEXT),
    takes("setup_future_usage", FUTURE_USAGE),
    takes("statement_descriptor_suffix", SUFFIX),
    takes("allowed_payment_method_types", Kind::Texts),
    takes("amount_details", Kind::Unplayed),
    takes("application_fee_amount", Kind::Integer),
    takes("customer_account", TEXT),
    takes("excluded_payment_method_types", Kind::Texts),
    takes("hooks", Kind::Unplayed),
    takes("payment_details", PAYMENT_DETAILS),
    takes("payment_method_configuration", TEXT),
    takes("payment_method_data", METHOD_DATA),
    takes("shipping", SHIPPING),
    takes("statement_descriptor", SUFFIX),
    takes("transfer_data", TRANSFER_DATA),
    takes("transfer_group", TEXT),
];

pub(super) const CONFIRM: &[Param] = &[
    takes("payment_method", TEXT),
    takes("payment_method_options", METHOD_OPTIONS),
    takes("payment_method_types", Kind::Texts),
    takes("capture_method", CAPTURE_METHOD),
    takes("error_on_requires_action", FLAG),
    takes("expand", Kind::Texts),
    takes("off_session", OFF_SESSION),
    takes("receipt_email", TEXT),
    takes("return_url", TEXT),
    takes("setup_future_usage", FUTURE_USAGE),
    takes("use_stripe_sdk", FLAG),
    // What a page sends beside its publishable key.
    takes("client_secret", TEXT),
    takes("allowed_payment_method_types", Kind::Texts),
    takes("amount_details", Kind::Unplayed),
    takes("amount_to_confirm", Kind::Unplayed),
    takes("confirmation_token", TEXT),
    takes("excluded_payment_method_types", Kind::Texts),
    takes("hooks", Kind::Unplayed),
    takes("mandate", TEXT),
    takes("mandate_data", MANDATE_DATA),
    takes("payment_details", PAYMENT_DETAILS),
    takes("payment_method_data", METHOD_DATA),
    takes("radar_options", RADAR_OPTIONS),
    takes("shipping", SHIPPING),
];

pub(super) const CAPTURE: &[Param] = &[
    takes("amount_to_capture", Kind::Integer),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
    takes("statement_descriptor_suffix", SUFFIX),
    takes("amount_details", Kind::Unplayed),
    takes("application_fee_amount", Kind::Integer),
    takes("final_capture", Kind::OneOf(&["true"])),
    takes("hooks", Kind::Unplayed),
    takes("payment_details", PAYMENT_DETAILS),
    takes("statement_descriptor", SUFFIX),
    takes("transfer_data", TRANSFER_DATA),
];

pub(super) const INCREMENT: &[Param] = &[
    needs("amount", Kind::Integer),
    takes("description", DESCRIPTION),
    takes("expand", Kind::Texts),
    takes("metadata", Kind::Metadata),
    takes("amount_details", Kind::Unplayed),
    takes("application_fee_amount", Kind::Integer),
    takes("hooks", Kind::Unplayed),
    takes("payment_details", PAYMENT_DETAILS),
    takes("statement_descriptor", SUFFIX),
    takes("transfer_data", TRANSFER_DATA),
];

pub(super) const CANCEL: &[Param] = &[
    takes("cancellation_reason", Kind::OneOf(&["duplicate", "fraudulent", "requested_by_customer", "abandoned"])),
    takes("expand", Kind::Texts),
];

pub(super) const RETRIEVE: &[Param] = &[takes("client_secret", TEXT), takes("expand", Kind::Texts)];

pub(super) const LIST: &[Param] = &[
    takes("created", TIME_WINDOW),
    takes("customer", TEXT),
    takes("limit", Kind::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Kind::Texts),
    takes("customer_account", TEXT),
];

pub(super) const AUTHENTICATE: &[Param] =
    &[needs("client_secret", TEXT), needs("outcome", Kind::OneOf(&["authenticated", "refused"]))];

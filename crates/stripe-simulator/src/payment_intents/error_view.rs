//! `last_payment_error`: why the attempt before came to nothing.

use serde::Serialize;

use super::record::{Cause, LastError};
use crate::books::Books;
use crate::expand::Expand;
use crate::payment_methods::MethodView;
use crate::refusal::doc_url;

const NOT_AUTHENTICATED: &str = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.";

/// Wire form, fields in Stripe's (alphabetical) order.
#[derive(Serialize)]
pub(crate) struct LastErrorView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    advice_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge: Option<&'a str>,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<&'static str>,
    doc_url: String,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_advice_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_decline_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'static str>,
    payment_method: Option<MethodView<'a>>,
    r#type: &'static str,
}

impl<'a> LastErrorView<'a> {
    /// `not_authenticated` is the code of an authentication that failed.
    pub(crate) fn of(error: Option<&'a LastError>, not_authenticated: &'a str, books: &'a Books) -> Option<Box<Self>> {
        let error = error?;
        let words = match error.cause {
            Cause::Declined(decline) => Some(decline.words()),
            Cause::NotAuthenticated => None,
        };
        let code = words.map_or(not_authenticated, |w| w.code);
        Some(Box::new(Self {
            advice_code: words.and_then(|w| w.advice),
            charge: error.charge.as_deref(),
            code,
            decline_code: words.and_then(|w| w.decline_code),
            doc_url: doc_url(code),
            message: words.map_or(NOT_AUTHENTICATED, |w| w.message),
            network_advice_code: words.and_then(|w| w.network_advice),
            network_decline_code: words.and_then(|w| w.network_decline),
            param: words.and_then(|w| w.param),
            payment_method: books
                .methods
                .get(&error.method)
                .map(|method| MethodView::of(method, books, &Expand::default())),
            r#type: if words.is_some() { "card_error" } else { "invalid_request_error" },
        }))
    }
}

//! What Stripe says when it does not do what was asked: the `error` object.

use http::StatusCode;
use serde::Serialize;

use crate::cards::Decline;
use crate::ids::Id;
use crate::payment_intents::IntentView;
use crate::payment_methods::MethodView;
use crate::setup_intents::SetupView;

/// The result of every step of an endpoint.
pub(crate) type Outcome<T> = Result<T, Box<Refusal>>;

/// One refused request, before it is written as JSON.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) param: Option<String>,
    pub(crate) decline: Option<Decline>,
    /// Ids of the records that the error shows whole.
    pub(crate) intent: Option<Id>,
    pub(crate) setup: Option<Id>,
    pub(crate) method: Option<Id>,
    pub(crate) charge: Option<Id>,
    /// Whether the endpoint had begun: then the answer is kept for the idempotency key.
    pub(crate) executed: bool,
}

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            status,
            kind,
            code: None,
            message: message.into(),
            param: None,
            decline: None,
            intent: None,
            setup: None,
            method: None,
            charge: None,
            executed: false,
        })
    }

    /// A request that is wrong in itself; nothing was done.
    pub(crate) fn invalid(message: impl Into<String>) -> Box<Self> {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// A key that is missing, unknown or not enough.
    pub(crate) fn unauthorised(message: impl Into<String>) -> Box<Self> {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Box<Self> {
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    /// No such object; `param` is Stripe's name for the place where the id was given.
    pub(crate) fn missing(object: &str, id: &str, param: &str) -> Box<Self> {
        Self::not_found(format!("No such {object}: '{id}'")).code("resource_missing").at(param)
    }

    /// The card was refused: a certain answer.
    pub(crate) fn card(decline: Decline) -> Box<Self> {
        let words = decline.words();
        let mut refusal = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", words.message);
        refusal.code = Some(words.code);
        refusal.param = words.param.map(str::to_owned);
        refusal.decline = Some(decline);
        refusal.executed()
    }

    /// The simulated Stripe broke.
    pub(crate) fn server(message: impl Into<String>) -> Box<Self> {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", message).executed()
    }

    pub(crate) fn idempotency(message: impl Into<String>) -> Box<Self> {
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    pub(crate) fn status(mut self: Box<Self>, status: StatusCode) -> Box<Self> {
        self.status = status;
        self
    }

    pub(crate) fn code(mut self: Box<Self>, code: &'static str) -> Box<Self> {
        self.code = Some(code);
        self
    }

    pub(crate) fn at(mut self: Box<Self>, param: impl Into<String>) -> Box<Self> {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn with_intent(mut self: Box<Self>, id: &str) -> Box<Self> {
        self.intent = Some(id.into());
        self
    }

    pub(crate) fn executed(mut self: Box<Self>) -> Box<Self> {
        self.executed = true;
        self
    }
}

/// The wire form, its fields in Stripe's (alphabetical) order.
#[derive(Serialize)]
pub(crate) struct ErrorView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) charge: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decline_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) doc_url: Option<String>,
    pub(crate) message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) network_advice_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) network_decline_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) param: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payment_intent: Option<Box<IntentView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payment_method: Option<Box<MethodView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_log_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) setup_intent: Option<Box<SetupView<'a>>>,
    pub(crate) r#type: &'a str,
}

impl<'a> ErrorView<'a> {
    /// The part that a refusal knows by itself.
    pub(crate) fn of(refusal: &'a Refusal) -> Self {
        let words = refusal.decline.map(Decline::words);
        Self {
            advice_code: words.and_then(|w| w.advice),
            charge: refusal.charge.as_deref(),
            code: refusal.code,
            decline_code: words.and_then(|w| w.decline_code),
            doc_url: refusal.code.map(doc_url),
            message: &refusal.message,
            network_advice_code: words.and_then(|w| w.network_advice),
            network_decline_code: words.and_then(|w| w.network_decline),
            param: refusal.param.as_deref(),
            payment_intent: None,
            payment_method: None,
            request_log_url: None,
            setup_intent: None,
            r#type: refusal.kind,
        }
    }
}

/// Stripe's page about an error code.
pub(crate) fn doc_url(code: &str) -> String {
    format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"))
}

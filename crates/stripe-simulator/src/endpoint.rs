//! Every endpoint of the API, in one table.

use http::Method;

use crate::account;
use crate::books::Books;
use crate::call::Call;
use crate::refusal::{Outcome, Refusal};
use crate::{charges, payment_intents, payment_methods, refunds};

/// One endpoint, with the id from its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint<'p> {
    CreateIntent,
    ListIntents,
    RetrieveIntent(&'p str),
    UpdateIntent(&'p str),
    ConfirmIntent(&'p str),
    CaptureIntent(&'p str),
    CancelIntent(&'p str),
    Authenticate,
    CreateMethod,
    RetrieveMethod(&'p str),
    RetrieveCharge(&'p str),
    ListCharges,
    CreateRefund,
    RetrieveRefund(&'p str),
    ListRefunds,
    Account,
    Balance,
}

impl<'p> Endpoint<'p> {
    /// Finds the endpoint of a path below `/v1/`.
    pub(crate) fn find(method: &Method, path: &'p str) -> Outcome<Self> {
        let mut parts = path.trim_end_matches('/').split('/');
        let steps = [parts.next(), parts.next(), parts.next(), parts.next()];
        let get = method == Method::GET;
        let post = method == Method::POST;
        Ok(match steps {
            [Some("payment_intents"), None, ..] if post => Self::CreateIntent,
            [Some("payment_intents"), None, ..] if get => Self::ListIntents,
            [Some("payment_intents"), Some(id), None, _] if get => Self::RetrieveIntent(id),
            [Some("payment_intents"), Some(id), None, _] if post => Self::UpdateIntent(id),
            [Some("payment_intents"), Some(id), Some("confirm"), None] if post => Self::ConfirmIntent(id),
            [Some("payment_intents"), Some(id), Some("capture"), None] if post => Self::CaptureIntent(id),
            [Some("payment_intents"), Some(id), Some("cancel"), None] if post => Self::CancelIntent(id),
            [Some("3ds2"), Some("authenticate"), None, _] if post => Self::Authenticate,
            [Some("payment_methods"), None, ..] if post => Self::CreateMethod,
            [Some("payment_methods"), Some(id), None, _] if get => Self::RetrieveMethod(id),
            [Some("charges"), None, ..] if get => Self::ListCharges,
            [Some("charges"), Some(id), None, _] if get => Self::RetrieveCharge(id),
            [Some("refunds"), None, ..] if post => Self::CreateRefund,
            [Some("refunds"), None, ..] if get => Self::ListRefunds,
            [Some("refunds"), Some(id), None, _] if get => Self::RetrieveRefund(id),
            [Some("account"), None, ..] if get => Self::Account,
            [Some("balance"), None, ..] if get => Self::Balance,
            _ => {
                let message = format!(
                    "Unrecognized request URL ({method}: /v1/{path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
                );
                return Err(Refusal::not_found(message));
            }
        })
    }

    /// Whether a page may call it with the publishable key.
    pub(crate) fn is_for_pages(self) -> bool {
        matches!(self, Self::CreateMethod | Self::RetrieveIntent(_) | Self::ConfirmIntent(_) | Self::Authenticate)
    }

    /// Runs it; the body of a 200 answer.
    pub(crate) fn run(self, books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
        match self {
            Self::CreateIntent => payment_intents::create(books, call),
            Self::ListIntents => payment_intents::list(books, call),
            Self::RetrieveIntent(id) => payment_intents::retrieve(books, call, id),
            Self::UpdateIntent(id) => payment_intents::update(books, call, id),
            Self::ConfirmIntent(id) => payment_intents::confirm(books, call, id),
            Self::CaptureIntent(id) => payment_intents::capture(books, call, id),
            Self::CancelIntent(id) => payment_intents::cancel(books, call, id),
            Self::Authenticate => payment_intents::authenticate(books, call),
            Self::CreateMethod => payment_methods::create(books, call),
            Self::RetrieveMethod(id) => payment_methods::retrieve(books, call, id),
            Self::RetrieveCharge(id) => charges::retrieve(books, call, id),
            Self::ListCharges => charges::list(books, call),
            Self::CreateRefund => refunds::create(books, call),
            Self::RetrieveRefund(id) => refunds::retrieve(books, call, id),
            Self::ListRefunds => refunds::list(books, call),
            Self::Account => account::account(books, call),
            Self::Balance => account::balance(books, call),
        }
    }
}

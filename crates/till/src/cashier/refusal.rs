//! The cashier's refusals.

use crate::journal::JournalError;
use crate::money::AmountProblem;
use crate::payment::step::NotNow;
use thiserror::Error;

/// The reason why the cashier did not act. Nothing has changed then.
#[derive(Debug, Error)]
pub enum Refusal {
    #[error("no such sale")]
    UnknownSale,
    #[error("this cannot be done now")]
    NotNow,
    #[error("the token is used up")]
    TokenUsed,
    #[error("the screen showed another total")]
    AmountDiffers,
    #[error("this amount cannot be charged: {0:?}")]
    Amount(AmountProblem),
    #[error("the note is too long")]
    NoteTooLong,
    #[error("that is not a payment method")]
    BadPaymentMethod,
    #[error("no more than {left} minor units are left to give back")]
    RefundTooLarge { left: i64 },
    #[error("Stripe has not been reached yet")]
    StripeUnheard,
    #[error("a manager has to read first what the journal does not know")]
    CardsOff,
    #[error("the journal has not been compared with Stripe yet since the start")]
    NotCompared,
    #[error("a card number stands in the text")]
    CardNumber,
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<NotNow> for Refusal {
    fn from(NotNow: NotNow) -> Self {
        Self::NotNow
    }
}

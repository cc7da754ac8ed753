//! What a person is told when the cashier says no, and what Stripe has said about the money by then.
//!
//! The sentence about money is never a default. It comes from the payment that a command names, as it stands when the
//! command is refused; where no payment is meant, nothing is said.

use till::cashier::Refusal;
use till::desk::DeskCashier;
use till::facts::IntentStatus;
use till::journal::{Journal, JournalError};
use till::money::AmountProblem;
use till::payment::{Payment, Phase};
use till::sale::SaleId;

use crate::view::{MoneyState, Problem, ProblemCode};

/// What Stripe has said about the customer's money for this payment. Where the money is held, none of the three words
/// is true. `behind`: the journal is an older copy, and Stripe has not said yet what happened since.
pub fn money(payment: &Payment, behind: bool) -> Option<MoneyState> {
    use MoneyState::{NotTaken, Taken, Unknown};
    let never_confirmed = payment.attempts == 0;
    let not_taken = match payment.phase {
        Phase::Paid => return Some(Taken),
        Phase::Authorised | Phase::Capturing => return None,
        // What was given back for a void sale had been taken for it.
        Phase::Void => return payment.refunds.is_empty().then_some(NotTaken),
        Phase::Confirming | Phase::Finishing | Phase::Processing | Phase::Unknown => false,
        Phase::Frozen | Phase::Preparing | Phase::Cancelling => never_confirmed,
        // The last card was declined, or refused, or read as not charged: otherwise it would still be named.
        Phase::Ready => never_confirmed || !payment.card_is_out(),
        // Without the second confirm, which only this till can send, nothing is taken.
        Phase::Authenticating => true,
        Phase::Paused => never_confirmed || payment.status.is_some_and(is_unpaid),
        // Its status is that of a pause before, so it counts only where the payment was stopped in one.
        Phase::Blocked => {
            let paused = payment.blocked.as_ref().is_some_and(|blocked| blocked.from == Phase::Paused);
            never_confirmed || (paused && payment.status.is_some_and(is_unpaid))
        }
    };
    Some(if not_taken && !behind { NotTaken } else { Unknown })
}

/// Whether Stripe charges nothing for a PaymentIntent that is read so.
fn is_unpaid(status: IntentStatus) -> bool {
    match status {
        IntentStatus::RequiresPaymentMethod
        | IntentStatus::RequiresConfirmation
        | IntentStatus::RequiresAction
        | IntentStatus::Canceled => true,
        IntentStatus::Processing | IntentStatus::RequiresCapture | IntentStatus::Succeeded | IntentStatus::Other => {
            false
        }
    }
}

/// What the cashier can say about a sale's money now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was ever begun for it.
    Unheard,
    /// As far as Stripe has said anything.
    Money(Option<MoneyState>),
}

impl Standing {
    /// Looks at a sale: in hand, or in the journal.
    pub fn of(cashier: &mut DeskCashier, sale: SaleId) -> Self {
        let behind = cashier.is_doubtful(sale);
        let payment = match cashier.seen(sale) {
            Some(seen) => seen.payment.clone(),
            None => match cashier.journal().payment(sale) {
                Ok(Some(payment)) => payment,
                Ok(None) => return Self::Unheard,
                Err(_) => return Self::Money(None),
            },
        };
        let id = sale.to_string();
        let found = cashier.books().findings().iter().any(|finding| finding.sale == id);
        // Stripe has more money of a void sale than its payment tells.
        if payment.phase == Phase::Void && found { Self::Money(None) } else { Self::Money(money(&payment, behind)) }
    }

    /// For whatever is asked of a payment that is there.
    pub fn money(self) -> Option<MoneyState> {
        match self {
            Self::Unheard => None,
            Self::Money(money) => money,
        }
    }

    /// For a charge, which is refused before anything is sent.
    pub fn money_of_charge(self) -> Option<MoneyState> {
        match self {
            Self::Unheard => Some(MoneyState::NotTaken),
            Self::Money(money) => money,
        }
    }
}

/// A refusal in the page's words.
pub fn refusal(refusal: &Refusal) -> Problem {
    let code = match refusal {
        Refusal::UnknownSale => ProblemCode::UnknownSale,
        Refusal::NotNow => ProblemCode::NotNow,
        Refusal::TokenUsed => ProblemCode::TokenUsed,
        Refusal::AmountDiffers => ProblemCode::AmountDiffers,
        Refusal::Amount(AmountProblem::Zero) => ProblemCode::AmountZero,
        Refusal::Amount(AmountProblem::TooLarge) => ProblemCode::AmountTooLarge,
        Refusal::Amount(AmountProblem::TooSmall(least)) => {
            return Problem::with(ProblemCode::AmountTooSmall, least);
        }
        Refusal::Amount(AmountProblem::NotRound(step)) => return Problem::with(ProblemCode::AmountNotRound, step),
        Refusal::NoteTooLong => ProblemCode::NoteTooLong,
        Refusal::CardNumber => ProblemCode::CardNumberInText,
        Refusal::NotCompared => ProblemCode::NotCompared,
        Refusal::BadPaymentMethod => ProblemCode::BadPaymentMethod,
        Refusal::RefundTooLarge { left } => return Problem::with(ProblemCode::RefundTooLarge, left),
        Refusal::StripeUnheard => ProblemCode::StripeUnreachable,
        Refusal::CardsOff => ProblemCode::CardsOff,
        Refusal::Journal(error) => return journal_problem(error),
    };
    Problem::new(code)
}

/// What is wrong with the journal.
pub fn journal_problem(error: &JournalError) -> Problem {
    let code = match error {
        JournalError::InUse(_) => ProblemCode::AlreadyRunning,
        JournalError::Newer { .. } => ProblemCode::JournalNewer,
        JournalError::Damaged(_) => ProblemCode::JournalDamaged,
        JournalError::Missing(_) => ProblemCode::JournalMissing,
        JournalError::Full => ProblemCode::JournalFull,
        JournalError::ReadOnly(_) => ProblemCode::JournalReadOnly,
        JournalError::Exchanged(_) => ProblemCode::JournalChanged,
        JournalError::Unsafe(_) | JournalError::Unwritable(_) | JournalError::Folder(_) => {
            ProblemCode::JournalUnwritable
        }
    };
    Problem::with(code, error)
}

//! What a person is told when something cannot be done, and what is certain about the money.

use serde::Serialize;
use ts_rs::TS;

/// An error a person sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    pub code: ProblemCode,
    /// Nothing is said about money where nothing is known of it, or where no payment is meant.
    pub money: Option<MoneyState>,
    /// For the details: Stripe's request id, a PaymentIntent, an operating system's words.
    pub detail: Option<String>,
}

/// What Stripe has said about the customer's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MoneyState {
    NotTaken,
    Taken,
    Unknown,
}

/// Closed list; `ui/src/problems.ts` has words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ProblemCode {
    /// The total is zero.
    AmountZero,
    /// Above Stripe's eight digits.
    AmountTooLarge,
    /// Below Stripe's smallest charge.
    AmountTooSmall,
    /// Stripe wants the last digits to be 0 in this currency.
    AmountNotRound,
    /// What the screen showed is not what Rust would charge.
    AmountDiffers,
    /// This cannot be done in the payment's present state.
    NotNow,
    /// The journal has not been compared with Stripe since the start: what it says of this payment waits for that.
    NotCompared,
    /// No such sale.
    UnknownSale,
    /// A card page's token is used up or not ours.
    TokenUsed,
    NoteTooLong,
    /// More than is left of the payment; `detail` is what is left, in minor units.
    RefundTooLarge,
    /// Stripe has payments that the journal does not know: a manager reads them first.
    CardsOff,
    /// The card page's answer is not a payment method.
    BadPaymentMethod,
    /// Nothing came back from Stripe.
    StripeUnreachable,
    /// Stripe had an error of its own or said something unreadable.
    StripeAnswer,
    /// Stripe refused the request; `detail` says why.
    StripeRejected,
    /// 401.
    KeyRejected,
    /// 403.
    KeyForbidden,
    /// 404 on our own payment: another account or mode.
    WrongAccount,
    /// Stripe's payment is not the one we made.
    Mismatch,
    NotAKey,
    KeysSwapped,
    KeyModes,
    KeyAccounts,
    LiveKeyHere,
    /// A live key that may do everything; it is taken only when somebody has been warned.
    FullLiveKey,
    /// The self-check found what would break the first live sale; `detail` says what, and what to do.
    NotReady,
    /// No account is connected in this mode.
    NoKey,
    KeychainMissing,
    KeychainLocked,
    KeychainDenied,
    /// The journal cannot be written: no cards.
    JournalUnwritable,
    /// Paid, but the fact could not be saved here.
    PaidNotSaved,
    JournalDamaged,
    JournalNewer,
    /// There was a journal, and it is gone.
    JournalMissing,
    JournalFull,
    JournalReadOnly,
    /// Another copy of the till holds the journal.
    AlreadyRunning,
    /// `KEYTILL_STRIPE_API` is not a loopback address.
    ApiNotLoopback,
    SettingsUnwritable,
    /// The settings file was unreadable; it was put aside and the till began with fresh ones.
    SettingsDamaged,
    /// Printing failed; the sale stands.
    PrintFailed,
    /// An account is connected, and nobody has said in which currency it charges.
    CurrencyNotChosen,
    /// Far above what this till takes: asked once more.
    AmountUnusual,
    /// A card number stands in a text field.
    CardNumberInText,
    /// The customer disputed the charge: it cannot be refunded.
    ChargeDisputed,
    /// More was refunded at Stripe than this till knew; `detail` is what is left, in minor units.
    RefundedElsewhere,
    /// The settings file cannot be read. It stays as it is, and nothing is written to it.
    SettingsUnreadable,
    /// The journal's file is no longer the one that was opened: no cards until a restart.
    JournalChanged,
    /// A mode is being opened; it takes a moment.
    ModeChanging,
    /// A fault of ours.
    Internal,
}

impl Problem {
    /// Why something cannot be done. It says nothing about money: only a payment knows about that.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, money: None, detail: None }
    }

    /// As [`Problem::new`], with words for the details.
    #[allow(clippy::needless_pass_by_value)] // Errors and texts are handed over alike, mostly by `map_err`.
    pub fn with(code: ProblemCode, detail: impl ToString) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(code) }
    }
}

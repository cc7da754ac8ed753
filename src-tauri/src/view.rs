//! What the pages see. Allow-lists: a field is here because a screen shows it.
//!
//! Their TypeScript twins in `ui/src/bindings` are written by the test in `bindings.rs`.
//! Money is in minor units of its currency. Times are Unix seconds. No type here can hold a secret.

mod problem;
mod settings;

pub use problem::{MoneyState, Problem, ProblemCode};
pub use settings::{AccountView, KeyKind, SettingsView};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the till window shows outside its lists. Sent whole on every change.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TillView {
    /// Higher than that of every view looked at before: two threads may send theirs in the wrong order.
    pub revision: u32,
    pub mode: ModeView,
    /// Nobody has chosen how to begin yet: show the doors.
    pub first_start: bool,
    pub till_name: String,
    pub business: String,
    pub currency: CurrencyView,
    pub theme: ThemeView,
    pub connection: ConnectionView,
    pub draft: DraftView,
    /// The payment in front of the cashier, if one is being taken or was just finished.
    pub payment: Option<PaymentView>,
    /// Other payments that want a person, oldest first.
    pub open: Vec<PaymentView>,
    /// Payments found open (or settled meanwhile) after an unclean stop, until the cashier has seen them.
    pub found: Vec<PaymentView>,
    /// What keeps the till from taking cards at all.
    pub books: BooksView,
    pub problem: Option<Problem>,
    /// The next sale keeps the switch for phone orders.
    pub sticky_phone_order: bool,
    /// The window's × was pressed while a card is at Stripe: the page asks.
    pub closing: bool,
    /// What to preset, while nobody has chosen the account's currency.
    pub suggested_currency: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ModeView {
    #[default]
    Training,
    Test,
    Live,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ThemeView {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionView {
    Checking,
    Online,
    Offline,
}

/// A currency and Stripe's own number of decimals for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyView {
    /// Lower case, as Stripe writes it.
    pub code: String,
    pub decimals: u8,
}

/// The sale being rung up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    pub sale_id: String,
    pub number: String,
    #[ts(type = "number")]
    pub total: i64,
    pub note: String,
    pub phone_order: bool,
    pub authorise_only: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools)]
pub struct PaymentView {
    pub sale_id: String,
    /// For people: `K-1042`.
    pub number: String,
    #[ts(type = "number")]
    pub amount: i64,
    pub currency: CurrencyView,
    pub state: PaymentState,
    /// What Stripe has said about the customer's money; nothing where none of the words is true.
    pub money: Option<MoneyState>,
    pub note: String,
    pub phone_order: bool,
    pub authorise_only: bool,
    /// The card that was charged or tried last.
    pub card: Option<CardView>,
    pub declined: Option<DeclineView>,
    pub problem: Option<Problem>,
    /// Stripe's id of the PaymentIntent.
    pub reference: Option<String>,
    /// When charging began.
    #[ts(type = "number")]
    pub began_at: i64,
    /// When it was paid or authorised, by Stripe's clock.
    #[ts(type = "number | null")]
    pub paid_at: Option<i64>,
    /// Until when an authorisation can be captured.
    #[ts(type = "number | null")]
    pub capture_before: Option<i64>,
    /// Seconds until the till asks Stripe again by itself.
    #[ts(type = "number | null")]
    pub next_check_in: Option<u32>,
    /// The card window is in front.
    pub card_window: bool,
    /// Settled while the till was not running.
    pub while_away: bool,
    pub receipt: Option<ReceiptView>,
    /// Oldest first.
    pub refunds: Vec<RefundView>,
    /// What is left to give back, in minor units.
    #[ts(type = "number")]
    pub refundable: i64,
    /// Stripe is being asked what is left, before a refund leaves.
    pub refund_asking: bool,
    /// Why the last refund that was asked for did not leave.
    pub refund_problem: Option<Problem>,
    /// Given back outside this till, in minor units.
    #[ts(type = "number")]
    pub refunded_elsewhere: i64,
    /// The customer disputed the charge.
    pub disputed: bool,
    /// The card that was charged is not the one that was typed last.
    pub another_card: bool,
    pub can: Can,
}

/// Money given back, or on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RefundView {
    pub id: String,
    #[ts(type = "number")]
    pub amount: i64,
    pub state: RefundState,
    pub reason: String,
    /// Stripe's words for why it bounced or was not accepted.
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RefundState {
    Asked,
    Unknown,
    Pending,
    Succeeded,
    Bounced,
    Canceled,
    Rejected,
    GivenUp,
}

/// What Stripe has of this till and its journal does not account for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BooksView {
    /// No card is taken before a manager has read this.
    pub cards_off: bool,
    /// The journal is an older copy, and Stripe has not answered yet what happened since.
    pub behind: bool,
    /// Not read yet, oldest first.
    pub findings: Vec<FindingView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    pub strange: StrangeView,
    /// `pi_…`; of a refund `re_…`.
    pub intent: String,
    pub sale_id: String,
    #[ts(type = "number")]
    pub amount: i64,
    pub currency: CurrencyView,
    /// Only held so far, not taken.
    pub held: bool,
    /// Stripe's clock, Unix seconds.
    #[ts(type = "number")]
    pub created: i64,
    /// A refund for exactly this finding is on its way or done.
    pub refunded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StrangeView {
    Orphan,
    PaidTwice,
    PaidThoughVoid,
    RefundBounced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PaymentState {
    Preparing,
    Ready,
    Confirming,
    Authenticating,
    Finishing,
    Processing,
    Unknown,
    Paused,
    Cancelling,
    Capturing,
    Authorised,
    Paid,
    Void,
    Blocked,
}

/// Which buttons do something now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools)]
pub struct Can {
    /// Open the card window for (another) card.
    pub take_card: bool,
    pub cancel: bool,
    pub check_now: bool,
    pub capture: bool,
    pub release: bool,
    pub refund: bool,
    pub check_refund: bool,
    /// Let the refund go that Stripe cannot have any more.
    pub give_up_refund: bool,
    /// Leave this payment and ring up the next sale.
    pub new_sale: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardView {
    pub brand: String,
    pub last4: String,
}

/// A decline in Stripe's codes; the page has the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeclineView {
    pub code: Option<String>,
    pub decline_code: Option<String>,
    pub advice_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
    pub kind: ReceiptKind,
    pub number: String,
    pub business: String,
    pub lines: Vec<ReceiptLine>,
    #[ts(type = "number")]
    pub total: i64,
    pub card: CardView,
    /// `KEYED` or `PHONE ORDER`.
    pub entry: EntryMode,
    pub authorisation_code: Option<String>,
    pub statement_name: Option<String>,
    pub reference: String,
    #[ts(type = "number")]
    pub at: i64,
    /// Printed before: say COPY.
    pub copy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptLine {
    pub label: String,
    #[ts(type = "number")]
    pub amount: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReceiptKind {
    Sale,
    Authorisation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EntryMode {
    Keyed,
    PhoneOrder,
}

/// One row of the Payments screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PaymentDetail {
    pub payment: PaymentView,
    pub timeline: Vec<TimelineEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    #[ts(type = "number")]
    pub at: i64,
    /// The journal's name of the fact, e.g. `saleFrozen`; the page has the words.
    pub kind: String,
    /// A code that goes with it, e.g. a decline code.
    pub detail: Option<String>,
}

/// What the card page shows. Sent whole as `card-changed`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardPageView {
    /// As a [`TillView`]'s.
    pub revision: u32,
    pub mode: ModeView,
    pub business: String,
    pub theme: ThemeView,
    /// Where Stripe.js comes from.
    pub stripe_js: String,
    /// Publishable; made to be shown.
    pub publishable_key: String,
    /// The payment being taken; none while the window waits hidden.
    pub payment: Option<CardPayment>,
    /// A close of the window was just refused, because a card is at Stripe.
    pub held_open: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardPayment {
    pub sale_id: String,
    pub number: String,
    #[ts(type = "number")]
    pub amount: i64,
    pub currency: CurrencyView,
    pub phone_order: bool,
    pub authorise_only: bool,
    pub state: PaymentState,
    /// One submit's right, when a card may be typed (`ready`) or when the bank's dialog is to be shown
    /// (`authenticating`). Used up by the call that carries it.
    pub token: Option<String>,
    pub declined: Option<DeclineView>,
    pub problem: Option<Problem>,
    #[ts(type = "number | null")]
    pub next_check_in: Option<u32>,
    /// Escape may close the window without leaving money in doubt.
    pub can_close: bool,
}

/// The one secret a card page needs for 3-D Secure, given once and never kept.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    pub client_secret: String,
}

impl std::fmt::Debug for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authentication(…)")
    }
}

/// What the page saw `handleCardAction` do. A hint: Stripe is asked either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActionOutcome {
    Completed,
    Failed,
}

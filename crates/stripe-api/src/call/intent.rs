//! `PaymentIntents`: created unconfirmed, confirmed by the secret key only.

use super::{Call, segment};
use crate::form::Form;

const INTENTS: &str = "/v1/payment_intents";
/// Most intents asked for in one page. An intent that waits for 3-D Secure takes some 12 kB, and a page has
/// to fit the 1 MiB that the transport accepts.
const PAGE: u8 = 50;

/// When the money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// At once; Stripe books it a moment later, so the fee is not known yet.
    AutomaticAsync,
    /// Only held now; taken by a later capture.
    Manual,
}

impl Capture {
    fn as_str(self) -> &'static str {
        match self {
            Self::AutomaticAsync => "automatic_async",
            Self::Manual => "manual",
        }
    }
}

/// What a frozen sale asks Stripe to prepare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateIntent {
    /// Minor units of `currency`.
    pub amount: i64,
    /// Three lower-case letters.
    pub currency: String,
    /// When the money is taken.
    pub capture: Capture,
    /// At most 1000 characters; shown in the Dashboard.
    pub description: Option<String>,
    /// In the order given. Keys at most 40 characters and without brackets, values at most 500.
    pub metadata: Vec<(String, String)>,
    /// `cus_…`.
    pub customer: Option<String>,
    /// Keep the card for later charges without the customer (`off_session`).
    pub setup_future_usage: bool,
    /// Stripe mails a receipt there, in live mode.
    pub receipt_email: Option<String>,
    /// The end of the name on the card statement; needs at least one letter.
    pub statement_descriptor_suffix: Option<String>,
}

/// One card presented for an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmIntent {
    /// `pm_…`; without a customer it is spent after one try.
    pub payment_method: String,
    /// The card was read out by telephone or letter. The account needs Stripe's permission.
    pub moto: bool,
    /// The customer is absent and the card was saved before.
    pub off_session: bool,
}

/// Which intents to list, newest first. Stripe has no filter for status or metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListIntents {
    /// Unix seconds, inclusive.
    pub created_gte: Option<i64>,
    /// Unix seconds, inclusive.
    pub created_lte: Option<i64>,
    /// The last id of the page before.
    pub starting_after: Option<String>,
    /// 1 to 50; a value outside is moved inside.
    pub limit: u8,
}

impl Call {
    /// Creates an intent that nobody can charge yet: no card, unconfirmed, and only the secret key can
    /// confirm it.
    pub fn create_intent(intent: &CreateIntent, key: &str) -> Self {
        let mut form = Form::new();
        form.push("amount", intent.amount.to_string())
            .push("currency", intent.currency.as_str())
            .push("confirmation_method", "manual")
            .push("capture_method", intent.capture.as_str())
            .push("payment_method_types[]", "card")
            .push_some("description", intent.description.as_deref());
        push_metadata(&mut form, &intent.metadata);
        form.push_some("customer", intent.customer.as_deref())
            .push_some("setup_future_usage", intent.setup_future_usage.then_some("off_session"))
            .push_some("receipt_email", intent.receipt_email.as_deref())
            .push_some("statement_descriptor_suffix", intent.statement_descriptor_suffix.as_deref());
        Self::post(INTENTS.to_owned(), form, key)
    }

    /// Charges a card on an intent. The only call here, with [`Call::finish_intent`], that can take money.
    pub fn confirm_intent(id: &str, confirm: &ConfirmIntent, key: &str) -> Self {
        let mut form = Form::new();
        form.push("payment_method", confirm.payment_method.as_str())
            .push("use_stripe_sdk", "true")
            .push_some("payment_method_options[card][moto]", confirm.moto.then_some("true"))
            .push_some("off_session", confirm.off_session.then_some("true"));
        expand_charge(&mut form);
        Self::post(on_intent(id, "/confirm"), form, key)
    }

    /// The second confirm, after 3-D Secure. Names no card: that would begin a new attempt.
    pub fn finish_intent(id: &str, key: &str) -> Self {
        let mut form = Form::new();
        expand_charge(&mut form);
        Self::post(on_intent(id, "/confirm"), form, key)
    }

    /// Takes held money: all of it, or `amount` minor units, which releases the rest.
    pub fn capture_intent(id: &str, amount: Option<i64>, key: &str) -> Self {
        let mut form = Form::new();
        form.push_some("amount_to_capture", amount.map(|amount| amount.to_string()).as_deref());
        expand_charge(&mut form);
        Self::post(on_intent(id, "/capture"), form, key)
    }

    /// Makes sure that an intent is never charged, and releases held money.
    pub fn cancel_intent(id: &str, key: &str) -> Self {
        Self::post(on_intent(id, "/cancel"), Form::new(), key)
    }

    /// Reads one intent with its latest charge.
    pub fn retrieve_intent(id: &str) -> Self {
        let mut form = Form::new();
        expand_charge(&mut form);
        Self::get(on_intent(id, ""), form)
    }

    /// Reads a page of intents. Their charges are ids: expanding them is slow and would burst the page.
    pub fn list_intents(list: &ListIntents) -> Self {
        let mut form = Form::new();
        form.push_some("created[gte]", list.created_gte.map(|at| at.to_string()).as_deref())
            .push_some("created[lte]", list.created_lte.map(|at| at.to_string()).as_deref())
            .push("limit", list.limit.clamp(1, PAGE).to_string())
            .push_some("starting_after", list.starting_after.as_deref());
        Self::get(INTENTS.to_owned(), form)
    }
}

fn on_intent(id: &str, action: &str) -> String {
    format!("{INTENTS}/{}{action}", segment(id))
}

fn expand_charge(form: &mut Form) {
    form.push("expand[]", "latest_charge");
}

pub(super) fn push_metadata(form: &mut Form, metadata: &[(String, String)]) {
    for (name, value) in metadata {
        form.push(format!("metadata[{name}]"), value.as_str());
    }
}

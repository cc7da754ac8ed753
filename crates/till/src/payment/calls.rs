//! The requests a payment makes, each with a key that names the logical step.
//!
//! A key never holds a time, a card or chance: the same step always makes the same key, so that a repeat
//! reaches Stripe's idempotency and not the customer's card.

use super::Payment;
use crate::entry::CallRecord;
use crate::sale::{Capture, Entered, Sale};
use stripe_api::{Call, ConfirmIntent, CreateIntent, ListIntents};

/// How long after its create was sent a PaymentIntent may still appear, in seconds: Stripe's keys live a day.
const FIND_WINDOW: i64 = 24 * 60 * 60;
/// How far Stripe's servers' clocks may be apart, in seconds.
const CLOCK_SLACK: i64 = 600;

fn key(payment: &Payment, generation: u32, step: &str) -> String {
    format!("{}:g{generation}:{step}", payment.sale.id)
}

/// Unconfirmed and without a card: harmless, however often it is sent.
pub fn create(payment: &Payment, generation: u32, attempt: u32) -> Call {
    let sale = &payment.sale;
    let step = if attempt == 1 { "create".to_owned() } else { format!("create:{attempt}") };
    let description = if sale.note.is_empty() { sale.name() } else { format!("{} · {}", sale.name(), sale.note) };
    let create = CreateIntent {
        amount: sale.total.minor,
        currency: sale.total.currency.code().to_owned(),
        capture: match sale.capture {
            Capture::AtOnce => stripe_api::Capture::AutomaticAsync,
            Capture::Later => stripe_api::Capture::Manual,
        },
        description: Some(description),
        metadata: metadata(sale, generation),
        customer: None,
        setup_future_usage: false,
        receipt_email: None,
        statement_descriptor_suffix: None,
    };
    Call::create_intent(&create, &key(payment, generation, &step))
}

/// What tells our PaymentIntents from others'. A sale from before tills had ids goes as it was fixed then.
fn metadata(sale: &Sale, generation: u32) -> Vec<(String, String)> {
    let (sale_id, generation) = (sale.id.to_string(), generation.to_string());
    let all = [
        ("app", "keytill"),
        ("till", &sale.till),
        ("sale_id", &sale_id),
        ("gen", &generation),
        ("till_id", &sale.till_id),
    ];
    let given = all.into_iter().filter(|(name, value)| *name != "till_id" || !value.is_empty());
    given.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub fn confirm(payment: &Payment, intent: &str, attempt: u32, payment_method: &str) -> Call {
    let confirm = ConfirmIntent {
        payment_method: payment_method.to_owned(),
        moto: payment.sale.entered == Entered::PhoneOrder,
        off_session: false,
    };
    let step = format!("a{attempt}:c1");
    Call::confirm_intent(intent, &confirm, &key(payment, payment.generation, &step))
}

/// The second confirm, after 3-D Secure. It names no card: naming one would begin a new attempt. When the bank was
/// still asking, the next one is another step: Stripe would only repeat what it answered to the first.
pub fn finish(payment: &Payment, intent: &str) -> Call {
    let step = format!("a{}:c{}", payment.attempts, payment.finishes + 2);
    Call::finish_intent(intent, &key(payment, payment.generation, &step))
}

pub fn capture(payment: &Payment, intent: &str, attempt: u32) -> Call {
    Call::capture_intent(intent, None, &key(payment, payment.generation, &format!("capture:{attempt}")))
}

pub fn cancel(payment: &Payment, intent: &str, attempt: u32) -> Call {
    Call::cancel_intent(intent, &key(payment, payment.generation, &format!("cancel:{attempt}")))
}

pub fn look(intent: &str) -> Call {
    Call::retrieve_intent(intent)
}

/// Looks for a PaymentIntent whose id never reached us, a page at a time. The search API lags; a list does not.
pub fn find(created_after: i64, page: Option<&str>) -> Call {
    Call::list_intents(&ListIntents {
        created_gte: Some(created_after - CLOCK_SLACK),
        created_lte: Some(created_after + FIND_WINDOW),
        limit: 20,
        starting_after: page.map(str::to_owned),
    })
}

/// What the journal keeps of a call before it is sent.
pub fn record(call: &Call, at_stripe: Option<i64>) -> CallRecord {
    let digits = call.body_sha256().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let body = digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect();
    CallRecord { key: call.idempotency_key().unwrap_or_default().to_owned(), body, at_stripe }
}

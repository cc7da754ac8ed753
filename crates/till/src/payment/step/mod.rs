//! What a payment does next. Pure: a payment, what is going on in this process, and an event go in;
//! facts to write down and at most one request come out.
//!
//! The five rules of `ARCHITECTURE.md` hold here or nowhere. Above all: only [`Event::Submit`] begins a confirm,
//! only [`Event::ActionDone`] finishes one, and no answer that cannot be trusted ends a payment.

mod answers;
mod person;
#[cfg(test)]
mod tests;

use super::table::Phase;
use super::{Payment, calls};
use crate::entry::{CallRecord, Entry, Then};
use crate::evidence::Evidence;
use std::time::Duration;
use stripe_api::Call;

/// A confirm is sent at most this often with one key: once, and again twice.
pub(crate) const MOST_SENDS: u32 = 3;
/// A confirm is not sent again later than this after it was first sent.
pub(crate) const RESEND_WINDOW: Duration = Duration::from_secs(10 * 60);
/// Stripe forgets a key after a day: later than this, the same call would run again.
pub(crate) const KEY_LASTS: Duration = Duration::from_secs(23 * 60 * 60);
/// How long a paused payment rests between two looks: a late confirm may still arrive at Stripe.
const PAUSED_LOOK: Duration = Duration::from_secs(60);
/// The same while that would be no wonder.
const LATE_LOOK: Duration = Duration::from_secs(10);
const SHORTEST_LOOK: Duration = Duration::from_secs(2);
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Create,
    Confirm,
    Finish,
    Capture,
    Cancel,
    /// Reads the PaymentIntent.
    Look,
    /// Lists PaymentIntents for one whose id never reached us.
    Find,
}

/// What is going on around a payment in this process. Forgotten by a crash, and nothing is lost by that.
#[derive(Debug, Default)]
pub struct Live {
    /// What is at Stripe now.
    pub busy: Option<What>,
    /// The last changing or reading request, to be sent again as it was.
    pub call: Option<Call>,
    /// How often it was sent.
    pub sends: u32,
    /// When it was first sent: this process's clock.
    pub first_sent: Duration,
    /// Looks since something was learnt.
    pub looks: u32,
    /// The cashier asked for another card while the last one's outcome was open.
    pub wants_card: bool,
    /// Another PaymentIntent of this sale that Stripe has charged, and when it was created: Stripe's clock, Unix seconds.
    pub elsewhere: Option<(String, i64)>,
    /// A cashier has had a hand in it in this process.
    pub attended: bool,
    /// A list of Stripe's has said otherwise than the journal, and Stripe is being asked.
    pub contradicted: bool,
}

/// The moment of an event.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// This process's clock. It never jumps.
    pub monotonic: Duration,
    /// Stripe's clock, Unix seconds, if Stripe has told the time in this process.
    pub stripe: Option<i64>,
}

/// What may happen to a payment.
#[derive(Debug)]
pub enum Event {
    /// The card page made a payment method.
    Submit {
        payment_method: String,
    },
    /// The bank's dialog has ended; whether well is the page's word, and only a hint.
    ActionDone {
        completed: bool,
    },
    /// The card page is gone.
    PageGone,
    TakeCard,
    Cancel,
    CheckNow,
    Capture,
    Release,
    /// The request in flight has been answered, or not.
    Answered(What, Box<Evidence>),
    /// The process has just started and found the payment open.
    Restarted,
    /// The sweep saw another PaymentIntent of this sale that is charged, or may be.
    SeenElsewhere {
        intent: String,
        created: i64,
    },
    ReceiptIssued,
    Seen,
}

/// Facts to make durable, then what to do.
#[derive(Debug, Default)]
pub struct Step {
    pub entries: Vec<Entry>,
    pub send: Option<Send>,
}

/// One request, to be sent after a while.
#[derive(Debug)]
pub struct Send {
    pub what: What,
    pub call: Call,
    pub after: Duration,
}

/// This cannot be done in the payment's present phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow;

impl Step {
    fn rest() -> Self {
        Self::default()
    }

    fn write(entries: impl Into<Vec<Entry>>) -> Self {
        Self { entries: entries.into(), send: None }
    }

    fn send(self, what: What, call: Call) -> Self {
        self.send_after(Duration::ZERO, what, call)
    }

    fn send_after(mut self, after: Duration, what: What, call: Call) -> Self {
        self.send = Some(Send { what, call, after });
        self
    }
}

/// Decides what follows from an event.
///
/// # Errors
/// [`NotNow`] when a person asks for what this phase does not allow. Nothing has changed then.
pub fn step(payment: &Payment, live: &Live, at: At, event: Event) -> Result<Step, NotNow> {
    let turn = Turn { payment, live, at };
    match event {
        Event::Submit { payment_method } => turn.submit(payment_method),
        Event::ActionDone { completed } => turn.action_done(completed),
        Event::PageGone => Ok(turn.page_gone()),
        Event::TakeCard => turn.take_card(),
        Event::Cancel => turn.cancel(),
        Event::CheckNow => turn.check_now(),
        Event::Capture => turn.capture(),
        Event::Release => turn.release(),
        Event::Answered(what, evidence) => Ok(turn.answered(what, *evidence)),
        Event::Restarted => Ok(turn.restarted()),
        Event::SeenElsewhere { intent, created } => turn.seen_elsewhere(intent, created),
        Event::ReceiptIssued => turn.receipt_issued(),
        Event::Seen if payment.unseen => Ok(Step::write([Entry::Seen])),
        Event::Seen => Ok(Step::rest()),
    }
}

/// The first step of a payment that was just frozen.
pub fn first(payment: &Payment, at: At) -> Step {
    Turn { payment, live: &Live::default(), at }.next_generation(Step::rest())
}

struct Turn<'a> {
    payment: &'a Payment,
    live: &'a Live,
    at: At,
}

impl Turn<'_> {
    fn record(&self, call: &Call) -> CallRecord {
        calls::record(call, self.at.stripe)
    }

    fn next_generation(&self, after: Step) -> Step {
        let generation = self.payment.generation + 1;
        let call = calls::create(self.payment, generation, 1);
        let begun = Entry::GenerationBegun { generation, call: self.record(&call) };
        Step { entries: after.entries.into_iter().chain([begun]).collect(), send: None }.send(What::Create, call)
    }

    fn begin_cancel(&self, then: Then) -> Result<Step, NotNow> {
        let intent = self.payment.intent.as_ref().ok_or(NotNow)?;
        let attempt = self.payment.cancels + 1;
        let call = calls::cancel(self.payment, intent, attempt);
        let begun = Entry::CancelBegun { attempt, then, call: self.record(&call) };
        Ok(Step::write([begun]).send(What::Cancel, call))
    }

    fn look_now(&self, step: Step) -> Step {
        match &self.payment.intent {
            Some(intent) => step.send(What::Look, calls::look(intent)),
            None => step,
        }
    }

    fn look_at_leisure(&self, step: Step) -> Step {
        match &self.payment.intent {
            Some(intent) => {
                let pause = if self.payment.may_arrive_late(self.at.stripe) { LATE_LOOK } else { PAUSED_LOOK };
                step.send_after(pause, What::Look, calls::look(intent))
            }
            None => step,
        }
    }

    /// The payment waits for a card. One of before, whose confirm nobody has answered, may be charged meanwhile.
    fn wait_for_card(&self, step: Step) -> Step {
        if self.payment.unanswered.is_some() { self.look_at_leisure(step) } else { step }
    }

    fn look_later(&self) -> Step {
        self.look_no_sooner_than(Duration::ZERO)
    }

    /// As [`Turn::look_later`], and not before Stripe said that it wants to be asked again.
    fn look_no_sooner_than(&self, shortest: Duration) -> Step {
        let pause = backoff(self.live.looks, SHORTEST_LOOK, LONGEST_LOOK).max(shortest);
        match (&self.payment.intent, self.payment.created_after) {
            (Some(intent), _) => Step::rest().send_after(pause, What::Look, calls::look(intent)),
            (None, Some(since)) if self.payment.phase == Phase::Preparing => {
                Step::rest().send_after(pause, What::Find, calls::find(since, None))
            }
            _ => Step::rest(),
        }
    }

    /// While preparing: the request once more, at once.
    fn repeat_now(&self, call: &Call) -> Step {
        let what = if call.idempotency_key().is_some() { What::Create } else { What::Find };
        if in_time(what, self.live, self.at.monotonic) {
            return Step::rest().send(what, call.clone());
        }
        self.key_burnt(what)
    }
}

/// Whether a request may go again under its key at this moment of the process's clock.
pub fn in_time(what: What, live: &Live, moment: Duration) -> bool {
    let window = match what {
        What::Create => KEY_LASTS,
        What::Confirm | What::Finish | What::Capture | What::Cancel => RESEND_WINDOW,
        What::Look | What::Find => return true,
    };
    moment.saturating_sub(live.first_sent) < window
}

/// Doubles from `shortest`, up to `longest`.
pub(crate) fn backoff(times: u32, shortest: Duration, longest: Duration) -> Duration {
    shortest.saturating_mul(1_u32.checked_shl(times.min(16)).unwrap_or(u32::MAX)).min(longest)
}

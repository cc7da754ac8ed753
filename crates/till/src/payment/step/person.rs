//! What a person, or a start of the process, asks of a payment.

use super::{NotNow, Step, Turn, What};
use crate::entry::{Closed, Entry, Then};
use crate::payment::calls;
use crate::payment::table::Phase;

impl Turn<'_> {
    pub(super) fn submit(&self, payment_method: String) -> Result<Step, NotNow> {
        let (Phase::Ready, Some(intent)) = (self.payment.phase, &self.payment.intent) else {
            return Err(NotNow);
        };
        let attempt = self.payment.attempts + 1;
        let call = calls::confirm(self.payment, intent, attempt, &payment_method);
        let begun = Entry::AttemptBegun { attempt, payment_method, call: self.record(&call) };
        Ok(Step::write([begun]).send(What::Confirm, call))
    }

    pub(super) fn action_done(&self, completed: bool) -> Result<Step, NotNow> {
        let (Phase::Authenticating, Some(intent)) = (self.payment.phase, &self.payment.intent) else {
            return Err(NotNow);
        };
        if !completed {
            return Ok(self.look_now(Step::rest()));
        }
        let call = calls::finish(self.payment, intent);
        let begun = Entry::FinishBegun { call: self.record(&call) };
        Ok(Step::write([begun]).send(What::Finish, call))
    }

    pub(super) fn page_gone(&self) -> Step {
        match self.payment.phase {
            Phase::Authenticating => self.look_now(Step::rest()),
            _ => Step::rest(),
        }
    }

    pub(super) fn take_card(&self) -> Result<Step, NotNow> {
        match (self.payment.phase, &self.payment.intent) {
            (Phase::Ready | Phase::Preparing | Phase::Authenticating, _) => Ok(Step::rest()),
            (Phase::Paused, None) if self.live.elsewhere.is_none() => Ok(self.next_generation(Step::rest())),
            // Another card only after a fresh look: the last one may have been charged meanwhile.
            (Phase::Paused | Phase::Unknown, Some(_)) => Ok(self.look_now(Step::rest())),
            _ => Err(NotNow),
        }
    }

    pub(super) fn cancel(&self) -> Result<Step, NotNow> {
        let never_charged = [Entry::GenerationClosed { how: Closed::NeverConfirmed }, Entry::Voided];
        match self.payment.phase {
            Phase::Preparing => Ok(Step::write(never_charged)),
            // One that Stripe has may have been confirmed, whatever this journal says of it: it may be an older copy.
            Phase::Blocked if self.payment.attempts == 0 && self.payment.intent.is_none() => {
                Ok(Step::write(never_charged))
            }
            Phase::Paused if self.payment.intent.is_none() => Ok(Step::write([Entry::Voided])),
            Phase::Ready | Phase::Paused | Phase::Unknown | Phase::Authenticating | Phase::Blocked => {
                self.begin_cancel(Then::Void)
            }
            Phase::Cancelling if self.payment.then == Then::Void => Ok(Step::rest()),
            _ => Err(NotNow),
        }
    }

    pub(super) fn check_now(&self) -> Result<Step, NotNow> {
        let posting = self.live.busy.is_some_and(|what| !matches!(what, What::Look | What::Find));
        match (self.payment.phase, &self.payment.intent) {
            (phase, _) if phase.is_final() => Err(NotNow),
            _ if posting => Ok(Step::rest()),
            (Phase::Preparing, _) => Ok(match &self.live.call {
                Some(call) => self.repeat_now(call),
                None => self.restarted(),
            }),
            (Phase::Blocked, None) => {
                let closed = Entry::GenerationClosed { how: Closed::NeverConfirmed };
                Ok(self.next_generation(Step::write([closed])))
            }
            (_, Some(_)) => Ok(self.look_now(Step::rest())),
            (_, None) => Ok(Step::rest()),
        }
    }

    pub(super) fn capture(&self) -> Result<Step, NotNow> {
        let (Phase::Authorised, Some(intent)) = (self.payment.phase, &self.payment.intent) else {
            return Err(NotNow);
        };
        let attempt = self.payment.captures + 1;
        let call = calls::capture(self.payment, intent, attempt);
        let begun = Entry::CaptureBegun { attempt, call: self.record(&call) };
        Ok(Step::write([begun]).send(What::Capture, call))
    }

    pub(super) fn release(&self) -> Result<Step, NotNow> {
        if self.payment.phase == Phase::Authorised { self.begin_cancel(Then::Void) } else { Err(NotNow) }
    }

    pub(super) fn receipt_issued(&self) -> Result<Step, NotNow> {
        match self.payment.phase {
            Phase::Paid | Phase::Authorised => Ok(Step { entries: vec![Entry::ReceiptIssued], ..Step::rest() }),
            _ => Err(NotNow),
        }
    }

    /// Charged on a PaymentIntent that this journal had left behind: an older copy of it was put back. That one is
    /// the payment's, once the one that it holds itself can never be charged.
    pub(super) fn seen_elsewhere(&self, intent: String, created: i64) -> Result<Step, NotNow> {
        let look = calls::look(&intent);
        let adopted = Entry::IntentAdopted { intent, created };
        let closed = Entry::GenerationClosed { how: Closed::NeverConfirmed };
        match self.payment.phase {
            Phase::Preparing => Ok(Step::write([adopted]).send(What::Look, look)),
            Phase::Paused | Phase::Blocked if self.payment.intent.is_none() => {
                Ok(Step::write([adopted]).send(What::Look, look))
            }
            Phase::Ready | Phase::Paused if self.payment.attempts == 0 => {
                Ok(Step::write([closed, adopted]).send(What::Look, look))
            }
            Phase::Ready | Phase::Paused | Phase::Unknown | Phase::Authenticating | Phase::Blocked => {
                self.begin_cancel(Then::TakeUp)
            }
            _ => Err(NotNow),
        }
    }

    /// The process is new: requests that were out are out of sight. Look, and never confirm.
    pub(super) fn restarted(&self) -> Step {
        let paused = Entry::Paused { status: None };
        match self.payment.phase {
            Phase::Paid | Phase::Void => Step::rest(),
            Phase::Frozen => Step::write([paused]),
            Phase::Preparing => match self.payment.created_after {
                Some(since) => Step::rest().send(What::Find, calls::find(since, None)),
                // Of unknown age. No confirm was ever sent, so it can be left behind.
                None => Step::write([Entry::GenerationClosed { how: Closed::NeverConfirmed }]),
            },
            Phase::Ready | Phase::Authenticating => self.look_now(Step::write([paused])),
            Phase::Confirming | Phase::Finishing => self.look_now(Step::write([Entry::OutcomeUnknown])),
            Phase::Processing
            | Phase::Unknown
            | Phase::Paused
            | Phase::Cancelling
            | Phase::Authorised
            | Phase::Capturing
            | Phase::Blocked => self.look_now(Step::rest()),
        }
    }
}

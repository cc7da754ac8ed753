//! What follows from Stripe's answers, and from their absence.

use super::{LONGEST_LOOK, MOST_SENDS, NotNow, PAUSED_LOOK, SHORTEST_LOOK, Step, Turn, What, backoff, in_time};
use crate::entry::{BlockReason, Closed, Entry, Then};
use crate::evidence::Evidence;
use crate::facts::{IntentFacts, IntentStatus};
use crate::payment::calls;
use crate::payment::table::{self, Phase};
use std::time::Duration;

impl Turn<'_> {
    pub(super) fn answered(&self, what: What, evidence: Evidence) -> Step {
        let preparing = self.payment.phase == Phase::Preparing;
        match evidence {
            Evidence::Intent(facts) if preparing => created(&facts),
            // An intent that nobody confirmed can only have been created; anything else said of it makes no sense.
            Evidence::WrongState(_) | Evidence::Declined(_) if preparing => self.again(what, None, false),
            Evidence::Intent(facts) | Evidence::WrongState(facts) => self.absorb(what, &facts),
            Evidence::Declined(facts) => self.declined(what, &facts),
            Evidence::Found(facts) if preparing => found(&facts),
            Evidence::NotFound { next_page } if preparing => self.not_found(next_page.as_deref()),
            Evidence::Found(_) | Evidence::NotFound { .. } => self.look_later(),
            Evidence::Busy { after } => self.again(what, after, true),
            Evidence::Unanswered => self.again(what, None, false),
            Evidence::ServerError | Evidence::KeyReused => self.key_burnt(what),
            Evidence::Rejected { code, message } => self.rejected(what, code, message),
            Evidence::Blocked { reason, detail } => self.block(reason, detail),
        }
    }

    fn not_found(&self, next_page: Option<&str>) -> Step {
        match (next_page, self.payment.created_after) {
            (Some(page), Some(since)) => Step::rest().send(What::Find, calls::find(since, Some(page))),
            _ => Step::write([Entry::GenerationClosed { how: Closed::NeverConfirmed }]),
        }
    }

    fn declined(&self, what: What, facts: &IntentFacts) -> Step {
        match what {
            What::Confirm | What::Finish => self.card_declined(facts),
            What::Create | What::Capture | What::Cancel | What::Look | What::Find => self.absorb(what, facts),
        }
    }

    /// Nothing was decided (`busy`), or nobody knows. The same key and body may go again, within limits.
    fn again(&self, what: What, after: Option<Duration>, busy: bool) -> Step {
        let Some(call) = self.live.call.clone() else {
            return self.look_now(Step::rest());
        };
        let pause = after.unwrap_or_else(|| backoff(self.live.sends, SHORTEST_LOOK / 2, LONGEST_LOOK / 2));
        let in_time = in_time(what, self.live, self.at.monotonic.saturating_add(pause));
        match what {
            What::Look | What::Find => self.look_no_sooner_than(after.unwrap_or_default()),
            What::Create if in_time => Step::rest().send_after(pause, what, call),
            What::Create => self.key_burnt(what),
            _ if in_time && (busy || self.live.sends < MOST_SENDS) => Step::rest().send_after(pause, what, call),
            What::Confirm | What::Finish => self.look_now(Step::write([Entry::OutcomeUnknown])),
            What::Capture | What::Cancel => self.look_now(Step::rest()),
        }
    }

    /// A 5xx is replayed for its key, and a key used for another body is our own fault: this key is of no more use.
    pub(super) fn key_burnt(&self, what: What) -> Step {
        match what {
            What::Create => {
                let attempt = self.payment.creates + 1;
                let call = calls::create(self.payment, self.payment.generation, attempt);
                let retried = Entry::CreateRetried { attempt, call: self.record(&call) };
                let pause = backoff(attempt - 1, SHORTEST_LOOK / 2, LONGEST_LOOK / 2);
                Step::write([retried]).send_after(pause, What::Create, call)
            }
            What::Confirm | What::Finish => self.look_now(Step::write([Entry::OutcomeUnknown])),
            What::Capture | What::Cancel => self.look_now(Step::rest()),
            What::Look | What::Find => self.look_later(),
        }
    }

    fn rejected(&self, what: What, code: Option<String>, message: Option<String>) -> Step {
        match what {
            What::Confirm => Step::write([Entry::AttemptRejected { code, message }]),
            // The card has been authenticated and Stripe takes no second confirm: its state says why.
            What::Finish => self.look_now(Step::write([Entry::OutcomeUnknown])),
            What::Capture => self.look_now(Step::rest()),
            What::Create | What::Cancel | What::Look | What::Find => {
                self.block(BlockReason::Rejected, message.or(code))
            }
        }
    }

    fn block(&self, reason: BlockReason, detail: Option<String>) -> Step {
        if matches!(self.payment.phase, Phase::Blocked | Phase::Frozen) || self.payment.phase.is_final() {
            return Step::rest();
        }
        Step::write([Entry::Blocked { reason, detail }])
    }

    /// The PaymentIntent itself: the one source of truth.
    fn absorb(&self, what: What, facts: &IntentFacts) -> Step {
        if self.payment.phase.is_final() {
            return Step::rest();
        }
        match facts.status {
            IntentStatus::Succeeded => self.succeeded(what, facts),
            IntentStatus::RequiresCapture => self.held(what, facts),
            IntentStatus::Processing => self.processing(),
            IntentStatus::Canceled => self.canceled(),
            IntentStatus::RequiresPaymentMethod
            | IntentStatus::RequiresConfirmation
            | IntentStatus::RequiresAction
            | IntentStatus::Other => self.unpaid(what, facts),
        }
    }

    fn succeeded(&self, what: What, facts: &IntentFacts) -> Step {
        if facts.amount_received != self.payment.sale.total.minor {
            let detail = format!("{} received {}", facts.id, facts.amount_received);
            return self.block(BlockReason::Mismatch, Some(detail));
        }
        let Some(charge) = facts.charge.clone().map(Box::new) else {
            return self.read_charge(what);
        };
        Step::write([Entry::Paid { charge: Some(charge), while_away: !self.live.attended }])
    }

    /// Money was taken, and the answer names the charge by its id alone, as the PaymentIntent inside an error does.
    /// Which card was charged has to be known before the payment is called paid: it need not be the last one typed.
    fn read_charge(&self, what: What) -> Step {
        match self.payment.phase {
            Phase::Confirming | Phase::Finishing => self.look_now(Step::write([Entry::OutcomeUnknown])),
            _ if what == What::Look => self.look_later(),
            _ => self.look_now(Step::rest()),
        }
    }

    fn held(&self, what: What, facts: &IntentFacts) -> Step {
        if !self.payment.captures_later() {
            let detail = format!("{} was only authorised", facts.id);
            return self.block(BlockReason::Mismatch, Some(detail));
        }
        match &facts.charge {
            _ if self.payment.phase == Phase::Authorised => Step::rest(),
            Some(charge) => Step::write([Entry::Authorised { charge: Box::new(charge.clone()) }]),
            None => self.read_charge(what),
        }
    }

    fn processing(&self) -> Step {
        let entries = if table_allows_processing(self.payment.phase) { vec![Entry::ProcessingSeen] } else { vec![] };
        Step { entries, ..self.look_later() }
    }

    fn canceled(&self) -> Step {
        let closed = Entry::GenerationClosed { how: Closed::Canceled };
        match (self.payment.phase, self.payment.then) {
            // A hold that ran out or was released elsewhere: nothing was taken and nothing can be.
            (Phase::Authorised | Phase::Capturing, _) | (Phase::Cancelling, Then::Void) => {
                Step::write([closed, Entry::Voided])
            }
            (Phase::Cancelling, Then::TakeUp) => match self.live.elsewhere.clone() {
                Some((intent, created)) => {
                    let look = calls::look(&intent);
                    Step::write([closed, Entry::IntentAdopted { intent, created }]).send(What::Look, look)
                }
                // The next sweep finds it again.
                None => Step::write([closed]),
            },
            // Stripe limits confirms per PaymentIntent. With a cashier waiting, the next one follows at once.
            (Phase::Cancelling, Then::NextGeneration) | (Phase::Confirming | Phase::Finishing, _) => {
                self.next_generation(Step::write([closed]))
            }
            _ if self.live.wants_card => self.next_generation(Step::write([closed])),
            _ => Step::write([closed]),
        }
    }

    fn unpaid(&self, what: What, facts: &IntentFacts) -> Step {
        match self.payment.phase {
            Phase::Confirming | Phase::Finishing => self.attempt_unpaid(facts),
            Phase::Authenticating => match facts.status {
                IntentStatus::RequiresPaymentMethod => self.card_declined(facts),
                _ => self.pause(facts.status),
            },
            Phase::Cancelling if what == What::Look => {
                self.begin_cancel(self.payment.then).unwrap_or_else(|NotNow| self.look_later())
            }
            Phase::Cancelling => self.look_later(),
            Phase::Paused | Phase::Unknown if self.live.wants_card => self.go_on(facts.status),
            Phase::Paused => self.look_at_leisure(Step::rest()),
            Phase::Ready
                if self.payment.unanswered.is_some() && facts.status == IntentStatus::RequiresPaymentMethod =>
            {
                self.wait_for_card(Step::rest())
            }
            Phase::Ready
            | Phase::Processing
            | Phase::Unknown
            | Phase::Authorised
            | Phase::Capturing
            | Phase::Blocked => self.pause(facts.status),
            Phase::Frozen | Phase::Preparing | Phase::Paid | Phase::Void => Step::rest(),
        }
    }

    /// The answer to a confirm itself.
    fn attempt_unpaid(&self, facts: &IntentFacts) -> Step {
        match facts.status {
            IntentStatus::RequiresAction => Step::write([Entry::AuthenticationWanted]),
            IntentStatus::RequiresPaymentMethod => self.card_declined(facts),
            _ => Step { entries: vec![Entry::OutcomeUnknown], ..self.look_later() },
        }
    }

    /// Another card, once the fresh look says that the last one was not charged.
    fn go_on(&self, status: IntentStatus) -> Step {
        if status == IntentStatus::RequiresAction || status == IntentStatus::Other {
            // An authentication hangs on it: only a fence makes sure that nobody completes it.
            return self.begin_cancel(Then::NextGeneration).unwrap_or_else(|NotNow| Step::rest());
        }
        let paused = (self.payment.phase != Phase::Paused).then_some(Entry::Paused { status: Some(status) });
        self.wait_for_card(Step::write(paused.into_iter().chain([Entry::Continued]).collect::<Vec<_>>()))
    }

    fn card_declined(&self, facts: &IntentFacts) -> Step {
        let declined = Entry::Declined { decline: facts.decline.clone().unwrap_or_default() };
        self.wait_for_card(Step::write([declined]))
    }

    fn pause(&self, status: IntentStatus) -> Step {
        self.look_at_leisure(Step::write([Entry::Paused { status: Some(status) }]))
    }
}

fn created(facts: &IntentFacts) -> Step {
    Step::write([Entry::IntentCreated { intent: facts.id.clone(), created: facts.created }])
}

fn found(facts: &IntentFacts) -> Step {
    if facts.status != IntentStatus::RequiresPaymentMethod {
        // A card was tried on it, which this journal, an older copy, knows nothing of.
        let adopted = Entry::IntentAdopted { intent: facts.id.clone(), created: facts.created };
        return Step::write([adopted]).send(What::Look, calls::look(&facts.id));
    }
    let created = Entry::IntentCreated { intent: facts.id.clone(), created: facts.created };
    let paused = Entry::Paused { status: Some(facts.status) };
    Step::write([created, paused]).send_after(PAUSED_LOOK, What::Look, calls::look(&facts.id))
}

fn table_allows_processing(phase: Phase) -> bool {
    table::next(phase, crate::entry::Kind::ProcessingSeen).is_some()
}

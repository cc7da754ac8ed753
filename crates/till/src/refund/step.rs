//! What a refund does next. Pure, as [`crate::payment::step`] is for payments.

use super::evidence::Evidence;
use super::{Refund, RefundFact, RefundPhase, calls};
use crate::payment::step::{At, KEY_LASTS, MOST_SENDS, RESEND_WINDOW, backoff};
use std::time::Duration;
use stripe_api::Call;

const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);
/// Stripe forgets a key after a day. An hour more, for whatever is still on its way; in seconds.
const KEY_IS_FORGOTTEN: i64 = 25 * 60 * 60;
/// How long after a 5xx Stripe may still finish what it had begun, in seconds.
const BURNT_IS_OVER: i64 = 10 * 60;
/// What Stripe does not have turns up late, if at all.
const LONGEST_ABSENT: Duration = Duration::from_secs(10 * 60);
/// Stripe sends a pending refund within hours or days.
const LONGEST_PENDING: Duration = Duration::from_secs(60 * 60);

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Gives the money back.
    Create,
    /// Asks whether Stripe has it.
    Look,
    /// Asks whether this key's account has the charge at all: in another account nothing of ours is to be found.
    Prove,
}

/// What is going on around a refund in this process.
#[derive(Debug, Default)]
pub struct Live {
    /// It was begun in this process: nothing can have been sent before.
    pub fresh: bool,
    /// How often the create was sent in this process.
    pub sends: u32,
    /// When it first was: this process's clock.
    pub first_sent: Duration,
    /// Looks since something was learnt.
    pub looks: u32,
    /// The identity under which Stripe has answered with a 5xx, which it repeats for this key. Another account knows
    /// nothing of it.
    pub burnt: Option<u64>,
    /// The identity under which Stripe last said that it does not have it, and when it said so, by its clock. That counts
    /// only together with a word on the charge under the same identity: another account has neither.
    pub listed: Option<(u64, i64)>,
    /// When Stripe was seen not to have it.
    pub absent: Option<Absence>,
}

/// Stripe was seen not to have a refund, in the account that has its charge. By Stripe's clock, Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// The identity that was answered so each time.
    pub identity: u64,
    pub first: i64,
    pub last: i64,
}

/// What may happen to a refund.
#[derive(Debug)]
pub enum Event {
    /// `identity` tells with which key and account the request was asked.
    Answered {
        what: What,
        evidence: Evidence,
        identity: u64,
    },
    Restarted,
    CheckNow,
    /// A person lets it go, to begin another.
    GiveUp,
}

/// A fact to make durable, then what to do.
#[derive(Debug, Default)]
pub struct Step {
    pub fact: Option<RefundFact>,
    pub send: Option<Send>,
}

/// One request, to be sent after a while.
#[derive(Debug)]
pub struct Send {
    pub what: What,
    pub call: Call,
    pub after: Duration,
}

/// This cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow;

/// Decides what follows from an event. `live` counts what was sent before it.
///
/// # Errors
/// [`NotNow`] when a person asks for what this phase does not allow.
pub fn step(sale: &str, refund: &Refund, live: &mut Live, at: At, event: Event) -> Result<Step, NotNow> {
    let turn = Turn { sale, refund, at };
    match event {
        Event::Answered { what, evidence, identity } => Ok(turn.answered(live, what, evidence, identity)),
        Event::Restarted if refund.phase.wants_a_look() => Ok(turn.look(None, Duration::ZERO)),
        Event::Restarted => Ok(Step::default()),
        Event::CheckNow if refund.stripe.is_some() || refund.phase.is_open() => Ok(turn.look(None, Duration::ZERO)),
        Event::GiveUp if turn.may_be_given_up(live) => Ok(Step { fact: Some(RefundFact::GivenUp), ..Step::default() }),
        Event::CheckNow | Event::GiveUp => Err(NotNow),
    }
}

/// Whether its create may leave at this moment: the first time, or while Stripe remembers its key.
pub fn may_leave(refund: &Refund, live: &Live, at: At) -> bool {
    (live.fresh && live.sends == 0) || Turn { sale: "", refund, at }.key_is_good(live)
}

/// Whether a person may let it go: Stripe was seen not to have it, and its key cannot bring it there any more.
pub fn may_be_given_up(refund: &Refund, live: &Live) -> bool {
    Turn { sale: "", refund, at: At { monotonic: Duration::ZERO, stripe: None } }.may_be_given_up(live)
}

struct Turn<'a> {
    sale: &'a str,
    refund: &'a Refund,
    at: At,
}

impl Turn<'_> {
    fn answered(&self, live: &mut Live, what: What, evidence: Evidence, identity: u64) -> Step {
        match evidence {
            Evidence::Has { stripe, status, why } => {
                live.looks = 0;
                self.has(RefundFact::Seen { stripe, status, why })
            }
            Evidence::Absent { at } => {
                live.listed = at.map(|at| (identity, at));
                self.absent(live, identity)
            }
            Evidence::Charge => match live.listed {
                Some((listed_as, last)) if listed_as == identity => {
                    let before = live.absent.filter(|before| before.identity == identity);
                    let first = before.map_or(last, |before| before.first);
                    live.absent = Some(Absence { identity, first, last });
                    self.look_later(live)
                }
                // The key was changed between the two answers: they prove nothing about each other.
                Some(_) => self.look(None, Duration::ZERO),
                None => self.look_later(live),
            },
            _ if what != What::Create => self.look_later(live),
            Evidence::Busy { after } => self.again(live, after, true),
            Evidence::Unanswered => self.again(live, None, false),
            Evidence::ServerError => {
                (live.burnt, live.absent) = (Some(identity), None);
                self.unknown()
            }
            // Only if nothing was sent before that may still have been acted on.
            Evidence::Rejected { why } if live.fresh && live.sends == 1 && self.refund.phase == RefundPhase::Asked => {
                Step { fact: Some(RefundFact::Rejected { why }), send: None }
            }
            Evidence::Rejected { .. } => self.unknown(),
        }
    }

    /// Stripe has it. A word that changes nothing is not written down again.
    fn has(&self, seen: RefundFact) -> Step {
        let to = seen.next(Some(self.refund.phase));
        let known = self.refund.stripe.is_some() && to == Some(self.refund.phase);
        let fact = to.filter(|_| !known).map(|_| seen);
        let pending = to == Some(RefundPhase::Pending);
        let look = self.look(fact, LONGEST);
        if pending { look } else { Step { send: None, ..look } }
    }

    /// It is not there. Sending it again under its key is harmless for as long as Stripe remembers the key.
    fn absent(&self, live: &Live, identity: u64) -> Step {
        if !self.refund.phase.is_open() {
            return Step::default();
        }
        if live.burnt != Some(identity) && self.key_is_good(live) {
            return self.create(backoff(live.sends, SHORTEST / 2, LONGEST));
        }
        let call = Call::retrieve_intent(&self.refund.intent);
        let fact = (self.refund.phase == RefundPhase::Asked).then_some(RefundFact::OutcomeUnknown);
        Step { fact, send: Some(Send { what: What::Prove, call, after: Duration::ZERO }) }
    }

    /// The same key and body once more, within limits.
    fn again(&self, live: &Live, after: Option<Duration>, busy: bool) -> Step {
        let pause = after.unwrap_or_else(|| backoff(live.sends, SHORTEST / 2, LONGEST / 2));
        let gone = (self.at.monotonic + pause).saturating_sub(live.first_sent);
        let in_time = gone < if busy { KEY_LASTS } else { RESEND_WINDOW };
        let may_go = in_time && self.key_is_good(live);
        if may_go && (busy || live.sends < MOST_SENDS) { self.create(pause) } else { self.unknown() }
    }

    fn unknown(&self) -> Step {
        let fact = (self.refund.phase == RefundPhase::Asked).then_some(RefundFact::OutcomeUnknown);
        self.look(fact, Duration::ZERO)
    }

    fn look(&self, fact: Option<RefundFact>, after: Duration) -> Step {
        Step { fact, send: Some(Send { what: What::Look, call: calls::look(self.refund), after }) }
    }

    fn look_later(&self, live: &Live) -> Step {
        let longest = match (self.refund.phase, live.absent) {
            (RefundPhase::Pending, _) => LONGEST_PENDING,
            (_, Some(_)) => LONGEST_ABSENT,
            _ => LONGEST,
        };
        self.look(None, backoff(live.looks, SHORTEST, longest))
    }

    /// The same body as before, or none: under its key another one is not the same refund any more.
    fn create(&self, after: Duration) -> Step {
        let Refund { id, intent, amount, finding, .. } = self.refund;
        let call = calls::create(id, self.sale, intent, *amount, finding.as_deref());
        if crate::payment::calls::record(&call, None).body != self.refund.call.body {
            return self.look(None, after.max(SHORTEST));
        }
        Step { fact: None, send: Some(Send { what: What::Create, call, after }) }
    }

    /// By Stripe's clock, from the first time it was sent on, and by this process's; of unknown age it is not.
    fn key_is_good(&self, live: &Live) -> bool {
        let age = self.at.stripe.and_then(|now| self.age(now));
        let here = live.sends == 0 || self.at.monotonic.saturating_sub(live.first_sent) < KEY_LASTS;
        here && age.is_some_and(|seconds| seconds < i64::try_from(KEY_LASTS.as_secs()).unwrap_or(i64::MAX))
    }

    fn age(&self, now: i64) -> Option<i64> {
        self.refund.call.at_stripe.map(|sent| now.saturating_sub(sent))
    }

    /// A key that brings nothing but the same 5xx may still be worked on behind it: Stripe has to be seen without the
    /// refund twice, with a while between.
    fn may_be_given_up(&self, live: &Live) -> bool {
        let too_old = |seen| self.age(seen).is_some_and(|age| age >= KEY_IS_FORGOTTEN);
        let is_absent = |Absence { identity, first, last }| {
            too_old(last) || (live.burnt == Some(identity) && last - first >= BURNT_IS_OVER)
        };
        self.refund.phase == RefundPhase::Unknown && live.absent.is_some_and(is_absent)
    }
}

//! Every phase of a refund meets every event.

use super::evidence::Evidence;
use super::step::{Event, Live, Step, What, may_be_given_up, step};
use super::{Refund, RefundFact, RefundPhase, RefundStatus, calls};
use crate::entry::CallRecord;
use crate::payment::step::{At, MOST_SENDS, RESEND_WINDOW};
use std::time::Duration;

const SENT: i64 = 1_800_000_000;
const HOUR: i64 = 60 * 60;
const AT: At = At { monotonic: Duration::from_secs(100), stripe: Some(SENT + 60) };
const ID: &str = "0refund";

fn begun() -> RefundFact {
    let call = CallRecord { key: calls::key(ID), body: String::new(), at_stripe: Some(SENT) };
    RefundFact::Begun { intent: "pi_1".to_owned(), amount: 500, reason: "broken".to_owned(), call }
}

fn seen(status: RefundStatus) -> RefundFact {
    RefundFact::Seen { stripe: "re_1".to_owned(), status, why: None }
}

fn refund(phase: RefundPhase) -> Refund {
    let facts = match phase {
        RefundPhase::Asked => vec![],
        RefundPhase::Unknown => vec![RefundFact::OutcomeUnknown],
        RefundPhase::Pending => vec![seen(RefundStatus::Pending)],
        RefundPhase::Succeeded => vec![seen(RefundStatus::Succeeded)],
        RefundPhase::Bounced => vec![seen(RefundStatus::Bounced)],
        RefundPhase::Canceled => vec![seen(RefundStatus::Canceled)],
        RefundPhase::Rejected => vec![RefundFact::Rejected { why: None }],
        RefundPhase::GivenUp => vec![RefundFact::OutcomeUnknown, RefundFact::GivenUp],
    };
    let mut refunds = Vec::new();
    for fact in std::iter::once(begun()).chain(facts) {
        assert!(fact.apply(ID, &mut refunds), "{fact:?}");
    }
    let refund = refunds.remove(0);
    assert_eq!(refund.phase, phase);
    refund
}

fn live(sends: u32) -> Live {
    Live { fresh: true, sends, first_sent: AT.monotonic, ..Live::default() }
}

fn has(status: RefundStatus) -> Evidence {
    Evidence::Has { stripe: "re_1".to_owned(), status, why: None }
}

fn all_evidence() -> Vec<Evidence> {
    vec![
        has(RefundStatus::Pending),
        has(RefundStatus::Succeeded),
        has(RefundStatus::Bounced),
        has(RefundStatus::Canceled),
        Evidence::Absent,
        Evidence::Charge,
        Evidence::Busy { after: None },
        Evidence::ServerError,
        Evidence::Unanswered,
        Evidence::Rejected { why: Some("no".to_owned()) },
    ]
}

fn events(phase: RefundPhase) -> Vec<Event> {
    let looks = [What::Look, What::Prove];
    let whats = if phase == RefundPhase::Asked { &[What::Create, What::Look, What::Prove][..] } else { &looks };
    let answers = whats.iter().flat_map(|&what| all_evidence().into_iter().map(move |e| Event::Answered(what, e)));
    answers.chain([Event::Restarted, Event::CheckNow, Event::GiveUp]).collect()
}

fn walk(mut visit: impl FnMut(&Refund, u32, &str, &Step)) {
    let mut steps = 0;
    for phase in RefundPhase::ALL {
        for sends in 0..=MOST_SENDS {
            for event in events(phase) {
                let told = format!("{phase:?} {event:?} after {sends}");
                let refund = refund(phase);
                if let Ok(step) = step("sale", &refund, &mut live(sends), AT, event) {
                    visit(&refund, sends, &told, &step);
                    steps += 1;
                }
            }
        }
    }
    assert!(steps > 200, "{steps}");
}

#[test]
fn every_event_in_every_phase_gives_a_possible_history() {
    walk(|refund, _, told, step| {
        let possible = step.fact.as_ref().is_none_or(|fact| fact.next(Some(refund.phase)).is_some());
        assert!(possible, "{told}: {:?}", step.fact);
    });
}

#[test]
fn whatever_is_sent_for_a_refund_goes_under_its_one_key_with_its_one_body() {
    walk(|refund, _, told, step| {
        let Some(send) = &step.send else { return };
        match send.what {
            What::Create => {
                let Refund { id, intent, amount, .. } = refund;
                assert_eq!(send.call, calls::create(id, "sale", intent, *amount), "{told}");
                assert_eq!(send.call.idempotency_key(), Some("0refund:refund"));
            }
            What::Look | What::Prove => assert_eq!(send.call.idempotency_key(), None, "{told}"),
        }
    });
}

#[test]
fn nothing_is_given_back_for_a_refund_that_stripe_has_or_that_is_at_its_end() {
    walk(|refund, _, told, step| {
        let creates = step.send.as_ref().is_some_and(|send| send.what == What::Create);
        assert!(!creates || refund.phase.is_open(), "{told}");
    });
}

#[test]
fn a_restart_looks_and_gives_nothing_back_by_itself() {
    for phase in RefundPhase::ALL {
        let step = step("sale", &refund(phase), &mut Live::default(), AT, Event::Restarted).unwrap();
        assert_eq!(step.send.map(|send| send.what), phase.wants_a_look().then_some(What::Look), "{phase:?}");
    }
}

#[test]
fn a_no_is_believed_only_when_nothing_was_sent_before() {
    let no = || Event::Answered(What::Create, Evidence::Rejected { why: None });
    for sends in 1..=MOST_SENDS {
        let step = step("sale", &refund(RefundPhase::Asked), &mut live(sends), AT, no()).unwrap();
        let believed = matches!(step.fact, Some(RefundFact::Rejected { .. }));
        assert_eq!(believed, sends == 1);
        assert_eq!(step.send.map(|send| send.what), (!believed).then_some(What::Look));
    }
    // A process that found it does not know what the one before has sent.
    let mut found = Live { fresh: false, ..live(1) };
    let step = step("sale", &refund(RefundPhase::Asked), &mut found, AT, no()).unwrap();
    assert_eq!(step.fact, Some(RefundFact::OutcomeUnknown));
}

#[test]
fn a_lost_answer_is_asked_for_twice_and_then_looked_up() {
    for sends in 1..=MOST_SENDS {
        let silence = Event::Answered(What::Create, Evidence::Unanswered);
        let step = step("sale", &refund(RefundPhase::Asked), &mut live(sends), AT, silence).unwrap();
        let again = sends < MOST_SENDS;
        assert_eq!(step.send.unwrap().what, if again { What::Create } else { What::Look });
        assert_eq!(step.fact, (!again).then_some(RefundFact::OutcomeUnknown));
    }
    let late = At { monotonic: AT.monotonic + RESEND_WINDOW, ..AT };
    let silence = Event::Answered(What::Create, Evidence::Unanswered);
    let step = step("sale", &refund(RefundPhase::Asked), &mut live(1), late, silence).unwrap();
    assert_eq!(step.send.unwrap().what, What::Look);
}

#[test]
fn what_stripe_does_not_have_goes_again_only_while_its_key_is_remembered() {
    let table = [
        (Some(SENT + 22 * HOUR), false, true),
        (Some(SENT + 24 * HOUR), false, false),
        (None, false, false),
        (Some(SENT + HOUR), true, false),
    ];
    for (stripe, burnt, again) in table {
        let mut live = Live { burnt, ..Live::default() };
        let absent = Event::Answered(What::Look, Evidence::Absent);
        let step = step("sale", &refund(RefundPhase::Unknown), &mut live, At { stripe, ..AT }, absent).unwrap();
        let expected = if again { What::Create } else { What::Prove };
        assert_eq!(step.send.unwrap().what, expected, "{stripe:?} {burnt}");
    }
}

#[test]
fn not_there_counts_only_in_the_account_that_has_the_charge() {
    let unknown = refund(RefundPhase::Unknown);
    for (evidence, counts) in [(Evidence::Charge, true), (Evidence::Rejected { why: None }, false)] {
        let mut live = Live { burnt: true, ..Live::default() };
        step("sale", &unknown, &mut live, AT, Event::Answered(What::Look, Evidence::Absent)).unwrap();
        assert!(!may_be_given_up(&unknown, &live));
        step("sale", &unknown, &mut live, AT, Event::Answered(What::Prove, evidence)).unwrap();
        assert_eq!(may_be_given_up(&unknown, &live), counts);
    }
}

#[test]
fn a_refund_is_let_go_only_when_stripe_cannot_have_it_any_more() {
    let unknown = refund(RefundPhase::Unknown);
    let table = [
        (None, false, false),
        (None, true, false),
        (Some(SENT + HOUR), false, false),
        (Some(SENT + 24 * HOUR), false, false),
        (Some(SENT + 25 * HOUR), false, true),
        (Some(SENT + HOUR), true, true),
    ];
    for (absent, burnt, may) in table {
        let mut live = Live { burnt, absent, ..Live::default() };
        assert_eq!(may_be_given_up(&unknown, &live), may, "{absent:?} {burnt}");
        let given_up = step("sale", &unknown, &mut live, AT, Event::GiveUp);
        assert_eq!(given_up.is_ok(), may);
        assert!(!may_be_given_up(&refund(RefundPhase::Asked), &live));
    }
}

#[test]
fn a_5xx_forgets_that_stripe_was_seen_not_to_have_it() {
    let mut live = Live { sends: 2, absent: Some(SENT), ..Live::default() };
    let error = Event::Answered(What::Create, Evidence::ServerError);
    step("sale", &refund(RefundPhase::Unknown), &mut live, AT, error).unwrap();
    assert!(!may_be_given_up(&refund(RefundPhase::Unknown), &live));
}

#[test]
fn a_word_that_changes_nothing_is_not_written_again() {
    let answered = |phase, status| {
        let answer = Event::Answered(What::Look, has(status));
        step("sale", &refund(phase), &mut Live::default(), AT, answer).unwrap()
    };
    let pending = answered(RefundPhase::Pending, RefundStatus::Pending);
    assert_eq!(pending.fact, None);
    assert!(pending.send.is_some_and(|send| send.what == What::Look && !send.after.is_zero()));
    assert_eq!(answered(RefundPhase::Succeeded, RefundStatus::Bounced).fact, Some(seen(RefundStatus::Bounced)));
    assert!(answered(RefundPhase::Succeeded, RefundStatus::Succeeded).send.is_none());
}

#[test]
fn what_bounced_or_was_never_made_can_be_given_back_again() {
    let mut payment = crate::payment::Payment::begin(crate::made::sale(crate::sale::Capture::AtOnce));
    for (phase, left) in RefundPhase::ALL.map(|phase| (phase, if phase.counts() { 1845 } else { 2345 })) {
        payment.refunds = vec![refund(phase)];
        assert_eq!(payment.refundable("pi_1", 2345), left, "{phase:?}");
        assert_eq!(payment.refundable("pi_2", 2345), 2345);
    }
}

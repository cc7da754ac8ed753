//! Every phase of a refund meets every event.

use super::evidence::Evidence;
use super::step::{Absence, Event, Live, Step, What, may_be_given_up, step};
use super::{ChargeSeen, Refund, RefundFact, RefundPhase, RefundStatus, calls};
use crate::entry::Entry;
use crate::payment::step::{At, MOST_SENDS, RESEND_WINDOW};
use std::time::Duration;

const SENT: i64 = 1_800_000_000;
const HOUR: i64 = 60 * 60;
const AT: At = At { monotonic: Duration::from_secs(100), stripe: Some(SENT + 60) };
const ID: &str = "0refund";
/// When Stripe last listed the charge's refunds.
const LISTED: Option<i64> = Some(SENT + 26 * HOUR);

fn begun() -> RefundFact {
    let call = crate::payment::calls::record(&calls::create(ID, "sale", "pi_1", 500, None), Some(SENT));
    RefundFact::Begun { intent: "pi_1".to_owned(), amount: 500, reason: "broken".to_owned(), call, finding: None }
}

/// Under the first key and account.
fn answered(what: What, evidence: Evidence) -> Event {
    Event::Answered { what, evidence, identity: 1 }
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
        Evidence::Absent { at: AT.stripe },
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
    let answers = whats.iter().flat_map(|&what| all_evidence().into_iter().map(move |e| answered(what, e)));
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
                assert_eq!(send.call, calls::create(id, "sale", intent, *amount, None), "{told}");
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
    let no = || answered(What::Create, Evidence::Rejected { why: None });
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
        let silence = answered(What::Create, Evidence::Unanswered);
        let step = step("sale", &refund(RefundPhase::Asked), &mut live(sends), AT, silence).unwrap();
        let again = sends < MOST_SENDS;
        assert_eq!(step.send.unwrap().what, if again { What::Create } else { What::Look });
        assert_eq!(step.fact, (!again).then_some(RefundFact::OutcomeUnknown));
    }
    let late = At { monotonic: AT.monotonic + RESEND_WINDOW, ..AT };
    let silence = answered(What::Create, Evidence::Unanswered);
    let step = step("sale", &refund(RefundPhase::Asked), &mut live(1), late, silence).unwrap();
    assert_eq!(step.send.unwrap().what, What::Look);
}

#[test]
fn what_stripe_does_not_have_goes_again_only_while_its_key_is_remembered() {
    let table = [
        (Some(SENT + 22 * HOUR), None, true),
        (Some(SENT + 24 * HOUR), None, false),
        (None, None, false),
        (Some(SENT + HOUR), Some(1), false),
        // Another account's 5xx says nothing of this one's key.
        (Some(SENT + HOUR), Some(2), true),
    ];
    for (stripe, burnt, again) in table {
        let mut live = Live { burnt, ..Live::default() };
        let absent = answered(What::Look, Evidence::Absent { at: LISTED });
        let step = step("sale", &refund(RefundPhase::Unknown), &mut live, At { stripe, ..AT }, absent).unwrap();
        let expected = if again { What::Create } else { What::Prove };
        assert_eq!(step.send.unwrap().what, expected, "{stripe:?} {burnt:?}");
    }
}

#[test]
fn not_there_counts_only_in_the_account_that_has_the_charge() {
    let unknown = refund(RefundPhase::Unknown);
    let late = At { stripe: Some(SENT + 26 * HOUR), ..AT };
    let table =
        [(Evidence::Charge, 1, true), (Evidence::Rejected { why: None }, 1, false), (Evidence::Charge, 2, false)];
    for (evidence, identity, counts) in table {
        let mut live = Live::default();
        step("sale", &unknown, &mut live, late, answered(What::Look, Evidence::Absent { at: LISTED })).unwrap();
        assert!(!may_be_given_up(&unknown, &live));
        let told = format!("{evidence:?} {identity}");
        let proved = Event::Answered { what: What::Prove, evidence, identity };
        let after = step("sale", &unknown, &mut live, late, proved).unwrap();
        assert_eq!(may_be_given_up(&unknown, &live), counts, "{told}");
        assert_eq!(after.send.unwrap().what, What::Look, "{told}");
    }
}

#[test]
fn a_refund_is_let_go_only_when_stripe_cannot_have_it_any_more() {
    let unknown = refund(RefundPhase::Unknown);
    let absent = |first, last| Some(Absence { identity: 1, first, last });
    let table = [
        (None, None, false),
        (None, Some(1), false),
        (absent(SENT, SENT + HOUR), None, false),
        (absent(SENT, SENT + 24 * HOUR), None, false),
        (absent(SENT + 25 * HOUR, SENT + 25 * HOUR), None, true),
        // After a 5xx the first look may come before what it had begun is done.
        (absent(SENT + 1, SENT + 1), Some(1), false),
        (absent(SENT + 1, SENT + 600), Some(1), false),
        (absent(SENT + 1, SENT + 601), Some(1), true),
        (absent(SENT + 1, SENT + 601), Some(2), false),
    ];
    for (absent, burnt, may) in table {
        let mut live = Live { burnt, absent, ..Live::default() };
        assert_eq!(may_be_given_up(&unknown, &live), may, "{absent:?} {burnt:?}");
        let given_up = step("sale", &unknown, &mut live, AT, Event::GiveUp);
        assert_eq!(given_up.is_ok(), may);
        assert!(!may_be_given_up(&refund(RefundPhase::Asked), &live));
    }
}

#[test]
fn a_5xx_forgets_that_stripe_was_seen_not_to_have_it() {
    let mut live =
        Live { sends: 2, absent: Some(Absence { identity: 1, first: SENT, last: SENT + HOUR }), ..Live::default() };
    let error = answered(What::Create, Evidence::ServerError);
    step("sale", &refund(RefundPhase::Unknown), &mut live, AT, error).unwrap();
    assert!(!may_be_given_up(&refund(RefundPhase::Unknown), &live));
}

#[test]
fn a_word_that_changes_nothing_is_not_written_again() {
    let word = |phase, status| {
        let answer = answered(What::Look, has(status));
        step("sale", &refund(phase), &mut Live::default(), AT, answer).unwrap()
    };
    let pending = word(RefundPhase::Pending, RefundStatus::Pending);
    assert_eq!(pending.fact, None);
    assert!(pending.send.is_some_and(|send| send.what == What::Look && !send.after.is_zero()));
    assert_eq!(word(RefundPhase::Succeeded, RefundStatus::Bounced).fact, Some(seen(RefundStatus::Bounced)));
    assert!(word(RefundPhase::Succeeded, RefundStatus::Succeeded).send.is_none());
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

#[test]
fn another_body_does_not_go_under_the_refund_s_key() {
    let mut unknown = refund(RefundPhase::Unknown);
    unknown.call.body = "of another version".to_owned();
    let mut live = Live::default();
    let step = step("sale", &unknown, &mut live, AT, answered(What::Look, Evidence::Absent { at: LISTED })).unwrap();
    assert_eq!(step.send.unwrap().what, What::Look);
}

#[test]
fn what_others_gave_back_and_a_dispute_leave_less() {
    let mut payment = crate::payment::Payment::begin(crate::made::sale(crate::sale::Capture::AtOnce));
    payment.refunds = vec![refund(RefundPhase::Succeeded)];
    let seen = |elsewhere, disputed| vec![ChargeSeen { intent: "pi_1".to_owned(), elsewhere, disputed, at: None }];
    for (elsewhere, disputed, left) in [(0, false, 1845), (1000, false, 845), (9999, false, 0), (0, true, 0)] {
        payment.charges_seen = seen(elsewhere, disputed);
        assert_eq!(payment.refundable("pi_1", 2345), left);
        assert_eq!(payment.refundable("pi_2", 2345), 2345);
    }
}

#[test]
fn a_refund_that_the_journal_lost_is_taken_up_as_stripe_has_it() {
    let table = [
        (RefundStatus::Pending, RefundPhase::Pending),
        (RefundStatus::Succeeded, RefundPhase::Succeeded),
        (RefundStatus::Bounced, RefundPhase::Bounced),
        (RefundStatus::Canceled, RefundPhase::Canceled),
    ];
    for (status, phase) in table {
        let mut refunds = Vec::new();
        let (intent, stripe) = ("pi_1".to_owned(), "re_1".to_owned());
        let found = RefundFact::Found { intent, amount: 500, stripe, status, why: None, created: None, finding: None };
        assert!(found.apply(ID, &mut refunds));
        assert_eq!((refunds[0].phase, refunds[0].stripe.as_deref(), refunds[0].amount), (phase, Some("re_1"), 500));
        assert!(!found.apply(ID, &mut refunds), "once");
    }
}

#[test]
fn a_refund_that_was_found_is_no_longer_counted_among_the_others() {
    let found = |created| RefundFact::Found {
        intent: "pi_1".to_owned(),
        amount: 700,
        stripe: "re_1".to_owned(),
        status: RefundStatus::Succeeded,
        why: None,
        created,
        finding: None,
    };
    // When Stripe reported the others', when the refund was made, and what is left of 2345 for another.
    let table =
        [(Some(100), Some(100), 1645), (Some(100), Some(99), 1645), (Some(100), Some(101), 945), (None, Some(1), 1645)];
    for (at, created, left) in table {
        let mut payment = crate::payment::Payment::begin(crate::made::sale(crate::sale::Capture::AtOnce));
        payment.phase = crate::payment::Phase::Paid;
        payment.charges_seen = vec![ChargeSeen { intent: "pi_1".to_owned(), elsewhere: 700, disputed: false, at }];
        payment.apply(&Entry::Refund { refund: ID.to_owned(), what: found(created) }).unwrap();
        assert_eq!(payment.refundable("pi_1", 2345), left, "{at:?} {created:?}");
    }
}

/// The list was made before the refund arrived, and its answer came after the computer had slept for days.
#[test]
fn that_stripe_did_not_have_it_counts_for_the_moment_in_which_it_said_so() {
    let unknown = refund(RefundPhase::Unknown);
    let days_later = At { stripe: Some(SENT + 60 * HOUR), ..AT };
    for (at, counts) in [(Some(SENT + 1), false), (None, false), (Some(SENT + 26 * HOUR), true)] {
        let mut live = Live::default();
        step("sale", &unknown, &mut live, days_later, answered(What::Look, Evidence::Absent { at })).unwrap();
        step("sale", &unknown, &mut live, days_later, answered(What::Prove, Evidence::Charge)).unwrap();
        assert_eq!(may_be_given_up(&unknown, &live), counts, "{at:?}");
    }
}

/// Stripe's clock may have been read long ago: this process's own says how long ago it was sent.
#[test]
fn a_refund_does_not_go_again_when_this_process_s_clock_says_that_its_key_is_old() {
    let absent = || answered(What::Look, Evidence::Absent { at: Some(SENT + 60) });
    let (sent, young) = (Duration::from_secs(100), Some(SENT + 60));
    for (hours, again) in [(1, true), (22, true), (23, false), (48, false)] {
        let at = At { monotonic: sent + Duration::from_secs(hours * 60 * 60), stripe: young };
        let mut live = Live { sends: 1, first_sent: sent, ..Live::default() };
        let step = step("sale", &refund(RefundPhase::Unknown), &mut live, at, absent()).unwrap();
        let expected = if again { What::Create } else { What::Prove };
        assert_eq!(step.send.unwrap().what, expected, "{hours} hours");
    }
}

#[test]
fn only_a_refund_of_the_same_amount_charge_and_id_is_the_same_refund() {
    let body = |amount: i64, intent: &str, id: &str| {
        format!(
            r#"{{"object":"list","has_more":false,"data":[{{"id":"re_1","object":"refund","amount":{amount},"currency":"usd",
                "status":"succeeded","created":9,"payment_intent":"{intent}","metadata":{{"refund_id":"{id}"}}}}]}}"#
        )
    };
    let table =
        [(500, "pi_1", ID, true), (499, "pi_1", ID, false), (500, "pi_2", ID, false), (500, "pi_1", "1", false)];
    for (amount, intent, id, same) in table {
        let response = http::Response::builder().header("request-id", "req_1");
        let response = response.body(bytes::Bytes::from(body(amount, intent, id))).unwrap();
        let read = super::evidence::read(&refund(RefundPhase::Unknown), &Ok(stripe_api::answer::read(&response)));
        assert_eq!(matches!(read, Evidence::Has { .. }), same, "{amount} {intent} {id}: {read:?}");
    }
}

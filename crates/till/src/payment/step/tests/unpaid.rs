//! What answers say of a PaymentIntent that is not, or not yet, paid.

use super::*;

/// The facts and the request that an answer leads to.
fn leads(phase: Phase, what: What, evidence: Evidence) -> (Vec<Kind>, Option<What>) {
    let event = Event::Answered(what, Box::new(evidence));
    let step = step(&payment(phase, Capture::AtOnce), &Live::default(), AT, event).unwrap();
    (step.entries.iter().map(Entry::kind).collect(), step.send.map(|send| send.what))
}

#[test]
fn an_attempt_that_is_not_paid_is_declined_wants_the_customer_or_is_unknown() {
    let table = [
        (IntentStatus::RequiresPaymentMethod, Kind::Declined, None),
        (IntentStatus::RequiresAction, Kind::AuthenticationWanted, None),
        (IntentStatus::RequiresConfirmation, Kind::OutcomeUnknown, Some(What::Look)),
        (IntentStatus::Other, Kind::OutcomeUnknown, Some(What::Look)),
    ];
    for (status, kind, sent) in table {
        let evidence = Evidence::Intent(facts(status));
        assert_eq!(leads(Phase::Confirming, What::Confirm, evidence), (vec![kind], sent), "{status:?}");
    }
}

#[test]
fn a_create_that_is_found_is_the_payment_s_and_one_on_which_a_card_was_tried_is_looked_at_first() {
    let fresh = Evidence::Found(facts(IntentStatus::RequiresPaymentMethod));
    let expected = (vec![Kind::IntentCreated, Kind::Paused], Some(What::Look));
    assert_eq!(leads(Phase::Preparing, What::Find, fresh), expected);
    for status in STATUSES.into_iter().filter(|status| *status != IntentStatus::RequiresPaymentMethod) {
        let tried = Evidence::Found(facts(status));
        assert_eq!(
            leads(Phase::Preparing, What::Find, tried),
            (vec![Kind::IntentAdopted], Some(What::Look)),
            "{status:?}"
        );
    }
}

#[test]
fn what_stripe_calls_wrong_ends_an_attempt_and_is_no_word_on_money() {
    let table = [
        (Phase::Confirming, What::Confirm, Some(Kind::AttemptRejected), None),
        (Phase::Finishing, What::Finish, Some(Kind::OutcomeUnknown), Some(What::Look)),
        (Phase::Capturing, What::Capture, None, Some(What::Look)),
        (Phase::Preparing, What::Create, Some(Kind::Blocked), None),
        (Phase::Cancelling, What::Cancel, Some(Kind::Blocked), None),
    ];
    for (phase, what, kind, sent) in table {
        let rejected = Evidence::Rejected { code: Some("parameter_unknown".to_owned()), message: None };
        let event = Event::Answered(what, Box::new(rejected));
        let step = step(&payment(phase, Capture::Later), &Live::default(), AT, event).unwrap();
        let kinds: Vec<Kind> = step.entries.iter().map(Entry::kind).collect();
        assert_eq!((kinds, step.send.map(|send| send.what)), (kind.into_iter().collect(), sent), "{phase:?}");
    }
}

#[test]
fn what_stripe_is_still_at_is_said_and_looked_at_again() {
    for phase in [Phase::Confirming, Phase::Unknown, Phase::Capturing] {
        let event = Event::Answered(What::Look, Box::new(Evidence::Intent(facts(IntentStatus::Processing))));
        let step = step(&payment(phase, Capture::Later), &Live::default(), AT, event).unwrap();
        let kinds: Vec<Kind> = step.entries.iter().map(Entry::kind).collect();
        assert_eq!(
            (kinds, step.send.map(|send| send.what)),
            (vec![Kind::ProcessingSeen], Some(What::Look)),
            "{phase:?}"
        );
    }
}

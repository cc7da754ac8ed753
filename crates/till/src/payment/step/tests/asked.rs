//! What follows, to the letter, from what people ask and from what a cancel leads to.

use super::super::NotNow;
use super::*;

type Led = Result<(Vec<Kind>, Option<What>), NotNow>;

fn led(payment: &Payment, live: &Live, event: Event) -> Led {
    let step = step(payment, live, AT, event)?;
    Ok((step.entries.iter().map(Entry::kind).collect(), step.send.map(|send| send.what)))
}

#[allow(clippy::unnecessary_wraps)] // It is what `led` is compared with.
fn to(kinds: &[Kind], sent: Option<What>) -> Led {
    Ok((kinds.to_vec(), sent))
}

fn at(phase: Phase) -> Payment {
    payment(phase, Capture::Later)
}

/// Without a PaymentIntent, as after one was closed.
fn nowhere(phase: Phase) -> Payment {
    Payment { intent: None, attempts: 0, ..at(phase) }
}

fn busy(what: What) -> Live {
    Live { busy: Some(what), ..Live::default() }
}

fn elsewhere() -> Live {
    Live { elsewhere: Some(("pi_9".to_owned(), 9)), ..Live::default() }
}

#[test]
fn another_card_is_offered_after_a_look_and_not_while_stripe_has_charged_one() {
    let live = Live::default();
    for phase in [Phase::Ready, Phase::Preparing, Phase::Authenticating] {
        assert_eq!(led(&at(phase), &live, Event::TakeCard), to(&[], None), "{phase:?}");
    }
    for phase in [Phase::Paused, Phase::Unknown] {
        assert_eq!(led(&at(phase), &live, Event::TakeCard), to(&[], Some(What::Look)), "{phase:?}");
    }
    let nowhere = nowhere(Phase::Paused);
    assert_eq!(led(&nowhere, &live, Event::TakeCard), to(&[Kind::GenerationBegun], Some(What::Create)));
    assert_eq!(led(&nowhere, &elsewhere(), Event::TakeCard), Err(NotNow));
}

#[test]
fn a_cancel_needs_stripe_s_word_wherever_a_card_may_have_been_charged() {
    let (live, cancel) = (Live::default(), || Event::Cancel);
    let never = to(&[Kind::GenerationClosed, Kind::Voided], None);
    assert_eq!(led(&at(Phase::Preparing), &live, cancel()), never);
    assert_eq!(led(&nowhere(Phase::Blocked), &live, cancel()), never);
    assert_eq!(led(&nowhere(Phase::Paused), &live, cancel()), to(&[Kind::Voided], None));
    let fence = to(&[Kind::CancelBegun], Some(What::Cancel));
    for phase in [Phase::Ready, Phase::Paused, Phase::Unknown, Phase::Authenticating, Phase::Blocked] {
        assert_eq!(led(&at(phase), &live, cancel()), fence, "{phase:?}");
    }
    assert_eq!(led(&at(Phase::Cancelling), &live, cancel()), to(&[], None));
    let for_another_card = Payment { then: Then::NextGeneration, ..at(Phase::Cancelling) };
    assert_eq!(led(&for_another_card, &live, cancel()), Err(NotNow));
}

#[test]
fn whoever_checks_waits_for_what_is_at_stripe_and_has_it_asked_otherwise() {
    let check = || Event::CheckNow;
    assert_eq!(led(&at(Phase::Confirming), &busy(What::Confirm), check()), to(&[], None));
    assert_eq!(led(&at(Phase::Preparing), &busy(What::Create), check()), to(&[], None));
    for reading in [What::Look, What::Find] {
        assert_eq!(led(&at(Phase::Unknown), &busy(reading), check()), to(&[], Some(What::Look)));
    }
    let created = Live { call: Some(calls::create(&at(Phase::Preparing), 1, 1)), ..Live::default() };
    assert_eq!(led(&at(Phase::Preparing), &created, check()), to(&[], Some(What::Create)));
    assert_eq!(led(&at(Phase::Preparing), &Live::default(), check()), to(&[], Some(What::Find)));
    let anew = to(&[Kind::GenerationClosed, Kind::GenerationBegun], Some(What::Create));
    assert_eq!(led(&nowhere(Phase::Blocked), &Live::default(), check()), anew);
    assert_eq!(led(&nowhere(Phase::Paused), &Live::default(), check()), to(&[], None));
}

#[test]
fn each_try_to_capture_or_to_cancel_has_a_key_of_its_own() {
    let tried = Payment { captures: 1, cancels: 1, ..at(Phase::Authorised) };
    for (event, ending) in [(Event::Capture, ":capture:2"), (Event::Release, ":cancel:2")] {
        let sent = step(&tried, &Live::default(), AT, event).unwrap().send.unwrap();
        assert!(sent.call.idempotency_key().is_some_and(|key| key.ends_with(ending)), "{ending}");
    }
}

#[test]
fn a_receipt_is_written_down_where_money_was_taken_or_is_held() {
    for phase in [Phase::Paid, Phase::Authorised] {
        assert_eq!(led(&at(phase), &Live::default(), Event::ReceiptIssued), to(&[Kind::ReceiptIssued], None));
    }
    for phase in [Phase::Unknown, Phase::Void, Phase::Capturing] {
        assert_eq!(led(&at(phase), &Live::default(), Event::ReceiptIssued), Err(NotNow), "{phase:?}");
    }
}

#[test]
fn what_was_charged_elsewhere_is_taken_up_once_its_own_can_never_be_charged() {
    let (live, seen) = (Live::default(), || Event::SeenElsewhere { intent: "pi_9".to_owned(), created: 9 });
    let adopt = to(&[Kind::IntentAdopted], Some(What::Look));
    for payment in [at(Phase::Preparing), nowhere(Phase::Paused), nowhere(Phase::Blocked)] {
        assert_eq!(led(&payment, &live, seen()), adopt, "{:?}", payment.phase);
    }
    let instead = to(&[Kind::GenerationClosed, Kind::IntentAdopted], Some(What::Look));
    assert_eq!(led(&at(Phase::Ready), &live, seen()), instead);
    let fence = to(&[Kind::CancelBegun], Some(What::Cancel));
    for phase in [Phase::Paused, Phase::Unknown, Phase::Authenticating, Phase::Blocked] {
        assert_eq!(led(&at(phase), &live, seen()), fence, "{phase:?}");
    }
    for phase in [Phase::Confirming, Phase::Finishing, Phase::Processing, Phase::Cancelling, Phase::Paid] {
        assert_eq!(led(&at(phase), &live, seen()), Err(NotNow), "{phase:?}");
    }
}

#[test]
fn a_cancelled_paymentintent_makes_room_for_what_it_was_cancelled_for() {
    let gone = |what| Event::Answered(what, Box::new(Evidence::Intent(facts(IntentStatus::Canceled))));
    let cancelling = |then| Payment { then, ..at(Phase::Cancelling) };
    let wanted = Live { wants_card: true, ..Live::default() };
    let (closed, begun) = (Kind::GenerationClosed, Kind::GenerationBegun);
    let table = [
        (cancelling(Then::Void), Live::default(), to(&[closed, Kind::Voided], None)),
        (cancelling(Then::NextGeneration), Live::default(), to(&[closed, begun], Some(What::Create))),
        (cancelling(Then::TakeUp), elsewhere(), to(&[closed, Kind::IntentAdopted], Some(What::Look))),
        (cancelling(Then::TakeUp), Live::default(), to(&[closed], None)),
        (at(Phase::Unknown), wanted, to(&[closed, begun], Some(What::Create))),
        (at(Phase::Unknown), Live::default(), to(&[closed], None)),
    ];
    for (payment, live, expected) in table {
        assert_eq!(led(&payment, &live, gone(What::Look)), expected, "{:?} {:?}", payment.phase, payment.then);
    }
}

#[test]
fn a_cancel_that_did_not_happen_is_begun_again_once_a_look_says_so() {
    let still = |what| {
        let unpaid = Evidence::Intent(facts(IntentStatus::RequiresPaymentMethod));
        led(&at(Phase::Cancelling), &Live::default(), Event::Answered(what, Box::new(unpaid)))
    };
    assert_eq!(still(What::Look), to(&[Kind::CancelBegun], Some(What::Cancel)));
    assert_eq!(still(What::Cancel), to(&[], Some(What::Look)));
}

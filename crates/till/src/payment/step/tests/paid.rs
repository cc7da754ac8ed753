//! What has to be known before a payment is called paid, and when Stripe is asked for it.

use super::*;

/// What a person, the receipt and the search need is the card that was charged, and it need not be the last one typed.
#[test]
fn nothing_is_paid_or_authorised_before_its_charge_is_known_and_it_is_asked_for() {
    let mut asked = 0;
    for (status, capture) in
        [(IntentStatus::Succeeded, Capture::AtOnce), (IntentStatus::RequiresCapture, Capture::Later)]
    {
        for phase in Phase::ALL.into_iter().filter(|phase| !phase.is_final() && *phase != Phase::Authorised) {
            for what in [What::Confirm, What::Finish, What::Capture, What::Cancel, What::Look] {
                let nameless = IntentFacts { charge: None, ..facts(status) };
                let payment = payment(phase, capture);
                if payment.intent.is_none() {
                    continue;
                }
                let event = Event::Answered(what, Box::new(Evidence::WrongState(nameless)));
                let step = step(&payment, &Live::default(), AT, event).unwrap();
                let settles = |entry: &Entry| matches!(entry.kind(), Kind::Paid | Kind::Authorised);
                assert!(!step.entries.iter().any(settles), "{phase:?} {what:?}");
                assert_eq!(step.send.unwrap().what, What::Look, "{phase:?} {what:?}");
                asked += 1;
            }
        }
    }
    assert!(asked > 80, "{asked}");
}

#[test]
fn a_look_goes_no_sooner_than_stripe_wants_to_be_asked_again() {
    let after = Some(Duration::from_secs(45));
    let busy = Event::Answered(What::Look, Box::new(Evidence::Busy { after }));
    let live = Live { call: Some(calls::look("pi_1")), ..Live::default() };
    let step = step(&payment(Phase::Unknown, Capture::AtOnce), &live, AT, busy).unwrap();
    assert_eq!(step.send.unwrap().after, Duration::from_secs(45));
}

/// Money that is only held although the sale takes it at once is not ours to call authorised.
#[test]
fn a_hold_for_a_sale_that_takes_at_once_waits_for_a_person() {
    for phase in [Phase::Confirming, Phase::Unknown, Phase::Paused, Phase::Processing] {
        let held = Event::Answered(What::Look, Box::new(Evidence::Intent(facts(IntentStatus::RequiresCapture))));
        let step = step(&payment(phase, Capture::AtOnce), &Live::default(), AT, held).unwrap();
        let [Entry::Blocked { reason, .. }] = &step.entries[..] else { panic!("{phase:?}: {:?}", step.entries) };
        assert_eq!(*reason, BlockReason::Mismatch, "{phase:?}");
    }
}

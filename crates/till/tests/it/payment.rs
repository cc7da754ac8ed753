//! One sale, one payment, whatever happens on the way.

use crate::world::{Fate, World};
use std::time::Duration;
use till::cashier::Refusal;
use till::entry::Kind;
use till::payment::Phase;
use till::payment::step::Event;
use till::sale::Capture;

const VISA: &str = "4242424242424242";
const ASKS: &str = "4000002500003155";
const NO_MONEY: &str = "4000000000009995";

const A_MOMENT: Duration = Duration::from_secs(1);
const A_WHILE: Duration = Duration::from_secs(120);

#[test]
fn a_card_that_is_taken_is_paid_with_what_stripe_says_of_it() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    assert_eq!(world.phase(sale), Phase::Ready);
    world.card(sale, VISA);
    assert_eq!(world.phase(sale), Phase::Confirming);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    let charge = world.seen(sale).payment.charge.clone().unwrap();
    assert_eq!((charge.card.brand.as_str(), charge.card.last4.as_str()), ("visa", "4242"));
    assert_eq!(world.moved(), [2345]);
    let expected = [Kind::SaleFrozen, Kind::GenerationBegun, Kind::IntentCreated, Kind::AttemptBegun, Kind::Paid];
    assert_eq!(world.kinds(sale), expected);
    assert_eq!(world.journal_payment(sale), *world.seen(sale).payment);
}

#[test]
fn a_bank_that_asks_is_answered_and_only_then_is_the_card_charged() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, ASKS);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Authenticating);
    assert!(world.moved().is_empty());
    world.authenticate(sale, true);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn a_customer_who_does_not_pass_is_declined_and_may_use_another_card() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, ASKS);
    world.run_for(A_MOMENT);
    world.authenticate(sale, false);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Ready);
    let decline = world.seen(sale).payment.decline.clone().unwrap();
    assert_eq!(decline.code.as_deref(), Some("payment_intent_authentication_failure"));
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn a_declined_card_is_followed_by_another_on_the_same_paymentintent() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let intent = world.seen(sale).payment.intent.clone();
    world.card(sale, NO_MONEY);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Ready);
    let decline = world.seen(sale).payment.decline.clone().unwrap();
    assert_eq!(decline.decline_code.as_deref(), Some("insufficient_funds"));
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert_eq!(world.seen(sale).payment.intent, intent);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn a_double_click_is_no_second_sale_and_no_second_card() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    assert_eq!(world.charge(1, Capture::AtOnce), sale);
    let token = world.token(sale).unwrap();
    let (first, second) = (world.payment_method(VISA), world.payment_method(VISA));
    world.act(|cashier, now| cashier.submit(now, &token, &first)).unwrap();
    world.act(|cashier, now| cashier.submit(now, &token, &second)).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert_eq!(world.moved(), [2345]);
    assert_eq!(world.sent.len(), 2, "{:?}", world.sent);
}

#[test]
fn a_stranger_s_token_and_a_payment_method_that_is_none_do_nothing() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let token = world.token(sale).unwrap();
    let payment_method = world.payment_method(VISA);
    let forged = world.act(|cashier, now| cashier.submit(now, "0", &payment_method));
    assert!(matches!(forged, Err(Refusal::TokenUsed)));
    for bad in ["", "pm_", "4242424242424242", "pm_1&amount=1", "pm_1/../x", "pi_1"] {
        let refused = world.act(|cashier, now| cashier.submit(now, &token, bad));
        let expected = matches!(refused, Err(Refusal::BadPaymentMethod)) || bad == "pm_";
        assert!(expected, "{bad:?} {refused:?}");
    }
    assert!(world.moved().is_empty());
}

#[test]
fn a_lost_answer_is_never_charged_again() {
    for fate in [Fate::AnswerLost, Fate::Lost, Fate::ServerError, Fate::Html] {
        for times in 1..=4 {
            let mut world = World::new();
            let sale = world.charge(1, Capture::AtOnce);
            world.fates(&vec![fate; times]);
            world.card(sale, VISA);
            world.run_for(A_WHILE);
            let told = format!("{fate:?} {times} {:?}", world.kinds(sale));
            let arrived = fate != Fate::Lost || times <= 2;
            let expected = if arrived { Phase::Paid } else { Phase::Paused };
            assert_eq!(world.phase(sale), expected, "{told}");
            assert_eq!(world.moved().len(), usize::from(arrived), "{told}");
        }
    }
}

#[test]
fn a_create_whose_answer_is_lost_is_asked_for_again_and_makes_one_paymentintent() {
    for fates in [vec![Fate::AnswerLost; 3], vec![Fate::Lost; 3], vec![Fate::Html, Fate::AnswerLost]] {
        let mut world = World::new();
        world.fates(&fates);
        let sale = world.charge(1, Capture::AtOnce);
        world.run_for(A_WHILE);
        assert_eq!(world.phase(sale), Phase::Ready, "{fates:?}");
        world.card(sale, VISA);
        world.run_for(A_MOMENT);
        assert_eq!(world.moved(), [2345]);
    }
}

#[test]
fn after_not_charged_so_far_another_card_goes_on_the_same_paymentintent() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let intent = world.seen(sale).payment.intent.clone();
    world.fates(&[Fate::Lost; 3]);
    world.card(sale, VISA);
    world.run_for(A_WHILE);
    assert_eq!(world.phase(sale), Phase::Paused);
    world.handle(sale, Event::TakeCard).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Ready);
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert_eq!(world.seen(sale).payment.intent, intent);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn a_bank_s_dialog_closed_half_way_is_paused_and_another_card_stands_behind_a_fence() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let intent = world.seen(sale).payment.intent.clone();
    world.card(sale, ASKS);
    world.run_for(A_MOMENT);
    world.handle(sale, Event::PageGone).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paused);
    world.handle(sale, Event::TakeCard).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Ready);
    assert_ne!(world.seen(sale).payment.intent, intent);
    let kinds = world.kinds(sale);
    let closed = kinds.iter().position(|kind| *kind == Kind::GenerationClosed).unwrap();
    let second = kinds.iter().rposition(|kind| *kind == Kind::GenerationBegun).unwrap();
    assert!(closed < second, "{kinds:?}");
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn an_authorised_sale_can_be_captured_or_released() {
    for (event, phase, moved) in [(Event::Capture, Phase::Paid, 1), (Event::Release, Phase::Void, 0)] {
        let mut world = World::new();
        let sale = world.charge(1, Capture::Later);
        world.card(sale, VISA);
        world.run_for(A_MOMENT);
        assert_eq!(world.phase(sale), Phase::Authorised);
        assert!(world.seen(sale).payment.charge.clone().unwrap().capture_before.is_some());
        assert!(world.moved().is_empty());
        world.handle(sale, event).unwrap();
        world.run_for(A_MOMENT);
        assert_eq!(world.phase(sale), phase);
        assert_eq!(world.moved().len(), moved);
    }
}

#[test]
fn a_capture_or_a_release_whose_answer_is_lost_ends_as_stripe_says() {
    for fate in [Fate::AnswerLost, Fate::Lost, Fate::ServerError] {
        let mut world = World::new();
        let sale = world.charge(1, Capture::Later);
        world.card(sale, VISA);
        world.run_for(A_MOMENT);
        world.fates(&[fate; 4]);
        world.handle(sale, Event::Capture).unwrap();
        world.run_for(A_WHILE);
        if world.phase(sale) == Phase::Authorised {
            world.fates(&[]);
            world.handle(sale, Event::Capture).unwrap();
            world.run_for(A_WHILE);
        }
        assert_eq!(world.phase(sale), Phase::Paid, "{fate:?}");
        assert_eq!(world.moved(), [2345]);
    }
}

#[test]
fn a_cancelled_sale_is_void_only_once_stripe_has_said_so() {
    for fates in [vec![], vec![Fate::Lost; 2], vec![Fate::AnswerLost; 4], vec![Fate::ServerError; 2]] {
        let mut world = World::new();
        let sale = world.charge(1, Capture::AtOnce);
        world.fates(&fates);
        world.handle(sale, Event::Cancel).unwrap();
        assert_eq!(world.phase(sale), Phase::Cancelling);
        world.run_for(A_WHILE);
        assert_eq!(world.phase(sale), Phase::Void, "{fates:?}");
        assert!(world.moved().is_empty());
    }
}

#[test]
fn cancelling_what_was_charged_after_all_ends_in_paid() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::ServerError]);
    world.card(sale, VISA);
    world.run_for(Duration::from_millis(200));
    assert_eq!(world.phase(sale), Phase::Unknown);
    world.handle(sale, Event::Cancel).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn after_a_crash_at_any_moment_the_till_says_what_stripe_says_and_charges_nothing_itself() {
    for milliseconds in (0..1_000).step_by(50) {
        for number in [VISA, ASKS, NO_MONEY] {
            let mut world = World::new();
            let sale = world.charge(1, Capture::AtOnce);
            world.card(sale, number);
            world.run_for(Duration::from_millis(milliseconds));
            let sent = world.sent.len();
            world.crash();
            world.run_for(A_WHILE);
            let told = format!("{number} {milliseconds} {:?}", world.kinds(sale));
            assert_eq!(world.sent.len(), sent, "a restart changed something at Stripe: {told}");
            let paid = world.journal_payment(sale).phase == Phase::Paid;
            assert_eq!(world.moved().len(), usize::from(paid), "{told}");
            let paused = world.journal_payment(sale).phase == Phase::Paused;
            assert!(if number == VISA { paid } else { paused }, "{told}");
        }
    }
}

#[test]
fn a_crash_before_stripe_answered_the_create_leaves_nothing_chargeable_behind() {
    let mut world = World::new();
    // A first sale tells the cashier Stripe's time, so that the second one's create has an age.
    world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::AnswerLost; 9]);
    let sale = world.charge(2, Capture::AtOnce);
    world.fates(&[]);
    world.fates_of_looks(&[Fate::Lost; 2]);
    world.crash();
    world.run_for(A_WHILE);
    assert_eq!(world.phase(sale), Phase::Paused);
    assert!(world.seen(sale).payment.intent.is_some(), "it was found by its sale");
    world.handle(sale, Event::TakeCard).unwrap();
    world.run_for(A_MOMENT);
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn what_was_paid_while_nobody_watched_is_listed_until_it_was_seen() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::AnswerLost]);
    world.card(sale, VISA);
    world.crash();
    world.run_for(A_MOMENT);
    assert!(world.seen(sale).payment.unseen);
    world.crash();
    assert!(world.seen(sale).payment.unseen);
    world.handle(sale, Event::Seen).unwrap();
    assert!(!world.journal_payment(sale).is_open());
}

#[test]
fn a_key_that_stripe_refuses_blocks_and_never_voids() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.control("POST", "reset");
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    // Stripe does not know the PaymentIntent: another account, not a proof that nothing was charged.
    assert_eq!(world.phase(sale), Phase::Blocked);
    assert!(world.seen(sale).payment.card_is_out());
}

#[test]
fn an_amount_other_than_the_one_shown_is_not_charged() {
    let mut world = World::new();
    let shown = world.act(|cashier, now| cashier.charge(now, crate::make::sale(1), 2344));
    assert!(matches!(shown, Err(Refusal::AmountDiffers)));
    assert!(world.sent.is_empty());
}

#[test]
fn what_cannot_be_written_is_not_sent() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let sent = world.sent.len();
    world.fill_disk();
    let token = world.token(sale).unwrap();
    let payment_method = world.payment_method(VISA);
    let refused = world.act(|cashier, now| cashier.submit(now, &token, &payment_method));
    assert!(matches!(refused, Err(Refusal::Journal(_))), "{refused:?}");
    assert_eq!(world.phase(sale), Phase::Ready);
    assert!(matches!(world.handle(sale, Event::Cancel), Err(Refusal::Journal(_))));
    world.run_for(A_WHILE);
    assert_eq!(world.sent.len(), sent);
    assert!(world.moved().is_empty());
}

#[test]
fn an_answer_that_cannot_be_written_is_shown_and_found_again_at_the_next_start() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, VISA);
    world.fill_disk();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert!(world.seen(sale).unsaved, "the screen says that it is not saved");
    assert_eq!(world.journal_payment(sale).phase, Phase::Confirming);
    world.crash();
    world.run_for(A_MOMENT);
    assert_eq!(world.journal_payment(sale).phase, Phase::Paid);
    assert!(!world.seen(sale).unsaved);
    assert_eq!(world.moved(), [2345]);
}

#[test]
fn a_request_that_waits_for_its_turn_does_not_go_once_nothing_can_be_written() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    // The first confirm is lost; the second is waiting when another payment's answer cannot be written.
    world.fates(&[Fate::Lost]);
    world.card(sale, VISA);
    world.run_for(Duration::from_millis(300));
    world.fill_disk();
    let token_less = world.charge_refused(2);
    assert!(matches!(token_less, Err(Refusal::Journal(_))));
    let again = world.charge_refused(2);
    assert!(matches!(again, Err(Refusal::Journal(_))), "a refused charge is not one that has begun: {again:?}");
    let sent = world.sent.len();
    world.run_for(A_WHILE);
    assert_eq!(world.sent.len(), sent);
    assert!(world.moved().is_empty());
}

#[test]
fn a_hold_that_ran_out_at_stripe_is_void_and_says_so_when_it_is_looked_at() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::Later);
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    world.run_for(Duration::from_secs(8 * 24 * 60 * 60));
    world.handle(sale, Event::CheckNow).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Void);
    assert!(world.moved().is_empty());
}

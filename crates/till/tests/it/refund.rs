//! Money given back: once, or not at all.

use crate::world::{Fate, World};
use std::time::Duration;
use till::cashier::Refusal;
use till::refund::NotSent;
use till::refund::RefundPhase::{GivenUp, Pending, Rejected, Succeeded, Unknown};
use till::sale::{Capture, SaleId};

const A_MOMENT: Duration = Duration::from_secs(1);
const A_WHILE: Duration = Duration::from_secs(240);
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn paid() -> (World, SaleId) {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, "4242424242424242");
    world.run_for(A_MOMENT);
    (world, sale)
}

#[test]
fn part_of_it_and_then_the_rest_can_be_given_back_and_no_cent_more() {
    let (mut world, sale) = paid();
    for amount in [0, -1, 2346, i64::MAX] {
        assert!(matches!(world.refund(sale, None, amount), Err(Refusal::RefundTooLarge { left: 2345 })), "{amount}");
    }
    world.refund(sale, None, 345).unwrap();
    world.run_for(A_MOMENT);
    assert!(matches!(world.refund(sale, None, 2001), Err(Refusal::RefundTooLarge { left: 2000 })));
    world.refund(sale, None, 2000).unwrap();
    world.run_for(A_MOMENT);
    assert!(matches!(world.refund(sale, None, 1), Err(Refusal::RefundTooLarge { left: 0 })));
    assert_eq!(world.refunds(sale), [Succeeded, Succeeded]);
    assert_eq!(world.given_back(sale).iter().sum::<i64>(), 2345);
    assert_eq!(world.journal_payment(sale), *world.seen(sale).payment);
}

#[test]
fn while_one_refund_is_on_its_way_no_other_begins() {
    let (mut world, sale) = paid();
    world.refund(sale, None, 345).unwrap();
    assert!(matches!(world.refund(sale, None, 345), Err(Refusal::NotNow)));
    world.run_for(A_MOMENT);
    assert_eq!(world.given_back(sale), [345]);
}

#[test]
fn a_sale_that_is_not_paid_gives_nothing_back() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    assert!(matches!(world.refund(sale, None, 345), Err(Refusal::NotNow)));
    assert!(matches!(world.refund(SaleId::from_bits(99), None, 345), Err(Refusal::UnknownSale)));
}

#[test]
fn whatever_becomes_of_the_answer_the_money_goes_back_once() {
    for fate in [Fate::Lost, Fate::AnswerLost, Fate::Html] {
        for times in 1..=4 {
            let (mut world, sale) = paid();
            world.fates(&vec![fate; times]);
            world.refund(sale, None, 500).unwrap();
            world.run_for(A_WHILE);
            assert_eq!(world.refunds(sale), [Succeeded], "{fate:?} {times} times");
            assert_eq!(world.given_back(sale), [500], "{fate:?} {times} times");
        }
    }
}

#[test]
fn a_server_error_is_looked_up_and_believed_in_neither_direction() {
    for lost_looks in 0..=3 {
        let (mut world, sale) = paid();
        world.fates(&[Fate::ServerError]);
        world.refund(sale, None, 500).unwrap();
        world.until_refund_leaves(sale);
        world.fates_of_looks(&vec![Fate::Lost; lost_looks]);
        world.run_for(A_WHILE);
        assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![Succeeded], vec![500]), "{lost_looks}");
    }
}

#[test]
fn a_refund_that_stripe_sends_later_is_looked_at_until_it_is_sent() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, "4000000000007726");
    world.run_for(A_MOMENT);
    world.refund(sale, None, 500).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.refunds(sale), [Pending]);
    world.fates_of_looks(&[Fate::Lost; 2]);
    world.run_for(A_DAY);
    assert_eq!(world.refunds(sale), [Succeeded]);
}

#[test]
fn a_server_error_that_did_nothing_can_be_let_go_once_stripe_was_seen_not_to_have_it() {
    let (mut world, sale) = paid();
    world.fates(&[Fate::ServerErrorBefore]);
    world.refund(sale, None, 500).unwrap();
    assert!(world.act(|cashier, now| cashier.give_up_refund(now, sale)).is_err());
    world.run_for(A_WHILE);
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![Unknown], vec![]));
    // Stripe may still be working on it behind the 5xx.
    assert!(world.act(|cashier, now| cashier.give_up_refund(now, sale)).is_err());
    world.run_for(5 * A_WHILE);
    world.act(|cashier, now| cashier.give_up_refund(now, sale)).unwrap();
    world.refund(sale, None, 2345).unwrap();
    world.run_for(A_WHILE);
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![GivenUp, Succeeded], vec![2345]));
}

#[test]
fn after_a_crash_at_any_moment_a_refund_is_found_or_made_once() {
    for fate in [Fate::Answered, Fate::Lost, Fate::AnswerLost] {
        for after in [0, 100, 300, 1_500, 20_000] {
            let (mut world, sale) = paid();
            world.refund(sale, None, 500).unwrap();
            world.until_refund_leaves(sale);
            world.fates(&[fate; 2]);
            world.run_for(Duration::from_millis(after));
            world.crash();
            world.run_for(A_WHILE);
            assert_eq!(world.given_back(sale), [500], "{fate:?} {after} ms");
            assert_eq!(world.journal_payment(sale).refunds[0].phase, Succeeded, "{fate:?} {after} ms");
        }
    }
}

/// The list is answered by an account that has nothing of ours, and the charge by the one that has it.
#[test]
fn that_stripe_does_not_have_a_refund_is_proved_by_one_account_and_not_by_two() {
    let a_trip = Duration::from_millis(200);
    let (mut world, sale) = paid();
    world.fates(&[Fate::ServerError]);
    world.refund(sale, None, 500).unwrap();
    world.until_refund_leaves(sale);
    world.use_other_account(true);
    world.close_lid(A_DAY + A_DAY / 12);
    world.run_for(a_trip / 2);
    world.use_other_account(false);
    world.run_for(2 * a_trip);
    assert!(world.act(|cashier, now| cashier.give_up_refund(now, sale)).is_err());
    world.run_for(A_WHILE);
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![Succeeded], vec![500]));
}

#[test]
fn a_crash_while_stripe_is_asked_what_is_left_gives_nothing_back() {
    let (mut world, sale) = paid();
    world.refund(sale, None, 500).unwrap();
    assert!(world.seen(sale).refund_asking);
    world.crash();
    world.run_for(A_WHILE);
    assert_eq!((world.journal_payment(sale).refunds, world.given_back(sale)), (vec![], vec![]));
}

#[test]
fn what_others_gave_back_is_told_before_a_refund_leaves_and_counts_from_then_on() {
    let (mut world, sale) = paid();
    world.dashboard_refunds(sale, 1500);
    // Less than is left, and all the same whoever wants it has to know first.
    world.refund(sale, None, 500).unwrap();
    world.until_refund_leaves(sale);
    assert_eq!(world.seen(sale).refund_not_sent, Some(&NotSent::Elsewhere { left: 845 }));
    assert!(world.given_back(sale).is_empty());
    assert!(matches!(world.refund(sale, None, 846), Err(Refusal::RefundTooLarge { left: 845 })));
    world.refund(sale, None, 500).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![Succeeded], vec![500]));
    world.crash();
    world.run_for(A_MOMENT);
    assert!(matches!(world.refund(sale, None, 346), Err(Refusal::RefundTooLarge { left: 345 })));
}

#[test]
fn nothing_leaves_for_a_charge_that_the_customer_disputes() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, "4000000000000259");
    world.run_for(A_DAY);
    world.refund(sale, None, 500).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.seen(sale).refund_not_sent, Some(&NotSent::Disputed));
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![], vec![]));
    assert!(matches!(world.refund(sale, None, 500), Err(Refusal::RefundTooLarge { left: 0 })));
}

#[test]
fn a_refund_leaves_only_once_stripe_has_said_what_is_left() {
    for fate in [Fate::Lost, Fate::Html, Fate::ServerErrorBefore, Fate::Forbidden] {
        let (mut world, sale) = paid();
        world.fates_of_looks(&[fate; 3]);
        world.refund(sale, None, 500).unwrap();
        assert!(matches!(world.refund(sale, None, 500), Err(Refusal::NotNow)), "one at a time");
        world.until_refund_leaves(sale);
        let why = world.seen(sale).refund_not_sent.cloned().unwrap();
        assert_eq!(matches!(why, NotSent::Refused { .. }), fate == Fate::Forbidden, "{fate:?} {why:?}");
        world.run_for(A_WHILE);
        assert!(world.given_back(sale).is_empty(), "{fate:?}");
        world.fates_of_looks(&[]);
        world.refund(sale, None, 500).unwrap();
        world.run_for(A_MOMENT);
        assert_eq!((world.given_back(sale), world.seen(sale).refund_not_sent), (vec![500], None), "{fate:?}");
    }
}

#[test]
fn a_refund_that_is_being_asked_about_is_not_put_away() {
    let (mut world, sale) = paid();
    world.refund(sale, None, 500).unwrap();
    let put_away = |world: &mut World| {
        let away = |cashier: &mut till::cashier::Cashier<_>, _| {
            cashier.put_away();
            Ok(Vec::new())
        };
        world.act(away).unwrap();
    };
    put_away(&mut world);
    world.run_for(A_MOMENT);
    assert_eq!(world.given_back(sale), [500]);
}

#[test]
fn a_card_number_is_no_reason() {
    let (mut world, sale) = paid();
    let reason = "4242 4242 4242 4242 exp 12/34";
    let refused = world.act(|cashier, now| cashier.refund(now, sale, None, 500, reason));
    assert!(matches!(refused, Err(Refusal::CardNumber)));
}

#[test]
fn a_day_later_a_refund_that_never_arrived_is_not_sent_again_by_itself() {
    let (mut world, sale) = paid();
    world.fates(&[Fate::Lost; 8]);
    world.refund(sale, None, 500).unwrap();
    world.until_refund_leaves(sale);
    world.run_for(A_MOMENT);
    world.close_lid(A_DAY);
    world.fates(&[]);
    world.run_for(A_WHILE);
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![Unknown], vec![]));
    world.run_for(A_DAY / 12);
    world.act(|cashier, now| cashier.give_up_refund(now, sale)).unwrap();
    assert_eq!(world.refunds(sale), [GivenUp]);
}

#[test]
fn a_no_from_stripe_gives_nothing_back_and_says_why() {
    let (mut world, sale) = paid();
    world.fates(&[Fate::Forbidden]);
    world.refund(sale, None, 2345).unwrap();
    world.until_refund_leaves(sale);
    // A look in its place would lose the answer, and a no that comes later proves nothing.
    assert!(matches!(world.act(|cashier, now| cashier.check_refund(now, sale)), Err(Refusal::NotNow)));
    world.run_for(A_MOMENT);
    let refund = &world.seen(sale).payment.refunds[0];
    assert_eq!(refund.phase, Rejected);
    assert!(refund.why.as_ref().is_some_and(|why| why.contains("may not")), "{:?}", refund.why);
    assert_eq!(world.seen(sale).payment.refundable("pi_x", 2345), 2345);
}

#[test]
fn what_cannot_be_written_is_not_given_back() {
    let (mut world, sale) = paid();
    world.fill_disk();
    world.refund(sale, None, 500).unwrap();
    world.run_for(A_WHILE);
    assert!(matches!(world.seen(sale).refund_not_sent, Some(NotSent::NotWritten(_))));
    assert!(world.given_back(sale).is_empty());
    // Now it is known before Stripe is asked.
    assert!(matches!(world.refund(sale, None, 500), Err(Refusal::Journal(_))));
}

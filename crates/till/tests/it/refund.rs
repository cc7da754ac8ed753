//! Money given back: once, or not at all.

use crate::world::{Fate, World};
use std::time::Duration;
use till::cashier::Refusal;
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
        world.fates_of_looks(&vec![Fate::Lost; lost_looks]);
        world.refund(sale, None, 500).unwrap();
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
            world.fates(&[fate; 2]);
            world.refund(sale, None, 500).unwrap();
            world.run_for(Duration::from_millis(after));
            world.crash();
            world.run_for(A_WHILE);
            assert_eq!(world.given_back(sale), [500], "{fate:?} {after} ms");
            assert_eq!(world.journal_payment(sale).refunds[0].phase, Succeeded, "{fate:?} {after} ms");
        }
    }
}

#[test]
fn a_day_later_a_refund_that_never_arrived_is_not_sent_again_by_itself() {
    let (mut world, sale) = paid();
    world.fates(&[Fate::Lost; 8]);
    world.refund(sale, None, 500).unwrap();
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
    world.dashboard_refunds(sale, 2000);
    world.refund(sale, None, 2345).unwrap();
    world.run_for(A_MOMENT);
    let refund = &world.seen(sale).payment.refunds[0];
    assert_eq!(refund.phase, Rejected);
    assert!(refund.why.as_ref().is_some_and(|why| why.contains("amount")), "{:?}", refund.why);
    assert_eq!(world.seen(sale).payment.refundable("pi_x", 2345), 2345);
}

#[test]
fn what_cannot_be_written_is_not_given_back() {
    let (mut world, sale) = paid();
    world.fill_disk();
    assert!(matches!(world.refund(sale, None, 500), Err(Refusal::Journal(_))));
    world.run_for(A_WHILE);
    assert!(world.given_back(sale).is_empty());
}

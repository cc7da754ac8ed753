//! A refund that comes back is told to a manager, and the money goes out again once.

use crate::world::World;
use std::time::Duration;
use till::books::Strange;
use till::cashier::Refusal;
use till::refund::NotSent;
use till::refund::RefundPhase::{Bounced, Rejected, Succeeded};
use till::sale::{Capture, SaleId};

const A_MOMENT: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(11 * 60);
const A_DAY: Duration = Duration::from_secs(25 * 60 * 60);
const VISA: &str = "4242424242424242";
/// Its refunds succeed, and fail two minutes later.
const SENT_BACK: &str = "4000000000005126";

fn paid(card: &str) -> (World, SaleId) {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, card);
    world.run_for(A_MOMENT);
    (world, sale)
}

/// A sale with as many refunds of ten as were wanted, all of which came back; and what Stripe calls them.
fn bounced(times: usize) -> (World, SaleId, Vec<String>) {
    let (mut world, sale) = paid(SENT_BACK);
    for _ in 0..times {
        world.refund(sale, None, 1000).unwrap();
        world.run_for(A_MOMENT);
    }
    world.run_for(A_DAY);
    let findings = world.books().findings().iter();
    let found: Vec<_> = findings.filter(|found| found.strange == Strange::RefundBounced).collect();
    let ids = found.iter().map(|found| found.intent.clone()).collect();
    (world, sale, ids)
}

#[test]
fn two_of_one_sale_are_both_taken_in() {
    let (world, sale, findings) = bounced(2);
    assert_eq!((world.refunds(sale), findings.len()), (vec![Bounced; 2], 2));
    assert!(
        !findings.iter().any(|finding| world.seen(sale).payment.answers(finding)),
        "neither makes up for the other"
    );
}

#[test]
fn one_that_was_made_up_for_on_the_payments_screen_is_not_sent_again_for_the_manager() {
    let (mut world, sale, findings) = bounced(1);
    assert!(!world.seen(sale).payment.answers(&findings[0]));
    world.refund(sale, None, 1000).unwrap();
    world.run_for(A_MOMENT);
    assert!(world.seen(sale).payment.answers(&findings[0]));
    assert!(matches!(world.refund(sale, Some(&findings[0]), 1000), Err(Refusal::NotNow)));
}

#[test]
fn one_that_was_sent_again_is_answered_after_a_copy_of_before_was_put_back() {
    for by_hand in [false, true] {
        let (mut world, sale, findings) = bounced(1);
        let facts = world.kinds(sale).len();
        world.refund(sale, Some(&findings[0]).filter(|_| !by_hand).map(String::as_str), 1000).unwrap();
        world.run_for(A_MOMENT);
        world.put_back_copy(&[], &[(sale, facts)]);
        world.run_for(TEN_MINUTES);
        assert_eq!(world.refunds(sale), [Bounced, Succeeded], "by hand: {by_hand}");
        assert!(matches!(world.refund(sale, Some(&findings[0]), 1000), Err(Refusal::NotNow)), "by hand: {by_hand}");
    }
}

#[test]
fn where_somebody_was_faster_the_screen_says_what_is_left() {
    let (mut world, sale) = paid(VISA);
    world.refund(sale, None, 2345).unwrap();
    // Stripe has said what is left, and the refund has not arrived yet.
    world.dashboard_refunds(sale, 2345);
    world.run_for(A_MOMENT * 2);
    assert_eq!(world.refunds(sale), [Rejected]);
    assert!(matches!(world.refund(sale, None, 1), Err(Refusal::RefundTooLarge { left: 0 })));
}

#[test]
fn what_is_left_can_be_asked_before_a_refund_is_wanted() {
    let (mut world, sale) = paid(VISA);
    world.dashboard_refunds(sale, 2000);
    let left = |world: &World| {
        let payment = world.seen(sale).payment;
        payment.refundable(payment.intent.as_deref().unwrap(), 2345)
    };
    assert_eq!(left(&world), 2345);
    world.act(|cashier, now| cashier.check_refund(now, sale)).unwrap();
    assert!(world.seen(sale).refund_asking);
    world.run_for(A_MOMENT);
    assert_eq!((left(&world), world.seen(sale).refund_not_sent), (345, None::<&NotSent>));
    world.refund(sale, None, 345).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.given_back(sale), [345]);
}

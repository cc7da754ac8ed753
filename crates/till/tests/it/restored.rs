//! An older copy of the journal, or of its whole folder: nothing is decided on it, and what it lost is taken up.

use crate::world::{Fate, World};
use std::time::Duration;
use till::cashier::Refusal;
use till::payment::Phase;
use till::payment::step::Event;
use till::refund::RefundPhase::Succeeded;
use till::sale::{Capture, SaleId};

const A_MOMENT: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(11 * 60);

fn paid(world: &mut World, number: u32) -> SaleId {
    let sale = world.charge(number, Capture::AtOnce);
    world.card(sale, "4242424242424242");
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    sale
}

/// Everything the journal is compared with, whoever put back what.
#[test]
fn a_refund_that_an_older_copy_forgot_is_taken_up_before_anything_is_given_back() {
    for whole_folder in [false, true] {
        let mut world = World::new();
        let sale = paid(&mut world, 1);
        let facts = world.kinds(sale).len();
        world.refund(sale, None, 1000).unwrap();
        world.run_for(A_MOMENT);
        if whole_folder {
            world.put_back_folder(&[], &[(sale, facts)]);
        } else {
            world.put_back_copy(&[], &[(sale, facts)]);
        }
        assert!(world.refund(sale, None, 1000).is_err(), "not compared yet");
        world.run_for(2 * A_MOMENT);
        let payment = world.journal_payment(sale);
        assert_eq!((payment.refunds.len(), payment.refunds[0].phase), (1, Succeeded), "{whole_folder}");
        assert!(matches!(world.refund(sale, None, 1346), Err(Refusal::RefundTooLarge { left: 1345 })));
        assert_eq!(world.given_back(sale), [1000]);
        // And it is the journal's own from now on.
        world.crash();
        world.run_for(A_MOMENT);
        assert_eq!(world.journal_payment(sale).refunds.len(), 1);
    }
}

#[test]
fn the_number_of_a_lost_sale_is_not_given_again() {
    let mut world = World::new();
    paid(&mut world, 1);
    let lost = paid(&mut world, 2);
    let number = world.journal_payment(lost).sale.number;
    world.put_back_folder(&[lost], &[]);
    world.run_for(TEN_MINUTES);
    world.manager_reads();
    let next = paid(&mut world, 3);
    assert_eq!(world.journal_payment(next).sale.number, number + 1);
}

#[test]
fn a_refund_is_withheld_until_the_journal_was_compared() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.crash();
    assert!(matches!(world.refund(sale, None, 1000), Err(Refusal::NotCompared)));
    world.run_for(A_MOMENT);
    world.refund(sale, None, 1000).unwrap();
}

/// Its mark came along, so that nothing but Stripe knows of what is missing.
#[test]
fn a_whole_folder_that_was_put_back_ends_nothing_before_it_was_compared_and_then_says_paid() {
    for facts in 1..=3 {
        let mut world = World::new();
        let sale = paid(&mut world, 1);
        world.fates_of_looks(&[Fate::Lost; 8]);
        world.put_back_folder(&[], &[(sale, facts)]);
        for event in [Event::Cancel, Event::TakeCard] {
            assert!(matches!(world.handle(sale, event), Err(Refusal::NotCompared)), "{facts}");
        }
        world.run_for(A_MOMENT);
        assert!(matches!(world.handle(sale, Event::Cancel), Err(Refusal::NotCompared)), "the line is down: {facts}");
        world.run_for(TEN_MINUTES);
        assert_eq!((world.phase(sale), world.moved()), (Phase::Paid, vec![2345]), "{facts}");
    }
}

/// The copy says that no card was tried, and a key that may not look keeps the payment from learning better.
#[test]
fn a_blocked_payment_of_a_whole_folder_that_was_put_back_is_not_void_before_stripe_has_cancelled_it() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.fates_of_looks(&[Fate::Forbidden; 2]);
    world.put_back_folder(&[], &[(sale, 3)]);
    world.run_for(Duration::from_secs(20));
    assert_eq!(world.phase(sale), Phase::Blocked);
    // Stripe has told meanwhile that a card was tried on it.
    assert!(world.books().cards_are_off());
    world.handle(sale, Event::Cancel).unwrap();
    world.run_for(TEN_MINUTES);
    assert_eq!((world.phase(sale), world.moved()), (Phase::Paid, vec![2345]));
}

#[test]
fn a_paymentintent_that_the_journal_must_have_known_tells_that_it_is_an_older_copy() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.put_back_folder(&[sale], &[]);
    world.run_for(TEN_MINUTES);
    assert_eq!(world.intents(sale), ["canceled"], "a confirm may still be on its way to it");
    assert!(world.books().cards_are_off(), "a manager is told");
    world.manager_reads();
    world.run_for(2 * TEN_MINUTES);
    assert!(!world.books().cards_are_off(), "once");
}

#[test]
fn a_key_that_may_not_read_refunds_lets_the_till_work_and_they_are_read_with_the_next() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    let facts = world.kinds(sale).len();
    world.refund(sale, None, 1000).unwrap();
    world.run_for(A_MOMENT);
    world.fates_of_looks(&[Fate::Answered, Fate::Forbidden]);
    world.put_back_folder(&[], &[(sale, facts)]);
    world.run_for(A_MOMENT);
    assert!(world.journal_payment(sale).refunds.is_empty());
    world.act(|cashier, _| Ok(cashier.set_account(None))).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.journal_payment(sale).refunds.len(), 1);
}

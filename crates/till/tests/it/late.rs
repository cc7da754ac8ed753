//! A confirm that was long under way: what the screen says until it arrives, and how soon it is seen.

use crate::world::World;
use std::time::Duration;
use till::payment::Phase;
use till::payment::step::Event;
use till::sale::{Capture, SaleId};

const A_MOMENT: Duration = Duration::from_secs(1);
const VISA: &str = "4242424242424242";
const NO_FUNDS: &str = "4000000000009995";

/// The till dies while a confirm is under way, and starts again; Stripe does not have it yet. The card that was typed.
fn killed_while_charging() -> (World, SaleId, String) {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let card = world.payment_method(VISA);
    world.die_while_charging(sale, &card);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paused);
    (world, sale, card)
}

#[test]
fn while_it_may_be_under_way_nothing_is_known() {
    let (mut world, sale, card) = killed_while_charging();
    assert!(world.is_doubtful(sale));
    world.run_for(A_MOMENT * 40);
    assert!(world.is_doubtful(sale));
    world.confirm_arrives_late(sale, &card);
    world.run_for(A_MOMENT * 11);
    assert_eq!((world.phase(sale), world.is_doubtful(sale)), (Phase::Paid, false));
}

#[test]
fn after_a_while_stripe_is_believed_that_nothing_came() {
    let (mut world, sale, card) = killed_while_charging();
    world.run_for(A_MOMENT * 75);
    assert!(!world.is_doubtful(sale));
    world.confirm_arrives_late(sale, &card);
    world.run_for(A_MOMENT * 61);
    assert_eq!(world.phase(sale), Phase::Paid);
}

#[test]
fn it_is_seen_behind_the_next_card_too_that_was_declined_or_is_waited_for() {
    for next in [Some(NO_FUNDS), None] {
        let (mut world, sale, card) = killed_while_charging();
        world.handle(sale, Event::TakeCard).unwrap();
        world.run_for(A_MOMENT);
        if let Some(next) = next {
            world.card(sale, next);
            world.run_for(A_MOMENT);
            assert!(world.seen(sale).payment.decline.is_some());
        }
        assert_eq!(world.phase(sale), Phase::Ready, "{next:?}");
        world.run_for(A_MOMENT * 30);
        assert_eq!(world.phase(sale), Phase::Ready, "a look does not take the card window away: {next:?}");
        world.confirm_arrives_late(sale, &card);
        world.run_for(A_MOMENT * 11);
        assert_eq!((world.phase(sale), world.moved()), (Phase::Paid, vec![2345]), "{next:?}");
    }
}

#[test]
fn where_every_card_was_answered_a_payment_that_waits_for_one_asks_nobody() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, NO_FUNDS);
    world.run_for(A_MOMENT);
    let asked = world.read.iter().filter(|read| read.contains("pi_")).count();
    world.run_for(A_MOMENT * 300);
    assert_eq!(world.read.iter().filter(|read| read.contains("pi_")).count(), asked);
}

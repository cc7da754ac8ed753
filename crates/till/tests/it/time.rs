//! What time does to a request that waits: found by the simulation, kept here in small.

use crate::world::{Fate, World};
use std::time::Duration;
use till::payment::Phase;
use till::sale::Capture;

const VISA: &str = "4242424242424242";
const ASKS: &str = "4000002500003155";

const A_MOMENT: Duration = Duration::from_secs(1);
const A_WHILE: Duration = Duration::from_secs(120);
const HOUR: Duration = Duration::from_secs(60 * 60);

#[test]
fn a_confirm_that_waited_while_the_computer_slept_does_not_go_any_more() {
    for slept in [HOUR, 25 * HOUR] {
        let mut world = World::new();
        let sale = world.charge(1, Capture::AtOnce);
        world.fates(&[Fate::Lost]);
        world.card(sale, VISA);
        world.run_for(A_MOMENT);
        let sent = world.sent.len();
        world.close_lid(slept);
        world.run_for(A_WHILE);
        assert_eq!(world.sent.len(), sent, "Stripe may have forgotten the key: {:?}", world.sent);
        assert_eq!(world.phase(sale), Phase::Paused, "it was looked at instead");
        assert!(world.moved().is_empty());
    }
}

#[test]
fn a_short_nap_keeps_a_confirm_from_nothing() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::Lost]);
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    world.close_lid(Duration::from_secs(60));
    world.run_for(A_WHILE);
    assert_eq!(world.phase(sale), Phase::Paid);
}

#[test]
fn a_create_goes_under_a_new_key_before_stripe_forgets_the_old_one() {
    let mut world = World::new();
    world.fates(&[Fate::Lost; 4_000]);
    let sale = world.charge(1, Capture::AtOnce);
    world.run_for(22 * HOUR);
    assert!(world.sent.iter().all(|key| key.ends_with(":g1:create")));
    world.run_for(2 * HOUR);
    assert!(world.sent.last().unwrap().ends_with(":g1:create:2"), "{:?}", world.sent.last());
    world.fates(&[]);
    world.run_for(A_WHILE);
    assert_eq!(world.phase(sale), Phase::Ready);
}

#[test]
fn an_authentication_that_was_announced_too_early_can_still_be_finished() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, ASKS);
    world.run_for(A_MOMENT);
    let token = world.token(sale).unwrap();
    world.act(|cashier, now| cashier.action_done(now, &token, true)).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Authenticating, "the bank is still asking");
    world.authenticate(sale, true);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid, "{:?}", world.sent);
    assert_eq!(world.moved(), [2345]);
}

//! Paid names the card that was charged, whichever was in the hand.

use crate::world::{Fate, World};
use std::time::Duration;
use till::payment::Phase;
use till::payment::step::Event;
use till::sale::Capture;

/// Stripe's refusal names the charge by its id alone: paid is written only once it is known which card was charged.
#[test]
fn a_payment_that_turns_out_to_be_paid_while_it_is_cancelled_names_the_card_that_was_charged() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::AnswerLost; 3]);
    world.fates_of_looks(&[Fate::Lost; 2]);
    world.card(sale, "4242424242424242");
    world.run_for(Duration::from_secs(10));
    assert_eq!(world.phase(sale), Phase::Unknown);
    // Of the look behind the refusal the first answer is lost, too.
    world.fates_of_looks(&[Fate::Lost; 2]);
    world.handle(sale, Event::Cancel).unwrap();
    world.run_for(Duration::from_secs(60));
    let payment = world.journal_payment(sale);
    assert_eq!(payment.phase, Phase::Paid);
    let charge = payment.charge.as_ref().unwrap();
    assert_eq!((charge.card.last4.as_str(), charge.id.is_empty()), ("4242", false));
    assert!(!payment.charged_another_card());
}

#[test]
fn a_late_confirm_of_the_card_before_is_told_from_the_card_in_the_hand() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let first = world.payment_method("5555555555554444");
    world.fates(&[Fate::Lost; 3]);
    world.submit(sale, &first);
    world.run_for(Duration::from_secs(20));
    assert_eq!(world.phase(sale), Phase::Paused);
    world.handle(sale, Event::TakeCard).unwrap();
    world.run_for(Duration::from_secs(1));
    world.confirm_arrives_late(sale, &first);
    world.card(sale, "4242424242424242");
    world.run_for(Duration::from_secs(2));
    let payment = world.journal_payment(sale);
    assert_eq!((payment.phase, world.moved()), (Phase::Paid, vec![2345]));
    assert_eq!(payment.charge.as_ref().unwrap().card.last4, "4444");
    assert!(payment.charged_another_card(), "it is not the one in the hand");
}

/// What the bank's dialog needs is gone with the dialog.
#[test]
fn the_client_secret_is_given_only_while_the_bank_asks() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, "4000002500003155");
    world.run_for(Duration::from_secs(1));
    let secret = |world: &mut World, sale| {
        let token = world.token(sale).unwrap();
        let mut given = false;
        let ask = |cashier: &mut till::cashier::Cashier<_>, _| {
            given = cashier.secret(&token).is_ok();
            Ok(Vec::new())
        };
        world.act(ask).unwrap();
        given
    };
    assert_eq!((world.phase(sale), secret(&mut world, sale)), (Phase::Authenticating, true));
    world.authenticate(sale, false);
    world.run_for(Duration::from_secs(1));
    assert_eq!((world.phase(sale), secret(&mut world, sale)), (Phase::Ready, false));
}

/// A look that was on its way when the card was sent says how things stood before it.
#[test]
fn an_answer_that_nobody_waits_for_any_more_is_not_read_as_the_card_s() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let before = world.look(sale);
    world.card(sale, "4242424242424242");
    assert_eq!(world.phase(sale), Phase::Confirming);
    for flight in 0..3 {
        world.answer(sale, flight, &before);
        assert_eq!(world.phase(sale), Phase::Confirming, "{flight}");
    }
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.phase(sale), Phase::Paid);
}

//! What is done once more, and under which key.

use crate::world::{Fate, World};
use std::time::Duration;
use till::entry::Kind;
use till::payment::Phase;
use till::payment::step::Event;
use till::sale::{Capture, SaleId};

const A_MOMENT: Duration = Duration::from_millis(500);
const A_WHILE: Duration = Duration::from_secs(10 * 60);

#[test]
fn whoever_asks_while_a_create_waits_has_it_sent_at_once() {
    let mut world = World::new();
    world.fates(&[Fate::AnswerLost; 4]);
    let sale = world.charge(1, Capture::AtOnce);
    // By now the pauses between tries are longer than a moment.
    world.run_for(Duration::from_secs(4));
    assert_eq!(world.phase(sale), Phase::Preparing);
    let sent = world.sent.len();
    world.fates(&[]);
    world.handle(sale, Event::CheckNow).unwrap();
    assert_eq!(world.sent.len(), sent + 1);
    assert_eq!(world.sent[sent], world.sent[0], "under the same key");
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Ready);
}

#[test]
fn a_cancel_that_burnt_its_key_goes_again_under_another() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::ServerErrorBefore]);
    world.handle(sale, Event::Cancel).unwrap();
    world.run_for(A_WHILE);
    assert_eq!(world.phase(sale), Phase::Void);
    let cancels: Vec<&String> = world.sent.iter().filter(|key| key.contains(":cancel:")).collect();
    assert_eq!(cancels.len(), 2);
    assert!(cancels[0].ends_with(":cancel:1") && cancels[1].ends_with(":cancel:2"), "{cancels:?}");
}

#[test]
fn what_was_seen_is_written_down_once_and_only_where_nobody_had_seen_it() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::AnswerLost]);
    world.card(sale, "4242424242424242");
    world.crash();
    world.run_for(A_MOMENT);
    let seen = |world: &mut World| {
        world.handle(sale, Event::Seen).unwrap();
        world.kinds(sale).iter().filter(|kind| **kind == Kind::Seen).count()
    };
    assert_eq!((seen(&mut world), seen(&mut world)), (1, 1));
}

#[test]
fn a_create_that_never_arrived_is_looked_for_and_made_anew_when_a_card_is_wanted() {
    let mut world = World::new();
    world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::Lost; 9]);
    let sale = world.charge(2, Capture::AtOnce);
    world.fates(&[]);
    world.crash();
    world.run_for(A_MOMENT);
    assert_eq!((world.phase(sale), &world.seen(sale).payment.intent), (Phase::Paused, &None));
    world.handle(sale, Event::TakeCard).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!((world.phase(sale), world.seen(sale).payment.generation), (Phase::Ready, 2));
}

#[test]
fn a_create_whose_answer_got_lost_is_found_behind_many_newer_ones() {
    let mut world = World::new();
    world.charge(1, Capture::AtOnce);
    world.fates(&[Fate::AnswerLost; 9]);
    let sale = world.charge(2, Capture::AtOnce);
    for _ in 0..120 {
        world.left_elsewhere(SaleId::from_bits(999));
    }
    world.fates(&[]);
    world.crash();
    world.run_for(4 * A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paused);
    assert!(world.seen(sale).payment.intent.is_some(), "it was found by its sale");
}

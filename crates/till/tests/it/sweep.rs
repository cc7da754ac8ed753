//! The till compares itself with Stripe: what it did not know, it says, and decides nothing on old knowledge.

use crate::world::{Fate, World};
use std::time::Duration;
use till::books::Strange;
use till::cashier::Refusal;
use till::payment::Phase;
use till::payment::step::Event;
use till::refund::RefundPhase::{self, Succeeded};
use till::sale::{Capture, SaleId};

const VISA: &str = "4242424242424242";
const A_MOMENT: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(11 * 60);

fn found(world: &World) -> Vec<(Strange, i64)> {
    world.books().findings().iter().map(|finding| (finding.strange, finding.amount)).collect()
}

fn paid(world: &mut World, number: u32) -> SaleId {
    let sale = world.charge(number, Capture::AtOnce);
    world.card(sale, VISA);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
    sale
}

#[test]
fn a_day_in_which_all_goes_well_finds_nothing_strange() {
    let mut world = World::new();
    for number in 1..=60 {
        paid(&mut world, number);
    }
    world.crash();
    world.run_for(TEN_MINUTES);
    assert_eq!(found(&world), []);
    assert!(world.books().sweep_from("").is_some());
}

#[test]
fn a_sale_that_the_journal_lost_turns_cards_off_until_a_manager_has_read_it() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.put_back_copy(&[sale], &[]);
    assert!(matches!(world.charge_refused(2), Err(Refusal::CardsOff)));
    world.run_for(A_MOMENT);
    assert_eq!(found(&world), [(Strange::Orphan, 2345)]);
    assert_eq!(world.books().findings()[0].sale, sale.to_string());
    assert!(matches!(world.charge_refused(2), Err(Refusal::CardsOff)));
    // A screen from before it was found.
    let unseen = world.act(|cashier, now| cashier.read_findings(now, 0).map(|()| Vec::new()));
    assert!(matches!(unseen, Err(Refusal::NotNow)));
    assert!(matches!(world.charge_refused(2), Err(Refusal::CardsOff)));
    world.manager_reads();
    paid(&mut world, 2);
    world.run_for(TEN_MINUTES);
    world.crash();
    world.run_for(A_MOMENT);
    assert_eq!(found(&world).len(), 1, "it is said once");
}

/// The list names no card, and the look that would name it gets lost.
#[test]
fn what_a_list_shows_as_charged_is_not_said_to_be_unpaid_until_its_card_is_known() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let card = world.payment_method(VISA);
    world.die_while_charging(sale, &card);
    world.run_for(A_MOMENT * 300);
    assert_eq!(world.phase(sale), Phase::Paused);
    assert!(!world.is_doubtful(sale));
    world.confirm_arrives_late(sale, &card);
    // The first look, the list, and the look that the list leads to.
    world.fates_of_looks(&[Fate::Lost, Fate::Answered, Fate::Lost]);
    world.crash();
    world.run_for(Duration::from_millis(900));
    assert_eq!(world.phase(sale), Phase::Paused);
    assert!(world.is_compared());
    assert!(world.is_doubtful(sale));
    world.run_for(A_MOMENT * 10);
    assert_eq!(world.phase(sale), Phase::Paid);
    assert!(!world.is_doubtful(sale));
}

#[test]
fn a_lost_sale_is_found_behind_many_newer_ones() {
    let mut world = World::new();
    let lost = paid(&mut world, 1);
    for number in 2..=70 {
        paid(&mut world, number);
    }
    world.put_back_copy(&[lost], &[]);
    world.run_for(A_MOMENT);
    assert_eq!(found(&world), [(Strange::Orphan, 2345)]);
    assert!(!world.books().is_behind());
}

#[test]
fn a_second_success_for_one_sale_is_an_alarm_and_can_be_given_back() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    let second = world.charged_elsewhere(sale);
    world.run_for(TEN_MINUTES);
    assert_eq!(found(&world), [(Strange::PaidTwice, 2345)]);
    assert!(matches!(world.refund(sale, Some("pi_nobody"), 1), Err(Refusal::NotNow)));
    world.refund(sale, Some(&second), 1000).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!((world.refunds(sale), world.given_back(sale)), (vec![Succeeded], vec![1000]));
    // A finding is answered once.
    assert!(matches!(world.refund(sale, Some(&second), 1000), Err(Refusal::NotNow)));
    assert_eq!(world.phase(sale), Phase::Paid);
    world.refund(sale, None, 2345).unwrap();
}

#[test]
fn a_void_sale_that_was_charged_elsewhere_is_an_alarm_and_can_be_given_back() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.handle(sale, Event::Cancel).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Void);
    let other = world.charged_elsewhere(sale);
    world.run_for(TEN_MINUTES);
    assert_eq!(found(&world), [(Strange::PaidThoughVoid, 2345)]);
    world.refund(sale, Some(&other), 2345).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.given_back(sale), [2345]);
}

#[test]
fn an_older_copy_of_the_journal_decides_nothing_before_stripe_was_asked_and_then_says_paid() {
    // Whatever the copy still knows of the sale: frozen, being created, created.
    for facts in 1..=3 {
        let mut world = World::new();
        let sale = paid(&mut world, 1);
        world.fates_of_looks(&[Fate::Lost]);
        world.put_back_copy(&[], &[(sale, facts)]);
        for event in [Event::Cancel, Event::TakeCard] {
            assert!(matches!(world.handle(sale, event), Err(Refusal::CardsOff)), "{facts}");
        }
        world.run_for(TEN_MINUTES);
        assert_eq!(world.phase(sale), Phase::Paid, "{facts}");
        assert_eq!(found(&world), [], "{facts}");
        assert!(world.books().cards_are_off());
        world.manager_reads();
        paid(&mut world, 2);
        assert_eq!(world.moved(), [2345, 2345], "{facts}");
    }
}

#[test]
fn an_older_copy_that_may_not_ask_takes_no_card_until_it_was_answered() {
    let mut world = World::new();
    paid(&mut world, 1);
    let sale = paid(&mut world, 2);
    world.fates_of_looks(&[Fate::Forbidden; 3]);
    world.put_back_copy(&[], &[(sale, 2)]);
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Blocked);
    let sent = world.sent.len();
    // Whoever asks has Stripe asked, and what it says is taken up.
    world.handle(sale, Event::CheckNow).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Blocked);
    world.handle(sale, Event::CheckNow).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!((world.phase(sale), world.moved()), (Phase::Paid, vec![2345, 2345]));
    assert_eq!(world.sent.len(), sent, "nothing but looks");
}

#[test]
fn a_card_form_that_is_open_submits_nothing_once_cards_are_off() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    let (token, card) = (world.token(sale).unwrap(), world.payment_method(VISA));
    world.charged_elsewhere(SaleId::from_bits(999));
    world.run_for(TEN_MINUTES);
    let submit = |world: &mut World| world.act(|cashier, now| cashier.submit(now, &token, &card));
    assert!(matches!(submit(&mut world), Err(Refusal::CardsOff)));
    assert_eq!(world.phase(sale), Phase::Ready);
    world.manager_reads();
    submit(&mut world).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.phase(sale), Phase::Paid);
}

#[test]
fn what_an_older_copy_does_not_know_and_nobody_has_paid_is_cancelled_too() {
    let mut world = World::new();
    let lost = world.charge(1, Capture::AtOnce);
    world.put_back_copy(&[lost], &[]);
    world.run_for(TEN_MINUTES);
    assert_eq!(world.intents(lost), ["canceled"]);
    assert_eq!(found(&world), []);
}

#[test]
fn an_older_copy_of_an_unpaid_sale_is_void_only_behind_a_cancel_at_stripe() {
    for facts in 1..=3 {
        let mut world = World::new();
        let sale = world.charge(1, Capture::AtOnce);
        world.card(sale, "4000000000009995");
        world.run_for(A_MOMENT);
        world.put_back_copy(&[], &[(sale, facts)]);
        world.run_for(TEN_MINUTES);
        world.manager_reads();
        assert_eq!(world.phase(sale), Phase::Paused, "{facts}");
        world.handle(sale, Event::Cancel).unwrap();
        world.run_for(A_MOMENT);
        assert_eq!(world.phase(sale), Phase::Void, "{facts}");
        assert_eq!(world.intents(sale), ["canceled"], "{facts}");
    }
}

#[test]
fn an_older_copy_cancels_every_paymentintent_that_it_does_not_know_before_a_card_is_taken() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    // On each of them a confirm may still be on its way.
    for _ in 0..2 {
        world.left_elsewhere(sale);
    }
    world.fates(&[Fate::Answered, Fate::ServerError, Fate::Lost]);
    world.put_back_copy(&[], &[(sale, 1)]);
    world.run_for(A_MOMENT);
    assert!(world.books().is_behind());
    assert!(matches!(world.handle(sale, Event::TakeCard), Err(Refusal::CardsOff)));
    world.run_for(TEN_MINUTES);
    assert!(!world.books().is_behind());
    assert_eq!(world.intents(sale), ["canceled"; 3]);
    world.manager_reads();
    world.handle(sale, Event::TakeCard).unwrap();
    world.run_for(A_MOMENT);
    // The key of the create is the lost one's: Stripe repeats the PaymentIntent that is cancelled, and takes no card on it.
    for _ in 0..2 {
        assert_eq!(world.phase(sale), Phase::Ready);
        world.card(sale, VISA);
        world.run_for(A_MOMENT);
    }
    assert_eq!((world.phase(sale), world.moved()), (Phase::Paid, vec![2345]));
}

#[test]
fn a_refund_that_comes_back_after_it_succeeded_is_told_once_and_can_be_made_again() {
    let mut world = World::new();
    let sale = world.charge(1, Capture::AtOnce);
    world.card(sale, "4000000000005126");
    world.run_for(A_MOMENT);
    world.refund(sale, None, 2345).unwrap();
    world.run_for(A_MOMENT);
    assert_eq!(world.refunds(sale), [Succeeded]);
    world.handle(sale, Event::Seen).unwrap();
    world
        .act(|cashier, _| {
            cashier.put_away();
            Ok(Vec::new())
        })
        .unwrap();
    world.run_for(Duration::from_secs(25 * 60 * 60));
    assert_eq!(found(&world), [(Strange::RefundBounced, 2345)]);
    assert_eq!(world.refunds(sale), [RefundPhase::Bounced]);
    assert!(!world.books().cards_are_off());
    world.crash();
    world.run_for(2 * TEN_MINUTES);
    assert_eq!(found(&world).len(), 1, "it is said once");
    let finding = world.books().findings()[0].intent.clone();
    world.refund(sale, Some(&finding), 2345).unwrap();
    assert!(
        matches!(world.refund(sale, Some(&finding), 2345), Err(Refusal::NotNow)),
        "not even while it is asked about"
    );
    world.run_for(A_MOMENT);
    world.crash();
    world.run_for(2 * TEN_MINUTES);
    assert!(matches!(world.refund(sale, Some(&finding), 2345), Err(Refusal::NotNow)), "nor after a restart");
    assert_eq!(world.given_back(sale), [2345, 2345]);
}

/// A list of some thousand, every third request of which fails.
#[test]
fn a_comparison_goes_on_at_the_page_that_it_lost() {
    let mut world = World::new();
    world.run_for(A_MOMENT);
    for _ in 0..120 {
        world.left_elsewhere_of_another_till();
    }
    let fates = [Fate::Answered, Fate::Answered, Fate::Lost, Fate::Html, Fate::ServerErrorBefore];
    world.read.clear();
    world.crash();
    world.fates_of_looks(&fates.repeat(6));
    world.run_for(TEN_MINUTES);
    let end = world.read.iter().position(|read| read.contains("refunds?")).expect("it came to its end");
    let mut pages = world.read[..end].to_vec();
    pages.dedup();
    let turned = pages.len();
    pages.sort();
    pages.dedup();
    assert_eq!((pages.len(), turned), (6, 6), "no page is read again once a later one was");
}

#[test]
fn a_page_that_does_not_fit_is_asked_for_in_smaller_ones() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.fates_of_looks(&[Fate::TooLarge; 3]);
    world.put_back_copy(&[sale], &[]);
    world.run_for(2 * A_MOMENT);
    assert_eq!(found(&world), [(Strange::Orphan, 2345)]);
    assert!(world.read.iter().any(|read| read.contains("limit=2")), "{:?}", world.read);
}

#[test]
fn a_payment_on_the_screen_stays_there_while_refunds_are_read() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.refund(sale, None, 500).unwrap();
    world.run_for(2 * TEN_MINUTES);
    assert_eq!((world.phase(sale), world.refunds(sale)), (Phase::Paid, vec![Succeeded]));
}

#[test]
fn refunds_of_other_tills_and_a_key_that_may_not_read_them_are_no_news() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.dashboard_refunds(sale, 500);
    world.run_for(Duration::from_secs(13 * 60 * 60));
    world.crash();
    world.fates_of_looks(&[Fate::Answered, Fate::Forbidden]);
    world.run_for(2 * TEN_MINUTES);
    assert_eq!(found(&world), []);
    assert!(world.books().sweep_from("").is_some());
}

#[test]
fn what_was_charged_elsewhere_is_taken_up_once_the_payment_s_own_intent_is_cancelled() {
    // A card was declined on its own; or an older copy found its own, uncharged.
    for from_older_copy in [false, true] {
        let mut world = World::new();
        paid(&mut world, 1);
        let sale = world.charge(2, Capture::AtOnce);
        world.card(sale, "4000000000009995");
        world.run_for(A_MOMENT);
        world.charged_elsewhere(sale);
        if from_older_copy {
            world.put_back_copy(&[], &[(sale, 2)]);
        }
        world.run_for(2 * TEN_MINUTES);
        assert_eq!((world.phase(sale), world.moved()), (Phase::Paid, vec![2345, 2345]), "{from_older_copy}");
        assert_eq!(world.intents(sale), ["succeeded", "canceled"], "{from_older_copy}");
        assert_eq!(found(&world), []);
    }
}

#[test]
fn a_sweep_that_gets_no_answer_is_made_again() {
    let mut world = World::new();
    let sale = paid(&mut world, 1);
    world.fates_of_looks(&[Fate::Lost, Fate::Html, Fate::AnswerLost]);
    world.put_back_copy(&[sale], &[]);
    world.run_for(A_MOMENT);
    assert_eq!(found(&world), []);
    world.run_for(TEN_MINUTES);
    assert_eq!(found(&world), [(Strange::Orphan, 2345)]);
}

#[test]
fn the_account_whose_key_is_in_use_is_compared_at_once_and_written_into_its_sales() {
    let mut world = World::new();
    world.run_for(A_MOMENT);
    let looks = |world: &mut World, account: Option<&str>| {
        let account = account.map(str::to_owned);
        let mut count = 0;
        world
            .act(|cashier, _| {
                let effects = cashier.set_account(account.as_deref());
                count = effects.len();
                Ok(effects)
            })
            .unwrap();
        world.run_for(A_MOMENT);
        count
    };
    assert_eq!(looks(&mut world, Some("acct_1")), 1);
    assert_eq!(looks(&mut world, Some("acct_1")), 0, "the same as before");
    assert!(world.books().sweep_from("acct_1").is_some());
    let sale = world.charge(1, Capture::AtOnce);
    assert_eq!(world.seen(sale).payment.sale.account.as_deref(), Some("acct_1"));
    assert_eq!(looks(&mut world, None), 1);
    let sale = world.charge(2, Capture::AtOnce);
    assert_eq!(world.seen(sale).payment.sale.account, None);
}

//! What stands before the cashier fits what the cashier's law allows.

use std::time::Duration;

use till::facts::{Card, ChargeFacts};
use till::money::{Currency, Money};
use till::payment::step::{At, Event, Live, step};
use till::payment::{Payment, Phase};
use till::sale::{Capture, Entered, Line, Mode, Sale, SaleId};

use super::draft::Draft;
use super::screen::{Screen, Snapshot};
use super::showing::Showing;
use super::views;
use crate::settings::Settings;
use crate::view::{ModeView, MoneyState, Problem, ProblemCode};

mod charging;
mod money;

fn sale() -> Sale {
    Sale {
        id: SaleId::from_bits(7),
        number: 1042,
        total: Money { minor: 2345, currency: Currency::parse("usd").unwrap() },
        lines: vec![Line { label: "Amount".to_owned(), minor: 2345 }],
        note: String::new(),
        entered: Entered::Keyed,
        capture: Capture::AtOnce,
        mode: Mode::Training,
        account: None,
        till: "Till 1".to_owned(),
        till_id: String::new(),
        at: 1,
    }
}

fn charge() -> ChargeFacts {
    ChargeFacts {
        id: "ch_1".to_owned(),
        card: Card { brand: "visa".to_owned(), last4: "4242".to_owned() },
        created: 2,
        payment_method: None,
        authorisation_code: None,
        statement_name: None,
        capture_before: None,
    }
}

fn payment(phase: Phase) -> Payment {
    let charged = matches!(phase, Phase::Paid | Phase::Authorised | Phase::Capturing);
    Payment {
        phase,
        generation: 1,
        attempts: 1,
        intent: Some("pi_1".to_owned()),
        charge: charged.then(charge),
        ..Payment::begin(sale())
    }
}

/// A screen with this payment in front, its card window open.
fn screen(phase: Phase) -> Screen {
    let mut screen = Screen::unopened(ModeView::Training);
    screen.payments = vec![Snapshot::at_rest(payment(phase))];
    screen.bring_forward(SaleId::from_bits(7), Showing::new(1));
    screen
}

#[test]
fn no_button_is_dead() {
    let at = At { monotonic: Duration::ZERO, stripe: None };
    for phase in Phase::ALL {
        let payment = payment(phase);
        let can = views::can(&payment);
        let works = |event| step(&payment, &Live::default(), at, event).is_ok();
        let table = [
            ("take card", can.take_card, works(Event::TakeCard)),
            ("cancel", can.cancel, works(Event::Cancel)),
            ("check now", can.check_now, works(Event::CheckNow)),
            ("capture", can.capture, works(Event::Capture)),
            ("release", can.release, works(Event::Release)),
        ];
        for (button, shown, works) in table {
            assert!(!shown || works, "{button} in {phase:?}");
        }
    }
}

#[test]
fn a_card_window_is_not_closed_over_a_card_at_stripe() {
    for phase in Phase::ALL {
        let at_stripe = matches!(phase, Phase::Confirming | Phase::Finishing);
        let closed = screen(phase).close_card();
        assert_eq!(closed.is_err(), at_stripe, "{phase:?}");
        if let Err(problem) = closed {
            assert_eq!((problem.code, problem.money), (ProblemCode::NotNow, Some(MoneyState::Unknown)));
        }
    }
    let cut_off = screen(Phase::Authenticating).close_card().unwrap();
    assert_eq!(cut_off, Some(SaleId::from_bits(7)), "the bank's dialog went with the window");
    assert_eq!(screen(Phase::Ready).close_card().unwrap(), None);
}

#[test]
fn the_next_sale_waits_while_a_card_is_out() {
    for phase in Phase::ALL {
        let stays = matches!(
            phase,
            Phase::Frozen | Phase::Preparing | Phase::Confirming | Phase::Authenticating | Phase::Finishing
        );
        assert_eq!(screen(phase).step_aside().is_err(), stays, "{phase:?}");
    }
}

#[test]
fn a_paid_sale_that_could_not_be_saved_says_so_and_names_the_reference() {
    let snapshot = Snapshot { unsaved: true, ..Snapshot::at_rest(payment(Phase::Paid)) };
    let view = views::payment(&snapshot, &Settings::default(), false);
    let problem = view.problem.unwrap();
    assert_eq!((problem.code, problem.money), (ProblemCode::PaidNotSaved, Some(MoneyState::Taken)));
    assert_eq!(problem.detail.as_deref(), Some("pi_1"));
}

#[test]
fn a_receipt_is_there_once_money_moved_or_is_held_and_its_second_print_is_a_copy() {
    for phase in Phase::ALL {
        let view = views::payment(&Snapshot::at_rest(payment(phase)), &Settings::default(), false);
        assert_eq!(view.receipt.is_some(), matches!(phase, Phase::Paid | Phase::Authorised), "{phase:?}");
    }
    let printed = Payment { receipts: 1, ..payment(Phase::Paid) };
    let view = views::payment(&Snapshot::at_rest(printed), &Settings::default(), false);
    assert!(view.receipt.unwrap().copy);
}

#[test]
fn only_the_draft_on_the_screen_can_be_rung_up_and_frozen() {
    let mut screen = Screen::unopened(ModeView::Training);
    let id = SaleId::from_bits(9).to_string();
    assert!(screen.draft.ring_up(&id, 100, "", false, false).is_err(), "there is no draft yet");
    screen.draft = Draft::new(SaleId::from_bits(9), 1001);
    screen.draft.ring_up(&id, 2345, "  Table 7 ", true, true).unwrap();
    let other = SaleId::from_bits(8).to_string();
    assert_eq!(screen.draft.ring_up(&other, 1, "", false, false).unwrap_err().code, ProblemCode::UnknownSale);
    let long = "ä".repeat(501);
    assert_eq!(screen.draft.ring_up(&id, 1, &long, false, false).unwrap_err().code, ProblemCode::NoteTooLong);
    let sale = screen.freeze(&id, &Settings::default()).unwrap();
    assert_eq!((sale.total.minor, sale.note.as_str()), (2345, "Table 7"));
    assert_eq!((sale.entered, sale.capture), (Entered::PhoneOrder, Capture::Later));
    assert!(screen.freeze(&other, &Settings::default()).is_err());
}

#[test]
fn what_was_found_open_is_listed_until_it_was_read_and_then_waits_among_the_open_ones() {
    let mut screen = Screen::unopened(ModeView::Training);
    let untouched = |phase| Snapshot { attended: false, ..Snapshot::at_rest(payment(phase)) };
    screen.payments = vec![untouched(Phase::Paused)];
    assert_eq!((screen.found().count(), screen.open().count()), (1, 0));
    assert!(screen.found_seen().is_empty(), "an open payment is not put away by being read");
    assert_eq!((screen.found().count(), screen.open().count()), (0, 1));
}

/// Another payment that is ready for a card too, behind the one in front.
fn second(screen: &mut Screen) -> SaleId {
    let other = SaleId::from_bits(8);
    let mut payment = payment(Phase::Ready);
    payment.sale.id = other;
    screen.payments[0].token = Some("first".to_owned());
    screen.payments.push(Snapshot { token: Some("second".to_owned()), ..Snapshot::at_rest(payment) });
    other
}

#[test]
fn a_token_belongs_to_one_showing_of_the_card_window_and_to_the_sale_in_it() {
    let mut screen = screen(Phase::Ready);
    let other = second(&mut screen);
    let first = screen.card_token().unwrap();
    assert_eq!(screen.read_card_token(&first), Some((SaleId::from_bits(7), "first")));
    for made_up in ["first", "first.", "second", &first.replace("first", "second"), &format!("{first}0"), ""] {
        assert_eq!(screen.read_card_token(made_up), None, "{made_up}");
    }
    assert_eq!(screen.close_card().unwrap(), None);
    assert_eq!((screen.card_token(), screen.read_card_token(&first)), (None, None), "the window is closed");
    screen.bring_forward(other, Showing::new(2));
    assert_eq!(screen.read_card_token(&first), None, "another sale stands there");
    let second = screen.card_token().unwrap();
    assert_eq!(screen.read_card_token(&second), Some((other, "second")));
    screen.close_card().unwrap();
    screen.bring_forward(SaleId::from_bits(7), Showing::new(3));
    assert_eq!(screen.read_card_token(&first), None, "the same sale, shown again");
    let shown = screen.card_token().unwrap();
    screen.bring_forward(SaleId::from_bits(7), Showing::new(4));
    assert_eq!(screen.card_token().as_ref(), Some(&shown), "pressed twice, the page goes on");
    let view = views::card_page(1, &screen, &Settings::default());
    assert_eq!(view.payment.unwrap().token, Some(shown));
}

#[test]
fn a_second_press_of_pay_is_heard_after_the_first_has_spent_the_token() {
    let mut screen = screen(Phase::Ready);
    second(&mut screen);
    let shown = screen.card_token().unwrap();
    screen.payments[0].token = None;
    assert_eq!(screen.read_card_token(&shown), Some((SaleId::from_bits(7), "first")), "the cashier says whether");
}

#[test]
fn no_payment_takes_the_place_of_one_whose_card_is_at_stripe() {
    for phase in Phase::ALL {
        let screen = screen(phase);
        let stays = matches!(
            phase,
            Phase::Frozen | Phase::Preparing | Phase::Confirming | Phase::Authenticating | Phase::Finishing
        );
        assert_eq!(screen.may_bring_forward(SaleId::from_bits(8)).is_err(), stays, "{phase:?}");
        assert!(screen.may_bring_forward(SaleId::from_bits(7)).is_ok(), "{phase:?}: it is in front itself");
    }
}

#[test]
fn a_card_window_that_stays_says_so() {
    let mut screen = screen(Phase::Confirming);
    let held_open = |screen: &Screen| views::card_page(1, screen, &Settings::default()).held_open;
    assert!(!held_open(&screen));
    assert!(screen.close_card().is_err() && held_open(&screen));
}

#[test]
fn a_mode_stays_open_while_a_customer_is_owed_an_answer() {
    for phase in Phase::ALL {
        let busy = matches!(
            phase,
            Phase::Confirming | Phase::Authenticating | Phase::Finishing | Phase::Capturing | Phase::Cancelling
        );
        assert_eq!(screen(phase).is_busy(), busy, "{phase:?}");
        let owed = busy || matches!(phase, Phase::Processing | Phase::Unknown);
        assert_eq!(screen(phase).is_owed_an_answer(), owed, "{phase:?}");
    }
}

#[test]
fn keys_do_not_hide_that_the_journal_cannot_be_worked_with() {
    let mut screen = Screen::unopened(ModeView::Test);
    let missing = Problem::new(ProblemCode::JournalMissing);
    screen.desk_problem = Some(missing.clone());
    screen.connect(Err(Problem::new(ProblemCode::NoKey)));
    assert_eq!(screen.problem(), Some(missing.clone()));
    screen.connection_problem = None;
    assert_eq!(screen.problem(), Some(missing));
}

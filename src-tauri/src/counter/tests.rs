//! What stands before the cashier fits what the cashier's law allows.

use std::time::Duration;

use till::facts::{Card, ChargeFacts};
use till::money::{Currency, Money};
use till::payment::step::{At, Event, Live, step};
use till::payment::{Payment, Phase};
use till::sale::{Capture, Entered, Line, Mode, Sale, SaleId};

use super::draft::Draft;
use super::screen::{Screen, Snapshot};
use super::views;
use crate::settings::Settings;
use crate::view::{ModeView, MoneyState, ProblemCode};

fn payment(phase: Phase) -> Payment {
    let sale = Sale {
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
    };
    let charge = ChargeFacts {
        id: "ch_1".to_owned(),
        card: Card { brand: "visa".to_owned(), last4: "4242".to_owned() },
        created: 2,
        payment_method: None,
        authorisation_code: None,
        statement_name: None,
        capture_before: None,
    };
    let charged = matches!(phase, Phase::Paid | Phase::Authorised | Phase::Capturing);
    Payment {
        phase,
        generation: 1,
        attempts: 1,
        intent: Some("pi_1".to_owned()),
        charge: charged.then_some(charge),
        ..Payment::begin(sale)
    }
}

/// A screen with this payment in front, its card window open.
fn screen(phase: Phase) -> Screen {
    let mut screen = Screen::new(ModeView::Training, None, None);
    screen.payments = vec![Snapshot::at_rest(payment(phase))];
    screen.bring_forward(SaleId::from_bits(7));
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
            assert_eq!((problem.code, problem.money), (ProblemCode::NotNow, MoneyState::Unknown));
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
fn not_taken_is_never_said_while_a_card_is_out() {
    for phase in [Phase::Confirming, Phase::Finishing, Phase::Processing, Phase::Unknown] {
        assert_eq!(views::not_now(&payment(phase)).money, MoneyState::Unknown, "{phase:?}");
    }
    assert_eq!(views::not_now(&payment(Phase::Paid)).money, MoneyState::Taken);
}

#[test]
fn a_paid_sale_that_could_not_be_saved_says_so_and_names_the_reference() {
    let snapshot = Snapshot { unsaved: true, ..Snapshot::at_rest(payment(Phase::Paid)) };
    let view = views::payment(&snapshot, &Settings::default(), false);
    let problem = view.problem.unwrap();
    assert_eq!((problem.code, problem.money), (ProblemCode::PaidNotSaved, MoneyState::Taken));
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
    let mut screen = Screen::new(ModeView::Training, None, None);
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
    let mut screen = Screen::new(ModeView::Training, None, None);
    let untouched = |phase| Snapshot { attended: false, ..Snapshot::at_rest(payment(phase)) };
    screen.payments = vec![untouched(Phase::Paused)];
    assert_eq!((screen.found().count(), screen.open().count()), (1, 0));
    assert!(screen.found_seen().is_empty(), "an open payment is not put away by being read");
    assert_eq!((screen.found().count(), screen.open().count()), (0, 1));
}

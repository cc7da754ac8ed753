//! From the draft to the cashier, with a real journal.

use std::sync::Mutex;
use std::time::Duration;

use till::cashier::{Cashier, Now};
use till::desk::DeskCashier;
use till::journal::SqliteJournal;
use till::sale::SaleId;

use super::super::charging::{Asked, charge, frozen};
use super::super::draft::Draft;
use super::super::screen::{Screen, Shown, look};
use super::super::showing::Showing;
use super::payment;
use crate::settings::{AccountSettings, Settings};
use crate::view::{KeyKind, ModeView, MoneyState, Problem, ProblemCode};

const NOW: Now = Now { monotonic: Duration::ZERO, wall: 1_800_000_000 };

struct Till {
    screen: Mutex<Screen>,
    cashier: DeskCashier,
    settings: Settings,
    _folder: tempfile::TempDir,
}

impl Till {
    fn in_mode(mode: ModeView) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = SqliteJournal::open(&folder.path().join("journal.sqlite")).unwrap();
        let mut chance = 6;
        let next = move || {
            chance += 1;
            chance
        };
        let cashier = Cashier::open(journal, Box::new(next)).unwrap();
        let mut till = Self {
            screen: Mutex::new(Screen::unopened(mode)),
            cashier,
            settings: Settings { mode: Some(mode), ..Settings::default() },
            _folder: folder,
        };
        let (sale, number) = till.cashier.next_sale();
        look(&till.screen).draft = Draft::new(sale, number);
        till
    }

    fn ring_up(&self, total: i64) -> String {
        let mut screen = look(&self.screen);
        let sale = screen.draft.view().sale_id;
        screen.draft.ring_up(&sale, total, "", true, false).unwrap();
        sale
    }

    fn charge(&mut self, sale: &str, shown: i64, sure: bool) -> Result<(), Problem> {
        let Some(sale) = frozen(&look(&self.screen), &self.settings, sale)? else { return Ok(()) };
        let asked = Asked { sale, shown, sure, showing: Showing::new(9) };
        charge(&self.screen, &mut self.cashier, NOW, asked, &self.settings)?;
        look(&self.screen).update(&self.cashier, NOW);
        Ok(())
    }
}

#[test]
fn the_total_that_stood_on_the_screen_is_the_one_that_counts() {
    let mut till = Till::in_mode(ModeView::Training);
    let sale = till.ring_up(2345);
    let refused = till.charge(&sale, 2344, false).unwrap_err();
    assert_eq!((refused.code, refused.money), (ProblemCode::AmountDiffers, Some(MoneyState::NotTaken)));
    assert!(look(&till.screen).front().is_none() && look(&till.screen).draft.is(&sale));
    till.charge(&sale, 2345, false).unwrap();
    let screen = look(&till.screen);
    assert_eq!(screen.at_card_page().unwrap().payment.sale.total.minor, 2345);
    assert!(!screen.draft.is(&sale), "the next draft is there");
}

#[test]
fn no_card_window_stands_over_the_till_where_no_payment_is_in_front() {
    let mut till = Till::in_mode(ModeView::Training);
    assert_eq!(look(&till.screen).update(&till.cashier, NOW), Some(Shown::Till));
    let sale = till.ring_up(2345);
    till.charge(&sale, 2345, false).unwrap();
    let mut screen = look(&till.screen);
    assert_eq!(screen.update(&till.cashier, NOW), Some(Shown::Card));
    screen.stop_taking_card();
    assert_eq!(screen.update(&till.cashier, NOW), None, "it has been put away already");
}

#[test]
fn a_double_click_is_one_sale() {
    let mut till = Till::in_mode(ModeView::Training);
    let sale = till.ring_up(2345);
    let frozen_twice = frozen(&look(&till.screen), &till.settings, &sale).unwrap().unwrap();
    till.charge(&sale, 2345, false).unwrap();
    let next = look(&till.screen).draft.view().sale_id;
    till.charge(&sale, 2345, false).unwrap();
    let asked = Asked { sale: frozen_twice, shown: 2345, sure: false, showing: Showing::new(8) };
    assert!(charge(&till.screen, &mut till.cashier, NOW, asked, &till.settings).unwrap().is_empty());
    assert_eq!(till.cashier.held().count(), 1);
    assert_eq!(look(&till.screen).draft.view().sale_id, next, "the draft is not taken away twice");
}

#[test]
fn nothing_is_charged_while_a_problem_stands() {
    let mut till = Till::in_mode(ModeView::Training);
    let sale = till.ring_up(2345);
    let problem = Problem::with(ProblemCode::JournalUnwritable, "I/O");
    look(&till.screen).desk_problem = Some(problem.clone());
    assert_eq!(till.charge(&sale, 2345, true), Err(problem));
    look(&till.screen).desk_problem = None;
    look(&till.screen).connection_problem = Some(Problem::new(ProblemCode::KeychainLocked));
    assert_eq!(till.charge(&sale, 2345, true).unwrap_err().code, ProblemCode::KeychainLocked);
    assert_eq!(till.cashier.held().count(), 0);
    let other = SaleId::from_bits(99).to_string();
    look(&till.screen).connection_problem = None;
    let refused = till.charge(&other, 2345, false).unwrap_err();
    assert_eq!((refused.code, refused.money), (ProblemCode::UnknownSale, None), "it may be any sale");
}

#[test]
fn nothing_is_charged_before_a_currency_is_chosen_and_then_in_that_one() {
    let mut till = Till::in_mode(ModeView::Test);
    till.settings.test = Some(AccountSettings {
        publishable_key: "pk_test_1".to_owned(),
        key_kind: KeyKind::Restricted,
        account: None,
        name: None,
        currency: None,
        suggested: Some("aud".to_owned()),
        entry: None,
    });
    let sale = till.ring_up(2345);
    assert_eq!(till.charge(&sale, 2345, true).unwrap_err().code, ProblemCode::CurrencyNotChosen);
    till.settings.choose_currency(ModeView::Test, till::money::Currency::parse("nzd").unwrap());
    till.charge(&sale, 2345, true).unwrap();
    let screen = look(&till.screen);
    assert_eq!(screen.front().unwrap().payment.sale.total.currency.code(), "nzd");
}

#[test]
fn an_amount_far_above_the_usual_is_asked_about_once() {
    let mut till = Till::in_mode(ModeView::Training);
    let sale = till.ring_up(100_001);
    let refused = till.charge(&sale, 100_001, false).unwrap_err();
    assert_eq!((refused.code, refused.money), (ProblemCode::AmountUnusual, None));
    assert_eq!(till.cashier.held().count(), 0);
    till.settings.choose_limit(Some(100_001), till::money::Currency::parse("usd").unwrap());
    till.charge(&sale, 100_001, false).unwrap();
    look(&till.screen).stop_taking_card();
    let mut till = Till::in_mode(ModeView::Training);
    let sale = till.ring_up(100_001);
    till.charge(&sale, 100_001, true).unwrap();
    assert_eq!(till.cashier.held().count(), 1);
}

#[test]
fn what_cannot_be_charged_at_all_is_not_asked_about() {
    let mut till = Till::in_mode(ModeView::Training);
    for (total, code) in [(0, ProblemCode::AmountZero), (100_000_000, ProblemCode::AmountTooLarge)] {
        let sale = till.ring_up(total);
        let refused = till.charge(&sale, total, false).unwrap_err();
        assert_eq!((refused.code, refused.money), (code, Some(MoneyState::NotTaken)));
    }
}

#[test]
fn the_largest_amount_grows_with_each_approval() {
    let mut till = Till::in_mode(ModeView::Training);
    let sale = till.ring_up(100_001);
    assert!(till.charge(&sale, 100_001, false).is_err());
    let mut screen = look(&till.screen);
    let usd = till::money::Currency::parse("usd").unwrap();
    assert_eq!(screen.largest.in_currency(usd), Some(0));
    let snapshot = super::super::screen::Snapshot::at_rest(payment(till::payment::Phase::Paid));
    screen.largest.approved(usd, snapshot.payment.sale.total.minor);
    assert_eq!(screen.largest.in_currency(usd), Some(2345));
}

#[test]
fn only_a_sticky_switch_goes_on_to_the_next_sale() {
    for sticky in [false, true] {
        let mut till = Till::in_mode(ModeView::Training);
        till.settings.sticky_phone_order = sticky;
        let sale = till.ring_up(2345);
        till.charge(&sale, 2345, false).unwrap();
        let draft = look(&till.screen).draft.view();
        assert_eq!((draft.phone_order, draft.total), (sticky, 0));
    }
}

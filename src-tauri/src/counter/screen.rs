//! What the two windows are made of.

use std::time::Duration;

use till::books::Books;
use till::cashier::{Now, Seen};
use till::desk::DeskCashier;
use till::money::{Currency, Money};
use till::payment::{Payment, Phase};
use till::sale::{Capture, Entered, Line, Sale, SaleId};

use super::Answer;
use super::draft::Draft;
use super::views;
use crate::connection::Connection;
use crate::settings::Settings;
use crate::view::{ModeView, Problem, ProblemCode};

/// Which window the cashier needs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Card,
    Till,
}

/// A payment as it was after the last event.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub payment: Payment,
    pub token: Option<String>,
    /// Until Stripe is asked again by itself.
    pub next_look: Option<Duration>,
    pub unsaved: bool,
    pub attended: bool,
    /// Its refund may be let go.
    pub may_give_up: bool,
}

impl Snapshot {
    /// A payment that nothing is going on around.
    pub fn at_rest(payment: Payment) -> Self {
        Self { payment, token: None, next_look: None, unsaved: false, attended: true, may_give_up: false }
    }
}

#[derive(Debug, Default)]
pub struct Screen {
    pub mode: Option<ModeView>,
    pub stripe_js: String,
    pub publishable_key: String,
    pub account: Option<String>,
    pub problem: Option<Problem>,
    pub draft: Draft,
    pub payments: Vec<Snapshot>,
    pub reached: Option<bool>,
    pub books: Books,
    front: Option<SaleId>,
    /// The cashier is taking a card for the payment in front.
    taking_card: bool,
    found_seen: bool,
}

impl Screen {
    pub fn new(mode: ModeView, connection: Option<Connection>, problem: Option<Problem>) -> Self {
        let mut screen = Self { mode: Some(mode), ..Self::default() };
        match (connection, problem) {
            (Some(connection), _) => screen.connect(Ok(connection)),
            (None, problem) => screen.problem = problem,
        }
        screen
    }

    pub fn connect(&mut self, connection: Answer<Connection>) {
        match connection {
            Ok(connection) => {
                self.stripe_js = connection.stripe_js();
                self.publishable_key = connection.publishable_key;
                self.account = connection.account;
                self.problem = None;
            }
            Err(problem) => self.problem = Some(problem),
        }
    }

    /// Takes over how things stand and says which window should come forward.
    pub fn update(&mut self, cashier: &DeskCashier, now: Now) -> Option<Shown> {
        let before = self.front().map(|snapshot| snapshot.payment.phase);
        self.payments = cashier.held().map(|seen| snapshot(&seen, now)).collect();
        self.reached = cashier.reached().or(self.reached);
        self.books.clone_from(cashier.books());
        if let Some(broken) = cashier.broken() {
            self.problem = Some(Problem::with(ProblemCode::JournalUnwritable, broken));
        }
        let after = self.front().map(|snapshot| snapshot.payment.phase)?;
        if !self.taking_card {
            return None;
        }
        match after {
            Phase::Preparing | Phase::Ready | Phase::Confirming | Phase::Authenticating | Phase::Finishing => {
                Some(Shown::Card)
            }
            // Asked for another card: the look that must come first may take a moment.
            _ if before == Some(after) => None,
            Phase::Paused | Phase::Blocked | Phase::Authorised | Phase::Capturing | Phase::Paid | Phase::Void => {
                self.taking_card = false;
                Some(Shown::Till)
            }
            Phase::Frozen | Phase::Processing | Phase::Unknown | Phase::Cancelling => None,
        }
    }

    pub fn in_hand(&self, sale: SaleId) -> Option<&Snapshot> {
        self.payments.iter().find(|snapshot| snapshot.payment.sale.id == sale)
    }

    pub fn front(&self) -> Option<&Snapshot> {
        self.in_hand(self.front?)
    }

    /// The payment that the card page shows.
    pub fn at_card_page(&self) -> Option<&Snapshot> {
        self.front().filter(|_| self.taking_card)
    }

    pub fn is_front(&self, sale: &str) -> bool {
        self.front.is_some_and(|front| front.to_string() == sale)
    }

    pub fn bring_forward(&mut self, sale: SaleId) {
        self.front = Some(sale);
        self.taking_card = true;
    }

    /// Charging did not begin after all.
    pub fn leave(&mut self, sale: SaleId) {
        if self.front == Some(sale) {
            self.front = None;
            self.taking_card = false;
        }
    }

    /// Whether the payment in front can do without the cashier.
    pub fn may_step_aside(&self) -> Answer<()> {
        match self.front() {
            Some(snapshot) if !views::can(&snapshot.payment).new_sale => Err(views::not_now(&snapshot.payment)),
            _ => Ok(()),
        }
    }

    pub fn step_aside(&mut self) -> Answer<()> {
        self.may_step_aside()?;
        self.front = None;
        self.taking_card = false;
        Ok(())
    }

    /// Closes the card page's payment; answers the sale whose bank dialog was cut off by it.
    pub fn close_card(&mut self) -> Answer<Option<SaleId>> {
        let Some(snapshot) = self.at_card_page() else { return Ok(None) };
        if !views::can_close(snapshot.payment.phase) {
            return Err(views::not_now(&snapshot.payment));
        }
        let cut_off = snapshot.payment.phase == Phase::Authenticating;
        let sale = snapshot.payment.sale.id;
        self.taking_card = false;
        Ok(cut_off.then_some(sale))
    }

    /// The card page is gone, whatever it was doing.
    pub fn stop_taking_card(&mut self) {
        self.taking_card = false;
    }

    /// Payments that were open when the till started and that nobody has touched since.
    pub fn found(&self) -> impl Iterator<Item = &Snapshot> {
        let unread = !self.found_seen;
        let wants_a_person = |snapshot: &Snapshot| !snapshot.payment.phase.is_final() || snapshot.payment.unseen;
        self.payments.iter().filter(move |snapshot| {
            unread && !snapshot.attended && wants_a_person(snapshot) && !self.is_front_of(snapshot)
        })
    }

    /// Other payments that want a person.
    pub fn open(&self) -> impl Iterator<Item = &Snapshot> {
        self.payments.iter().filter(|snapshot| {
            let listed = !self.found_seen && !snapshot.attended;
            // A refund on its way needs nobody.
            let waits = !snapshot.payment.phase.is_final() || snapshot.payment.unseen || snapshot.may_give_up;
            !listed && waits && !self.is_front_of(snapshot)
        })
    }

    fn is_front_of(&self, snapshot: &Snapshot) -> bool {
        self.front == Some(snapshot.payment.sale.id)
    }

    /// The list was read; answers the settled ones, which need not come up again.
    pub fn found_seen(&mut self) -> Vec<SaleId> {
        let settled = self.found().filter(|snapshot| snapshot.payment.unseen);
        let settled = settled.map(|snapshot| snapshot.payment.sale.id).collect();
        self.found_seen = true;
        settled
    }

    pub fn is_busy(&self) -> bool {
        self.payments.iter().any(|snapshot| {
            matches!(
                snapshot.payment.phase,
                Phase::Confirming | Phase::Authenticating | Phase::Finishing | Phase::Capturing | Phase::Cancelling
            )
        })
    }

    pub fn blocked(&self) -> Vec<SaleId> {
        let blocked = self.payments.iter().filter(|snapshot| snapshot.payment.phase == Phase::Blocked);
        blocked.map(|snapshot| snapshot.payment.sale.id).collect()
    }

    /// The draft as a sale. Its number and time come from the cashier.
    pub fn freeze(&self, sale: &str, settings: &Settings) -> Answer<Sale> {
        let (Some(id), true) = (self.draft.sale, self.draft.is(sale)) else {
            return Err(Problem::new(ProblemCode::UnknownSale));
        };
        let currency = Currency::parse(&settings.currency)
            .ok_or_else(|| Problem::with(ProblemCode::Internal, "the currency is unknown"))?;
        Ok(Sale {
            id,
            number: self.draft.number,
            total: Money { minor: self.draft.total, currency },
            lines: vec![Line { label: "Amount".to_owned(), minor: self.draft.total }],
            note: self.draft.note.clone(),
            entered: if self.draft.phone_order { Entered::PhoneOrder } else { Entered::Keyed },
            capture: if self.draft.authorise_only { Capture::Later } else { Capture::AtOnce },
            mode: views::mode(self.mode.unwrap_or(ModeView::Training)),
            account: self.account.clone(),
            till: settings.till_name.clone(),
            // The cashier's to give, with the number.
            till_id: String::new(),
            at: 0,
        })
    }
}

fn snapshot(seen: &Seen<'_>, now: Now) -> Snapshot {
    Snapshot {
        payment: seen.payment.clone(),
        token: seen.token.map(till::cashier::Token::text),
        next_look: seen.next_look.map(|at| at.saturating_sub(now.monotonic)),
        unsaved: seen.unsaved,
        attended: seen.attended,
        may_give_up: seen.may_give_up.is_some(),
    }
}

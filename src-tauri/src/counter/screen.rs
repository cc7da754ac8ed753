//! What the two windows are made of.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use till::books::Books;
use till::cashier::{Now, Seen};
use till::desk::DeskCashier;
use till::money::Money;
use till::payment::{Payment, Phase};
use till::refund::NotSent;
use till::sale::{Capture, Entered, Line, Sale, SaleId};

use super::Answer;
use super::draft::Draft;
use super::refusals;
use super::showing::Showing;
use super::unusual::Largest;
use super::views;
use crate::connection::Connection;
use crate::settings::Settings;
use crate::view::{ModeView, MoneyState, Problem, ProblemCode};

/// Which window the cashier needs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Card,
    Till,
}

/// The screen, for a moment.
pub fn look(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A payment as it was after the last event.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Snapshot {
    pub payment: Payment,
    pub token: Option<String>,
    /// Until Stripe is asked again by itself.
    pub next_look: Option<Duration>,
    pub unsaved: bool,
    pub attended: bool,
    /// Its refund may be let go.
    pub may_give_up: bool,
    /// Stripe is being asked what is left, before a refund leaves.
    pub refund_asking: bool,
    /// Why the last refund that was asked for did not leave.
    pub refund_not_sent: Option<NotSent>,
    /// What only the journal says of it waits for Stripe's word.
    pub behind: bool,
}

impl Snapshot {
    /// A payment that nothing is going on around.
    pub fn at_rest(payment: Payment) -> Self {
        Self {
            payment,
            token: None,
            next_look: None,
            unsaved: false,
            attended: true,
            may_give_up: false,
            refund_asking: false,
            refund_not_sent: None,
            behind: false,
        }
    }

    /// What Stripe has said about its money.
    pub fn money(&self) -> Option<MoneyState> {
        refusals::money(&self.payment, self.behind)
    }
}

#[derive(Debug, Default)]
pub struct Screen {
    pub mode: ModeView,
    pub stripe_js: String,
    pub publishable_key: String,
    pub account: Option<String>,
    /// What keeps Stripe from being asked.
    pub connection_problem: Option<Problem>,
    /// What keeps the journal from being worked with.
    pub desk_problem: Option<Problem>,
    pub draft: Draft,
    pub payments: Vec<Snapshot>,
    pub reached: Option<bool>,
    pub books: Books,
    pub largest: Largest,
    /// The window's × was pressed while a card is at Stripe, and nobody has answered yet.
    pub closing: bool,
    /// A close of the card window was just refused.
    pub held_open: bool,
    front: Option<SaleId>,
    /// The cashier is taking a card for the payment in front.
    showing: Option<Showing>,
    found_seen: bool,
}

impl Screen {
    pub fn new(mode: ModeView, connection: Answer<Connection>) -> Self {
        let mut screen = Self::unopened(mode);
        screen.connect(connection);
        screen
    }

    /// What is shown until the mode is open.
    pub fn unopened(mode: ModeView) -> Self {
        Self { mode, ..Self::default() }
    }

    pub fn connect(&mut self, connection: Answer<Connection>) {
        match connection {
            Ok(connection) => {
                self.stripe_js = connection.stripe_js();
                self.publishable_key = connection.publishable_key;
                self.account = connection.account;
                self.connection_problem = None;
            }
            Err(problem) => self.connection_problem = Some(problem),
        }
    }

    /// What keeps the till from taking cards.
    pub fn problem(&self) -> Option<Problem> {
        self.desk_problem.clone().or_else(|| self.connection_problem.clone())
    }

    /// Takes over how things stand and says which window should come forward.
    pub fn update(&mut self, cashier: &DeskCashier, now: Now) -> Option<Shown> {
        let before = self.front().map(|snapshot| snapshot.payment.phase);
        let doubtful = |sale| cashier.is_doubtful(sale);
        self.payments = cashier.held().map(|seen| snapshot(&seen, now, doubtful(seen.payment.sale.id))).collect();
        self.reached = cashier.reached().or(self.reached);
        self.books.clone_from(cashier.books());
        for Snapshot { payment, .. } in &self.payments {
            if matches!(payment.phase, Phase::Paid | Phase::Authorised) {
                self.largest.approved(payment.sale.total.currency, payment.sale.total.minor);
            }
        }
        // Settled meanwhile: nothing is left to ask about.
        self.closing &= self.is_busy();
        if let Some(broken) = cashier.broken() {
            self.desk_problem = Some(refusals::journal_problem(broken));
        }
        let after = self.front().map(|snapshot| snapshot.payment.phase);
        self.held_open &= before == after;
        match after {
            Some(after) => self.needs(before, after),
            // Set aside: a card window that stood over it shows nobody's payment.
            None => Some(Shown::Till),
        }
    }

    fn needs(&mut self, before: Option<Phase>, after: Phase) -> Option<Shown> {
        self.showing?;
        match after {
            Phase::Preparing | Phase::Ready | Phase::Confirming | Phase::Authenticating | Phase::Finishing => {
                Some(Shown::Card)
            }
            // Asked for another card: the look that must come first may take a moment.
            _ if before == Some(after) => None,
            Phase::Paused | Phase::Blocked | Phase::Authorised | Phase::Capturing | Phase::Paid | Phase::Void => {
                self.showing = None;
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
        self.front().filter(|_| self.showing.is_some())
    }

    /// What the card page shows the payment's token as.
    pub fn card_token(&self) -> Option<String> {
        Some(self.showing?.token_for(self.at_card_page()?.token.as_deref()?))
    }

    /// The sale at the card page and the cashier's own token, for what the page of this showing carries.
    pub fn read_card_token<'a>(&self, text: &'a str) -> Option<(SaleId, &'a str)> {
        let token = self.showing?.read(text)?;
        let sale = self.at_card_page()?.payment.sale.id;
        // Another payment's would be good at the cashier's.
        let foreign = |other: &&Snapshot| other.payment.sale.id != sale && other.token.as_deref() == Some(token);
        self.payments.iter().find(foreign).is_none().then_some((sale, token))
    }

    pub fn is_front(&self, sale: &str) -> bool {
        self.front.is_some_and(|front| front.to_string() == sale)
    }

    /// Whether this payment may take the place of the one in front.
    pub fn may_bring_forward(&self, sale: SaleId) -> Answer<()> {
        if self.front == Some(sale) { Ok(()) } else { self.may_step_aside() }
    }

    /// The card page shows this payment from now on. What an earlier showing gave out is worth nothing.
    pub fn bring_forward(&mut self, sale: SaleId, showing: Showing) {
        let shown = self.showing.filter(|_| self.front == Some(sale));
        self.front = Some(sale);
        self.showing = Some(shown.unwrap_or(showing));
    }

    /// Whether the payment in front can do without the cashier.
    pub fn may_step_aside(&self) -> Answer<()> {
        match self.front() {
            Some(snapshot) if !views::can(&snapshot.payment).new_sale => Err(views::not_now(snapshot)),
            _ => Ok(()),
        }
    }

    pub fn step_aside(&mut self) -> Answer<()> {
        self.may_step_aside()?;
        self.front = None;
        self.showing = None;
        Ok(())
    }

    /// Closes the card page's payment; answers the sale whose bank dialog was cut off by it.
    pub fn close_card(&mut self) -> Answer<Option<SaleId>> {
        let Some(snapshot) = self.at_card_page() else { return Ok(None) };
        if !views::can_close(snapshot.payment.phase) {
            let refused = views::not_now(snapshot);
            self.held_open = true;
            return Err(refused);
        }
        let cut_off = snapshot.payment.phase == Phase::Authenticating;
        let sale = snapshot.payment.sale.id;
        self.showing = None;
        Ok(cut_off.then_some(sale))
    }

    /// The card page is gone, whatever it was doing.
    pub fn stop_taking_card(&mut self) {
        self.showing = None;
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

    /// Whether a request that moves money is at Stripe.
    pub fn is_busy(&self) -> bool {
        self.payments.iter().any(|snapshot| {
            matches!(
                snapshot.payment.phase,
                Phase::Confirming | Phase::Authenticating | Phase::Finishing | Phase::Capturing | Phase::Cancelling
            )
        })
    }

    /// Whether the till has to stay in its mode: what becomes of a customer's money is told nowhere else.
    pub fn is_owed_an_answer(&self) -> bool {
        let open = |snapshot: &Snapshot| matches!(snapshot.payment.phase, Phase::Processing | Phase::Unknown);
        self.is_busy() || self.payments.iter().any(open)
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
        let currency = settings.currency(self.mode).ok_or_else(|| Problem::new(ProblemCode::CurrencyNotChosen))?;
        Ok(Sale {
            id,
            number: self.draft.number,
            total: Money { minor: self.draft.total, currency },
            lines: vec![Line { label: "Amount".to_owned(), minor: self.draft.total }],
            note: self.draft.note.clone(),
            entered: if self.draft.phone_order { Entered::PhoneOrder } else { Entered::Keyed },
            capture: if self.draft.authorise_only { Capture::Later } else { Capture::AtOnce },
            mode: views::mode(self.mode),
            account: self.account.clone(),
            till: settings.till_name.clone(),
            // The cashier's to give, with the number.
            till_id: String::new(),
            at: 0,
        })
    }
}

fn snapshot(seen: &Seen<'_>, now: Now, behind: bool) -> Snapshot {
    Snapshot {
        payment: seen.payment.clone(),
        token: seen.token.map(till::cashier::Token::text),
        next_look: seen.next_look.map(|at| at.saturating_sub(now.monotonic)),
        unsaved: seen.unsaved,
        attended: seen.attended,
        may_give_up: seen.may_give_up.is_some(),
        refund_asking: seen.refund_asking,
        refund_not_sent: seen.refund_not_sent.cloned(),
        behind,
    }
}

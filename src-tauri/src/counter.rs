//! The counter: what stands before the cashier, and the way from there to the desk.
//!
//! Nothing here decides about money. It keeps the draft, remembers which payment is in front, turns every change
//! into one whole view for each window, and shows or hides the card window as the payment moves.

mod draft;
mod pages;
mod screen;
#[cfg(test)]
mod tests;
pub mod views;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stripe_api::{Call, Client};
use tauri::{AppHandle, Manager, State};
use till::cashier::{Cashier, Effect, Now, Refusal};
use till::desk::{Desk, DeskCashier};
use till::journal::SqliteJournal;
use till::payment::Payment;
use till::payment::step::Event;
use till::sale::SaleId;

use crate::card_window;
use crate::connection::Connection;
use crate::doctor::Journal;
use crate::gate::Gate;
use crate::shell::Shell;
use crate::view::{CardPageView, ModeView, PaymentView, Problem, ProblemCode, TillView};

use pages::Pages;
use screen::{Screen, Shown, Snapshot};
use views::journal_problem;

/// How long an unreachable Stripe is left alone.
const KNOCK_AGAIN: Duration = Duration::from_secs(15);

/// What a command answers.
pub type Answer<T> = Result<T, Problem>;

/// One counter in a mode at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Counter {
    app: AppHandle,
    screen: Arc<Mutex<Screen>>,
    desk: Arc<Mutex<Option<Desk>>>,
    pages: Pages,
}

impl Counter {
    /// A counter without a desk yet.
    pub fn new(app: &AppHandle) -> Self {
        Self { app: app.clone(), screen: Arc::default(), desk: Arc::default(), pages: Pages::default() }
    }

    /// Opens the chosen mode's journal and takes up what was left open. Whatever stands in the way is shown as the
    /// till's problem; the other screens work on.
    pub async fn open(&self) {
        self.close().await;
        let shell = self.shell();
        let mode = shell.mode();
        let connection = self.connect(mode).await;
        let client = connection.as_ref().ok().map(|connection| connection.client.clone());
        let problem = connection.as_ref().err().cloned();
        *self.screen() = Screen::new(mode, connection.ok(), problem);
        match self.start_desk(mode, client.clone()) {
            Ok(desk) => {
                *self.desk_slot() = Some(desk.clone());
                // If it does not come, the till's problem says why.
                let _ = self.next_draft().await;
                self.knock(client, desk);
            }
            Err(problem) => self.screen().problem = Some(problem),
        }
        self.publish();
    }

    /// The cashier goes home. The journal's mark is left then, by which the next start knows an older copy.
    pub async fn close(&self) {
        let desk = self.desk_slot().take();
        if let Some(desk) = desk {
            desk.close().await;
        }
    }

    /// Begins a journal where one is gone, and opens it.
    pub async fn begin_journal(&self) -> Answer<()> {
        let gone = self.screen().problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::JournalMissing);
        if !gone {
            return Err(Problem::new(ProblemCode::NotNow));
        }
        let file = self.shell().folder.path().join(self.shell().mode().journal());
        drop(SqliteJournal::begin_anew(&file, None).map_err(|error| journal_problem(&error))?);
        self.open().await;
        Ok(())
    }

    /// Connects a mode, and lets the card page talk to that mode's peer and to no other.
    async fn connect(&self, mode: ModeView) -> Answer<Connection> {
        let connection = self.shell().connect(mode).await?;
        self.shell().card_window.point_at(connection.peer.clone());
        Ok(connection)
    }

    fn start_desk(&self, mode: ModeView, client: Option<Client>) -> Answer<Desk> {
        let shell = self.shell();
        let journal = SqliteJournal::open(&shell.folder.path().join(mode.journal()));
        let cashier = journal.and_then(|journal| Cashier::open(journal, Box::new(chance)));
        let mut cashier = cashier.map_err(|error| journal_problem(&error))?.named(&shell.till_id()?);
        let settings = shell.settings.get();
        // Nothing has begun that would have to be compared with another account's books.
        drop(cashier.set_account(settings.account(mode).and_then(|account| account.account.as_deref())));
        let counter = self.clone();
        let runtime = tauri::async_runtime::handle().inner().clone();
        Desk::start(cashier, client, runtime, move |cashier, now| counter.changed(cashier, now))
            .map_err(|error| Problem::with(ProblemCode::Internal, error))
    }

    /// Asks Stripe something harmless until it answers, so that the word at the foot of the rail is true before the
    /// first sale.
    fn knock(&self, client: Option<Client>, desk: Desk) {
        let Some(client) = client else { return };
        let counter = self.clone();
        tauri::async_runtime::spawn(async move {
            loop {
                let reached = client.call(&Call::retrieve_balance()).await.is_ok();
                let same_desk = counter.desk_slot().as_ref().is_some_and(|now| now.is(&desk));
                if !same_desk {
                    return;
                }
                counter.screen().reached = Some(reached);
                counter.publish();
                if reached {
                    return;
                }
                tokio::time::sleep(KNOCK_AGAIN).await;
            }
        });
    }

    /// New keys for a mode: if it is the one that is open, requests from now on carry them.
    pub async fn account_changed(&self, mode: ModeView) {
        if mode != self.shell().mode() {
            return;
        }
        let connection = self.connect(mode).await;
        let client = connection.as_ref().ok().map(|connection| connection.client.clone());
        let account = self.shell().settings.get().account(mode).and_then(|account| account.account.clone());
        let desk = self.desk_slot().clone();
        if let Some(desk) = desk {
            let _ = desk.connect(client, account).await;
        }
        self.screen().connect(connection);
        self.publish();
        // What the old key blocked may go on.
        let blocked = self.screen().blocked();
        for sale in blocked {
            let _ = self.act(move |cashier, now| cashier.handle(now, sale, Event::CheckNow)).await;
        }
    }

    /// Whether a request that moves money is at Stripe: then the mode cannot be left.
    pub fn is_busy(&self) -> bool {
        self.screen().is_busy()
    }

    // The pages' views.

    pub fn till_view(&self) -> TillView {
        let shell = self.shell();
        let mut view = views::till(&self.screen(), &shell.settings.get(), shell.card_window.is_shown());
        view.problem = view.problem.or_else(|| shell.settings.problem().cloned());
        view
    }

    pub fn card_view(&self) -> CardPageView {
        let settings = self.shell().settings.get();
        views::card_page(&self.screen(), &settings)
    }

    /// A payment of the journal, with what is going on around it if it is in hand.
    pub fn payment_view(&self, payment: Payment) -> PaymentView {
        let settings = self.shell().settings.get();
        let in_hand = self.screen().in_hand(payment.sale.id).cloned();
        views::payment(&in_hand.unwrap_or_else(|| Snapshot::at_rest(payment)), &settings, false)
    }

    /// Tells both windows how things stand. A window that is not there needs no telling.
    pub fn publish(&self) {
        self.pages.tell(self.till_view(), self.card_view());
    }

    /// Every event ends here, on the cashier's thread.
    fn changed(&self, cashier: &DeskCashier, now: Now) {
        let window = self.screen().update(cashier, now);
        match window {
            // Shown once: the cashier may have moved it since.
            Some(Shown::Card) if !self.shell().card_window.is_shown() => drop(self.shell().card_window.show()),
            Some(Shown::Till) => self.shell().card_window.hide(),
            Some(Shown::Card) | None => {}
        }
        self.publish();
    }

    // What the cashier does.

    pub fn ring_up(&self, sale: &str, total: i64, note: &str, phone_order: bool, authorise_only: bool) -> Answer<()> {
        self.screen().draft.ring_up(sale, total, note, phone_order, authorise_only)
    }

    /// Freezes the draft and asks for a card. A second call for the same sale is a double click.
    pub async fn charge(&self, sale_id: &str, shown: i64) -> Answer<()> {
        let settings = self.shell().settings.get();
        let sale = {
            let mut screen = self.screen();
            if screen.is_front(sale_id) {
                return Ok(());
            }
            if let Some(problem) = &screen.problem {
                return Err(problem.clone());
            }
            screen.may_step_aside()?;
            let sale = screen.freeze(sale_id, &settings)?;
            screen.bring_forward(sale.id);
            sale
        };
        let id = sale.id;
        let charged = self.act(move |cashier, now| cashier.charge(now, sale, shown)).await;
        if charged.is_err() {
            self.screen().leave(id);
            self.publish();
            return charged;
        }
        self.next_draft().await?;
        self.publish();
        Ok(())
    }

    /// The card window, for this payment.
    pub async fn take_card(&self, sale: &str) -> Answer<()> {
        let sale = parse(sale)?;
        self.screen().bring_forward(sale);
        self.act(move |cashier, now| cashier.handle(now, sale, Event::TakeCard)).await?;
        if self.shell().card_window.is_shown() {
            drop(self.shell().card_window.show());
        }
        Ok(())
    }

    /// Whatever else a person asks of a payment.
    pub async fn handle(&self, sale: &str, event: Event) -> Answer<()> {
        self.on_sale(sale, move |cashier, now, sale| cashier.handle(now, sale, event)).await
    }

    /// Does something with a sale that the page names.
    pub async fn on_sale<F>(&self, sale: &str, act: F) -> Answer<()>
    where
        F: FnOnce(&mut DeskCashier, Now, SaleId) -> Result<Vec<Effect>, Refusal> + Send + 'static,
    {
        let sale = parse(sale)?;
        self.act(move |cashier, now| act(cashier, now, sale)).await
    }

    /// The payment in front is done with, or goes on without a cashier watching.
    pub async fn new_sale(&self) -> Answer<()> {
        self.screen().step_aside()?;
        self.act(|cashier, _| {
            cashier.put_away();
            Ok(Vec::new())
        })
        .await
    }

    /// The cashier has read what was found after an unclean stop.
    pub async fn found_seen(&self) -> Answer<()> {
        let settled = self.screen().found_seen();
        for sale in settled {
            self.act(move |cashier, now| cashier.handle(now, sale, Event::Seen)).await?;
        }
        self.publish();
        Ok(())
    }

    // What the card window does.

    /// Closing is a wish. It is granted unless a card is at Stripe.
    pub async fn close_card(&self) -> Answer<()> {
        let gone = self.screen().close_card()?;
        self.shell().card_window.hide();
        if let Some(sale) = gone {
            self.act(move |cashier, now| cashier.handle(now, sale, Event::PageGone)).await?;
        }
        self.publish();
        Ok(())
    }

    /// The card page was led away and thrown away. A new one is being made; what it was doing is looked up.
    pub async fn card_page_lost(&self) {
        if self.close_card().await.is_err() {
            self.screen().stop_taking_card();
            self.publish();
        }
    }

    /// The payment that the card window shows; commands from there reach no other.
    pub fn in_card_window(&self, sale: &str) -> Answer<()> {
        let shown = self.screen().at_card_page().is_some_and(|shown| shown.payment.sale.id.to_string() == sale);
        if shown { Ok(()) } else { Err(Problem::new(ProblemCode::UnknownSale)) }
    }

    // The way to the desk.

    /// Does something that may advance a payment.
    pub async fn act<F>(&self, act: F) -> Answer<()>
    where
        F: FnOnce(&mut DeskCashier, Now) -> Result<Vec<Effect>, Refusal> + Send + 'static,
    {
        let desk = self.desk()?;
        desk.act(act).await.map_err(|gone| Problem::with(ProblemCode::Internal, gone))?.map_err(views::refusal)
    }

    /// Reads something.
    pub async fn ask<R, F>(&self, ask: F) -> Answer<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut DeskCashier, Now) -> R + Send + 'static,
    {
        self.desk()?.ask(ask).await.map_err(|gone| Problem::with(ProblemCode::Internal, gone))
    }

    /// Every entry of the open journal and the chain between them; nothing when none is open.
    pub async fn verify_journal(&self) -> Option<Journal> {
        let verified = self.ask(|cashier, _| cashier.journal().verify()).await.ok()?;
        Some(verified.map_or_else(Journal::Broken, Journal::Whole))
    }

    /// A refusal of the cashier's is also a try that somebody may want to know of.
    pub fn noted<T>(&self, command: &str, answer: Answer<T>) -> Answer<T> {
        if let Err(problem) = &answer
            && matches!(problem.code, ProblemCode::TokenUsed | ProblemCode::UnknownSale | ProblemCode::BadPaymentMethod)
            && let Some(gate) = self.app.try_state::<Gate>()
        {
            gate.refused(card_window::LABEL, command, &format!("{:?}", problem.code));
        }
        answer
    }

    async fn next_draft(&self) -> Answer<()> {
        let (sale, number) = self.ask(|cashier, _| cashier.next_sale()).await?;
        self.screen().draft = draft::Draft::new(sale, number);
        Ok(())
    }

    fn desk(&self) -> Answer<Desk> {
        let desk = self.desk_slot().clone();
        desk.ok_or_else(|| {
            let problem = self.screen().problem.clone();
            problem.unwrap_or_else(|| Problem::new(ProblemCode::Internal))
        })
    }

    fn desk_slot(&self) -> MutexGuard<'_, Option<Desk>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn screen(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who hears of every change.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// The app, for its windows.
    pub fn app(&self) -> &AppHandle {
        &self.app
    }

    fn shell(&self) -> State<'_, Shell> {
        self.app.state()
    }
}

fn parse(sale: &str) -> Answer<SaleId> {
    SaleId::parse(sale).ok_or_else(|| Problem::new(ProblemCode::UnknownSale))
}

/// Bits that nobody can guess: tokens and sale ids are made of them.
fn chance() -> u128 {
    rand::random()
}

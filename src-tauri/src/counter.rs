//! The counter: what stands before the cashier, and the way from there to the desk.
//!
//! Nothing here decides about money. It keeps the draft, remembers which payment is in front, turns every change
//! into one whole view for each window, and shows or hides the card window as the payment moves.

mod at_card;
mod charging;
mod door;
mod draft;
mod opening;
mod pages;
pub mod refusals;
mod screen;
mod showing;
#[cfg(test)]
mod tests;
mod unusual;
pub mod views;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tauri::{AppHandle, Manager, State};
use till::cashier::{Effect, Now, Refusal};
use till::desk::{Desk, DeskCashier, Gone};
use till::payment::Payment;
use till::payment::step::Event;
use till::sale::SaleId;
use tokio::sync::oneshot;

use crate::card_window;
use crate::doctor::Journal;
use crate::gate::Gate;
use crate::shell::Shell;
use crate::view::{CardPageView, ModeView, PaymentView, Problem, ProblemCode, TillView};

use door::Door;
use pages::Pages;
use refusals::Standing;
use screen::{Screen, Shown, Snapshot};
use showing::Showing;

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
    door: Arc<Door>,
    pages: Pages,
}

impl Counter {
    /// A counter without a desk yet.
    pub fn new(app: &AppHandle) -> Self {
        let screen = Screen::unopened(app.state::<Shell>().mode());
        Self {
            app: app.clone(),
            screen: Arc::new(Mutex::new(screen)),
            desk: Arc::default(),
            door: Arc::default(),
            pages: Pages::default(),
        }
    }

    /// The mode that is open, for what is changed about it.
    pub fn open_mode(&self) -> Answer<ModeView> {
        if self.door.is_changing() { Err(Problem::new(ProblemCode::ModeChanging)) } else { Ok(self.screen().mode) }
    }

    /// The window's × was pressed. True when it may go; while a card is at Stripe the page asks first.
    pub fn may_close(&self) -> bool {
        let mut screen = self.screen();
        screen.closing = screen.is_busy();
        !screen.closing
    }

    /// The cashier stays.
    pub fn stay_open(&self) {
        self.screen().closing = false;
        self.publish();
    }

    // The pages' views.

    pub fn till_view(&self) -> TillView {
        // Taken before anything is looked at: a view with a higher one has seen all that this one has.
        let revision = self.pages.next_revision();
        let shell = self.shell();
        let mut view = views::till(revision, &self.screen(), &shell.settings.get(), shell.card_window.is_shown());
        // Doors would be shown to somebody who has chosen one long ago.
        view.first_start &= shell.settings.unreadable().is_none();
        view.problem = view.problem.or_else(|| shell.settings.problem().cloned());
        if self.door.is_changing() {
            view.problem = Some(Problem::new(ProblemCode::ModeChanging));
        }
        view
    }

    pub fn card_view(&self) -> CardPageView {
        let revision = self.pages.next_revision();
        let settings = self.shell().settings.get();
        views::card_page(revision, &self.screen(), &settings)
    }

    /// A payment of the journal, with what is going on around it if it is in hand.
    pub fn payment_view(&self, payment: &Payment) -> PaymentView {
        let settings = self.shell().settings.get();
        let screen = self.screen();
        let at_rest = || Snapshot { behind: screen.books.is_behind(), ..Snapshot::at_rest(payment.clone()) };
        let snapshot = screen.in_hand(payment.sale.id).cloned().unwrap_or_else(at_rest);
        drop(screen);
        views::payment(&snapshot, &settings, false)
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

    /// Freezes the draft and asks for a card. A second call for the same sale is a double click. `sure`: somebody was
    /// asked about the amount, and means it.
    pub async fn charge(&self, sale_id: &str, shown: i64, sure: bool) -> Answer<()> {
        let settings = self.shell().settings.get();
        let Some(sale) = charging::frozen(&self.screen(), &settings, sale_id)? else { return Ok(()) };
        let screen = Arc::clone(&self.screen);
        let showing = Showing::new(chance());
        let asked = charging::Asked { sale, shown, sure, showing };
        let card_window = &self.shell().card_window;
        card_window.expect_keys();
        let charge = self.act(move |cashier, now| charging::charge(&screen, cashier, now, asked, &settings));
        charge.await.inspect_err(|_| card_window.forget_keys())?;
        self.publish();
        Ok(())
    }

    /// The card window, for this payment.
    pub async fn take_card(&self, sale: &str) -> Answer<()> {
        let (counter, shell) = (self.clone(), self.shell());
        if !shell.card_window.is_shown() {
            shell.card_window.expect_keys();
        }
        let take = self.on_sale(sale, move |cashier, now, sale| {
            counter.screen().may_bring_forward(sale).map_err(|_| Refusal::NotNow)?;
            let effects = cashier.handle(now, sale, Event::TakeCard)?;
            counter.screen().bring_forward(sale, Showing::new(chance()));
            Ok(effects)
        });
        take.await.inspect_err(|_| shell.card_window.forget_keys())?;
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
        self.act(move |cashier, now| act(cashier, now, sale).map_err(|refusal| about(cashier, sale, &refusal))).await
    }

    /// What became of a sale that the page names, with what is known of its money by now.
    pub async fn about(&self, sale: &str, problem: Problem) -> Problem {
        let Ok(sale) = parse(sale) else { return problem };
        let standing = self.ask(move |cashier, _| Standing::of(cashier, sale)).await;
        Problem { money: standing.ok().and_then(Standing::money), ..problem }
    }

    /// The payment in front is done with, or goes on without a cashier watching.
    pub async fn new_sale(&self) -> Answer<()> {
        let counter = self.clone();
        self.act(move |cashier, _| {
            counter.screen().step_aside()?;
            cashier.put_away();
            Ok(Vec::new())
        })
        .await
    }

    /// The cashier has read what was found after an unclean stop.
    pub async fn found_seen(&self) -> Answer<()> {
        let settled = self.screen().found_seen();
        for sale in settled {
            self.on_sale(&sale.to_string(), move |cashier, now, sale| cashier.handle(now, sale, Event::Seen)).await?;
        }
        self.publish();
        Ok(())
    }

    // The way to the desk.

    /// Does something that may advance a payment.
    pub async fn act<F>(&self, act: F) -> Answer<()>
    where
        F: FnOnce(&mut DeskCashier, Now) -> Result<Vec<Effect>, Problem> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let refused = move |problem| {
            let _ = tell.send(problem);
            Refusal::NotNow
        };
        let acted = self.desk()?.act(move |cashier, now| act(cashier, now).map_err(refused)).await;
        match acted {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refusal)) => Err(told.await.unwrap_or_else(|_| refusals::refusal(&refusal))),
            Err(gone) => Err(Problem::with(ProblemCode::Internal, gone)),
        }
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
        let desk = self.desk_slot().clone()?;
        let verified = desk.ask(|cashier, _| cashier.journal().verify()).await.ok()?;
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

    async fn next_draft(&self, desk: &Desk) -> Result<(), Gone> {
        let (sale, number) = desk.ask(|cashier, _| cashier.next_sale()).await?;
        self.screen().draft = draft::Draft::new(sale, number);
        Ok(())
    }

    fn desk(&self) -> Answer<Desk> {
        if self.door.is_changing() {
            return Err(Problem::new(ProblemCode::ModeChanging));
        }
        let desk = self.desk_slot().clone();
        // Before the first mode is open there is neither.
        desk.ok_or_else(|| self.screen().problem().unwrap_or_else(|| Problem::new(ProblemCode::ModeChanging)))
    }

    fn desk_slot(&self) -> MutexGuard<'_, Option<Desk>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn screen(&self) -> MutexGuard<'_, Screen> {
        screen::look(&self.screen)
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

/// A refusal, with what is known of the sale's money by now.
fn about(cashier: &mut DeskCashier, sale: SaleId, refusal: &Refusal) -> Problem {
    Problem { money: Standing::of(cashier, sale).money(), ..refusals::refusal(refusal) }
}

fn parse(sale: &str) -> Answer<SaleId> {
    SaleId::parse(sale).ok_or_else(|| Problem::new(ProblemCode::UnknownSale))
}

/// Bits that nobody can guess: tokens and sale ids are made of them.
fn chance() -> u128 {
    rand::random()
}

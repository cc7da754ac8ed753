//! How a mode is opened, changed and left, and how new keys come to it: always through the [`super::door`].

use stripe_api::{Call, Client};
use till::cashier::Cashier;
use till::desk::Desk;
use till::journal::SqliteJournal;
use till::payment::step::Event;

use super::door::{Superseded, Wish};
use super::refusals::journal_problem;
use super::screen::Screen;
use super::{Answer, Counter, KNOCK_AGAIN, chance};
use crate::connection::Connection;
use crate::marks;
use crate::view::{ModeView, Problem, ProblemCode};

impl Counter {
    /// At a start: opens the journal of the mode that was chosen last, and takes up what was left open. Whatever stands
    /// in the way is shown as the till's problem; the other screens work on.
    pub async fn open(&self) {
        // Somebody who has chosen another door meanwhile is waiting for that one.
        let _ = self.try_open().await;
        self.publish();
    }

    async fn try_open(&self) -> Result<(), Superseded> {
        let mut wish = self.door.wish();
        let _inside = wish.enter().await?;
        self.open_as_set(&mut wish).await
    }

    async fn open_as_set(&self, wish: &mut Wish<'_>) -> Result<(), Superseded> {
        let mode = self.shell().mode();
        let connection = wish.wait(self.shell().connect(mode)).await?;
        self.install(mode, connection).await;
        Ok(())
    }

    /// Changes the mode, once `ready` has found nothing against it and its keys are there; answers when it is open. When
    /// it cannot be, the till stays as it was.
    pub async fn change_mode(&self, mode: ModeView, ready: impl Future<Output = Answer<()>>) -> Answer<()> {
        self.may_leave()?;
        let changed = self.try_change(mode, ready).await;
        self.publish();
        changed
    }

    async fn try_change(&self, mode: ModeView, ready: impl Future<Output = Answer<()>>) -> Answer<()> {
        let mut wish = self.door.wish();
        self.publish();
        let _inside = wish.enter().await.map_err(superseded)?;
        let connect = async {
            ready.await?;
            self.shell().connect(mode).await
        };
        let connected = match wish.wait(connect).await.map_err(superseded)? {
            Ok(connection) => self.enter(mode, connection).await,
            Err(problem) => Err(problem),
        };
        if self.desk_slot().is_none() && self.screen().problem().is_none() {
            // This wish has broken off the opening at the start, and has come to nothing itself.
            self.open_as_set(&mut wish).await.map_err(superseded)?;
        }
        let open = self.screen().mode;
        self.shell().training.keep(open == ModeView::Training).await;
        connected
    }

    async fn enter(&self, mode: ModeView, connection: Connection) -> Answer<()> {
        // What was asked for before the change began has been done then, and is on the screen.
        let desk = self.desk_slot().clone();
        if let Some(desk) = &desk {
            let _ = desk.ask(|_, _| ()).await;
        }
        self.may_leave()?;
        self.shell().settings.change(|settings| settings.mode = Some(mode))?;
        if desk.is_some() && self.screen().mode == mode {
            self.reconnect(mode, Ok(connection)).await;
        } else {
            self.install(mode, Ok(connection)).await;
        }
        Ok(())
    }

    fn may_leave(&self) -> Answer<()> {
        if self.screen().is_owed_an_answer() { Err(Problem::new(ProblemCode::NotNow)) } else { Ok(()) }
    }

    /// Puts everything that a mode is made of in the place of what was there. Nobody breaks it off.
    async fn install(&self, mode: ModeView, connection: Answer<Connection>) {
        self.go_home().await;
        self.screen().stop_taking_card();
        self.shell().card_window.hide();
        let client = connection.as_ref().ok().map(|connection| connection.client.clone());
        if let Ok(connection) = &connection {
            self.shell().card_window.point_at(connection.peer.clone());
        }
        *self.screen() = Screen::new(mode, connection);
        match self.start_desk(mode, client.clone()) {
            Ok(desk) => {
                *self.desk_slot() = Some(desk.clone());
                // If it does not come, the till's problem says why.
                let _ = self.next_draft(&desk).await;
                self.knock(client, desk);
            }
            Err(problem) => self.screen().desk_problem = Some(problem),
        }
        self.shell().training.keep(mode == ModeView::Training).await;
    }

    /// The cashier goes home. The journal's mark is left then, by which the next start knows an older copy.
    pub async fn close(&self) {
        let mut wish = self.door.wish();
        // Nobody can be wanted later than the end.
        let _inside = wish.enter().await;
        self.go_home().await;
    }

    async fn go_home(&self) {
        let desk = self.desk_slot().take();
        if let Some(desk) = desk {
            desk.close().await;
        }
    }

    /// Begins a journal where one is gone, and opens it.
    pub async fn begin_journal(&self) -> Answer<()> {
        let begun = self.try_begin_journal().await;
        self.publish();
        begun
    }

    async fn try_begin_journal(&self) -> Answer<()> {
        let mut wish = self.door.wish();
        let _inside = wish.enter().await.map_err(superseded)?;
        let mode = {
            let screen = self.screen();
            let gone = screen.desk_problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::JournalMissing);
            if !gone {
                return Err(Problem::new(ProblemCode::NotNow));
            }
            screen.mode
        };
        let shell = self.shell();
        let (file, outside) = (shell.folder.path().join(mode.journal()), marks::outside(&shell.till_id()?, mode));
        drop(SqliteJournal::begin_anew(&file, outside).map_err(|error| journal_problem(&error))?);
        self.open_as_set(&mut wish).await.map_err(superseded)
    }

    fn start_desk(&self, mode: ModeView, client: Option<Client>) -> Answer<Desk> {
        let shell = self.shell();
        let till_id = shell.till_id()?;
        let file = shell.folder.path().join(mode.journal());
        let journal = SqliteJournal::open_marked(&file, marks::outside(&till_id, mode));
        let cashier = journal.and_then(|journal| Cashier::open(journal, Box::new(chance)));
        let mut cashier = cashier
            .map_err(|error| journal_problem(&error))?
            .named(&till_id)
            .formerly(shell.settings.get().former_tills);
        // Nothing has begun that would have to be compared with another account's books.
        drop(cashier.set_account(self.identity(mode).as_deref()));
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
        let _inside = self.door.quiet().await;
        if mode == self.screen().mode && mode != ModeView::Training {
            let connection = self.shell().connect(mode).await;
            self.reconnect(mode, connection).await;
        }
        self.publish();
    }

    /// The open mode gets another way to Stripe: its desk, its screen and its card page at once.
    async fn reconnect(&self, mode: ModeView, connection: Answer<Connection>) {
        let desk = self.desk_slot().clone();
        if let Ok(connection) = &connection {
            self.shell().card_window.point_at(connection.peer.clone());
        }
        if let Some(desk) = &desk {
            let client = connection.as_ref().ok().map(|connection| connection.client.clone());
            let _ = desk.connect(client, self.identity(mode)).await;
        }
        self.screen().connect(connection);
        self.publish();
        let Some(desk) = desk else { return };
        // What the old key blocked may go on.
        let blocked = self.screen().blocked();
        for sale in blocked {
            let _ = desk.act(move |cashier, now| cashier.handle(now, sale, Event::CheckNow)).await;
        }
    }

    fn identity(&self, mode: ModeView) -> Option<String> {
        self.shell().settings.get().account(mode).map(crate::settings::AccountSettings::identity)
    }
}

#[allow(clippy::needless_pass_by_value)] // The shape `map_err` wants.
fn superseded(Superseded: Superseded) -> Problem {
    Problem::new(ProblemCode::ModeChanging)
}

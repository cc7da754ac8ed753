//! The state every command works on.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tauri::AppHandle;
use till::sale::SaleId;
use tokio::sync::Mutex;

use crate::card_window::{CardWindow, Tell};
use crate::connection::{Connection, Stripe};
use crate::data_folder::DataFolder;
use crate::settings::SettingsFile;
use crate::till_home::TillHome;
use crate::training::Training;
use crate::view::{ModeView, Problem};

/// What the rooms of the shell tell the one who composes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Business, till name, currency or theme have changed.
    SettingsChanged,
    /// Somebody wants the card window away; it is still there.
    CardCloseAsked,
    /// The card page was led away from ours. A new, hidden one is being made; look at the payment.
    CardPageLost,
}

/// One till.
#[derive(Debug)]
pub struct Shell {
    pub app: AppHandle,
    pub folder: DataFolder,
    pub settings: SettingsFile,
    pub stripe: Stripe,
    pub card_window: CardWindow,
    pub training: TrainingRoom,
    tell: Told,
}

impl Shell {
    /// Opens both windows: the till's at once, the card's hidden.
    ///
    /// # Errors
    /// The system gives no window.
    pub fn open(app: &AppHandle, folder: DataFolder, tell: Tell) -> tauri::Result<Self> {
        let settings = SettingsFile::open(folder.clone());
        let stripe = Stripe::from_environment();
        let training = TrainingRoom::default();
        crate::till_window::open(app)?;
        let card_window = CardWindow::open(app, tell.clone())?;
        Ok(Self { app: app.clone(), folder, settings, stripe, card_window, training, tell: Told(tell) })
    }

    /// The mode the till works in; training until somebody has chosen.
    pub fn mode(&self) -> ModeView {
        self.settings.get().mode.unwrap_or(ModeView::Training)
    }

    /// The till's id; the first start makes it.
    ///
    /// # Errors
    /// `SettingsUnwritable`: it would not be the same tomorrow. `SettingsUnreadable`: it may have been made before.
    pub fn till_id(&self) -> Result<String, Problem> {
        if let Some(problem) = self.settings.unreadable() {
            return Err(problem.clone());
        }
        let known = self.settings.get().till_id;
        let home = TillHome::of_this_computer();
        if !known.is_empty() && !home.as_ref().is_some_and(|home| home.is_foreign(&known)) {
            return Ok(known);
        }
        let made = SaleId::from_bits(rand::random()).to_string();
        // A computer that cannot remember its till would meet a strange one at every start.
        let settled = home.is_some_and(|home| home.settle(&made));
        if !known.is_empty() && !settled {
            return Ok(known);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let until = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        self.settings.change(|settings| settings.begin_till(made, until))?;
        Ok(self.settings.get().till_id)
    }

    /// Connects a mode: everything its cashier needs.
    ///
    /// # Errors
    /// What keeps this mode from taking cards.
    pub async fn connect(&self, mode: ModeView) -> Result<Connection, Problem> {
        self.stripe.base()?;
        match mode.keys() {
            None => Connection::training(&self.training.open(&self.folder).await?),
            Some(keys) => self.stripe.connect(keys, &self.settings.get()).await,
        }
    }

    /// Passes on what happened.
    pub fn tell(&self, notice: Notice) {
        (self.tell.0)(&self.app, notice);
    }
}

/// The simulator, there for as long as the till is in training: in the other modes nothing listens.
#[derive(Debug, Default)]
pub struct TrainingRoom(Mutex<Option<Arc<Training>>>);

impl TrainingRoom {
    async fn open(&self, folder: &DataFolder) -> Result<Arc<Training>, Problem> {
        let mut open = self.0.lock().await;
        if let Some(training) = &*open {
            return Ok(training.clone());
        }
        Ok(open.insert(Training::open(folder).await?).clone())
    }

    /// Ends it, unless the till is in training.
    pub async fn keep(&self, in_training: bool) {
        if !in_training && let Some(training) = self.0.lock().await.take() {
            training.close();
        }
    }
}

struct Told(Tell);

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told")
    }
}

//! The desk: gives the cashier a thread, a clock, timers and a way to Stripe.
//!
//! One thread owns the cashier and its journal, so that payments are advanced one event at a time. Requests run on
//! the async runtime and bring their answers back here; they belong to the desk, not to the window that asked.

mod clock;

use crate::cashier::{Cashier, Effect, Now, Refusal};
use crate::journal::SqliteJournal;
use std::sync::{Arc, PoisonError, RwLock, Weak, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use stripe_api::{Client, Unanswered};
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The cashier as the desk runs it.
pub type DeskCashier = Cashier<SqliteJournal>;

/// The till writes the journal's marks after this much idle time.
const MARK_AFTER: Duration = Duration::from_millis(500);

type Job = Box<dyn FnOnce(&mut DeskCashier, Now) -> Vec<Effect> + Send>;

/// Something that only looks.
type Look = Box<dyn FnOnce(&mut DeskCashier, Now) + Send>;

enum Message {
    Do(Job),
    /// Reads only: nothing has changed after it, and nobody is told so.
    Read(Look),
    /// Go home; the channel says when the journal is closed.
    Close(oneshot::Sender<()>),
}

/// A handle to the cashier's thread. Clones share it; the thread ends with the last one.
#[derive(Debug, Clone)]
pub struct Desk(Arc<Inside>);

struct Inside {
    messages: mpsc::Sender<Message>,
    client: RwLock<Option<Client>>,
    runtime: Handle,
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inside")
    }
}

/// The cashier's thread has ended: a fault of ours stopped it. What was durable is safe.
#[derive(Debug, Clone, Copy, Error)]
#[error("the cashier is not there any more")]
pub struct Gone;

impl Desk {
    /// Starts the cashier's thread and takes up what was left open. `changed` is called on that thread after
    /// every event, with the cashier as it then is.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        cashier: DeskCashier,
        client: Option<Client>,
        runtime: Handle,
        changed: impl Fn(&DeskCashier, Now) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (messages, inbox) = mpsc::channel();
        let inside = Arc::new(Inside { messages, client: RwLock::new(client), runtime });
        let outside = Arc::downgrade(&inside);
        thread::Builder::new().name("cashier".to_owned()).spawn(move || work(cashier, &inbox, &outside, &changed))?;
        let desk = Self(inside);
        desk.post(Cashier::recover);
        Ok(desk)
    }

    /// Sends the cashier home and waits until the journal is closed, so that it can be opened again. Answers still
    /// on their way are not waited for: what they would say is read at the next start.
    pub async fn close(self) {
        let (closed, wait) = oneshot::channel();
        let _ = self.0.messages.send(Message::Close(closed));
        let _ = wait.await;
    }

    /// Whether both are handles to the same cashier.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Changes the way to Stripe, as when a key is replaced, and tells the cashier whose key it is, in one step: a request
    /// goes under the key that the cashier believes it goes under. Those on their way stay as they are.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn connect(&self, client: Option<Client>, account: Option<String>) -> Result<(), Gone> {
        let inside = Arc::clone(&self.0);
        let connected = self.act(move |cashier, _| {
            *inside.client.write().unwrap_or_else(PoisonError::into_inner) = client;
            Ok(cashier.set_account(account.as_deref()))
        });
        connected.await.map(drop)
    }

    /// Does something that may advance a payment. When it returns, it is durable.
    ///
    /// # Errors
    /// [`Gone`]; inside, the cashier's own refusal.
    pub async fn act<F>(&self, act: F) -> Result<Result<(), Refusal>, Gone>
    where
        F: FnOnce(&mut DeskCashier, Now) -> Result<Vec<Effect>, Refusal> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.post(move |cashier, now| {
            let (effects, result) = match act(cashier, now) {
                Ok(effects) => (effects, Ok(())),
                Err(refusal) => (Vec::new(), Err(refusal)),
            };
            // Whoever asked may have closed its window meanwhile; what was done stands.
            let _ = answer.send(result);
            effects
        });
        answered.await.map_err(|_| Gone)
    }

    /// Reads something.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn ask<R, F>(&self, ask: F) -> Result<R, Gone>
    where
        R: Send + 'static,
        F: FnOnce(&mut DeskCashier, Now) -> R + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let read = move |cashier: &mut DeskCashier, now| {
            let _ = answer.send(ask(cashier, now));
        };
        let _ = self.0.messages.send(Message::Read(Box::new(read)));
        answered.await.map_err(|_| Gone)
    }

    fn post(&self, job: impl FnOnce(&mut DeskCashier, Now) -> Vec<Effect> + Send + 'static) {
        self.0.post(Box::new(job));
    }
}

impl Inside {
    fn post(&self, job: Job) {
        // If the thread is gone, the asker's channel closes and says so.
        let _ = self.messages.send(Message::Do(job));
    }

    fn client(&self) -> Option<Client> {
        self.client.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn work(
    mut cashier: DeskCashier,
    inbox: &mpsc::Receiver<Message>,
    outside: &Weak<Inside>,
    changed: &impl Fn(&DeskCashier, Now),
) {
    let clock = clock::Clock::start();
    let now = || Now { monotonic: clock.elapsed(), wall: wall_clock() };
    loop {
        match next(&mut cashier, inbox) {
            Ok(Message::Do(job)) => {
                let effects = job(&mut cashier, now());
                changed(&cashier, now());
                for effect in effects {
                    carry_out(outside, effect);
                }
            }
            Ok(Message::Read(read)) => read(&mut cashier, now()),
            Ok(Message::Close(closed)) => {
                drop(cashier.close());
                let _ = closed.send(());
                return;
            }
            Err(mpsc::RecvError) => return,
        }
    }
}

/// The next message. While there is none, the journal is checked a little further, since a start has read only what it
/// needed, and its marks are brought up to it: not after each commit, which would make every sale wait for the disk.
fn next(cashier: &mut DeskCashier, inbox: &mpsc::Receiver<Message>) -> Result<Message, mpsc::RecvError> {
    loop {
        match inbox.try_recv() {
            Ok(message) => return Ok(message),
            Err(mpsc::TryRecvError::Disconnected) => return Err(mpsc::RecvError),
            // Damage shows at the next commit, which the journal refuses.
            Err(mpsc::TryRecvError::Empty) if matches!(cashier.journal().check_on(), Ok(true)) => {}
            Err(mpsc::TryRecvError::Empty) if cashier.journal().is_mark_due() => match inbox.recv_timeout(MARK_AFTER) {
                Err(mpsc::RecvTimeoutError::Timeout) => cashier.journal().mark(),
                Err(mpsc::RecvTimeoutError::Disconnected) => return Err(mpsc::RecvError),
                Ok(message) => return Ok(message),
            },
            Err(mpsc::TryRecvError::Empty) => return inbox.recv(),
        }
    }
}

/// For people to read; nothing is decided by it.
fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}

fn carry_out(outside: &Weak<Inside>, effect: Effect) {
    let Some(inside) = outside.upgrade() else {
        return;
    };
    let outside = Weak::clone(outside);
    match effect {
        Effect::Call { errand, flight, call } => {
            let client = inside.client();
            inside.runtime.spawn(async move {
                let outcome = match client {
                    Some(client) => client.call(&call).await,
                    None => Err(Unanswered::NotSent("no account is connected".to_owned())),
                };
                report(&outside, move |cashier, now| cashier.answered(now, errand, flight, &outcome));
            });
        }
        Effect::Wake { errand, flight, after } => {
            inside.runtime.spawn(async move {
                tokio::time::sleep(after).await;
                report(&outside, move |cashier, now| cashier.due(now, errand, flight));
            });
        }
    }
}

fn report(outside: &Weak<Inside>, job: impl FnOnce(&mut DeskCashier, Now) -> Vec<Effect> + Send + 'static) {
    if let Some(inside) = outside.upgrade() {
        inside.post(Box::new(job));
    }
}

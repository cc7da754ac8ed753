//! Who hears of every change: each page by a channel of its own, which no other page can listen to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tauri::ipc::Channel;

use crate::view::{CardPageView, TillView};

/// The two pages, if they are there and have asked.
#[derive(Clone, Default)]
pub struct Pages {
    till: Arc<Mutex<Option<Channel<TillView>>>>,
    card: Arc<Mutex<Option<Channel<CardPageView>>>>,
    revision: Arc<AtomicU32>,
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pages")
    }
}

impl Pages {
    /// From now on the till's page is told here; a page that was there before is gone.
    pub fn watch_till(&self, changes: Channel<TillView>) {
        *self.till.lock().unwrap_or_else(PoisonError::into_inner) = Some(changes);
    }

    /// The same for the card page.
    pub fn watch_card(&self, changes: Channel<CardPageView>) {
        *self.card.lock().unwrap_or_else(PoisonError::into_inner) = Some(changes);
    }

    /// By this a page knows an older view that comes after a newer one.
    pub fn next_revision(&self) -> u32 {
        self.revision.fetch_add(1, Ordering::SeqCst)
    }

    /// Tells both how things stand. A page that is gone needs no telling.
    pub fn tell(&self, till: TillView, card: CardPageView) {
        tell(&self.till, till);
        tell(&self.card, card);
    }
}

fn tell<T: tauri::ipc::IpcResponse>(page: &Mutex<Option<Channel<T>>>, view: T) {
    if let Some(channel) = &*page.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = channel.send(view);
    }
}

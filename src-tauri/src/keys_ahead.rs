//! Keys that are pressed after Charge and before the card field can take them.
//!
//! A practised cashier types on without a pause, and the system needs a moment to bring a window forward. Those keys
//! would end in the till's page, which throws them away, and the card would lack its first digits. They are kept as the
//! system delivered them, looked at by nobody, and handed to the card window as soon as its field takes keys: no digit
//! of a card reaches the till's page.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tauri::{AppHandle, WebviewWindow};

/// A card field that takes no keys after this has trouble of its own, which the window tells.
const LONGEST: Duration = Duration::from_secs(3);

/// The keys that wait for the card field. Cheap to clone.
#[derive(Debug, Clone)]
pub struct KeysAhead {
    app: AppHandle,
    keeping: Arc<AtomicBool>,
    /// Counts the times that keys were awaited: an older time limit ends no newer one.
    turn: Arc<AtomicU64>,
}

impl KeysAhead {
    pub fn new(app: &AppHandle) -> Self {
        Self { app: app.clone(), keeping: Arc::default(), turn: Arc::default() }
    }

    /// Keeps every key from now on, until the card field takes keys or it takes too long.
    pub fn keep(&self) {
        let turn = self.turn.fetch_add(1, Ordering::AcqRel) + 1;
        self.keeping.store(cfg!(target_os = "linux"), Ordering::Release);
        let this = self.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(LONGEST).await;
            if this.turn.load(Ordering::Acquire) == turn {
                this.forget();
            }
        });
    }

    /// There will be no card: what was kept belongs nowhere.
    pub fn forget(&self) {
        if self.keeping.swap(false, Ordering::AcqRel) {
            let _ = self.app.run_on_main_thread(native::forget);
        }
    }
}

#[cfg(target_os = "linux")]
mod native {
    use std::cell::RefCell;
    use std::sync::atomic::Ordering;

    use gtk::gdk::{Event, EventKey, keys::constants::Escape};
    use gtk::glib::Propagation;
    use gtk::prelude::WidgetExt;

    use super::{KeysAhead, WebviewWindow};

    thread_local! {
        /// On the main thread, where the system delivers keys.
        static KEPT: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn forget() {
        KEPT.take();
    }

    /// A key is released where it was pressed.
    fn released(key: &EventKey) -> Propagation {
        let code = key.hardware_keycode();
        let is_of =
            |event: &Event| event.downcast_ref::<EventKey>().is_some_and(|pressed| pressed.hardware_keycode() == code);
        KEPT.with_borrow_mut(|kept| {
            if !kept.iter().any(is_of) {
                return Propagation::Proceed;
            }
            kept.push(Event::clone(key));
            Propagation::Stop
        })
    }

    impl KeysAhead {
        /// Looks after the keys that this window gets.
        ///
        /// # Errors
        /// The window has gone.
        pub fn watch(&self, window: &WebviewWindow) -> tauri::Result<()> {
            let this = self.clone();
            let toplevel = window.gtk_window()?;
            toplevel.connect_key_press_event(move |_, key| this.pressed(key));
            toplevel.connect_key_release_event(|_, key| released(key));
            Ok(())
        }

        fn pressed(&self, key: &EventKey) -> Propagation {
            if !self.keeping.load(Ordering::Acquire) {
                return Propagation::Proceed;
            }
            // Whoever leaves wants no card.
            if key.keyval() == Escape {
                self.forget();
                return Propagation::Proceed;
            }
            KEPT.with_borrow_mut(|kept| kept.push(Event::clone(key)));
            Propagation::Stop
        }

        /// The card field takes keys: it gets those that were kept, and every further one by itself.
        ///
        /// # Errors
        /// The window has gone.
        pub fn hand_over(&self, card: &WebviewWindow) -> tauri::Result<()> {
            let keeping = self.keeping.clone();
            card.with_webview(move |platform| {
                // In one go on the thread that delivers keys, so that none overtakes another.
                if keeping.swap(false, Ordering::AcqRel) {
                    for event in KEPT.take() {
                        platform.inner().event(&event);
                    }
                }
            })
        }
    }
}

/// Elsewhere a window of this program has the keyboard as soon as it asks for it.
#[cfg(not(target_os = "linux"))]
mod native {
    use super::{KeysAhead, WebviewWindow};

    pub(super) fn forget() {}

    #[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "as on Linux")]
    impl KeysAhead {
        pub fn watch(&self, _: &WebviewWindow) -> tauri::Result<()> {
            Ok(())
        }

        pub fn hand_over(&self, _: &WebviewWindow) -> tauri::Result<()> {
            Ok(())
        }
    }
}

//! Keys that are pressed after Charge and before the card field can take them.
//!
//! A practised cashier types on without a pause, and the system needs a moment to bring a window forward. Those keys
//! would end in the till's page, which throws them away, and the card would lack its first digits. They are kept as the
//! system delivered them, looked at by nobody, and handed to the card window as soon as its field takes keys: no digit
//! of a card reaches the till's page. Only the page knows which Enter is a charge, so that the keys behind every Enter
//! wait a moment for its word.

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
    /// The card window is on the screen, and gets its keys from the system.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "its window has the keyboard at once"))]
    card_shown: Arc<AtomicBool>,
}

impl KeysAhead {
    pub fn new(app: &AppHandle, card_shown: &Arc<AtomicBool>) -> Self {
        Self { app: app.clone(), keeping: Arc::default(), turn: Arc::default(), card_shown: Arc::clone(card_shown) }
    }

    /// Keeps every key from now on, until the card field takes keys or it takes too long.
    pub fn expect(&self) {
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
        self.keeping.store(false, Ordering::Release);
        let _ = self.app.run_on_main_thread(native::forget);
    }
}

#[cfg(target_os = "linux")]
mod native {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use gtk::gdk::keys::constants::{Escape, ISO_Enter, KP_Enter, Return};
    use gtk::gdk::{Event, EventKey, EventType};
    use gtk::glib::{Propagation, idle_add_local_once, timeout_add_local_once};
    use gtk::prelude::{Cast, GtkWindowExt, WidgetExt};

    use tauri::Manager;
    use webkit2gtk::WebView;

    use super::{KeysAhead, WebviewWindow};
    use crate::till_window;

    /// The shell asks the till's page this behind an Enter: how many have come to it, and whether a card is typed next.
    const CARD_NEXT: &str = "globalThis.cardNext?.()";
    /// A page that has not answered by then is not going to.
    const PAGE_TAKES: Duration = Duration::from_secs(1);
    /// `WebKit` hands a page one key after another, and a question overtakes those that wait: then it is asked again.
    const ASK_AGAIN: Duration = Duration::from_millis(15);

    /// What the page answers.
    type CardNext = (u64, bool);

    /// On the main thread, where the system delivers keys.
    #[derive(Debug, Default)]
    struct Ahead {
        kept: Vec<Event>,
        /// Which of them have not been released.
        down: BTreeSet<u16>,
        /// The card page, once its field takes keys and its window does not have the keyboard yet.
        card: Option<WebView>,
        /// The Enter that was pressed at the till, until its page has said what came of it.
        enter: Option<u64>,
        enters: u64,
        /// How many Enters had come to the page when it answered last.
        seen: u64,
        /// How many will have come once it has got the last one.
        awaited: u64,
    }

    thread_local! {
        static AHEAD: RefCell<Ahead> = RefCell::default();
    }

    pub(super) fn forget() {
        AHEAD.with_borrow_mut(|ahead| {
            ahead.kept.clear();
            ahead.down.clear();
            ahead.card = None;
        });
    }

    /// Keeps a key, or hands it to the card page that takes keys already.
    fn keep(key: &EventKey) -> Propagation {
        let event = Event::clone(key);
        let card = AHEAD.with_borrow_mut(|ahead| {
            match key.event_type() {
                EventType::KeyPress => ahead.down.insert(key.hardware_keycode()),
                _ => ahead.down.remove(&key.hardware_keycode()),
            };
            if ahead.card.is_none() {
                ahead.kept.push(event.clone());
            }
            ahead.card.clone()
        });
        if let Some(card) = card {
            card.event(&event);
        }
        Propagation::Stop
    }

    /// A key is released where it was pressed: a page that does not get it takes the next press for one that is held down.
    fn released(key: &EventKey) -> Propagation {
        let is_ours = AHEAD.with_borrow(|ahead| {
            let keeps = ahead.card.is_some() || !ahead.kept.is_empty();
            keeps && ahead.down.contains(&key.hardware_keycode())
        });
        if is_ours { keep(key) } else { Propagation::Proceed }
    }

    fn is_enter(key: &EventKey) -> bool {
        key.event_type() == EventType::KeyPress && [Return, KP_Enter, ISO_Enter].contains(&key.keyval())
    }

    impl KeysAhead {
        /// Looks after the keys that the till's window gets.
        ///
        /// # Errors
        /// The window has gone.
        pub fn watch_till(&self, window: &WebviewWindow) -> tauri::Result<()> {
            let (this, toplevel) = (self.clone(), window.gtk_window()?);
            toplevel.connect_key_press_event(move |_, key| this.pressed_at_till(key));
            toplevel.connect_key_release_event(|_, key| released(key));
            Ok(())
        }

        /// Looks after the keys that the card window gets before its field takes them.
        ///
        /// # Errors
        /// The window has gone.
        pub fn watch_card(&self, window: &WebviewWindow) -> tauri::Result<()> {
            let (this, toplevel) = (self.clone(), window.gtk_window()?);
            let keeping = self.keeping.clone();
            toplevel.connect_key_press_event(move |_, key| this.pressed(key));
            toplevel.connect_key_release_event(|_, key| released(key));
            toplevel.connect_focus_in_event(move |_, _| {
                // From here on the system delivers every key to the card page by itself.
                if AHEAD.with_borrow_mut(|ahead| ahead.card.take()).is_some() {
                    keeping.store(false, Ordering::Release);
                }
                Propagation::Proceed
            });
            Ok(())
        }

        fn pressed(&self, key: &EventKey) -> Propagation {
            if !self.keeping.load(Ordering::Acquire) {
                return Propagation::Proceed;
            }
            // Whoever presses it takes back what they have typed; none of it is for a card any more.
            if key.keyval() == Escape {
                self.forget();
                return Propagation::Proceed;
            }
            keep(key)
        }

        fn pressed_at_till(&self, key: &EventKey) -> Propagation {
            if self.keeping.load(Ordering::Acquire) {
                return self.pressed(key);
            }
            if AHEAD.with_borrow(|ahead| ahead.enter.is_some()) {
                return keep(key);
            }
            if is_enter(key) {
                self.ask_page();
            }
            Propagation::Proceed
        }

        /// Asks the till's page what came of an Enter, once it has got it.
        fn ask_page(&self) {
            let enter = AHEAD.with_borrow_mut(|ahead| {
                ahead.awaited += 1;
                ahead.enters += 1;
                *ahead.enter.insert(ahead.enters)
            });
            let (asking, late) = (self.clone(), self.clone());
            let turn = self.turn.load(Ordering::Acquire);
            idle_add_local_once(move || asking.ask(enter, turn));
            timeout_add_local_once(PAGE_TAKES, move || {
                // A page that was loaded anew counts from nothing.
                AHEAD.with_borrow_mut(|ahead| {
                    if ahead.enter == Some(enter) {
                        ahead.awaited = ahead.seen;
                    }
                });
                late.page_said(enter, turn, false);
            });
        }

        fn ask(&self, enter: u64, turn: u64) {
            let Some(till) = self.app.get_webview_window(till_window::LABEL) else { return };
            let this = self.clone();
            let _ = till.eval_with_callback(CARD_NEXT, move |said| {
                let (this, said) = (this.clone(), serde_json::from_str::<CardNext>(&said).ok());
                let _ = this.app.clone().run_on_main_thread(move || this.page_answered(enter, turn, said));
            });
        }

        fn page_answered(&self, enter: u64, turn: u64, said: Option<CardNext>) {
            let Some((come, is_card)) = said else { return self.page_said(enter, turn, false) };
            let is_early = AHEAD.with_borrow_mut(|ahead| {
                ahead.seen = come;
                if ahead.enter != Some(enter) {
                    return false;
                }
                let is_early = come < ahead.awaited;
                if !is_early {
                    ahead.awaited = come;
                }
                is_early
            });
            if is_early {
                let this = self.clone();
                timeout_add_local_once(ASK_AGAIN, move || this.ask(enter, turn));
            } else {
                self.page_said(enter, turn, is_card);
            }
        }

        /// `turn` was the last one at this Enter.
        fn page_said(&self, enter: u64, turn: u64, is_card: bool) {
            if AHEAD.with_borrow_mut(|ahead| ahead.enter.take_if(|waited| *waited == enter)).is_none()
                || self.keeping.load(Ordering::Acquire)
            {
                return;
            }
            if turn != self.turn.load(Ordering::Acquire) {
                // The charge came before the answer, and its card window too. Nothing of a card may come to the till's page.
                forget();
            } else if is_card && !self.card_shown.load(Ordering::Acquire) {
                self.expect();
            } else {
                self.give_back();
            }
        }

        /// The Enter was no charge, so that the till gets what was typed behind it. Another Enter among it is a new question.
        fn give_back(&self) {
            let till = self.app.get_webview_window(till_window::LABEL).and_then(|till| till.gtk_window().ok());
            let mut kept = AHEAD.with_borrow_mut(|ahead| std::mem::take(&mut ahead.kept)).into_iter();
            while let (Some(event), Some(till)) = (kept.next(), &till) {
                let Some(key) = event.downcast_ref::<EventKey>() else { continue };
                till.propagate_key_event(key);
                if is_enter(key) {
                    AHEAD.with_borrow_mut(|ahead| ahead.kept.extend(kept));
                    return self.ask_page();
                }
            }
        }

        /// The card field takes keys: it gets those that were kept, and every further one by itself.
        ///
        /// # Errors
        /// The window has gone.
        pub fn hand_over(&self, card: &WebviewWindow) -> tauri::Result<()> {
            let keeping = self.keeping.clone();
            card.with_webview(move |platform| {
                // In one go on the thread that delivers keys, so that none overtakes another.
                if !keeping.load(Ordering::Acquire) {
                    return;
                }
                let page = platform.inner();
                for event in AHEAD.with_borrow_mut(|ahead| std::mem::take(&mut ahead.kept)) {
                    page.event(&event);
                }
                if page
                    .toplevel()
                    .and_then(|top| top.downcast::<gtk::Window>().ok())
                    .is_some_and(|window| window.is_active())
                {
                    keeping.store(false, Ordering::Release);
                } else {
                    AHEAD.with_borrow_mut(|ahead| ahead.card = Some(page));
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
        pub fn watch_till(&self, _: &WebviewWindow) -> tauri::Result<()> {
            Ok(())
        }

        pub fn watch_card(&self, _: &WebviewWindow) -> tauri::Result<()> {
            Ok(())
        }

        pub fn hand_over(&self, _: &WebviewWindow) -> tauri::Result<()> {
            Ok(())
        }
    }
}

//! The card window: made at start and kept hidden, so that it stands at once when a card is to be taken.
//!
//! It runs Stripe.js, so it has capabilities of its own (`capabilities/card*.json`). Closing it is a question
//! to the payment, never a fact. A page lives from one hiding to the next: no customer meets what another one left. A
//! page that was led away from ours is thrown away with its window.

#[cfg(target_os = "linux")]
#[path = "card_window/linux.rs"]
mod native;
#[cfg(not(target_os = "linux"))]
#[path = "card_window/served.rs"]
mod native;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tauri::{AppHandle, LogicalSize, Manager, PhysicalPosition, PhysicalSize, Url, WebviewWindow, WindowEvent};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::card_page::CardPeer;
use crate::keys_ahead::KeysAhead;
use crate::shell::Notice;
use crate::till_window;
use crate::windows::{self, Peer};

use native::Native;

/// The window's label; its capabilities are `capabilities/card*.json`.
pub const LABEL: &str = "card";

/// Tells the shell what happened.
pub type Tell = Arc<dyn Fn(&AppHandle, Notice) + Send + Sync>;

/// Whether a window at this address shows the card page as Tauri serves it.
pub fn is_served(url: &Url) -> bool {
    native::is_served(url)
}

/// What the window's page says of itself when the shell asks. The page needs no right for it, and is told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    pub origin: String,
    /// Its policy keeps text from becoming script.
    pub sealed: bool,
    /// Stripe.js is there.
    pub stripe: bool,
}

const LOOK: &str = "(() => {
  let sealed = false;
  try { new Function(''); } catch { sealed = true; }
  return { origin: location.origin, sealed, stripe: typeof Stripe === 'function' };
})()";
/// A page that is busy with a customer answers at once all the same.
const LOOK_LIMIT: Duration = Duration::from_secs(3);

/// The hidden or shown card window. Cheap to clone.
#[derive(Clone)]
pub struct CardWindow {
    app: AppHandle,
    peer: Peer,
    tell: Tell,
    shown: Arc<AtomicBool>,
    keys: KeysAhead,
    native: Native,
}

impl std::fmt::Debug for CardWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardWindow").field("shown", &self.is_shown()).finish_non_exhaustive()
    }
}

impl CardWindow {
    /// Makes the window, hidden, with no page until it is told whom to talk to.
    ///
    /// # Errors
    /// The system gives no window.
    pub fn open(app: &AppHandle, tell: Tell) -> tauri::Result<Self> {
        let (peer, shown) = (Peer::default(), Arc::new(AtomicBool::new(false)));
        let keys = KeysAhead::new(app, &shown);
        if let Some(till) = app.get_webview_window(till_window::LABEL) {
            keys.watch_till(&till)?;
        }
        let card = Self { app: app.clone(), peer, tell, shown, keys, native: Native::default() };
        card.build()?;
        Ok(card)
    }

    /// Shows the window over the till's and gives it the keyboard.
    ///
    /// # Errors
    /// There is no window to show.
    pub fn show(&self) -> tauri::Result<()> {
        let window = self.window().ok_or(tauri::Error::WindowNotFound)?;
        if let Some((place, size)) = self.place_over_till(&window) {
            window.set_size(size)?;
            window.set_position(place)?;
        }
        self.shown.store(true, Ordering::Release);
        // The window manager's menu can put any window away.
        window.unminimize()?;
        window.show()?;
        windows::ask_for_keys(&window)?;
        let shown = Arc::clone(&self.shown);
        windows::keep_asking_for_keys(&self.app, LABEL, move || shown.load(Ordering::Acquire));
        Ok(())
    }

    /// The cashier has pressed Charge. What they type from now on is meant for this window, which needs a moment to appear.
    pub fn expect_keys(&self) {
        self.keys.expect();
    }

    /// It does not come up after all.
    pub fn forget_keys(&self) {
        self.keys.forget();
    }

    /// Its field has the focus.
    pub fn takes_keys(&self) {
        if let Some(window) = self.window().filter(|_| self.is_shown()) {
            // A window that is going away gets no keys.
            let _ = self.keys.hand_over(&window);
        }
    }

    /// Hides the window, brings the till's forward and prepares a new page. Hiding it twice takes nothing from anyone.
    pub fn hide(&self) {
        if !self.shown.swap(false, Ordering::AcqRel) {
            return;
        }
        self.keys.forget();
        if let Some(window) = self.window() {
            let _ = window.hide();
        }
        windows::raise(&self.app, till_window::LABEL);
        let shown = Arc::clone(&self.shown);
        windows::keep_asking_for_keys(&self.app, till_window::LABEL, move || !shown.load(Ordering::Acquire));
        self.prepare();
    }

    /// Whether the cashier can see it.
    pub fn is_shown(&self) -> bool {
        self.shown.load(Ordering::Acquire)
    }

    /// Looks at the page that the next customer gets; nothing when none answers.
    pub async fn look(&self) -> Option<Shown> {
        let (tell, mut told) = mpsc::unbounded_channel();
        // The page may be gone before it answers.
        self.window()?.eval_with_callback(LOOK, move |said| drop(tell.send(said))).ok()?;
        let said = timeout(LOOK_LIMIT, told.recv()).await.ok()??;
        serde_json::from_str(&said).ok()
    }

    /// Whom the page talks to from now on; another peer means another page.
    pub fn point_at(&self, peer: CardPeer) {
        if self.peer.replace(peer) {
            self.prepare();
        }
    }

    /// A page that knows nothing of any customer.
    fn prepare(&self) {
        if let (Some(window), Some(peer)) = (self.window(), self.peer.get()) {
            // A window that is going away needs no page.
            let _ = self.native.load(&window, &peer);
        }
    }

    fn window(&self) -> Option<WebviewWindow> {
        self.app.get_webview_window(LABEL)
    }

    fn build(&self) -> tauri::Result<()> {
        let builder = windows::card(&self.app, LABEL, native::first_url(), &self.peer)
            .title("Card payment")
            .inner_size(SIZE.width, SIZE.height)
            .min_inner_size(360.0, 400.0)
            .visible(false)
            .focused(false)
            .maximizable(false)
            .minimizable(false)
            .general_autofill_enabled(false);
        #[cfg(not(target_os = "linux"))]
        let builder = builder.on_page_load(|window, load| {
            if Native::is_lost(load.event(), load.url()) {
                let _ = window.destroy();
            }
        });
        #[cfg(target_os = "linux")]
        let builder = match self.app.get_webview_window(till_window::LABEL) {
            Some(till) => builder.transient_for(&till)?,
            None => builder,
        };
        let window = builder.build()?;
        // Made without the keyboard, it would tell the window manager that it never wants it, until it is drawn: by then
        // the first customer's digits are in the till's window.
        window.set_focusable(true)?;
        let (card, watched) = (self.clone(), self.clone());
        window.on_window_event(move |event| card.heard(event));
        self.keys.watch_card(&window)?;
        self.native.guard(&window, move || watched.lost())?;
        self.prepare();
        Ok(())
    }

    fn lost(&self) {
        if let Some(window) = self.window() {
            let _ = window.destroy();
        }
    }

    fn heard(&self, event: &WindowEvent) {
        match event {
            WindowEvent::CloseRequested { api, .. } => {
                api.prevent_close();
                (self.tell)(&self.app, Notice::CardCloseAsked);
            }
            // Only a page that was led away ends here, or the whole app.
            WindowEvent::Destroyed if self.app.get_webview_window(till_window::LABEL).is_some() => {
                self.begin_again();
            }
            _ => {}
        }
    }

    fn begin_again(&self) {
        self.shown.store(false, Ordering::Release);
        let card = self.clone();
        // Not in the event itself: the label is free only after it.
        tauri::async_runtime::spawn(async move {
            let _ = card.build();
            windows::raise(&card.app, till_window::LABEL);
            (card.tell)(&card.app, Notice::CardPageLost);
        });
    }

    fn place_over_till(&self, window: &WebviewWindow) -> Option<(PhysicalPosition<i32>, PhysicalSize<u32>)> {
        let till = self.app.get_webview_window(till_window::LABEL)?;
        let monitor = till.current_monitor().ok()??;
        let screen = Place { corner: monitor.work_area().position, size: monitor.work_area().size };
        let over = Place { corner: till.outer_position().ok()?, size: till.outer_size().ok()? };
        let scale = monitor.scale_factor();
        let (outer, inner) = (window.outer_size().ok()?, window.inner_size().ok()?);
        // Frame and title bar, as far as the window has been on a screen before.
        let frame = |outer: u32, inner: u32| outer.saturating_sub(inner);
        let frame = PhysicalSize::new(frame(outer.width, inner.width), frame(outer.height, inner.height));
        Some(over.fit(SIZE.to_physical(scale), frame, screen))
    }
}

/// In CSS pixels. A smaller screen makes it smaller.
const SIZE: LogicalSize<f64> = LogicalSize { width: 520.0, height: 640.0 };

/// Part of a desktop, in pixels.
#[derive(Debug, Clone, Copy)]
struct Place {
    corner: PhysicalPosition<i32>,
    size: PhysicalSize<u32>,
}

impl Place {
    /// The corner and the inner size of a window in the middle of this place, whole on the screen with its frame.
    fn fit(
        self,
        inner: PhysicalSize<u32>,
        frame: PhysicalSize<u32>,
        screen: Self,
    ) -> (PhysicalPosition<i32>, PhysicalSize<u32>) {
        let width = inner.width.min(screen.size.width.saturating_sub(frame.width));
        let height = inner.height.min(screen.size.height.saturating_sub(frame.height));
        let middle = |from: i32, over: u32, length: u32, first: i32, room: u32| {
            let wanted = from + (over.cast_signed() - length.cast_signed()) / 2;
            // Where there is no room for both ends, the beginning stays, with the title bar.
            wanted.min(first + room.cast_signed() - length.cast_signed()).max(first)
        };
        let x = middle(self.corner.x, self.size.width, width + frame.width, screen.corner.x, screen.size.width);
        let y = middle(self.corner.y, self.size.height, height + frame.height, screen.corner.y, screen.size.height);
        (PhysicalPosition::new(x, y), PhysicalSize::new(width, height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place((x, y): (i32, i32), (width, height): (u32, u32)) -> Place {
        Place { corner: PhysicalPosition::new(x, y), size: PhysicalSize::new(width, height) }
    }

    #[test]
    fn the_card_window_stands_in_the_middle_of_the_till_and_whole_on_its_screen() {
        let full = ((0, 0), (1920, 1080));
        let left = ((-1920, 0), (1920, 1080));
        let small = ((0, 27), (800, 573));
        let table = [
            // The till, its screen, the frame; the corner, the size.
            (((0, 0), (1180, 760)), full, (0, 0), (330, 60), (520, 640)),
            (((100, 50), (900, 600)), full, (0, 0), (290, 30), (520, 640)),
            (((-1920, 0), (1920, 1080)), left, (0, 0), (-1220, 220), (520, 640)),
            (((0, 0), (900, 500)), full, (2, 30), (189, 0), (520, 640)),
            (((1800, 900), (1180, 760)), full, (2, 30), (1398, 410), (520, 640)),
            (((0, 27), (800, 573)), small, (2, 30), (139, 27), (520, 543)),
            (((0, 0), (1180, 760)), ((0, 0), (400, 300)), (2, 30), (0, 0), (398, 270)),
        ];
        for (till, screen, (wide, high), corner, size) in table {
            let frame = PhysicalSize::new(wide, high);
            let placed = place(till.0, till.1).fit(PhysicalSize::new(520, 640), frame, place(screen.0, screen.1));
            assert_eq!(placed, (PhysicalPosition::from(corner), PhysicalSize::from(size)), "{till:?} {screen:?}");
        }
    }
}

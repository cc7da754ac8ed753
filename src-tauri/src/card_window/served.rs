//! The card page where Tauri serves it: on Windows always, on macOS in training.
//!
//! Windows serves it under https, which Stripe.js wants for live keys. `WKWebView` cannot do that, so with Stripe as its
//! peer the page is handed over there as on Linux; a simulator is reached by http, which a page on https may not.

use tauri::webview::PageLoadEvent;
use tauri::{Url, WebviewUrl, WebviewWindow};

use crate::card_page::{self, CardPeer};

/// The page's address where Tauri serves it.
const SERVED: &str = if cfg!(windows) { "https://tauri.localhost/card.html" } else { "tauri://localhost/card.html" };

pub(super) fn first_url() -> WebviewUrl {
    WebviewUrl::App(card_page::FILE.into())
}

/// Whether this is the page, where Tauri serves it.
pub(super) fn is_served(url: &Url) -> bool {
    url.as_str() == SERVED || (tauri::is_dev() && url.path() == "/card.html")
}

#[derive(Debug, Clone, Default)]
pub(super) struct Native;

impl Native {
    /// The page's loads are watched by [`Native::is_lost`].
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on Linux")]
    pub(super) fn guard(&self, _: &WebviewWindow, _: impl Fn() + Send + 'static) -> tauri::Result<()> {
        Ok(())
    }

    /// Whether something else loads in the page's place.
    pub(super) fn is_lost(event: PageLoadEvent, url: &Url) -> bool {
        let ours = is_served(url) || [card_page::ADDRESS, "about:blank"].contains(&url.as_str());
        event == PageLoadEvent::Started && !ours
    }

    /// Forgets what the page before has stored, and shows a new one.
    pub(super) fn load(&self, window: &WebviewWindow, peer: &CardPeer) -> tauri::Result<()> {
        window.clear_all_browsing_data()?;
        #[cfg(target_os = "macos")]
        if *peer == CardPeer::Stripe {
            return keytill_macos::hand_over(window, card_page::text(peer), card_page::ADDRESS);
        }
        let _ = peer;
        match SERVED.parse() {
            Ok(url) if !tauri::is_dev() => window.navigate(url),
            _ => window.reload(),
        }
    }
}

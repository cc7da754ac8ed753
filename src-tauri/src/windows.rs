//! What both windows have in common: our own page and nothing else.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, Url, WebviewUrl, Wry};

use crate::data_folder;
use crate::page_policy::{self, CardPeer};

/// Whom the card page may talk to now; read anew at every load.
#[derive(Debug, Clone)]
pub struct Peer(Arc<Mutex<CardPeer>>);

impl Peer {
    pub fn new(peer: CardPeer) -> Self {
        Self(Arc::new(Mutex::new(peer)))
    }

    pub fn get(&self) -> CardPeer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set(&self, peer: CardPeer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = peer;
    }
}

/// The beginning of a window on one of our pages.
pub fn builder<'a>(
    app: &'a AppHandle,
    label: &str,
    page: &str,
    peer: &Peer,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let peer = peer.clone();
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .on_web_resource_request(move |request, response| {
            page_policy::apply(&request, response, &peer.get());
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // Stripe's live keys want an https page; on Windows this is all it takes.
        .use_https_scheme(true)
        .initialization_script(PAGE_GUARDS);
    match data_folder::overridden() {
        // A second till for tests must not share cookies and caches with the real one.
        Some(folder) => builder.data_directory(folder.join("webview")),
        None => builder,
    }
}

/// In the shop nobody needs "Reload" or "Inspect" on a right click.
const PAGE_GUARDS: &str =
    if cfg!(debug_assertions) { "" } else { "addEventListener('contextmenu', (event) => event.preventDefault())" };

/// Whether a main frame at this address shows one of our pages.
pub fn is_ours(app: &AppHandle, url: &Url) -> bool {
    let served = if tauri::is_dev() { app.config().build.dev_url.as_ref() } else { None };
    is_page(url, served)
}

fn is_page(url: &Url, served: Option<&Url>) -> bool {
    let host = url.host_str();
    match url.scheme() {
        "tauri" => host == Some("localhost"),
        "https" | "http" if host == Some("tauri.localhost") => url.port().is_none(),
        _ => served.is_some_and(|served| served.origin() == url.origin()),
    }
}

/// Brings a window before the cashier's eyes.
pub fn raise(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else {
        return;
    };
    // A window manager may refuse any of these; the window is then still on the screen.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// Opens the system's print dialog for what a window shows on paper.
///
/// # Errors
/// There is no such window, or it cannot print.
pub fn print(app: &AppHandle, label: &str) -> tauri::Result<()> {
    app.get_webview_window(label).ok_or(tauri::Error::WindowNotFound)?.print()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_count_as_ours() {
        let dev = Url::parse("http://127.0.0.1:5173").unwrap();
        let table = [
            ("tauri://localhost/", None, true),
            ("tauri://localhost/card.html", None, true),
            ("https://tauri.localhost/card.html", None, true),
            ("tauri://stripe.com/", None, false),
            ("https://tauri.localhost.evil.com/", None, false),
            ("https://tauri.localhost:8443/", None, false),
            ("https://js.stripe.com/", None, false),
            ("http://127.0.0.1:5173/card.html", None, false),
            ("http://127.0.0.1:5173/card.html", Some(&dev), true),
            ("http://127.0.0.1:4242/", Some(&dev), false),
            ("about:blank", Some(&dev), false),
            ("data:text/html,x", None, false),
        ];
        for (url, served, ours) in table {
            assert_eq!(is_page(&Url::parse(url).unwrap(), served), ours, "{url}");
        }
    }
}

//! What the windows have in common: our own page, no other window, no download, no menu.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, Url, Webview, WebviewUrl, WebviewWindow, Wry};

use crate::card_page::{self, CardPeer};
use crate::data_folder;

/// Whom the card page may talk to now; nobody at first.
#[derive(Debug, Clone, Default)]
pub struct Peer(Arc<Mutex<Option<CardPeer>>>);

impl Peer {
    pub fn get(&self) -> Option<CardPeer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it is another one than before.
    pub fn replace(&self, peer: CardPeer) -> bool {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(peer.clone());
        before != Some(peer)
    }
}

type Builder<'a> = WebviewWindowBuilder<'a, Wry, AppHandle>;

/// The beginning of the till's window. It goes nowhere.
pub fn till<'a>(app: &'a AppHandle, label: &str) -> Builder<'a> {
    let guard = app.clone();
    sealed(app, label, WebviewUrl::App("index.html".into())).on_navigation(move |url| is_till(&guard, url))
}

/// The beginning of the card window, whose page shows what others made, in frames. It keeps nothing on the disk.
pub fn card<'a>(app: &'a AppHandle, label: &str, page: WebviewUrl, peer: &Peer) -> Builder<'a> {
    let peer = peer.clone();
    let builder = sealed(app, label, page).on_navigation(is_worldly);
    // Under a driver there can be one context only, which is the till window's.
    let driven = std::env::var("TAURI_WEBVIEW_AUTOMATION").is_ok_and(|value| value == "true");
    let builder = builder.incognito(!driven);
    if cfg!(target_os = "linux") {
        return builder;
    }
    builder.on_web_resource_request(move |request, response| card_page::serve(&request, response, peer.get().as_ref()))
}

fn sealed<'a>(app: &'a AppHandle, label: &str, page: WebviewUrl) -> Builder<'a> {
    let builder = WebviewWindowBuilder::new(app, label, page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .devtools(cfg!(debug_assertions))
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

/// Whether a main frame at this address shows the till's page.
pub fn is_till(app: &AppHandle, url: &Url) -> bool {
    let served = if tauri::is_dev() { app.config().build.dev_url.as_ref() } else { None };
    is_page(url, served)
}

fn is_page(url: &Url, served: Option<&Url>) -> bool {
    let host = url.host_str();
    let origin = match url.scheme() {
        "tauri" => host == Some("localhost"),
        "https" | "http" if host == Some("tauri.localhost") => url.port().is_none(),
        _ => served.is_some_and(|served| served.origin() == url.origin()),
    };
    origin && matches!(url.path(), "" | "/" | "/index.html")
}

/// Frames may go where the bank sends them, but never to this computer's files or to our own schemes.
fn is_worldly(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http" | "about" | "blob" | "data")
        || (cfg!(target_os = "macos") && url.scheme() == "tauri" && url.path() == "/card.html")
}

/// Brings a window before the cashier's eyes.
pub fn raise(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else {
        return;
    };
    // A window manager may refuse any of these; the window is then still on the screen.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = ask_for_keys(&window);
}

/// A window manager may map a window without giving it the keyboard, and says so to nobody.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// Longer than any needs; after that the cashier has clicked, or wants to be elsewhere.
const ASKS: u32 = 40;

/// Asks for the keyboard until the window has it once, for as long as it is `wanted`.
pub fn keep_asking_for_keys(app: &AppHandle, label: &'static str, wanted: impl Fn() -> bool + Send + 'static) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        for _ in 0..ASKS {
            tokio::time::sleep(ASK_AGAIN).await;
            let Some(window) = app.get_webview_window(label).filter(|_| wanted()) else { return };
            let focused = window.is_focused().unwrap_or(true);
            if ask_for_keys(&window).is_err() || focused {
                return;
            }
        }
    });
}

/// Both the window's frame and the page in it have to have the keyboard: a window that was made without it has given it to
/// neither.
pub fn ask_for_keys(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_focus()?;
    AsRef::<Webview>::as_ref(window).set_focus()
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
    fn the_till_window_shows_the_tills_page_and_nothing_else() {
        let dev = Url::parse("http://127.0.0.1:5173").unwrap();
        let table = [
            ("tauri://localhost/", None, true),
            ("tauri://localhost/index.html", None, true),
            ("https://tauri.localhost/", None, true),
            ("tauri://localhost/card.html", None, false),
            ("tauri://stripe.com/", None, false),
            ("https://tauri.localhost.evil.com/", None, false),
            ("https://tauri.localhost:8443/", None, false),
            ("https://card.keytill.localhost/", None, false),
            ("https://js.stripe.com/", None, false),
            ("http://127.0.0.1:5173/", None, false),
            ("http://127.0.0.1:5173/", Some(&dev), true),
            ("http://127.0.0.1:4242/", Some(&dev), false),
            ("file:///etc/passwd", Some(&dev), false),
            ("about:blank", Some(&dev), false),
            ("data:text/html,x", None, false),
        ];
        for (url, served, ours) in table {
            assert_eq!(is_page(&Url::parse(url).unwrap(), served), ours, "{url}");
        }
    }

    #[test]
    fn no_frame_of_the_card_page_reaches_files_or_our_own_schemes() {
        let table = [
            ("https://hooks.stripe.com/3d_secure", true),
            ("about:srcdoc", true),
            ("file:///etc/passwd", false),
            ("tauri://localhost/", false),
            ("ipc://localhost/till_view", false),
            ("javascript:alert(1)", false),
        ];
        for (url, worldly) in table {
            assert_eq!(is_worldly(&Url::parse(url).unwrap()), worldly, "{url}");
        }
    }
}

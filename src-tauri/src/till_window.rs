//! The till's window. It holds no remote content and goes nowhere.

use tauri::{AppHandle, WebviewWindow};

use crate::windows::{self, Peer};

/// The window's label; its capability is `capabilities/till.json`.
pub const LABEL: &str = "till";

/// Opens the window.
///
/// # Errors
/// The system gives no window.
pub fn open(app: &AppHandle, peer: &Peer) -> tauri::Result<WebviewWindow> {
    let guard = app.clone();
    windows::builder(app, LABEL, "index.html", peer)
        .title("Keytill")
        .inner_size(1180.0, 760.0)
        .min_inner_size(900.0, 600.0)
        .center()
        .on_navigation(move |url| windows::is_ours(&guard, url))
        .build()
}

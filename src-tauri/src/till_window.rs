//! The till's window. It holds no remote content and goes nowhere.

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::windows;

/// The window's label; its capability is `capabilities/till.json`.
pub const LABEL: &str = "till";

/// Opens the window.
///
/// # Errors
/// The system gives no window.
pub fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    windows::till(app, LABEL).title("Keytill").inner_size(1180.0, 760.0).min_inner_size(900.0, 600.0).center().build()
}

/// Takes the window away without a question, and with it the program.
///
/// # Errors
/// The system keeps it.
pub fn destroy(app: &AppHandle) -> tauri::Result<()> {
    app.get_webview_window(LABEL).ok_or(tauri::Error::WindowNotFound)?.destroy()
}

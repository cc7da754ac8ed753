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
    let (width, height) = size(app);
    let window = windows::till(app, LABEL)
        .title("Keytill")
        .inner_size(width, height)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .center()
        .build()?;
    come_back(&window)?;
    Ok(window)
}

/// The page's process may die: of a full disk, or of too little memory. Its last picture would stay, and take no key; a
/// new page asks how things stand and shows it.
#[cfg(target_os = "linux")]
fn come_back(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;
    window.with_webview(|platform| {
        platform.inner().connect_web_process_terminated(|view, _| view.reload());
    })
}

/// The other systems' webviews begin their page again by themselves, or tell nobody.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps, reason = "as on Linux")]
fn come_back(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// In CSS pixels.
const USUAL: (f64, f64) = (1180.0, 760.0);
/// What the page can still be worked with in.
const SMALLEST: (f64, f64) = (640.0, 480.0);
/// A window manager's frame and title bar, before there is a window to measure.
const FRAME: (f64, f64) = (16.0, 48.0);

/// The usual size, or what the screen has room for.
fn size(app: &AppHandle) -> (f64, f64) {
    let Ok(Some(monitor)) = app.primary_monitor() else { return USUAL };
    let room = monitor.work_area().size.to_logical::<f64>(monitor.scale_factor());
    fit((room.width, room.height))
}

fn fit((width, height): (f64, f64)) -> (f64, f64) {
    let one = |usual: f64, room: f64, frame: f64, smallest: f64| usual.min(room - frame).max(smallest.min(room));
    (one(USUAL.0, width, FRAME.0, SMALLEST.0), one(USUAL.1, height, FRAME.1, SMALLEST.1))
}

/// Takes the window away without a question, and with it the program.
///
/// # Errors
/// The system keeps it.
pub fn destroy(app: &AppHandle) -> tauri::Result<()> {
    app.get_webview_window(LABEL).ok_or(tauri::Error::WindowNotFound)?.destroy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_never_larger_than_its_screen() {
        let table = [
            ((1920.0, 1080.0), USUAL),
            ((1024.0, 768.0), (1008.0, 720.0)),
            ((800.0, 600.0), (784.0, 552.0)),
            ((640.0, 480.0), (640.0, 480.0)),
        ];
        for (screen, expected) in table {
            let (width, height) = fit(screen);
            assert!(
                (width - expected.0).abs() < 0.5 && (height - expected.1).abs() < 0.5,
                "{screen:?}: {width}×{height}"
            );
        }
    }
}

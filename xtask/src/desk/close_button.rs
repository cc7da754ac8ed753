//! The × of a window's frame. No window manager runs on a desk's display, so this asks as one would.

use anyhow::{Context, Result, bail};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window};
use x11rb::rust_connection::RustConnection;

/// Asks the window of this title to close; what it does then is its own affair.
pub(super) fn press(display: &str, title: &str) -> Result<()> {
    let (x11, screen) = x11rb::connect(Some(display)).context("no display")?;
    let root = x11.setup().roots[screen].root;
    let Some(window) = titled(&x11, root, title)? else {
        bail!("no window is called {title}");
    };
    let ask = atom(&x11, "WM_DELETE_WINDOW")?;
    let message = ClientMessageEvent::new(32, window, atom(&x11, "WM_PROTOCOLS")?, [ask, x11rb::CURRENT_TIME, 0, 0, 0]);
    x11.send_event(false, window, EventMask::NO_EVENT, message)?;
    // An answer to a later question means that the server has passed the message on.
    x11.get_input_focus()?.reply()?;
    Ok(())
}

fn titled(x11: &RustConnection, root: Window, title: &str) -> Result<Option<Window>> {
    for window in x11.query_tree(root)?.reply()?.children {
        let name = x11.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)?.reply()?;
        if name.value == title.as_bytes() {
            return Ok(Some(window));
        }
    }
    Ok(None)
}

fn atom(x11: &RustConnection, name: &str) -> Result<u32> {
    Ok(x11.intern_atom(false, name.as_bytes())?.reply()?.atom)
}

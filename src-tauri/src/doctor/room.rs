//! This computer: folder, disk, journal, process, webview, card page.

use std::path::Path;

use till::journal::{Journal as _, JournalError, SqliteJournal};

use super::Check;
use crate::card_page::{self, CardPeer};
use crate::data_folder::DataFolder;
use crate::view::ModeView;
use crate::{connection, process};

/// A journal's day is some hundred kilobytes; below this SQLite cannot even be sure of its next page.
const DISK_FULL: u64 = 32 << 20;
const DISK_LOW: u64 = 512 << 20;

/// What is known about the journal.
#[derive(Debug)]
pub enum Journal {
    /// None has been begun.
    None,
    /// So many entries, verified.
    Whole(i64),
    /// So many, verified, and its mark has seen more.
    Older(i64),
    Broken(JournalError),
}

impl Journal {
    /// As the command line finds it, while no till has it open.
    pub fn look(folder: &DataFolder, mode: ModeView) -> Self {
        let look = || {
            let Some(mut journal) = SqliteJournal::look(&folder.path().join(mode.journal()))? else {
                return Ok(Self::None);
            };
            let entries = journal.verify()?;
            Ok(if journal.is_behind() { Self::Older(entries) } else { Self::Whole(entries) })
        };
        look().unwrap_or_else(Self::Broken)
    }
}

#[derive(Debug)]
pub(super) struct Room {
    pub(super) open_to_others: Vec<String>,
    pub(super) free: Option<u64>,
    pub(super) journal: Journal,
    pub(super) closed: bool,
    pub(super) webview: Option<String>,
}

impl Room {
    pub(super) fn of(folder: &DataFolder, journal: Journal) -> Self {
        Self {
            open_to_others: open_to_others(folder.path()),
            free: free(folder.path()),
            journal,
            closed: process::is_closed(),
            webview: tauri::webview_version().ok(),
        }
    }
}

pub(super) fn examine(room: &Room) -> Vec<Check> {
    vec![
        program(),
        disk(room.free),
        journal(&room.journal),
        folder(&room.open_to_others),
        closed(room.closed),
        page(),
        webview(room),
    ]
}

/// For whoever is asked for help.
fn program() -> Check {
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    Check::ok("program", format!("Keytill {} on {system}, {machine}.", env!("CARGO_PKG_VERSION")))
}

fn disk(free: Option<u64>) -> Check {
    let advice = "Delete or move something: without room the till cannot write down what it does, and takes no cards.";
    match free {
        None => Check::ok("disk", "The system does not tell how much room is left."),
        Some(free) if free < DISK_FULL => {
            Check::fault("disk", format!("The disk is full: {} MB left.", free >> 20), advice)
        }
        Some(free) if free < DISK_LOW => {
            Check::warn("disk", format!("The disk is nearly full: {} MB left.", free >> 20), advice)
        }
        Some(free) => Check::ok("disk", format!("{} GB are free.", free >> 30)),
    }
}

fn journal(journal: &Journal) -> Check {
    let id = "journal";
    match journal {
        Journal::None => Check::ok(id, "No journal has been begun."),
        Journal::Whole(entries) => Check::ok(
            id,
            format!(
                "{entries} entries; the chain between them is whole. A backup is a copy of the whole folder, made while \
                 the till is closed."
            ),
        ),
        Journal::Older(entries) => Check::warn(
            id,
            older(*entries),
            "If there is a newer file, bring it back with the till closed. Otherwise start the till: it asks Stripe what \
             happened since.",
        ),
        Journal::Broken(JournalError::InUse(_)) => Check::warn(
            id,
            "The till is running and has the journal.",
            "Look in Settings → Diagnostics, or close the till.",
        ),
        Journal::Broken(error) => Check::fault(id, format!("{error}."), mending(error)),
    }
}

/// What is said of a journal of which its mark has seen more.
pub fn older(entries: i64) -> String {
    format!(
        "{entries} entries, the chain between them is whole, and there were more: this is an older copy, or its end is \
         missing."
    )
}

/// A backup brought back over a journal that is whole would lose what happened since.
fn mending(error: &JournalError) -> &'static str {
    match error {
        JournalError::Damaged(_) => {
            "Leave the file as it is, and keep a copy. With the till closed, bring back the journal's file of the newest \
             backup, without the files beside it. Before the next card the till compares itself with Stripe; a manager \
             reads what happened since."
        }
        JournalError::Missing(_) => {
            "With the till closed, bring back the journal's file of the newest backup. If there is none, the till's first \
             screen begins a new one. Either way it compares itself with Stripe before the next card."
        }
        JournalError::Newer { .. } => "Install the newest Keytill.",
        _ => "The journal was not looked into and is as it was. Make it possible to write there, then look again.",
    }
}

fn folder(open: &[String]) -> Check {
    if open.is_empty() {
        return Check::ok("folder", "Only you can look into the till's folder.");
    }
    let advice = "Start the till once as the person it belongs to: it closes its folder and files by itself.";
    Check::warn("folder", format!("Others can look into the till's folder: {}.", open.join(", ")), advice)
}

fn closed(closed: bool) -> Check {
    if closed {
        return Check::ok(
            "memory",
            "No other program of yours can look into the till's own memory, and a crash writes none of it down. The web \
             engine's processes are the system's, and are as open as the system leaves them.",
        );
    }
    Check::warn("memory", "The system lets other programs look into the till's memory.", "Use the packaged Keytill.")
}

fn page() -> Check {
    let page = card_page::text(&CardPeer::Stripe);
    let sealed =
        page.contains("script-src 'sha256-") && page.contains("default-src 'none'") && page.contains("<script");
    if !sealed || !card_page::ADDRESS.starts_with("https://") {
        return Check::fault("cardPage", "The card page is not in this program.", "Install the packaged Keytill.");
    }
    let script = connection::STRIPE_JS;
    Check::ok(
        "cardPage",
        format!("The card page is on https, runs one script of ours and Stripe's {script}, and no other."),
    )
}

fn webview(room: &Room) -> Check {
    match &room.webview {
        Some(version) => Check::ok("webview", format!("The system's webview is version {version}.")),
        None => Check::fault(
            "webview",
            "The system has no webview.",
            "Install WebView2 (Windows) or WebKitGTK 4.1 (Linux).",
        ),
    }
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let open = |path: &Path| std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
    let name = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    // Behind a closed door it does not matter how the cupboards are.
    if !open(path) {
        return Vec::new();
    }
    std::iter::once(path.to_owned()).chain(entries).filter(|path| open(path)).map(|path| name(&path)).collect()
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Vec<String> {
    Vec::new()
}

#[cfg(unix)]
fn free(path: &Path) -> Option<u64> {
    // Before the first start the folder is not there, and the one it will be made in is.
    let about = path.ancestors().find_map(|path| rustix::fs::statvfs(path).ok())?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

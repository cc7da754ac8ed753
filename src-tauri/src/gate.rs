//! The second look at every call, after Tauri's own: is it this window's command, does the window show our page, and is
//! it not more than a person could ask for?
//!
//! What Tauri drops before that, for want of its key or of a permission, is heard at the card window's own door.
//!
//! What is refused is counted by kind and written to `refused.log`: at the first time, the second, the fourth, the eighth
//! and so on, so that ten thousand tries a second fill no disk and each kind of try is there with its number.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use tauri::ipc::Invoke;
use tauri::{Manager, Url, Wry};

use crate::data_folder::DataFolder;
use crate::{card_page, card_window, till_window, windows};

const LOG: &str = "refused.log";

/// What the card window may ask for; everything else is the till's.
const CARD: [&str; 9] = [
    "card_view",
    "watch_card",
    "submit_card",
    "authentication",
    "card_action_done",
    "card_check_now",
    "card_cancel",
    "close_card",
    "card_takes_keys",
];

/// The card window may ask this often at once; a page of ours needs a tenth of it.
const BURST: u32 = 60;
/// And gets one more each.
const REFILL: Duration = Duration::from_millis(50);

/// More kinds of tries than anything of ours could cause; the page names what it tries, and might name much.
const KINDS: usize = 500;
const LONGEST_NAME: usize = 60;

/// Why a call is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    OtherWindow,
    OtherPage,
    TooMany,
}

impl Reason {
    fn words(self) -> &'static str {
        match self {
            Self::OtherWindow => "not this window's command",
            Self::OtherPage => "the window does not show our page",
            Self::TooMany => "too many calls",
        }
    }
}

/// How many calls of the card window were carried out, and how many calls of any window were refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub carried_out: u64,
    pub refused: u64,
}

/// Watches the calls of one run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Mutex<Watch>>);

#[derive(Debug)]
struct Watch {
    folder: DataFolder,
    counts: Counts,
    kinds: BTreeMap<String, u64>,
    /// Calls of the card window that were judged and that [`Gate::heard`] has not come for.
    judged: u32,
    left: u32,
    refilled: Instant,
}

impl Gate {
    pub fn new(folder: DataFolder) -> Self {
        let watch = Watch {
            folder,
            counts: Counts::default(),
            kinds: BTreeMap::new(),
            judged: 0,
            left: BURST,
            refilled: Instant::now(),
        };
        Self(Arc::new(Mutex::new(watch)))
    }

    /// So far.
    pub fn counts(&self) -> Counts {
        self.watch().counts
    }

    /// A command that found out by itself that it may not.
    pub fn refused(&self, window: &str, command: &str, why: &str) {
        self.watch().refuse(&format!("{window}: {command}: {why}"));
    }

    /// A message that came through the card window's door, from the page or any frame in it, after Tauri has dealt with
    /// it: what has not been judged by then was dropped, and never will be.
    pub fn heard(&self, message: &str) {
        let mut watch = self.watch();
        match watch.judged.checked_sub(1) {
            Some(left) => watch.judged = left,
            None => watch.refuse(&format!("{}: {}: dropped by Tauri", card_window::LABEL, named(message))),
        }
    }

    fn judge(&self, window: &str, page: Page, command: &str, now: Instant) -> Result<(), Reason> {
        let mut watch = self.watch();
        watch.judged += u32::from(window == card_window::LABEL);
        let judged = watch.judge(window, page, command, now);
        match judged {
            Ok(()) if window == card_window::LABEL => watch.counts.carried_out += 1,
            Ok(()) => {}
            Err(reason) => watch.refuse(&format!("{window}: {command}: {}", reason.words())),
        }
        judged
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    fn judge(&mut self, window: &str, page: Page, command: &str, now: Instant) -> Result<(), Reason> {
        let owner = if CARD.contains(&command) { card_window::LABEL } else { till_window::LABEL };
        if window != owner {
            return Err(Reason::OtherWindow);
        }
        if page != Page::Ours {
            return Err(Reason::OtherPage);
        }
        if window == card_window::LABEL { self.take(now) } else { Ok(()) }
    }

    fn take(&mut self, now: Instant) -> Result<(), Reason> {
        let more = now.saturating_duration_since(self.refilled).as_millis() / REFILL.as_millis();
        if more > 0 {
            self.refilled = now;
            self.left = self.left.saturating_add(u32::try_from(more).unwrap_or(BURST)).min(BURST);
        }
        self.left = self.left.checked_sub(1).ok_or(Reason::TooMany)?;
        Ok(())
    }

    fn refuse(&mut self, kind: &str) {
        self.counts.refused += 1;
        let known = self.kinds.len() < KINDS || self.kinds.contains_key(kind);
        let kind = if known { kind } else { "many others" };
        let times = self.kinds.entry(kind.to_owned()).or_default();
        *times += 1;
        if !times.is_power_of_two() {
            return;
        }
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let line = format!("{at} {kind} ({times})\n");
        // A full disk must not make the till listen to strangers: the call is refused either way.
        if let Ok(mut log) = self.folder.append(LOG) {
            let _ = log.write_all(line.as_bytes());
        }
    }
}

/// What a message asks for, as one word of a line.
fn named(message: &str) -> String {
    #[derive(Deserialize)]
    struct Call {
        cmd: String,
    }
    let Ok(Call { cmd }) = serde_json::from_str(message) else { return "no call at all".to_owned() };
    cmd.chars().filter(char::is_ascii_graphic).take(LONGEST_NAME).collect()
}

/// What the calling window shows now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Ours,
    Other,
}

impl Page {
    fn of(invoke: &Invoke<Wry>) -> Self {
        let webview = invoke.message.webview_ref();
        let shown = webview.url().ok();
        let ours = shown.is_some_and(|url| match webview.label() {
            card_window::LABEL => is_card(&url),
            _ => windows::is_till(webview.app_handle(), &url),
        });
        if ours { Self::Ours } else { Self::Other }
    }
}

fn is_card(url: &Url) -> bool {
    url.as_str() == card_page::ADDRESS || card_window::is_served(url)
}

/// The commands, behind the gate.
pub fn guarded(commands: impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static) -> impl Fn(Invoke<Wry>) -> bool {
    move |invoke| {
        let page = Page::of(&invoke);
        let message = &invoke.message;
        let gate = message.webview_ref().try_state::<Gate>().map(|gate| gate.inner().clone());
        // Before the shell stands there is nothing to ask for.
        let judged =
            gate.map(|gate| gate.judge(message.webview_ref().label(), page, message.command(), Instant::now()));
        if judged == Some(Ok(())) {
            return commands(invoke);
        }
        invoke.resolver.reject("refused");
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> (tempfile::TempDir, Gate) {
        let outer = tempfile::tempdir().unwrap();
        let gate = Gate::new(DataFolder::open(outer.path().to_owned()).unwrap());
        (outer, gate)
    }

    #[test]
    fn a_window_gets_its_own_commands_on_our_page_and_nothing_else() {
        let (_outer, gate) = gate();
        let now = Instant::now();
        let table = [
            ("till", Page::Ours, "charge", Ok(())),
            ("card", Page::Ours, "submit_card", Ok(())),
            ("card", Page::Ours, "charge", Err(Reason::OtherWindow)),
            ("till", Page::Ours, "submit_card", Err(Reason::OtherWindow)),
            ("popup", Page::Ours, "charge", Err(Reason::OtherWindow)),
            ("till", Page::Other, "charge", Err(Reason::OtherPage)),
            ("card", Page::Other, "submit_card", Err(Reason::OtherPage)),
        ];
        for (window, page, command, expected) in table {
            assert_eq!(gate.judge(window, page, command, now), expected, "{window} {command}");
        }
        assert_eq!(gate.counts(), Counts { carried_out: 1, refused: 5 });
    }

    #[test]
    fn ten_thousand_calls_a_second_reach_nobody_and_fill_no_disk() {
        let (outer, gate) = gate();
        let now = Instant::now();
        for call in 0..10_000_u64 {
            let _ = gate.judge("card", Page::Ours, "submit_card", now + Duration::from_micros(call * 100));
        }
        assert!(gate.counts().carried_out <= 80, "{:?}", gate.counts());
        assert_eq!(gate.counts().carried_out + gate.counts().refused, 10_000);
        let log = std::fs::read_to_string(outer.path().join(LOG)).unwrap();
        assert!(log.lines().count() < 16 && log.contains("card: submit_card: too many calls (8192)"), "{log}");
        assert_eq!(gate.judge("card", Page::Ours, "submit_card", now + Duration::from_secs(9)), Ok(()));
    }

    #[test]
    fn what_tauri_drops_is_told_from_what_was_judged_and_names_no_more_than_fits() {
        let (outer, gate) = gate();
        let message = |cmd: &str| serde_json::json!({ "cmd": cmd, "callback": 1 }).to_string();
        gate.judge("card", Page::Ours, "card_view", Instant::now()).unwrap();
        gate.heard(&message("card_view"));
        assert_eq!(gate.counts(), Counts { carried_out: 1, refused: 0 });
        for dropped in [&message("charge"), &message(&"a\nb".repeat(1000)), "[object Object]", "{}"] {
            gate.heard(dropped);
        }
        assert_eq!(gate.counts(), Counts { carried_out: 1, refused: 4 });
        for other in 0..10_000 {
            gate.heard(&message(&other.to_string()));
        }
        assert_eq!(gate.counts().refused, 10_004);
        let log = std::fs::read_to_string(outer.path().join(LOG)).unwrap();
        assert!(log.contains("card: charge: dropped by Tauri (1)") && log.contains("no call at all"), "{log}");
        assert!(log.lines().count() < 2 * KINDS && log.lines().all(|line| line.len() < 120), "{log}");
    }
}

//! The app's process in somebody's hand while another has the desk.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{Pid, Signal};

use super::alive;

/// A hold on the app's process that waits for nobody.
#[derive(Debug, Clone, Copy)]
pub struct Reins {
    pub(super) app: Pid,
    pub(super) driver: Pid,
}

impl Reins {
    /// The app goes at once; then its driver, so that nobody waits for an answer of its windows.
    pub fn kill(self) {
        let _ = rustix::process::kill_process(self.app, Signal::KILL);
        std::thread::sleep(Duration::from_millis(200));
        let _ = rustix::process::kill_process_group(self.driver, Signal::KILL);
    }

    /// The app stands still.
    pub fn stop(self) {
        let _ = rustix::process::kill_process(self.app, Signal::STOP);
    }

    /// It goes on.
    pub fn go_on(self) {
        let _ = rustix::process::kill_process(self.app, Signal::CONT);
    }

    /// Is it there?
    pub fn alive(self) -> bool {
        alive(&PathBuf::from(format!("/proc/{}", self.app.as_raw_nonzero())))
    }
}

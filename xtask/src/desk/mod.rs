//! The end-to-end desk: a display, a keychain, a driver and the real app, for one test.
//!
//! Every desk has its own home, so tests cannot see each other's keys, journals or windows. Dropping a desk ends every
//! process it started, and the kernel ends them if this program itself is killed.

mod browser;
mod card;
mod child;
mod close_button;
mod day;
mod frame;
mod log_in;
mod patience;
mod reins;
mod simulator;
mod webdriver;
mod window;

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use tempfile::TempDir;

pub use browser::{Browser, Engine};
pub use card::{BankDialog, Card};
pub use frame::Frame;
pub use log_in::Keychain;
pub use patience::until;
pub use reins::Reins;
pub use simulator::SimulatorProcess;
pub use window::{Window, keys};

use child::Child;
use log_in::LogIn;
use webdriver::{WEBKIT, WebDriver};

/// What a desk is opened with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The app's program.
    pub app: PathBuf,
    /// Is there a Secret Service with an unlocked keyring?
    pub keychain: bool,
    /// `http://127.0.0.1:PORT` of an outside simulator that Test mode talks to.
    pub stripe_api: Option<String>,
    /// The system's `LANG`; `C` is American English to WebKit.
    pub language: &'static str,
    /// How many bytes the disk with the data folder holds; none for the home's own.
    pub disk: Option<u64>,
    /// A window manager on the display, by its program.
    pub window_manager: Option<&'static str>,
}

impl Plan {
    /// The app that `KEYTILL_APP` names, with a keychain.
    ///
    /// # Errors
    /// When `KEYTILL_APP` is not set or no such file exists.
    pub fn from_env() -> Result<Self> {
        let app = std::env::var_os("KEYTILL_APP").context("KEYTILL_APP is not set; `cargo xtask test` sets it")?;
        Ok(Self::with_app(Path::new(&app)))
    }

    /// A given program, with a keychain.
    pub fn with_app(app: &Path) -> Self {
        Self {
            app: app.to_path_buf(),
            keychain: true,
            stripe_api: None,
            language: "C",
            disk: None,
            window_manager: None,
        }
    }
}

/// A running app and everything around it.
#[derive(Debug)]
pub struct Desk {
    // Fields drop in this order: the app before the display it draws on, the folder last.
    running: Option<Running>,
    log_in: LogIn,
    plan: Plan,
    home: TempDir,
}

#[derive(Debug)]
struct Running {
    driver: WebDriver,
    /// Held for its end: dropping it ends the driver and the app.
    process: Child,
    app: Pid,
}

impl Desk {
    /// Sets the desk up and starts the app on a fresh data folder.
    ///
    /// # Errors
    /// When a program is missing or does not come up in time.
    pub fn open(plan: Plan) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("keytill-desk-").tempdir()?;
        let mut log_in = LogIn::new(home.path(), plan.keychain)?;
        if let Some(program) = plan.window_manager {
            log_in.manage_windows(program)?;
        }
        let mut desk = Self { running: None, log_in, plan, home };
        desk.start()?;
        Ok(desk)
    }

    /// Starts the app again, on the data folder as it was left.
    ///
    /// # Errors
    /// When the driver or the app does not come up.
    pub fn start(&mut self) -> Result<()> {
        self.running = None;
        let port = free_port()?;
        let mut command = self.on_its_disk("WebKitWebDriver")?;
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        command.env("TAURI_WEBVIEW_AUTOMATION", "true").env("LANG", self.plan.language);
        let process = Child::start(&command, &self.app_log())?;
        let driver = WebDriver::begin(port, WEBKIT, &json!({ "binary": self.plan.app, "args": [] }))?;
        let app = process.descendant(&self.plan.app)?;
        self.running = Some(Running { driver, process, app });
        Ok(())
    }

    /// A disk of its own for the data folder, which goes with the program. What the web engine keeps lies elsewhere: it
    /// does not live through a full disk, and is not what a test of one is about.
    fn on_its_disk(&self, program: &str) -> Result<Command> {
        let Some(bytes) = self.plan.disk else { return Ok(self.command(program)) };
        let (data, web) = (self.data(), self.home.path().join("web"));
        fs::create_dir_all(&web)?;
        let mut inside = self.command("bwrap");
        inside.args(["--dev-bind", "/", "/", "--die-with-parent", "--size", &bytes.to_string()]);
        inside.arg("--tmpfs").arg(&data).arg("--bind").arg(&web).arg(data.join("webview")).arg(program);
        Ok(inside)
    }

    /// Fills the data folder's own disk to the last byte.
    ///
    /// # Errors
    /// When the plan has no such disk.
    pub fn fill_disk(&self) -> Result<()> {
        anyhow::ensure!(self.plan.disk.is_some(), "the data folder has no disk of its own");
        let driver = self.running()?.process.descendant(Path::new("WebKitWebDriver"))?;
        let inside = PathBuf::from(format!("/proc/{}/root", driver.as_raw_nonzero()));
        let data = self.data();
        let mut filler = fs::File::create(inside.join(data.strip_prefix("/")?).join("filler"))?;
        let (large, small) = ([7; 4096], [7; 1]);
        // Until neither a page nor a byte has room.
        while filler.write_all(&large).is_ok() {}
        while filler.write_all(&small).is_ok() {}
        Ok(())
    }

    /// Presses keys on the keyboard of the display: they go where the window manager sends them. So many a second.
    ///
    /// # Errors
    /// When a key is unknown.
    pub fn keyboard(&self, keys: &[&str], a_second: u32) -> Result<()> {
        // A hand needs a moment from one thing to the next.
        std::thread::sleep(Duration::from_secs(1));
        for key in keys {
            let pressed = self.command("xdotool").args(["key", "--clearmodifiers", key]).status()?;
            anyhow::ensure!(pressed.success(), "xdotool key {key}");
            std::thread::sleep(Duration::from_secs(1) / a_second);
        }
        Ok(())
    }

    /// The title of the window that has the keyboard, as the window manager sees it.
    ///
    /// # Errors
    /// When no window has it.
    pub fn active_window(&self) -> Result<String> {
        let asked = self.command("xdotool").args(["getactivewindow", "getwindowname"]).output()?;
        Ok(String::from_utf8_lossy(&asked.stdout).trim().to_owned())
    }

    /// Any program, in this log-in and beside this data folder.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        self.log_in.dress(&mut command);
        command.env("KEYTILL_DATA", self.data()).env_remove("KEYTILL_STRIPE_API");
        if let Some(api) = &self.plan.stripe_api {
            command.env("KEYTILL_STRIPE_API", api);
        }
        command
    }

    /// The app's program.
    pub fn app(&self) -> &Path {
        &self.plan.app
    }

    /// What has happened to the keychain since the log-in.
    ///
    /// # Errors
    /// When it cannot be done.
    pub fn keychain(&mut self, event: Keychain) -> Result<()> {
        self.log_in.keychain(event)
    }

    /// The folder the app keeps its settings and journals in.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The whole private home: data, caches, logs, keyrings.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Everything the app and the driver wrote to their streams.
    pub fn app_log(&self) -> PathBuf {
        self.home.path().join("app.log")
    }

    fn running(&self) -> Result<&Running> {
        self.running.as_ref().ok_or_else(|| anyhow!("the app is not running"))
    }

    fn driver(&self) -> Result<&WebDriver> {
        Ok(&self.running()?.driver)
    }

    /// The till's window.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn till(&self) -> Result<Window<'_>> {
        Window::find(self.driver()?, "the till's window", |url| !is_card(url))
    }

    /// The card window, visible or waiting hidden.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn card(&self) -> Result<Window<'_>> {
        Window::find(self.driver()?, "the card window", is_card)
    }

    /// Runs a script in each window's page and gives what they return; a page that cannot answer now is left out.
    ///
    /// # Errors
    /// When the driver is gone.
    pub fn glance(&self, script: &str) -> Result<Vec<Value>> {
        let driver = self.driver()?;
        let mut said = Vec::new();
        for handle in driver.windows()? {
            if driver.switch(&handle).and_then(|()| driver.top_frame()).is_ok() {
                said.extend(driver.run(script, &[]));
            }
        }
        Ok(said)
    }

    /// What the app's process can be held by while somebody else has the desk.
    ///
    /// # Errors
    /// When the app is not running.
    pub fn reins(&self) -> Result<Reins> {
        let running = self.running()?;
        Ok(Reins { app: running.app, driver: running.process.group()? })
    }

    /// Lets go of an app that was ended by its [`Reins`].
    pub fn lost(&mut self) {
        self.running = None;
    }

    /// Presses the × of the window with this title.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn press_close_button(&self, title: &str) -> Result<()> {
        close_button::press(self.log_in.display(), title)
    }

    /// The power goes: the app gets no chance to finish anything.
    ///
    /// # Errors
    /// When the app was not running.
    pub fn kill_9(&mut self) -> Result<()> {
        rustix::process::kill_process(self.running()?.app, Signal::KILL)?;
        self.gone()
    }

    /// The app crashes by itself.
    ///
    /// # Errors
    /// When the app was not running.
    pub fn crash(&mut self) -> Result<()> {
        rustix::process::kill_process(self.running()?.app, Signal::ABORT)?;
        self.gone()
    }

    /// The app's process and those of its webviews.
    ///
    /// # Errors
    /// When the app is not running.
    pub fn processes(&self) -> Result<Vec<u32>> {
        Ok(child::family(u32::try_from(self.running()?.app.as_raw_nonzero().get())?))
    }

    /// Closes the till as a cashier does in the evening.
    ///
    /// # Errors
    /// When the app was not running or does not leave.
    pub fn quit(&mut self) -> Result<()> {
        self.press_close_button("Keytill")?;
        self.gone()
    }

    fn gone(&mut self) -> Result<()> {
        let running = self.running.take().ok_or_else(|| anyhow!("the app is not running"))?;
        let app = PathBuf::from(format!("/proc/{}", running.app.as_raw_nonzero()));
        until("the app to be gone", Duration::from_secs(10), || Ok((!alive(&app)).then_some(())))
    }

    /// Ends the app and starts it again on the same data folder.
    ///
    /// # Errors
    /// When either half does not work.
    pub fn restart(&mut self) -> Result<()> {
        self.quit()?;
        self.start()
    }

    /// What a person who reads about a broken test wants to know.
    fn explain(&self) {
        let log = fs::read_to_string(self.app_log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        eprintln!("--- the app's last words\n{}", lines[lines.len().saturating_sub(30)..].join("\n"));
        let name = std::thread::current().name().unwrap_or("desk").replace("::", "-");
        for (window, which) in [(self.till(), "till"), (self.card(), "card")] {
            if let Ok(window) = window {
                eprintln!("--- {which}: {}", window.describe());
                // A hidden window paints nothing, and the driver would wait for it.
                if window.is_visible().unwrap_or(false) {
                    let _ = window.screenshot(&format!("broken-{name}-{which}"));
                }
            }
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if (std::thread::panicking() || patience::gave_up()) && self.running.is_some() {
            self.explain();
        }
    }
}

fn is_card(url: &str) -> bool {
    url.contains("card")
}

/// A dead child that its parent has not read about yet is a zombie, and gone for us.
fn alive(process: &Path) -> bool {
    fs::read_to_string(process.join("stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

/// A port nobody listens on just now.
fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

//! A desktop log-in without a desk: a display, a session bus, an unlocked keyring, a home of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use super::child::Child;
use super::patience::{USUAL, until};

/// A bus that starts nothing by itself: no portal, no accessibility, no second keyring.
const BUS: &str = r#"<busconfig><type>session</type><auth>EXTERNAL</auth><listen>unix:dir=HOME/run</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#;

const BUS_NAME: &str = "org.freedesktop.DBus";
const SECRETS: &str = "/org/freedesktop/secrets";

/// Opens the test's own keyring, which lives as long as the test.
const KEYRING_PASSWORD: &[u8] = b"counter\n";

/// And takes the till's right to ask it.
const NO_RIGHT: &str = r#"<deny send_destination="org.freedesktop.secrets"/></policy>"#;

/// What may befall a keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    Locked,
    /// Its process is there and says nothing.
    Silent,
    /// It goes on.
    Awake,
    /// The bus lets nobody speak to it.
    Denied,
    Gone,
}

/// The processes of one log-in, and the names under which the app finds them.
#[derive(Debug)]
pub(super) struct LogIn {
    home: PathBuf,
    display: String,
    bus: String,
    // Fields drop in this order: the keyring before its bus.
    manager: Option<Child>,
    keyring: Option<Child>,
    _bus: Child,
    _screen: Child,
}

impl LogIn {
    pub(super) fn new(home: &Path, keychain: bool) -> Result<Self> {
        for dir in ["run", "share", "config", "cache", "data", "tmp"] {
            fs::create_dir_all(home.join(dir))?;
        }
        fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700))?;
        let (screen, number) = display()?;
        let (bus, address) = session_bus(home)?;
        let mut log_in = Self {
            home: home.to_path_buf(),
            display: format!(":{number}"),
            bus: address,
            manager: None,
            keyring: None,
            _bus: bus,
            _screen: screen,
        };
        if keychain {
            log_in.open_keychain()?;
        }
        Ok(log_in)
    }

    /// Somebody who gives the windows their frames and the keyboard.
    pub(super) fn manage_windows(&mut self, program: &str) -> Result<()> {
        let mut manager = Command::new(program);
        self.dress(&mut manager);
        self.manager = Some(Child::start(&manager, &self.home.join("windows.log"))?);
        let answers = || -> Result<Option<()>> {
            let mut ask = Command::new("xprop");
            ask.args(["-root", "_NET_SUPPORTING_WM_CHECK"]);
            self.dress(&mut ask);
            Ok(String::from_utf8_lossy(&ask.output()?.stdout).contains("window id").then_some(()))
        };
        until("the window manager", USUAL, answers).with_context(|| {
            let log = fs::read_to_string(self.home.join("windows.log")).unwrap_or_default();
            format!("{program} said: {log}")
        })
    }

    fn open_keychain(&mut self) -> Result<()> {
        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring.args(["--foreground", "--unlock", "--components=secrets"]);
        self.dress(&mut keyring);
        let keyring = Child::start_told(&keyring, KEYRING_PASSWORD).context("no keyring")?;
        self.keyring = Some(keyring);
        // Its exit status says nothing; the file and the name on the bus do.
        until("the keyring", USUAL, || {
            let made = self.home.join("share/keyrings/login.keyring").is_file();
            Ok((made && self.secret_service()).then_some(()))
        })
    }

    pub(super) fn keychain(&mut self, event: Keychain) -> Result<()> {
        match event {
            Keychain::Locked => {
                let login = "array:objpath:/org/freedesktop/secrets/collection/login";
                self.ask_bus("org.freedesktop.secrets", SECRETS, "org.freedesktop.Secret.Service.Lock", login).map(drop)
            }
            Keychain::Silent => self.keyring.as_ref().context("no keyring")?.signal(Signal::STOP),
            Keychain::Awake => self.keyring.as_ref().context("no keyring")?.signal(Signal::CONT),
            Keychain::Denied => {
                let config = self.home.join("bus.conf");
                fs::write(&config, fs::read_to_string(&config)?.replace("</policy>", NO_RIGHT))?;
                self.ask_bus(BUS_NAME, "/", "org.freedesktop.DBus.ReloadConfig", "").map(drop)
            }
            Keychain::Gone => {
                self.keyring = None;
                until("the keyring to be gone", USUAL, || Ok((!self.secret_service()).then_some(())))
            }
        }
    }

    fn secret_service(&self) -> bool {
        let name = "string:org.freedesktop.secrets";
        let said = self.ask_bus(BUS_NAME, "/", "org.freedesktop.DBus.NameHasOwner", name);
        said.is_ok_and(|said| said.contains("boolean true"))
    }

    fn ask_bus(&self, whom: &str, object: &str, what: &str, about: &str) -> Result<String> {
        let mut ask = Command::new("dbus-send");
        ask.args(["--session", "--print-reply", &format!("--dest={whom}"), object, what]);
        ask.args((!about.is_empty()).then_some(about));
        self.dress(&mut ask);
        let said = ask.output()?;
        ensure!(said.status.success(), "{what}: {}", String::from_utf8_lossy(&said.stderr));
        Ok(String::from_utf8_lossy(&said.stdout).into_owned())
    }

    /// `:N`.
    pub(super) fn display(&self) -> &str {
        &self.display
    }

    /// Gives a program this log-in instead of the one of whoever runs the tests.
    pub(super) fn dress(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env("XDG_DATA_HOME", self.home.join("share"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_STATE_HOME", self.home.join("state"))
            .env("TMPDIR", self.home.join("tmp"))
            .env("GDK_BACKEND", "x11")
            .env("GSETTINGS_BACKEND", "memory")
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C")
            .env("TZ", "UTC");
        // They would overrule what stands above, and with WebKit's two its screenshots hang.
        for name in [
            "LC_ALL",
            "LANGUAGE",
            "WEBKIT_DISABLE_COMPOSITING_MODE",
            "WEBKIT_DISABLE_DMABUF_RENDERER",
            "WAYLAND_DISPLAY",
        ] {
            command.env_remove(name);
        }
    }
}

/// Xvfb looks for a free number by itself and says which it took. Without `-noreset` it resets whenever its last
/// client leaves, and drops a client that connects at that moment, as a window manager may.
fn display() -> Result<(Child, String)> {
    let mut screen = Command::new("Xvfb");
    screen.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]);
    Child::start_heard(&screen).context("no display")
}

fn session_bus(home: &Path) -> Result<(Child, String)> {
    let config = home.join("bus.conf");
    fs::write(&config, BUS.replace("HOME", &home.display().to_string()))?;
    let mut bus = Command::new("dbus-daemon");
    bus.args(["--nofork", "--nopidfile", "--print-address=1", "--config-file"]).arg(config);
    Child::start_heard(&bus).context("no session bus")
}

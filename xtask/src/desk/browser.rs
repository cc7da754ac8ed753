//! A browser of either engine, without the till: for pages that load the simulator's Stripe.js.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde_json::{Value, json};

use super::child::Child;
use super::free_port;
use super::log_in::LogIn;
use super::patience::{USUAL, until};
use super::webdriver::{CHROMIUM, WEBKIT, WebDriver};
use super::window::Window;

/// The two engines that people meet a web page with on a till or a Linux desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    WebKit,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::WebKit => "webkit",
        })
    }
}

/// A running browser with one window.
#[derive(Debug)]
pub struct Browser {
    // Fields drop in this order: the browser before the display it draws on.
    driver: WebDriver,
    _process: Child,
    _log_in: LogIn,
}

impl Browser {
    /// Starts a browser whose profile is `folder`, made anew. Both are told that the person dislikes motion.
    ///
    /// # Errors
    /// When a program is missing or does not come up in time.
    pub fn open(engine: Engine, folder: &Path) -> Result<Self> {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
        let log_in = LogIn::new(folder, false)?;
        let port = free_port()?;
        let (program, vendor, options) = match engine {
            Engine::Chromium => ("chromedriver", CHROMIUM, chromium(folder)),
            Engine::WebKit => ("WebKitWebDriver", WEBKIT, webkit(folder)?),
        };
        let mut command = Command::new(program);
        command.arg(format!("--port={port}"));
        log_in.dress(&mut command);
        command.env("LANG", "en_US.UTF-8");
        let process = Child::start(&command, &folder.join("browser.log"))?;
        let driver = WebDriver::begin(port, vendor, &options)?;
        Ok(Self { driver, _process: process, _log_in: log_in })
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When the page does not come.
    pub fn visit(&self, url: &str) -> Result<Window<'_>> {
        self.driver.top_frame()?;
        self.driver.open(url)?;
        Window::find(&self.driver, url, |at| at == url)
    }

    /// Gives the page this much room in CSS pixels, whatever the browser's own bars take.
    ///
    /// # Errors
    /// When the window does not follow.
    pub fn give_room(&self, width: i64, height: i64) -> Result<()> {
        const BARS: &str = "return [outerWidth - innerWidth, outerHeight - innerHeight]";
        self.driver.top_frame()?;
        until("the page's new size", USUAL, || {
            let room = self.driver.run("return [innerWidth, innerHeight]", &[])?;
            if room == json!([width, height]) {
                return Ok(Some(()));
            }
            let bars = self.driver.run(BARS, &[])?;
            let bar = |at: usize| bars[at].as_i64().unwrap_or(0);
            self.driver.resize(width + bar(0), height + bar(1))?;
            Ok(None)
        })
    }
}

/// Without what a browser does by itself over the network, and bound to its driver by a pipe: when one ends, both do.
fn chromium(folder: &Path) -> Value {
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    json!({ "args": [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--remote-debugging-pipe", "--force-prefers-reduced-motion", "--hide-scrollbars", "--lang=en-US", profile,
    ]})
}

/// WebKit's own small browser, which lies beside the library.
fn webkit(folder: &Path) -> Result<Value> {
    let settings = folder.join("config/gtk-3.0");
    fs::create_dir_all(&settings)?;
    fs::write(settings.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n")?;
    Ok(json!({ "binary": mini_browser(), "args": ["--automation"] }))
}

fn mini_browser() -> PathBuf {
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    Path::new("/usr/lib").join(triple).join("webkit2gtk-4.1/MiniBrowser")
}

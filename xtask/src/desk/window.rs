//! A window of the app as a person sees it: what stands there, what can be pressed.
//!
//! Elements go by their `data-test` names, which are a contract with the page.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use serde_json::{Value, json};

use super::patience::{USUAL, until};
use super::webdriver::{Element, WebDriver};
use crate::place;

/// Keys that have no character.
pub mod keys {
    pub const ENTER: &str = "\u{E007}";
    pub const ESCAPE: &str = "\u{E00C}";
    pub const BACKSPACE: &str = "\u{E003}";
    pub const TAB: &str = "\u{E004}";
    pub const SHIFT: &str = "\u{E008}";
    pub const CONTROL: &str = "\u{E009}";
    pub const F2: &str = "\u{E032}";
}

/// Some eight keys a second.
const BETWEEN_KEYS: Duration = Duration::from_millis(120);

/// One window; its methods look at its top page unless they say otherwise.
#[derive(Debug, Clone)]
pub struct Window<'a> {
    pub(super) driver: &'a WebDriver,
    handle: String,
}

impl<'a> Window<'a> {
    pub(super) fn find(driver: &'a WebDriver, what: &str, ours: impl Fn(&str) -> bool) -> Result<Self> {
        until(what, USUAL, || {
            for handle in driver.windows()? {
                driver.switch(&handle)?;
                // A page that has not loaded yet is nobody's, and may not even answer.
                let url = driver.run("return location.href", &[]).unwrap_or_default();
                if url.as_str().is_some_and(|url| url != "about:blank" && ours(url)) {
                    return Ok(Some(Self { driver, handle }));
                }
            }
            Ok(None)
        })
    }

    /// Looks at this window's top page.
    pub(super) fn front(&self) -> Result<()> {
        if *self.driver.current.borrow() != self.handle {
            self.driver.switch(&self.handle)?;
        }
        self.driver.top_frame()
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Errors
    /// When the script throws or the page is gone.
    pub fn run(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.front()?;
        self.driver.run(script, args)
    }

    /// Runs a script whose last argument is the function to answer with.
    ///
    /// # Errors
    /// When the script throws or does not answer in time.
    pub fn run_async(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.front()?;
        self.driver.run_async(script, args)
    }

    /// Calls a command of the app as this page could, and gives its answer or its refusal.
    ///
    /// # Errors
    /// When the page cannot call at all.
    pub fn invoke(&self, command: &str, args: &Value) -> Result<Result<Value, Value>> {
        const CALL: &str = "const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
              .then((ok) => done({ ok: ok ?? null }), (no) => done({ no: no ?? null }));";
        self.front()?;
        let mut said = self.driver.run_async(CALL, &[json!(command), args.clone()])?;
        if said.get("no").is_some() {
            return Ok(Err(said["no"].take()));
        }
        Ok(Ok(said["ok"].take()))
    }

    /// Does this selector match anything that can be seen now?
    ///
    /// # Errors
    /// When the page is gone.
    pub fn shows(&self, css: &str) -> Result<bool> {
        self.front()?;
        Ok(self.seen(css)?.is_some())
    }

    fn seen(&self, css: &str) -> Result<Option<Element>> {
        for element in self.driver.all(css)? {
            if self.driver.displayed(&element)? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Waits until this selector matches something that can be seen.
    ///
    /// # Errors
    /// When it does not.
    pub fn wait(&self, css: &str) -> Result<()> {
        self.wait_long(css, USUAL)
    }

    /// The same with a limit of one's own.
    ///
    /// # Errors
    /// When it does not appear in time.
    pub fn wait_long(&self, css: &str, limit: Duration) -> Result<()> {
        until(&format!("`{css}`"), limit, || Ok(self.shows(css)?.then_some(())))
            .map_err(|problem| self.beside(&problem))
    }

    /// Waits until nothing that can be seen matches.
    ///
    /// # Errors
    /// When it stays.
    pub fn wait_gone(&self, css: &str) -> Result<()> {
        until(&format!("`{css}` to go"), USUAL, || Ok((!self.shows(css)?).then_some(())))
            .map_err(|problem| self.beside(&problem))
    }

    /// Waits until the element of this name is in this state.
    ///
    /// # Errors
    /// When it is not.
    pub fn wait_state(&self, name: &str, state: &str) -> Result<()> {
        self.wait(&format!("[data-test={name}][data-state={state}]"))
    }

    /// Waits until an element can be pressed, and presses it.
    ///
    /// # Errors
    /// When it never can be.
    pub fn click(&self, name: &str) -> Result<()> {
        let css = named(name);
        until(&format!("`{css}` to be pressed"), USUAL, || {
            self.front()?;
            let Some(element) = self.seen(&css)? else {
                return Ok(None);
            };
            if !self.driver.enabled(&element)? {
                return Ok(None);
            }
            self.driver.click(&element).map(Some)
        })
        .map_err(|problem| self.beside(&problem))
    }

    /// Presses an element whose press puts this window away. The driver's own press waits for a frame that a hidden
    /// window never draws, so the page presses it, a moment after the driver has let go.
    ///
    /// # Errors
    /// When it is never there.
    pub fn leave_by(&self, name: &str) -> Result<()> {
        let css = named(name);
        self.wait(&format!("{css}:enabled"))?;
        let press = "setTimeout((css) => document.querySelector(css).click(), 0, arguments[0])";
        self.run(press, &[json!(css)]).map(drop)
    }

    /// Presses what matches first, if it can be pressed now and nothing lies over it. It waits for nothing: neither for
    /// the element nor for what the press does.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn poke(&self, css: &str) -> Result<bool> {
        const POKE: &str = "const found = [...document.querySelectorAll(arguments[0])].find((e) => e.getClientRects().length > 0 && !e.disabled);
            if (!found) return false;
            found.scrollIntoView({ block: 'nearest' });
            const box = found.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            if (!found.contains(top)) return false;
            setTimeout(() => found.click());
            return true;";
        Ok(self.run(POKE, &[json!(css)])? == json!(true))
    }

    /// Replaces what stands in a text field, as an input method would, if it is there.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn write(&self, name: &str, text: &str) -> Result<bool> {
        const WRITE: &str = "const field = document.querySelector(arguments[0]); if (!field) return false;
            field.focus(); field.select(); return document.execCommand('insertText', false, arguments[1]);";
        Ok(self.run(WRITE, &[json!(named(name)), json!(text)])? == json!(true))
    }

    /// Replaces what stands in a text field.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn fill(&self, name: &str, text: &str) -> Result<()> {
        // As a hand does it: press, mark all, delete. The page hears of it like of any other edit.
        const EMPTY: &str = "const field = document.querySelector(arguments[0]); field.focus(); field.select();
            if (field.value) document.execCommand('delete');";
        self.click(name)?;
        self.run(EMPTY, &[json!(named(name))])?;
        let Some(field) = self.seen(&named(name))? else { bail!("no field {name}") };
        self.driver.type_into(&field, text)
    }

    /// The words of the first visible element of this name.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn text(&self, name: &str) -> Result<String> {
        let css = named(name);
        until(&format!("`{css}`"), USUAL, || {
            self.front()?;
            let Some(element) = self.seen(&css)? else {
                return Ok(None);
            };
            self.driver.text(&element).map(Some)
        })
        .map_err(|problem| self.beside(&problem))
    }

    /// Waits until the words of this name contain `part`.
    ///
    /// # Errors
    /// When they do not; it says what stood there instead.
    pub fn wait_text(&self, name: &str, part: &str) -> Result<String> {
        let mut last = String::new();
        until(&format!("{name} to say “{part}”"), USUAL, || {
            last = self.text(name)?;
            Ok(last.contains(part).then(|| last.clone()))
        })
        .map_err(|problem| anyhow!("{problem:#}; it said “{last}”"))
    }

    /// Everything that can be read in the page now.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn page_text(&self) -> Result<String> {
        let text = self.run("return document.body.innerText", &[])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Presses keys into whatever has the focus.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.front()?;
        self.driver.press(keys)
    }

    /// Presses one key after the other as a hand does: the till takes what comes faster for a scanner's.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn type_by_hand(&self, keys: &str) -> Result<()> {
        keys.chars().try_for_each(|key| {
            std::thread::sleep(BETWEEN_KEYS);
            self.press(key.encode_utf8(&mut [0; 4]))
        })
    }

    /// Presses keys while another is held down.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn press_with(&self, held: &str, keys: &str) -> Result<()> {
        self.front()?;
        self.driver.press_with(held, keys)
    }

    /// Is the window on the screen?
    ///
    /// # Errors
    /// When it is gone.
    pub fn is_visible(&self) -> Result<bool> {
        Ok(self.run("return document.visibilityState", &[])? == json!("visible"))
    }

    /// Gives the window's page this size in CSS pixels.
    ///
    /// # Errors
    /// When the window does not follow.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.front()?;
        self.driver.resize(width.into(), height.into())?;
        until("the window's new size", USUAL, || {
            let size = self.run("return [innerWidth, innerHeight]", &[])?;
            Ok((size == json!([width, height])).then_some(()))
        })
    }

    /// Writes what the window shows to `target/screens/<name>.png`, once it has stopped moving.
    ///
    /// # Errors
    /// When no picture can be taken.
    pub fn screenshot(&self, name: &str) -> Result<PathBuf> {
        const PAINTED: &str = "const done = arguments[arguments.length - 1]; setTimeout(done, 500);
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())));";
        self.front()?;
        self.driver.run_async(PAINTED, &[])?;
        let mut picture = self.driver.picture()?;
        // A spinner never stops, so this looks a few times and then takes what there is.
        for _ in 0..5 {
            self.driver.run_async(PAINTED, &[])?;
            let next = self.driver.picture()?;
            if std::mem::replace(&mut picture, next) == picture {
                break;
            }
        }
        let path = place::screens().join(format!("{name}.png"));
        fs::create_dir_all(place::screens())?;
        fs::write(&path, picture)?;
        Ok(path)
    }

    /// An error with what stood on the screen instead.
    fn beside(&self, problem: &anyhow::Error) -> anyhow::Error {
        anyhow!("{problem:#}; {}", self.describe())
    }

    /// Describes this window in an error: its address, its text, its focus, and the buttons that are off.
    pub(super) fn describe(&self) -> String {
        const DESCRIBE: &str = "const name = (element) => element?.dataset?.test ?? element?.tagName;
            const off = [...document.querySelectorAll('[data-test]:disabled')].map(name);
            const states = [...document.querySelectorAll('[data-state]')].map((e) => `${name(e)}=${e.dataset.state}`);
            return `${location.href} shows ${document.body.innerText.slice(0, 600).replaceAll('\\n', ' / ')};
                states: ${states}; off: ${off}; focus: ${name(document.activeElement)};
                visible: ${document.visibilityState}, ${Math.round(performance.now())} ms old`;";
        self.run(DESCRIBE, &[])
            .map_or_else(|problem| problem.to_string(), |text| text.as_str().unwrap_or_default().to_owned())
    }
}

/// The selector of a `data-test` name.
fn named(name: &str) -> String {
    format!("[data-test={name}]")
}

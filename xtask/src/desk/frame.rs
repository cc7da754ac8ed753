//! A frame in a window's page, however deep.

use anyhow::{Result, anyhow};
use serde_json::Value;

use super::patience::{USUAL, until};
use super::window::Window;

/// The selectors that lead to it, from the top page inwards.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    window: Window<'a>,
    way: Vec<String>,
}

impl<'a> Window<'a> {
    /// A frame of this window's page.
    pub fn frame(&self, way: &[&str]) -> Frame<'a> {
        Frame { window: self.clone(), way: way.iter().map(|&css| css.to_owned()).collect() }
    }
}

impl Frame<'_> {
    /// Looks into the frame, if it is there yet.
    fn enter(&self) -> Result<Option<()>> {
        self.window.front()?;
        for css in &self.way {
            let Some(frame) = self.window.driver.all(css)?.into_iter().next() else { return Ok(None) };
            self.window.driver.enter_frame(&frame)?;
        }
        // Before its scripts have run, a page does not hear what is pressed.
        let state = self.window.driver.run("return document.readyState", &[])?;
        Ok((state == "complete").then_some(()))
    }

    /// Runs a script in the frame and gives what it returns.
    ///
    /// # Errors
    /// When the frame never appears, or the script throws.
    pub fn run(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.inside(script, || self.window.driver.run(script, args).map(Some))
    }

    /// The same, for a script whose last argument is the function to answer with.
    ///
    /// # Errors
    /// As [`Frame::run`], or when it does not answer in time.
    pub fn run_async(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.inside(script, || self.window.driver.run_async(script, args).map(Some))
    }

    /// Presses the first visible element that matches.
    ///
    /// # Errors
    /// When there is none.
    pub fn click(&self, css: &str) -> Result<()> {
        self.inside(css, || {
            let Some(element) = self.window.driver.all(css)?.into_iter().next() else { return Ok(None) };
            self.window.driver.click(&element).map(Some)
        })
    }

    /// Waits until something in the frame matches.
    ///
    /// # Errors
    /// When nothing does.
    pub fn wait(&self, css: &str) -> Result<()> {
        self.inside(css, || Ok((!self.window.driver.all(css)?.is_empty()).then_some(())))
    }

    fn inside<T>(&self, what: &str, mut act: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        until(&format!("`{what}` in {:?}", self.way), USUAL, || match self.enter()? {
            Some(()) => act(),
            None => Ok(None),
        })
        .map_err(|problem| anyhow!("{problem:#}"))
    }
}

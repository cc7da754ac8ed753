//! How a promise is kept: a browser of each engine, a simulator, and a shop's page.

use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::thread;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use xtask::desk::{Browser, Engine, Frame, SimulatorProcess, Window, until};
use xtask::place;

use crate::page_server;

pub(crate) type Outcome = Result<()>;

/// Makes two tests of each function, one for each engine.
macro_rules! in_both_engines {
    ($($promise:ident),+ $(,)?) => { $(
        mod $promise {
            #[test]
            fn chromium() -> $crate::stage::Outcome {
                $crate::stage::keep(xtask::desk::Engine::Chromium, stringify!($promise), super::$promise)
            }
            #[test]
            fn webkit() -> $crate::stage::Outcome {
                $crate::stage::keep(xtask::desk::Engine::WebKit, stringify!($promise), super::$promise)
            }
        }
    )+ };
}

/// What all promises share. Its processes end with this program.
struct Stage {
    stripe: Mutex<SimulatorProcess>,
    address: String,
    shop: String,
}

/// A page of the shop that has just been opened, and the Stripe that it takes for real.
pub(crate) struct Shop<'a> {
    pub(crate) page: Window<'a>,
    pub(crate) engine: Engine,
    browser: &'a Browser,
    stage: &'static Stage,
}

/// Runs a promise on a fresh page. Promises of one engine wait for one another; the engines go side by side.
pub(crate) fn keep(engine: Engine, name: &str, promise: fn(&Shop<'_>) -> Outcome) -> Outcome {
    let stage = stage()?;
    let mut place = browser(engine);
    let browser = match place.take() {
        Some(browser) => browser,
        None => lasting(move || Browser::open(engine, &place::target().join(format!("xtask/browser-{engine}"))))?,
    };
    let shop = Shop::open(engine, &browser, stage)?;
    let outcome = promise(&shop);
    if outcome.is_err() {
        let _ = shop.page.screenshot(&format!("broken-{name}-{engine}"));
    }
    // After an assertion that did not hold the next promise gets another browser.
    *place = Some(browser);
    outcome
}

fn browser(engine: Engine) -> MutexGuard<'static, Option<Browser>> {
    static CHROMIUM: Mutex<Option<Browser>> = Mutex::new(None);
    static WEBKIT: Mutex<Option<Browser>> = Mutex::new(None);
    let place = match engine {
        Engine::Chromium => &CHROMIUM,
        Engine::WebKit => &WEBKIT,
    };
    place.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn stage() -> Result<&'static Stage> {
    static STAGE: OnceLock<Result<Stage, String>> = OnceLock::new();
    let made = STAGE.get_or_init(|| Stage::set().map_err(|problem| format!("{problem:#}")));
    made.as_ref().map_err(|problem| anyhow!("{problem}"))
}

/// Starts processes in a thread that never ends: the kernel ends them when the thread is gone.
fn lasting<T: Send + 'static>(start: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let _ = tell.send(start());
        loop {
            thread::park();
        }
    });
    told.recv()?
}

impl Stage {
    fn set() -> Result<Self> {
        let stripe = lasting(SimulatorProcess::start)?;
        let address = stripe.address().to_owned();
        let shop = page_server::serve(format!("{address}/dahlia/stripe.js"))?;
        Ok(Self { stripe: Mutex::new(stripe), address, shop })
    }
}

impl<'a> Shop<'a> {
    fn open(engine: Engine, browser: &'a Browser, stage: &'static Stage) -> Result<Self> {
        let page = browser.visit(&format!("{}/", stage.shop))?;
        let shop = Self { page, engine, browser, stage };
        until("the shop's page", std::time::Duration::from_secs(20), || {
            let there = shop.js("return document.readyState === 'complete' && typeof shop === 'object'")?;
            Ok((there == json!(true)).then_some(()))
        })?;
        Ok(shop)
    }

    /// Runs a script in the shop's page.
    pub(crate) fn js(&self, script: &str) -> Result<Value> {
        self.page.run(script, &[])
    }

    /// Puts a Card Element on the page and waits until it can be typed into.
    pub(crate) fn card(&self, options: &Value) -> Result<Frame<'a>> {
        self.page.run("put(['card'], { style: shopStyle(), ...arguments[0] })", &[options.clone()])?;
        self.wait_event("ready", |_| true)?;
        Ok(self.frame("#card"))
    }

    pub(crate) fn frame(&self, place: &str) -> Frame<'a> {
        self.page.frame(&[&format!("{place} iframe")])
    }

    /// Presses a field until it has the focus: a frame that has just come may not hear the first press.
    pub(crate) fn touch(&self, frame: &Frame<'_>, css: &str) -> Outcome {
        until(&format!("the focus in {css}"), std::time::Duration::from_secs(10), || {
            frame.click(css)?;
            let has = frame
                .run("return document.hasFocus() && document.activeElement.matches(arguments[0])", &[json!(css)])?;
            Ok((has == json!(true)).then_some(()))
        })
    }

    /// All events of this name so far.
    pub(crate) fn events(&self, name: &str) -> Result<Vec<Value>> {
        let heard =
            self.page.run("return shop.events.filter((event) => event.name === arguments[0])", &[json!(name)])?;
        Ok(heard.as_array().cloned().unwrap_or_default())
    }

    /// Waits until the latest event of this name is as it should be.
    pub(crate) fn wait_event(&self, name: &str, right: impl Fn(&Value) -> bool) -> Result<Value> {
        let mut last = Value::Null;
        until(&format!("a {name} event"), std::time::Duration::from_secs(10), || {
            last = self.events(name)?.pop().unwrap_or_default();
            Ok((!last.is_null() && right(&last)).then(|| last.clone()))
        })
        .with_context(|| format!("the last {name} was {last}"))
    }

    /// Calls Stripe.js and waits for what comes of it.
    pub(crate) fn call(&self, expression: &str) -> Result<Value> {
        self.begin(expression)?;
        self.result()
    }

    /// Calls Stripe.js and does not wait.
    pub(crate) fn begin(&self, expression: &str) -> Result<()> {
        self.js(&format!("begin('call', () => {expression})")).map(drop)
    }

    /// What came of the last call that was begun.
    pub(crate) fn result(&self) -> Result<Value> {
        until("Stripe.js to answer", std::time::Duration::from_secs(20), || {
            let result = self.js("return shop.results.call ?? null")?;
            Ok((!result.is_null()).then_some(result))
        })
    }
}

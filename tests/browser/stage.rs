//! How a promise is kept: a browser of each engine, a simulator, and a shop's page.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use xtask::desk::{Browser, Engine, Frame, SimulatorProcess, Window, until};
use xtask::place;

use crate::page_server;

/// How long a page may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(15);

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
        let shop = page_server::serve(format!("{}/dahlia/stripe.js", stripe.address()))?;
        Ok(Self { stripe: Mutex::new(stripe), shop })
    }
}

/// The client secret of an intent, also of one that was declined.
pub(crate) fn secret_of(intent: &Value) -> Result<String> {
    let secret = intent["client_secret"].as_str().with_context(|| format!("no client secret in {intent}"))?;
    Ok(secret.to_owned())
}

/// The field that a card begins with.
pub(crate) const NUMBER: &str = "input[name=cardnumber]";

impl<'a> Shop<'a> {
    fn open(engine: Engine, browser: &'a Browser, stage: &'static Stage) -> Result<Self> {
        // An address of its own, so that the page before cannot be taken for it.
        static VISITS: AtomicU32 = AtomicU32::new(0);
        let page = browser.visit(&format!("{}/?visit={}", stage.shop, VISITS.fetch_add(1, Ordering::Relaxed)))?;
        let shop = Self { page, engine, browser, stage };
        until("the shop's page", PATIENCE, || {
            let there = shop.js("return document.readyState === 'complete' && typeof shop === 'object'")?;
            Ok((there == json!(true)).then_some(()))
        })?;
        // A browser's own address line may have the keys until somebody presses into the page.
        shop.page.frame(&[]).click("h1")?;
        Ok(shop)
    }

    /// Gives the page this much room.
    pub(crate) fn give_room(&self, width: i64, height: i64) -> Outcome {
        self.browser.give_room(width, height)
    }

    /// Runs a script in the shop's page.
    pub(crate) fn js(&self, script: &str) -> Result<Value> {
        self.page.run(script, &[])
    }

    /// Puts a Card Element on the page and waits until it can be typed into.
    pub(crate) fn card(&self, options: &Value) -> Result<Frame<'a>> {
        self.page.run("put(['card'], { style: shopStyle(), ...arguments[0] })", std::slice::from_ref(options))?;
        self.wait_event("ready", |_| true)?;
        Ok(self.frame("#card"))
    }

    pub(crate) fn frame(&self, place: &str) -> Frame<'a> {
        self.page.frame(&[&format!("{place} iframe")])
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
        until(&format!("a {name} event"), PATIENCE, || {
            last = self.events(name)?.pop().unwrap_or_default();
            Ok((!last.is_null() && right(&last)).then(|| last.clone()))
        })
        .with_context(|| format!("the last {name} was {last}"))
    }

    /// Empties the card and types it again from its number on.
    pub(crate) fn type_afresh(&self, card: &Frame<'_>, keys: &str) -> Outcome {
        self.js("shop.made.card.clear()")?;
        touch(card, NUMBER)?;
        self.page.press(keys)
    }

    /// Where the focus is: the name of a field in the frame at `place`, or the id of an element of the page.
    pub(crate) fn focused(&self, place: &str) -> Result<String> {
        // The frame is asked first: WebKit's page does not notice that the focus went into a frame by a press.
        let inside =
            self.frame(place).run("return document.hasFocus() ? document.activeElement.name ?? null : null", &[])?;
        let name = if inside.is_null() { self.js("return document.activeElement.id")? } else { inside };
        Ok(name.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the focus is there.
    pub(crate) fn wait_focus(&self, place: &str, name: &str) -> Outcome {
        let mut last = String::new();
        until(&format!("the focus on {name}"), PATIENCE, || {
            last = self.focused(place)?;
            Ok((last == name).then_some(()))
        })
        .with_context(|| format!("it was on “{last}”"))
    }

    /// Waits until a script of the page says `true`.
    pub(crate) fn wait_js(&self, script: &str) -> Outcome {
        until(script, PATIENCE, || Ok((self.js(script)? == json!(true)).then_some(())))
    }

    /// The name of what an expression throws at once; empty if it does not.
    pub(crate) fn throws(&self, expression: &str) -> Result<Value> {
        self.js(&format!("try {{ {expression}; return ''; }} catch (error) {{ return error.name; }}"))
    }

    /// Loads another script into the page, from the shop's own server.
    pub(crate) fn load_script(&self, name: &str) -> Outcome {
        const LOAD: &str = "const script = document.createElement('script'); script.src = arguments[0];
            script.onload = () => document.body.dataset.loaded = arguments[0]; document.head.append(script);";
        self.page.run(LOAD, &[json!(name)])?;
        self.wait_js(&format!("return document.body.dataset.loaded === '{name}'"))
    }

    /// Calls the API with a secret key, as the shop's own server would.
    pub(crate) fn api(&self, path: &str, form: &str) -> Result<Value> {
        self.stripe().api(path, form)
    }

    /// The simulator's control room.
    pub(crate) fn stripe(&self) -> MutexGuard<'_, SimulatorProcess> {
        self.stage.stripe.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A payment that the shop's server has begun; gives its client secret.
    pub(crate) fn payment(&self, form: &str) -> Result<String> {
        secret_of(
            &self.api("payment_intents", &format!("amount=2345&currency=usd&payment_method_types[]=card&{form}"))?,
        )
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
        until("Stripe.js to answer", PATIENCE, || {
            let result = self.js("return shop.results.call ?? null")?;
            Ok((!result.is_null()).then_some(result))
        })
    }
}

/// Presses a field until it has the focus: a frame that has just come may not hear the first press.
pub(crate) fn touch(frame: &Frame<'_>, css: &str) -> Outcome {
    const HAS: &str = "return document.hasFocus() && document.activeElement.matches(arguments[0])";
    until(&format!("the focus in {css}"), PATIENCE, || {
        frame.click(css)?;
        Ok((frame.run(HAS, &[json!(css)])? == json!(true)).then_some(()))
    })
}

/// Waits until a script in a frame says `true`.
pub(crate) fn wait_in(frame: &Frame<'_>, script: &str) -> Outcome {
    until(script, PATIENCE, || Ok((frame.run(script, &[])? == json!(true)).then_some(())))
}

//! The few verbs of the W3C protocol that a till and a page need, spoken to `WebKitWebDriver` and `chromedriver`.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::patience::{USUAL, until};

/// The key under which the protocol hides an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Under which each driver takes what to start.
pub(super) const WEBKIT: &str = "webkitgtk:browserOptions";
pub(super) const CHROMIUM: &str = "goog:chromeOptions";

/// What the driver refused, in the protocol's words.
#[derive(Debug)]
pub(super) struct Refusal {
    code: String,
    message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// Pages move while one looks at them: these answers only mean "look again".
    pub(super) fn means_not_yet(problem: &anyhow::Error) -> bool {
        const NOT_YET: &[&str] = &[
            "no such element",
            "no such frame",
            "no such window",
            "stale element reference",
            "element not interactable",
            "element click intercepted",
        ];
        // A page that was replaced while a script ran in it.
        const REPLACED: &str = "Could not parse script result";
        problem
            .chain()
            .filter_map(|cause| cause.downcast_ref::<Self>())
            .any(|refusal| NOT_YET.contains(&refusal.code.as_str()) || refusal.message.contains(REPLACED))
    }
}

/// An element of the frame it was found in.
#[derive(Debug, Clone)]
pub(super) struct Element(String);

/// One session: one run of the app.
#[derive(Debug)]
pub(super) struct WebDriver {
    agent: ureq::Agent,
    base: String,
    /// The window the session looks at now; asking to switch to it again would leave its frame.
    pub(super) current: RefCell<String>,
}

impl WebDriver {
    /// Waits for the driver, and lets it start what its `options` name: the app or a browser.
    pub(super) fn begin(port: u16, vendor: &str, options: &Value) -> Result<Self> {
        let agent = agent(Duration::from_secs(60));
        let base = format!("http://127.0.0.1:{port}");
        until("the driver", USUAL, || Ok(request(&agent, "GET", &format!("{base}/status"), None).ok()))?;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "pageLoadStrategy": "none",
            "timeouts": { "script": 20_000, "implicit": 0 },
            vendor: options,
        }}});
        let session = request(&agent, "POST", &format!("{base}/session"), Some(&wanted))
            .context("nothing started under the driver")?;
        let id = session["sessionId"].as_str().context("a session without an id")?;
        Ok(Self { base: format!("{base}/session/{id}"), agent, current: RefCell::default() })
    }

    fn get(&self, path: &str) -> Result<Value> {
        request(&self.agent, "GET", &format!("{}/{path}", self.base), None)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        request(&self.agent, "POST", &format!("{}/{path}", self.base), Some(body))
    }

    pub(super) fn windows(&self) -> Result<Vec<String>> {
        let handles = self.get("window/handles")?;
        Ok(serde_json::from_value(handles)?)
    }

    pub(super) fn switch(&self, window: &str) -> Result<()> {
        self.post("window", &json!({ "handle": window }))?;
        window.clone_into(&mut self.current.borrow_mut());
        Ok(())
    }

    pub(super) fn open(&self, url: &str) -> Result<()> {
        self.post("url", &json!({ "url": url })).map(drop)
    }

    pub(super) fn resize(&self, width: i64, height: i64) -> Result<()> {
        self.post("window/rect", &json!({ "width": width, "height": height })).map(drop)
    }

    pub(super) fn top_frame(&self) -> Result<()> {
        self.post("frame", &json!({ "id": null })).map(drop)
    }

    pub(super) fn enter_frame(&self, frame: &Element) -> Result<()> {
        self.post("frame", &json!({ "id": { ELEMENT: frame.0 } })).map(drop)
    }

    pub(super) fn all(&self, css: &str) -> Result<Vec<Element>> {
        let found = self.post("elements", &json!({ "using": "css selector", "value": css }))?;
        let ids = found.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(ids.iter().filter_map(|one| Some(Element(one[ELEMENT].as_str()?.to_owned()))).collect())
    }

    pub(super) fn displayed(&self, element: &Element) -> Result<bool> {
        Ok(self.get(&format!("element/{}/displayed", element.0))? == json!(true))
    }

    pub(super) fn enabled(&self, element: &Element) -> Result<bool> {
        Ok(self.get(&format!("element/{}/enabled", element.0))? == json!(true))
    }

    pub(super) fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("element/{}/click", element.0), &json!({})).map(drop)
    }

    pub(super) fn type_into(&self, element: &Element, text: &str) -> Result<()> {
        self.post(&format!("element/{}/value", element.0), &json!({ "text": text })).map(drop)
    }

    pub(super) fn text(&self, element: &Element) -> Result<String> {
        let text = self.get(&format!("element/{}/text", element.0))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Presses keys one after the other, as a keyboard does: into whatever has the focus.
    pub(super) fn press(&self, keys: &str) -> Result<()> {
        self.press_with("", keys)
    }

    /// The same, with other keys held down meanwhile.
    pub(super) fn press_with(&self, held: &str, keys: &str) -> Result<()> {
        let down = |key| json!({ "type": "keyDown", "value": key });
        let up = |key| json!({ "type": "keyUp", "value": key });
        let mut strokes: Vec<Value> = held.chars().map(down).collect();
        // Faster than a person, the till takes them for a scanner's.
        let pause = json!({ "type": "pause", "duration": 60 });
        strokes.extend(keys.chars().flat_map(|key| [down(key), up(key), pause.clone()]));
        strokes.extend(held.chars().map(up));
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.post("actions", &actions).map(drop)
    }

    pub(super) fn run(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": script, "args": args }))
    }

    /// The script's last argument is the function to answer with.
    pub(super) fn run_async(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.post("execute/async", &json!({ "script": script, "args": args }))
    }

    /// The page as PNG.
    pub(super) fn picture(&self) -> Result<Vec<u8>> {
        use base64::Engine as _;
        let text = self.get("screenshot")?;
        let text = text.as_str().context("a screenshot that is no text")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
    }
}

/// A client that never throws on a status: the body says more.
pub(super) fn agent(limit: Duration) -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(limit)).proxy(None).build().into()
}

fn request(agent: &ureq::Agent, method: &str, url: &str, body: Option<&Value>) -> Result<Value> {
    let mut response = match body {
        Some(body) => agent.post(url).header("content-type", "application/json").send(body.to_string())?,
        None => agent.get(url).call()?,
    };
    let text = response.body_mut().with_config().limit(64 << 20).read_to_string()?;
    let mut said: Value = serde_json::from_str(&text)
        .with_context(|| format!("{method} {url} answered {}: {text}", response.status()))?;
    let value = said["value"].take();
    if let Some(code) = value["error"].as_str() {
        let message = value["message"].as_str().unwrap_or_default().to_owned();
        bail!(Refusal { code: code.to_owned(), message });
    }
    Ok(value)
}

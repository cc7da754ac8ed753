//! A simulator in a process of its own, so that it survives the app and can be asked what really happened.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::child::Child;
use super::webdriver::agent;

/// The process, its address and its control room.
#[derive(Debug)]
pub struct SimulatorProcess {
    base: String,
    agent: ureq::Agent,
    _process: Child,
}

impl SimulatorProcess {
    /// Starts the program that `STRIPE_SIMULATOR` names.
    ///
    /// # Errors
    /// When it is not set or does not say where it listens.
    pub fn start() -> Result<Self> {
        Self::with(None)
    }

    /// The same, with the files of this folder in place of the simulator's own.
    ///
    /// # Errors
    /// As for [`SimulatorProcess::start`].
    pub fn start_with(files: &Path) -> Result<Self> {
        Self::with(Some(files))
    }

    /// The same with a given program.
    ///
    /// # Errors
    /// When it does not say where it listens.
    pub fn start_at(program: &Path) -> Result<Self> {
        Self::run(program, None)
    }

    fn with(files: Option<&Path>) -> Result<Self> {
        let program =
            std::env::var_os("STRIPE_SIMULATOR").context("STRIPE_SIMULATOR is not set; `cargo xtask test` sets it")?;
        Self::run(Path::new(&program), files)
    }

    fn run(program: &Path, files: Option<&Path>) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0", "--tls"]);
        if let Some(files) = files {
            command.arg("--files").arg(files);
        }
        let (process, line) = Child::start_heard(&command)?;
        let at = line.find("http://").with_context(|| format!("no address in “{line}”"))?;
        let base = line[at..].split_whitespace().next().unwrap_or_default().trim_end_matches('/').to_owned();
        Ok(Self { base, agent: agent(Duration::from_secs(10)), _process: process })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// A file of the simulator's, such as `/dahlia/stripe.js`.
    ///
    /// # Errors
    /// When there is none.
    pub fn text(&self, path: &str) -> Result<String> {
        let mut response = self.agent.get(format!("{}{path}", self.base)).call()?;
        if !response.status().is_success() {
            bail!("{path}: the simulator answered {}", response.status());
        }
        Ok(response.body_mut().read_to_string()?)
    }

    /// Reads a page of the control room, such as `/_simulator/ledger`.
    ///
    /// # Errors
    /// When it does not answer with JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        let mut response = self.agent.get(format!("{}{path}", self.base)).call()?;
        answer(&mut response)
    }

    /// Tells the control room something.
    ///
    /// # Errors
    /// When it refuses.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let mut response = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .send(body.to_string())?;
        answer(&mut response)
    }

    /// Reads the API with a secret key.
    ///
    /// # Errors
    /// When it does not answer with what was asked for.
    pub fn read(&self, path: &str) -> Result<Value> {
        let call = self.agent.get(format!("{}/v1/{path}", self.base)).header("authorization", "Bearer sk_test_desk");
        answer(&mut call.call()?)
    }

    /// Calls the API with a secret key, as a shop's own server would; a refusal is an answer too.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn api(&self, path: &str, form: &str) -> Result<Value> {
        let mut response = self
            .agent
            .post(format!("{}/v1/{path}", self.base))
            .header("authorization", "Bearer sk_test_desk")
            .header("content-type", "application/x-www-form-urlencoded")
            .send(form)?;
        let text = response.body_mut().read_to_string()?;
        serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))
    }
}

fn answer(response: &mut ureq::http::Response<ureq::Body>) -> Result<Value> {
    let text = response.body_mut().read_to_string()?;
    if !response.status().is_success() {
        bail!("the simulator answered {}: {text}", response.status());
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))
}

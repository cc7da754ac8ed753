//! The one place that knows what differs between training, test and live.

use std::env;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use stripe_api::{Base, Client, HttpsTransport, KeyMode, SecretKey, TimeLimits, Transport};

use crate::card_page::{CardPeer, Loopback};
use crate::keychain::{self, Entry};
use crate::settings::Settings;
use crate::training::{SECURE, Training};
use crate::view::{ModeView, Problem, ProblemCode};

/// Names a peer on this computer that Test mode talks to instead of Stripe.
pub const OVERRIDE: &str = "KEYTILL_STRIPE_API";

/// Pinned: `/v3/` would change under a running shop.
pub const STRIPE_JS: &str = "/dahlia/stripe.js";

/// Everything a mode needs to take cards.
#[derive(Debug, Clone)]
pub struct Connection {
    pub client: Client,
    /// Whom the card page talks to.
    pub peer: CardPeer,
    pub publishable_key: String,
    /// What tells the account from others; training has none.
    pub account: Option<String>,
}

/// Where Stripe is for the real modes.
#[derive(Debug, Clone)]
pub struct Stripe(Result<Base, Problem>);

impl Stripe {
    /// Stripe itself, or the loopback peer that the environment names.
    pub fn from_environment() -> Self {
        Self::named(env::var(OVERRIDE).ok().as_deref())
    }

    fn named(address: Option<&str>) -> Self {
        Self(match address.filter(|address| !address.is_empty()) {
            None => Ok(Base::stripe()),
            Some(address) => Base::loopback(address)
                .map_err(|error| Problem::with(ProblemCode::ApiNotLoopback, format!("{OVERRIDE}: {error}"))),
        })
    }

    /// The address.
    ///
    /// # Errors
    /// `ApiNotLoopback`: the till takes no cards in any mode, since somebody meant it to talk elsewhere.
    pub fn base(&self) -> Result<&Base, Problem> {
        self.0.as_ref().map_err(Clone::clone)
    }

    /// Something that carries calls there.
    ///
    /// # Errors
    /// As for [`Stripe::base`], or this computer cannot open secure connections.
    pub fn transport(&self) -> Result<Arc<dyn Transport>, Problem> {
        let transport = HttpsTransport::new(self.base()?.clone(), TimeLimits::default())
            .map_err(|error| Problem::with(ProblemCode::StripeUnreachable, error))?;
        Ok(Arc::new(transport))
    }

    /// Whom the card page may talk to in the real modes. A live key never meets a simulator, not even its script.
    async fn peer(&self, key_mode: KeyMode) -> Result<CardPeer, Problem> {
        let base = self.base()?;
        if !base.is_loopback() || key_mode == KeyMode::Live {
            return Ok(CardPeer::Stripe);
        }
        let plain = Loopback { origin: base.as_str().to_owned(), certificate: None };
        let told = if SECURE { ask_for_page(&self.transport()?, base).await } else { None };
        Ok(CardPeer::Loopback(told.unwrap_or(plain)))
    }

    /// Connects a real mode with the key from the keychain.
    ///
    /// # Errors
    /// `NoKey`, the keychain's problems, `LiveKeyHere`, or as for [`Stripe::transport`].
    pub async fn connect(&self, key_mode: KeyMode, settings: &Settings) -> Result<Connection, Problem> {
        let base = self.base()?;
        let account = settings.account(key_mode.into()).ok_or_else(|| Problem::new(ProblemCode::NoKey))?;
        let key = keychain::load_soon(&Entry::named(key_mode, account.entry.as_deref())).await?;
        let key = key.ok_or_else(|| Problem::new(ProblemCode::NoKey))?;
        Ok(Connection {
            client: client(self.transport()?, base, key)?,
            peer: self.peer(key_mode).await?,
            publishable_key: account.publishable_key.clone(),
            account: Some(account.identity()),
        })
    }
}

impl Connection {
    /// Training: the simulator in this process answers, and no key of anybody's is needed.
    ///
    /// # Errors
    /// None that a person could cause.
    pub fn training(training: &Arc<Training>) -> Result<Self, Problem> {
        let inside = |error: &dyn std::fmt::Display| Problem::with(ProblemCode::Internal, error);
        let base = Base::loopback(&training.base()).map_err(|error| inside(&error))?;
        let key = SecretKey::parse("sk_test_training").map_err(|error| inside(&error))?;
        Ok(Self {
            client: client(training.clone(), &base, key)?,
            peer: training.peer(),
            publishable_key: "pk_test_training".to_owned(),
            account: None,
        })
    }

    /// Where the card page gets Stripe.js from.
    pub fn stripe_js(&self) -> String {
        format!("{}{STRIPE_JS}", self.peer.origin())
    }
}

/// A simulator that pages on https can use says where and by which certificate; the card page finds nothing at others.
async fn ask_for_page(transport: &Arc<dyn Transport>, base: &Base) -> Option<Loopback> {
    #[derive(Deserialize)]
    struct Page {
        origin: String,
        certificate: String,
    }
    let request = Request::get(format!("{}/_simulator/page", base.as_str())).body(Bytes::new()).ok()?;
    let response = transport.send(request).await.ok()?;
    let page: Page = serde_json::from_slice(response.body()).ok()?;
    let port = page.origin.strip_prefix("https://127.0.0.1:")?.parse::<u16>().ok()?;
    Some(Loopback { origin: format!("https://127.0.0.1:{port}"), certificate: Some(page.certificate) })
}

fn client(transport: Arc<dyn Transport>, base: &Base, key: SecretKey) -> Result<Client, Problem> {
    Client::new(transport, base.clone(), key).map_err(|error| Problem::with(ProblemCode::LiveKeyHere, error))
}

impl From<KeyMode> for ModeView {
    fn from(mode: KeyMode) -> Self {
        match mode {
            KeyMode::Test => Self::Test,
            KeyMode::Live => Self::Live,
        }
    }
}

impl ModeView {
    /// Every mode, safest first.
    pub const ALL: [Self; 3] = [Self::Training, Self::Test, Self::Live];

    /// As it stands on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// The file of its journal, in the data folder.
    pub fn journal(self) -> String {
        format!("{}.sqlite", self.name())
    }

    /// The kind of keys the mode works with; training needs none.
    pub fn keys(self) -> Option<KeyMode> {
        match self {
            Self::Training => None,
            Self::Test => Some(KeyMode::Test),
            Self::Live => Some(KeyMode::Live),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_stripe_is_taken_only_on_this_computer() {
        let table = [
            (None, Ok("https://api.stripe.com")),
            (Some(""), Ok("https://api.stripe.com")),
            (Some("http://127.0.0.1:12111"), Ok("http://127.0.0.1:12111")),
            (Some("https://api.stripe.com.evil.example"), Err(ProblemCode::ApiNotLoopback)),
            (Some("http://10.0.0.1:80"), Err(ProblemCode::ApiNotLoopback)),
            (Some("127.0.0.1"), Err(ProblemCode::ApiNotLoopback)),
        ];
        for (address, expected) in table {
            let stripe = Stripe::named(address);
            let base = stripe.base().map(Base::as_str).map_err(|problem| problem.code);
            assert_eq!(base, expected, "{address:?}");
        }
    }

    fn peer(address: Option<&str>, mode: KeyMode) -> CardPeer {
        tauri::async_runtime::block_on(Stripe::named(address).peer(mode)).unwrap()
    }

    #[test]
    fn the_card_page_talks_to_the_peer_the_calls_go_to_and_a_live_key_to_stripe_alone() {
        // Nobody listens there, so nobody tells of a better address.
        let local = "http://127.0.0.1:1";
        let origin = local.to_owned();
        assert_eq!(peer(Some(local), KeyMode::Test), CardPeer::Loopback(Loopback { origin, certificate: None }));
        assert_eq!(peer(Some(local), KeyMode::Live), CardPeer::Stripe);
        assert_eq!(peer(None, KeyMode::Test), CardPeer::Stripe);
        assert_eq!(CardPeer::Stripe.origin(), "https://js.stripe.com");
    }
}

//! A key, an address and a transport: what a call needs to become an answer.

use std::sync::Arc;

use crate::answer::{self, Answer};
use crate::base::Base;
use crate::call::Call;
use crate::key::{KeyMode, SecretKey};
use crate::transport::{Transport, Unanswered};

/// A live key would have been sent to a simulator, over plain http, or any key to a stranger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a live key is only ever sent to Stripe")]
pub struct LiveKeyOnLoopback;

/// Sends calls of one account. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    base: Base,
    key: SecretKey,
}

impl Client {
    /// Ties a key to an address.
    ///
    /// # Errors
    /// [`LiveKeyOnLoopback`]: a live key goes to `https://api.stripe.com` and nowhere else.
    pub fn new(transport: Arc<dyn Transport>, base: Base, key: SecretKey) -> Result<Self, LiveKeyOnLoopback> {
        if !base.takes(key.mode()) {
            return Err(LiveKeyOnLoopback);
        }
        Ok(Self { transport, base, key })
    }

    /// Test or live, as the key says.
    pub fn mode(&self) -> KeyMode {
        self.key.mode()
    }

    /// Sends the call once and reads what came back. Never repeats it.
    ///
    /// # Errors
    /// [`Unanswered`] when there was no complete HTTP response. An HTTP response of any status and content
    /// is an [`Answer`].
    pub async fn call(&self, call: &Call) -> Result<Answer, Unanswered> {
        let request = call.to_request(&self.base, &self.key);
        let response = self.transport.send(request).await?;
        Ok(answer::read(&response))
    }
}

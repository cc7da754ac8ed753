//! Idempotency keys: the same request twice has one effect and one answer.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::refusal::{Outcome, Refusal};

/// After this many milliseconds a key is forgotten and would act anew.
const KEPT_FOR: i64 = 24 * 3_600 * 1_000;
/// The longest key.
pub(crate) const MAX_KEY: usize = 255;

/// The first answer to a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Saved {
    pub(crate) key: String,
    /// The path that the key was used for.
    path: String,
    digest: u64,
    status: u16,
    #[serde(with = "text")]
    body: Bytes,
    pub(crate) request_id: String,
    /// Unix milliseconds.
    at: i64,
}

impl Saved {
    pub(crate) fn answer(&self) -> (StatusCode, Bytes) {
        (StatusCode::from_u16(self.status).unwrap_or_default(), self.body.clone())
    }
}

/// A request that carries a key.
#[derive(Debug)]
pub(crate) struct Keyed<'a> {
    pub(crate) key: &'a str,
    pub(crate) path: &'a str,
    pub(crate) digest: u64,
}

/// All keys of the last day.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    by_key: HashMap<String, Saved>,
    /// Keys, oldest first.
    order: VecDeque<(i64, String)>,
    /// How many at the end of `order` have not been taken as changes.
    fresh: usize,
}

impl Keys {
    /// The saved answer to this very request; an error if the key was used for another.
    pub(crate) fn find(&self, request: &Keyed<'_>) -> Outcome<Option<&Saved>> {
        let Some(saved) = self.by_key.get(request.key) else { return Ok(None) };
        if saved.path != request.path {
            let message = format!(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{}' vs '{}'). Try using a key other than '{}' if you meant to execute a different request.",
                request.path, saved.path, request.key
            );
            return Err(Refusal::idempotency(message));
        }
        if saved.digest != request.digest {
            let message = format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{}' if you meant to execute a different request.",
                request.key
            );
            return Err(Refusal::idempotency(message));
        }
        Ok(Some(saved))
    }

    pub(crate) fn save(&mut self, request: &Keyed<'_>, status: StatusCode, body: Bytes, request_id: &str, now_ms: i64) {
        self.put(Saved {
            key: request.key.to_owned(),
            path: request.path.to_owned(),
            digest: request.digest,
            status: status.as_u16(),
            body,
            request_id: request_id.to_owned(),
            at: now_ms,
        });
    }

    pub(crate) fn put(&mut self, saved: Saved) {
        self.order.push_back((saved.at, saved.key.clone()));
        self.fresh += 1;
        self.by_key.insert(saved.key.clone(), saved);
    }

    /// Drops what is more than a day old.
    pub(crate) fn forget_old(&mut self, now_ms: i64) {
        while self.order.front().is_some_and(|(at, _)| now_ms - at > KEPT_FOR) {
            let Some((at, key)) = self.order.pop_front() else { return };
            if self.by_key.get(&key).is_some_and(|saved| saved.at == at) {
                self.by_key.remove(&key);
            }
        }
        self.fresh = self.fresh.min(self.order.len());
    }

    pub(crate) fn take_changed(&mut self) -> impl Iterator<Item = &Saved> {
        let known = self.order.len() - std::mem::take(&mut self.fresh);
        self.order.range(known..).filter_map(|(_, key)| self.by_key.get(key))
    }

    /// Everything that is kept, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Saved> {
        self.order.iter().filter_map(|(_, key)| self.by_key.get(key))
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.fresh > 0
    }

    pub(crate) fn forget_changes(&mut self) {
        self.fresh = 0;
    }
}

/// Bodies are JSON, and so are kept as text.
mod text {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(std::str::from_utf8(body).unwrap_or_default())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        String::deserialize(from).map(Bytes::from)
    }
}

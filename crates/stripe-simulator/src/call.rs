//! One request to the API, understood as far as every endpoint needs it.

use std::collections::BTreeMap;

use crate::expand::Expand;
use crate::form::{Group, Node};
use crate::keys::KeyKind;

/// A call that has been authenticated and decoded.
#[derive(Debug)]
pub(crate) struct Call {
    /// Unix milliseconds by the simulator's clock.
    pub(crate) now_ms: i64,
    pub(crate) key: KeyKind,
    pub(crate) form: Group,
    pub(crate) expand: Expand,
    /// Spoken in API version 2026-09-30.endive or later.
    pub(crate) is_endive: bool,
}

impl Call {
    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms.div_euclid(1_000)
    }

    pub(crate) fn is_publishable(&self) -> bool {
        self.key == KeyKind::Publishable
    }

    /// The metadata of a new object: empty values are no values.
    pub(crate) fn metadata(&self) -> BTreeMap<String, String> {
        let mut metadata = BTreeMap::new();
        self.merge_metadata(&mut metadata);
        metadata
    }

    /// Merges the sent metadata: an empty value removes its key, and an empty text removes all of them.
    pub(crate) fn merge_metadata(&self, metadata: &mut BTreeMap<String, String>) {
        merge_metadata(&self.form, metadata);
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.form.filled(name).map(str::to_owned)
    }
}

/// The same for the `metadata` of any form.
pub(crate) fn merge_metadata(form: &Group, metadata: &mut BTreeMap<String, String>) {
    match form.get("metadata") {
        None => {}
        Some(Node::Text(_)) => metadata.clear(),
        Some(Node::Group(group)) => {
            for (key, node) in group.entries() {
                match node {
                    Node::Text(value) if !value.is_empty() => metadata.insert(key.clone(), value.clone()),
                    Node::Text(_) | Node::Group(_) => metadata.remove(key),
                };
            }
        }
    }
}

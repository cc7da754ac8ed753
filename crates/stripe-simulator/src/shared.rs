//! What a payment method and its charges have in common is kept once.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// For `#[serde(with)]`: written out whole each time, and read back as one's own.
pub(crate) fn serialize<T: Serialize, S: Serializer>(shared: &Arc<T>, to: S) -> Result<S::Ok, S::Error> {
    shared.as_ref().serialize(to)
}

pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Arc<T>, D::Error> {
    T::deserialize(from).map(Arc::new)
}

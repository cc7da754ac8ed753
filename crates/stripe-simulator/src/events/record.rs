//! An event as it is kept: what happened to which object, and how that object stood.

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::moment::Moment;
use crate::ids::Id;
use crate::table::Row;

/// One `evt_…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: Id,
    pub(crate) created: i64,
    pub(crate) kind: Kind,
    /// The id of the object.
    pub(crate) object: Id,
    pub(crate) moment: Moment,
    /// The request that brought it about; absent for what happens by itself.
    pub(crate) request: Option<Id>,
    pub(crate) idempotency_key: Option<Id>,
}

impl Row for Event {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        link(self.kind.as_str());
    }
}

/// Why something is happening: what an event says of its request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Occasion {
    /// Unix seconds.
    pub(crate) at: i64,
    pub(crate) request: Option<Id>,
    pub(crate) idempotency_key: Option<Id>,
}

impl Occasion {
    /// Something that happens by the clock.
    pub(crate) fn by_itself(at: i64) -> Self {
        Self { at, request: None, idempotency_key: None }
    }
}

//! Postal addresses, as customers and payment methods have them.

use serde::{Deserialize, Serialize};

use crate::form::Group;
use crate::params::{Kind, Param, TEXT, takes};

/// What an address takes.
pub(crate) const ADDRESS: &[Param] = &[
    takes("city", TEXT),
    takes("country", TEXT),
    takes("line1", TEXT),
    takes("line2", TEXT),
    takes("postal_code", TEXT),
    takes("state", TEXT),
];

/// An address that may be cleared as a whole.
pub(crate) const ADDRESS_OR_EMPTY: Kind = Kind::GroupOrEmpty(ADDRESS);

/// A postal address, kept and shown in the same shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) line1: Option<String>,
    pub(crate) line2: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) state: Option<String>,
}

impl Address {
    /// Writes what `form` names; an empty text clears.
    pub(crate) fn merge(&mut self, form: &Group) {
        form.assign("city", &mut self.city);
        form.assign("country", &mut self.country);
        form.assign("line1", &mut self.line1);
        form.assign("line2", &mut self.line2);
        form.assign("postal_code", &mut self.postal_code);
        form.assign("state", &mut self.state);
    }
}

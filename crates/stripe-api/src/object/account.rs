//! The merchant's account.

use serde::Deserialize;

use super::Said;
use crate::lenient;

/// The merchant's account, as far as a restricted key may read it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Account {
    /// `acct_…`.
    pub id: String,
    /// Two letters.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub country: Option<String>,
    /// Three lower-case letters.
    #[serde(default, deserialize_with = "lenient::scalar")]
    pub default_currency: Option<String>,
    /// Whether Stripe lets it charge cards; `false` when not told.
    #[serde(default, deserialize_with = "lenient::scalar_or_default")]
    pub charges_enabled: bool,
    #[serde(default, deserialize_with = "lenient::object")]
    business_profile: Option<Profile>,
    #[serde(default, deserialize_with = "lenient::object")]
    settings: Option<Settings>,
    #[serde(rename = "object", alias = "error")]
    _object: Said,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Profile {
    #[serde(default, deserialize_with = "lenient::scalar")]
    name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Settings {
    #[serde(default, deserialize_with = "lenient::object")]
    dashboard: Option<Dashboard>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Dashboard {
    #[serde(default, deserialize_with = "lenient::scalar")]
    display_name: Option<String>,
}

impl Account {
    /// The name customers know, else the one in the Dashboard.
    pub fn business_name(&self) -> Option<&str> {
        let public = self.business_profile.as_ref().and_then(|profile| profile.name.as_deref());
        let dashboard = self.settings.as_ref().and_then(|settings| settings.dashboard.as_ref());
        public.or_else(|| dashboard?.display_name.as_deref())
    }
}

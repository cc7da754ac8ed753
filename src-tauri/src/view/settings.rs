//! What the Settings screen shows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CurrencyView, ModeView, Problem, ThemeView};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    pub mode: ModeView,
    pub business: String,
    pub till_name: String,
    pub currency: String,
    pub theme: ThemeView,
    pub test: Option<AccountView>,
    pub live: Option<AccountView>,
    /// What keeps keys from being stored, if anything.
    pub keychain: Option<Problem>,
    pub currencies: Vec<CurrencyView>,
    pub sticky_phone_order: bool,
    /// Minor units above which the till asks once more; none is the till's own rule.
    #[ts(type = "number | null")]
    pub ask_above: Option<i64>,
}

/// A connected Stripe account. The secret key is not here and nowhere in the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Stripe's account id, when the key may read it.
    pub account: Option<String>,
    pub name: Option<String>,
    /// `pk_test_…` cut to what a person recognises it by.
    pub publishable_key: String,
    /// `restricted` or `secret`.
    pub key_kind: KeyKind,
    /// In which it charges; none until a person has chosen.
    pub currency: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyKind {
    Secret,
    Restricted,
}

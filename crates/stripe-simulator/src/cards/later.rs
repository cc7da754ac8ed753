//! What a card does after its charge succeeded.

use serde::{Deserialize, Serialize};

/// The one surprise that a test card has in store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Later {
    #[default]
    Nothing,
    /// A refund takes its time.
    RefundPends,
    /// A refund succeeds, and fails afterwards.
    RefundFails,
    /// The money is available at once.
    FundsAtOnce,
    Disputed(Grounds),
    DisputedTwice,
}

/// On what grounds a charge is disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grounds {
    Fraud,
    /// Fraud, where earlier purchases could prove otherwise.
    CompellingFraud,
    NotReceived,
    /// The bank only asks; no money moves.
    Inquiry,
    Compliance,
}

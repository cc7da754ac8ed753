//! The types of events that this Stripe knows.

use serde::{Deserialize, Serialize};

/// `type` of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[serde(rename = "charge.captured")]
    ChargeCaptured,
    #[serde(rename = "charge.dispute.closed")]
    ChargeDisputeClosed,
    #[serde(rename = "charge.dispute.created")]
    ChargeDisputeCreated,
    #[serde(rename = "charge.dispute.funds_reinstated")]
    ChargeDisputeFundsReinstated,
    #[serde(rename = "charge.dispute.funds_withdrawn")]
    ChargeDisputeFundsWithdrawn,
    #[serde(rename = "charge.dispute.updated")]
    ChargeDisputeUpdated,
    #[serde(rename = "charge.expired")]
    ChargeExpired,
    #[serde(rename = "charge.failed")]
    ChargeFailed,
    #[serde(rename = "charge.refunded")]
    ChargeRefunded,
    #[serde(rename = "charge.refund.updated")]
    ChargeRefundUpdated,
    #[serde(rename = "charge.succeeded")]
    ChargeSucceeded,
    #[serde(rename = "charge.updated")]
    ChargeUpdated,
    #[serde(rename = "customer.created")]
    CustomerCreated,
    #[serde(rename = "customer.deleted")]
    CustomerDeleted,
    #[serde(rename = "customer.updated")]
    CustomerUpdated,
    #[serde(rename = "payment_intent.amount_capturable_updated")]
    IntentAmountCapturableUpdated,
    #[serde(rename = "payment_intent.canceled")]
    IntentCanceled,
    #[serde(rename = "payment_intent.created")]
    IntentCreated,
    #[serde(rename = "payment_intent.payment_failed")]
    IntentPaymentFailed,
    #[serde(rename = "payment_intent.requires_action")]
    IntentRequiresAction,
    #[serde(rename = "payment_intent.succeeded")]
    IntentSucceeded,
    #[serde(rename = "payment_method.attached")]
    MethodAttached,
    #[serde(rename = "payment_method.detached")]
    MethodDetached,
    #[serde(rename = "payment_method.updated")]
    MethodUpdated,
    #[serde(rename = "refund.created")]
    RefundCreated,
    #[serde(rename = "refund.failed")]
    RefundFailed,
    #[serde(rename = "refund.updated")]
    RefundUpdated,
    #[serde(rename = "setup_intent.canceled")]
    SetupCanceled,
    #[serde(rename = "setup_intent.created")]
    SetupCreated,
    #[serde(rename = "setup_intent.setup_failed")]
    SetupFailed,
    #[serde(rename = "setup_intent.requires_action")]
    SetupRequiresAction,
    #[serde(rename = "setup_intent.succeeded")]
    SetupSucceeded,
}

impl Kind {
    /// As the API spells it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ChargeCaptured => "charge.captured",
            Self::ChargeDisputeClosed => "charge.dispute.closed",
            Self::ChargeDisputeFundsReinstated => "charge.dispute.funds_reinstated",
            Self::ChargeDisputeUpdated => "charge.dispute.updated",
            Self::ChargeDisputeCreated => "charge.dispute.created",
            Self::ChargeDisputeFundsWithdrawn => "charge.dispute.funds_withdrawn",
            Self::ChargeExpired => "charge.expired",
            Self::ChargeFailed => "charge.failed",
            Self::ChargeRefunded => "charge.refunded",
            Self::ChargeRefundUpdated => "charge.refund.updated",
            Self::ChargeSucceeded => "charge.succeeded",
            Self::ChargeUpdated => "charge.updated",
            Self::CustomerCreated => "customer.created",
            Self::CustomerDeleted => "customer.deleted",
            Self::CustomerUpdated => "customer.updated",
            Self::IntentAmountCapturableUpdated => "payment_intent.amount_capturable_updated",
            Self::IntentCanceled => "payment_intent.canceled",
            Self::IntentCreated => "payment_intent.created",
            Self::IntentPaymentFailed => "payment_intent.payment_failed",
            Self::IntentRequiresAction => "payment_intent.requires_action",
            Self::IntentSucceeded => "payment_intent.succeeded",
            Self::MethodAttached => "payment_method.attached",
            Self::MethodDetached => "payment_method.detached",
            Self::MethodUpdated => "payment_method.updated",
            Self::RefundCreated => "refund.created",
            Self::RefundFailed => "refund.failed",
            Self::RefundUpdated => "refund.updated",
            Self::SetupCanceled => "setup_intent.canceled",
            Self::SetupCreated => "setup_intent.created",
            Self::SetupFailed => "setup_intent.setup_failed",
            Self::SetupRequiresAction => "setup_intent.requires_action",
            Self::SetupSucceeded => "setup_intent.succeeded",
        }
    }
}

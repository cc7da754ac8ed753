//! What can happen, by Stripe's names for it.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($kind:ident = $name:literal,)*) => {
        /// A type of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum Kind {
            $(#[serde(rename = $name)] $kind,)*
        }

        impl Kind {
            const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// As the API spells it.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    ChargeCaptured = "charge.captured",
    ChargeDisputeClosed = "charge.dispute.closed",
    ChargeDisputeCreated = "charge.dispute.created",
    ChargeDisputeFundsReinstated = "charge.dispute.funds_reinstated",
    ChargeDisputeFundsWithdrawn = "charge.dispute.funds_withdrawn",
    ChargeDisputeUpdated = "charge.dispute.updated",
    ChargeExpired = "charge.expired",
    ChargeFailed = "charge.failed",
    ChargeRefundUpdated = "charge.refund.updated",
    ChargeRefunded = "charge.refunded",
    ChargeSucceeded = "charge.succeeded",
    ChargeUpdated = "charge.updated",
    CustomerCreated = "customer.created",
    CustomerDeleted = "customer.deleted",
    CustomerUpdated = "customer.updated",
    IntentAmountCapturableUpdated = "payment_intent.amount_capturable_updated",
    IntentCanceled = "payment_intent.canceled",
    IntentCreated = "payment_intent.created",
    IntentPaymentFailed = "payment_intent.payment_failed",
    IntentRequiresAction = "payment_intent.requires_action",
    IntentSucceeded = "payment_intent.succeeded",
    MethodAttached = "payment_method.attached",
    MethodDetached = "payment_method.detached",
    MethodUpdated = "payment_method.updated",
    RefundCreated = "refund.created",
    RefundFailed = "refund.failed",
    RefundUpdated = "refund.updated",
    SetupCanceled = "setup_intent.canceled",
    SetupCreated = "setup_intent.created",
    SetupRequiresAction = "setup_intent.requires_action",
    SetupFailed = "setup_intent.setup_failed",
    SetupSucceeded = "setup_intent.succeeded",
}

impl Kind {
    /// Every name that `wanted` stands for: itself, or those of its group where it is such as `charge.*`.
    pub(super) fn named(wanted: &str) -> impl Iterator<Item = &str> {
        let group = wanted.strip_suffix('*');
        let in_group = Self::ALL.iter().map(|kind| kind.as_str());
        let in_group = in_group.filter(move |name| group.is_some_and(|group| name.starts_with(group)));
        in_group.chain(group.is_none().then_some(wanted))
    }
}

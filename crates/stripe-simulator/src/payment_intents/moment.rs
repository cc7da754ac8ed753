//! The part of a payment intent that its life changes, for the events of that life.

use serde::{Deserialize, Serialize};

use crate::ids::Id;

use super::record::{Action, Intent, LastError, Status};

/// How an intent stood at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IntentMoment {
    status: Status,
    amount: i64,
    amount_received: i64,
    payment_method: Option<Id>,
    latest_charge: Option<Id>,
    last_error: Option<Box<LastError>>,
    action: Option<Box<Action>>,
    canceled_at: Option<i64>,
    cancellation_reason: Option<String>,
}

impl IntentMoment {
    pub(crate) fn of(intent: &Intent) -> Self {
        Self {
            status: intent.status,
            amount: intent.amount,
            amount_received: intent.amount_received,
            payment_method: intent.payment_method.clone(),
            latest_charge: intent.latest_charge.clone(),
            last_error: intent.last_error.clone(),
            action: intent.action.clone(),
            canceled_at: intent.canceled_at,
            cancellation_reason: intent.cancellation_reason.clone(),
        }
    }

    pub(crate) fn put_back(&self, intent: &mut Intent) {
        let then = self.clone();
        intent.status = then.status;
        intent.amount = then.amount;
        intent.amount_received = then.amount_received;
        intent.payment_method = then.payment_method;
        intent.latest_charge = then.latest_charge;
        intent.last_error = then.last_error;
        intent.action = then.action;
        intent.canceled_at = then.canceled_at;
        intent.cancellation_reason = then.cancellation_reason;
    }
}

//! What a captured charge leaves on the account's balance.

use serde::Serialize;

use super::Charge;

/// The listed price of an online card payment, in hundredths of a percent and in minor units.
const FEE_RATE: i64 = 290;
const FEE_FIXED: i64 = 30;
/// Funds become available this many seconds after the capture.
const AVAILABLE_AFTER: i64 = 2 * 86_400;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct BalanceTransactionView<'a> {
    id: &'a str,
    object: &'static str,
    amount: i64,
    available_on: i64,
    balance_type: &'static str,
    created: i64,
    currency: &'a str,
    description: Option<&'a str>,
    exchange_rate: Option<()>,
    fee: i64,
    fee_details: [FeeDetail<'a>; 1],
    net: i64,
    reporting_category: &'static str,
    source: &'a str,
    status: &'static str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct FeeDetail<'a> {
    amount: i64,
    application: Option<()>,
    currency: &'a str,
    description: &'static str,
    r#type: &'static str,
}

/// Stripe's fee on `amount`, rounded up to a minor unit.
fn fee(amount: i64) -> i64 {
    (amount.saturating_mul(FEE_RATE) + 9_999) / 10_000 + FEE_FIXED
}

impl<'a> BalanceTransactionView<'a> {
    /// The transaction of `charge`, once it is there to be seen.
    pub(crate) fn of(charge: &'a Charge, now: i64) -> Option<Self> {
        let captured_at = charge.captured_at.filter(|_| is_settled(charge, now))?;
        let amount = charge.amount_captured;
        let fee = fee(amount);
        let available_on = captured_at + AVAILABLE_AFTER;
        let detail = FeeDetail {
            amount: fee,
            application: None,
            currency: &charge.currency,
            description: "Stripe processing fees",
            r#type: "stripe_fee",
        };
        Some(Self {
            id: &charge.balance_transaction,
            object: "balance_transaction",
            amount,
            available_on,
            balance_type: "payments",
            created: captured_at,
            currency: &charge.currency,
            description: charge.description.as_deref(),
            exchange_rate: None,
            fee,
            fee_details: [detail],
            net: amount - fee,
            reporting_category: "charge",
            source: &charge.id,
            status: if now >= available_on { "available" } else { "pending" },
            r#type: "charge",
        })
    }
}

/// Whether the balance transaction exists yet.
pub(crate) fn is_settled(charge: &Charge, now: i64) -> bool {
    charge.settles_at.is_some_and(|at| now >= at)
}

/// What the balance keeps of a charge, and whether it can be paid out.
pub(crate) fn net(charge: &Charge, now: i64) -> (i64, bool) {
    match BalanceTransactionView::of(charge, now) {
        Some(view) => (view.net - charge.amount_refunded, view.status == "available"),
        None => (0, false),
    }
}

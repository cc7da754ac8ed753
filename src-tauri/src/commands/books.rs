//! The till window: money given back, what Stripe has that the journal does not, and a journal that is gone.

use tauri::State;
use till::desk::DeskCashier;

use crate::counter::{Answer, Counter, refusals};

/// `amount` in minor units; `finding` names the finding that it answers, and with it the charge.
#[tauri::command]
pub async fn refund(
    counter: State<'_, Counter>,
    sale_id: String,
    finding: Option<String>,
    amount: i64,
    reason: String,
) -> Answer<()> {
    counter
        .on_sale(&sale_id, move |cashier, now, sale| cashier.refund(now, sale, finding.as_deref(), amount, &reason))
        .await
}

#[tauri::command]
pub async fn check_refund(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.on_sale(&sale_id, DeskCashier::check_refund).await
}

#[tauri::command]
pub async fn give_up_refund(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.on_sale(&sale_id, DeskCashier::give_up_refund).await
}

/// A manager has read what was found; `shown` is how many findings were on the screen.
#[tauri::command]
pub async fn findings_read(counter: State<'_, Counter>, shown: usize) -> Answer<()> {
    counter
        .act(move |cashier, now| {
            cashier.read_findings(now, shown).map_err(|refusal| refusals::refusal(&refusal))?;
            Ok(Vec::new())
        })
        .await
}

/// Begins a new journal where one is gone and cannot be put back.
#[tauri::command]
pub async fn begin_journal(counter: State<'_, Counter>) -> Answer<()> {
    counter.begin_journal().await
}

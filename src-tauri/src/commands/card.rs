//! The card window: one payment, by its one-time token, and nothing else.

use tauri::State;
use tauri::ipc::Channel;
use till::desk::DeskCashier;
use till::payment::step::Event;

use crate::counter::{Answer, Counter};
use crate::view::{ActionOutcome, Authentication, CardPageView};

#[tauri::command]
pub async fn card_view(counter: State<'_, Counter>) -> Answer<CardPageView> {
    Ok(counter.card_view())
}

/// Every change from now on, whole, to this page and no other.
#[tauri::command]
pub async fn watch_card(counter: State<'_, Counter>, changes: Channel<CardPageView>) -> Answer<()> {
    counter.pages().watch_card(changes);
    Ok(())
}

/// The card page says which card; how much, of what, and under which key Rust knows.
#[tauri::command]
pub async fn submit_card(counter: State<'_, Counter>, token: String, payment_method_id: String) -> Answer<()> {
    let submit = move |cashier: &mut DeskCashier, now, token: &str| cashier.submit(now, token, &payment_method_id);
    let submitted = counter.with_token(token, submit).await;
    counter.noted("submit_card", submitted)
}

#[tauri::command]
pub async fn authentication(counter: State<'_, Counter>, token: String) -> Answer<Authentication> {
    let secret = counter.noted("authentication", counter.secret(token).await)?;
    Ok(Authentication { client_secret: secret.expose().to_owned() })
}

#[tauri::command]
pub async fn card_action_done(counter: State<'_, Counter>, token: String, outcome: ActionOutcome) -> Answer<()> {
    let completed = outcome == ActionOutcome::Completed;
    let act = move |cashier: &mut DeskCashier, now, token: &str| cashier.action_done(now, token, completed);
    let done = counter.with_token(token, act).await;
    counter.noted("card_action_done", done)
}

#[tauri::command]
pub async fn card_check_now(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    let check = |cashier: &mut DeskCashier, now, sale| cashier.handle(now, sale, Event::CheckNow);
    counter.noted("card_check_now", counter.on_card(&sale_id, check).await)
}

#[tauri::command]
pub async fn card_cancel(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    let cancel = |cashier: &mut DeskCashier, now, sale| cashier.handle(now, sale, Event::Cancel);
    counter.noted("card_cancel", counter.on_card(&sale_id, cancel).await)
}

/// The card field has the focus. What the cashier typed ahead of it goes there now.
#[tauri::command]
pub async fn card_takes_keys(counter: State<'_, Counter>) -> Answer<()> {
    counter.card_takes_keys();
    Ok(())
}

#[tauri::command]
pub async fn close_card(counter: State<'_, Counter>) -> Answer<()> {
    counter.close_card().await
}

//! The card window: one payment, by its one-time token, and nothing else.

use tauri::State;
use till::payment::step::Event;

use crate::counter::{Answer, Counter, views};
use crate::view::{ActionOutcome, Authentication, CardPageView};

#[tauri::command]
pub async fn card_view(counter: State<'_, Counter>) -> Answer<CardPageView> {
    Ok(counter.card_view())
}

/// The card page says which card; how much, of what, and under which key Rust knows.
#[tauri::command]
pub async fn submit_card(counter: State<'_, Counter>, token: String, payment_method_id: String) -> Answer<()> {
    counter.act(move |cashier, now| cashier.submit(now, &token, &payment_method_id)).await
}

#[tauri::command]
pub async fn authentication(counter: State<'_, Counter>, token: String) -> Answer<Authentication> {
    let secret = counter.ask(move |cashier, _| cashier.secret(&token)).await?.map_err(views::refusal)?;
    Ok(Authentication { client_secret: secret.expose().to_owned() })
}

#[tauri::command]
pub async fn card_action_done(counter: State<'_, Counter>, token: String, outcome: ActionOutcome) -> Answer<()> {
    let completed = outcome == ActionOutcome::Completed;
    counter.act(move |cashier, now| cashier.action_done(now, &token, completed)).await
}

#[tauri::command]
pub async fn card_check_now(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.in_card_window(&sale_id)?;
    counter.handle(&sale_id, Event::CheckNow).await
}

#[tauri::command]
pub async fn card_cancel(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.in_card_window(&sale_id)?;
    counter.handle(&sale_id, Event::Cancel).await
}

#[tauri::command]
pub async fn close_card(counter: State<'_, Counter>) -> Answer<()> {
    counter.close_card().await
}

//! The till window: the sale, its payment, and the list of payments.

use tauri::State;
use tauri::ipc::Channel;
use till::card_number::holds_card_number;
use till::journal::Filter;
use till::payment::Payment;
use till::payment::step::Event;
use till::sale::SaleId;

use crate::counter::refusals::journal_problem;
use crate::counter::{Answer, Counter, views};
use crate::view::{PaymentDetail, PaymentView, Problem, ProblemCode, TillView};
use crate::{till_window, windows};

/// The most rows a page gets at once.
const LONGEST_PAGE: u32 = 200;

#[tauri::command]
pub async fn till_view(counter: State<'_, Counter>) -> Answer<TillView> {
    Ok(counter.till_view())
}

/// Every change from now on, whole, to this page and no other.
#[tauri::command]
pub async fn watch_till(counter: State<'_, Counter>, changes: Channel<TillView>) -> Answer<()> {
    counter.pages().watch_till(changes);
    Ok(())
}

#[tauri::command]
pub async fn ring_up(
    counter: State<'_, Counter>,
    sale_id: String,
    total: i64,
    note: String,
    phone_order: bool,
    authorise_only: bool,
) -> Answer<()> {
    counter.ring_up(&sale_id, total, &note, phone_order, authorise_only)
}

#[tauri::command]
pub async fn charge(counter: State<'_, Counter>, sale_id: String, shown_total: i64, sure: bool) -> Answer<()> {
    counter.charge(&sale_id, shown_total, sure).await
}

/// After the window's × was pressed while a card is at Stripe: no.
#[tauri::command]
pub async fn stay_open(counter: State<'_, Counter>) -> Answer<()> {
    counter.stay_open();
    Ok(())
}

/// And yes. What is at Stripe is looked up at the next start.
#[tauri::command]
pub async fn close_anyway(counter: State<'_, Counter>) -> Answer<()> {
    till_window::destroy(counter.app()).map_err(|error| Problem::with(ProblemCode::Internal, error))
}

#[tauri::command]
pub async fn take_card(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.take_card(&sale_id).await
}

#[tauri::command]
pub async fn cancel_payment(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.handle(&sale_id, Event::Cancel).await
}

#[tauri::command]
pub async fn check_now(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.handle(&sale_id, Event::CheckNow).await
}

#[tauri::command]
pub async fn capture(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.handle(&sale_id, Event::Capture).await
}

#[tauri::command]
pub async fn release(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.handle(&sale_id, Event::Release).await
}

#[tauri::command]
pub async fn new_sale(counter: State<'_, Counter>) -> Answer<()> {
    counter.new_sale().await
}

#[tauri::command]
pub async fn found_seen(counter: State<'_, Counter>) -> Answer<()> {
    counter.found_seen().await
}

/// Newest first; `before` is the number of the last row the page has.
#[tauri::command]
pub async fn payments(
    counter: State<'_, Counter>,
    search: String,
    before: Option<u32>,
    limit: u32,
) -> Answer<Vec<PaymentView>> {
    if holds_card_number(&search) {
        return Err(Problem::new(ProblemCode::CardNumberInText));
    }
    let filter = Filter { search, before, limit: limit.min(LONGEST_PAGE) };
    let listed = counter.ask(move |cashier, _| cashier.journal().payments(&filter)).await?;
    let listed = listed.map_err(|error| journal_problem(&error))?;
    Ok(listed.into_iter().map(|payment| counter.payment_view(&payment)).collect())
}

#[tauri::command]
pub async fn payment_detail(counter: State<'_, Counter>, sale_id: String) -> Answer<PaymentDetail> {
    let sale = SaleId::parse(&sale_id).ok_or_else(|| Problem::new(ProblemCode::UnknownSale))?;
    let history = counter.ask(move |cashier, _| cashier.journal().history(sale)).await?;
    let history = history.map_err(|error| journal_problem(&error))?;
    let payment = Payment::fold(history.iter().map(|written| &written.entry))
        .map_err(|_| Problem::new(ProblemCode::UnknownSale))?;
    Ok(PaymentDetail {
        payment: counter.payment_view(&payment),
        timeline: history.iter().map(views::timeline).collect(),
    })
}

/// After the fact: whatever the printer does, the sale stands. Written down first, so that whatever happens to this
/// computer meanwhile there is one original, and every other receipt says COPY.
#[tauri::command]
pub async fn print_receipt(counter: State<'_, Counter>, sale_id: String) -> Answer<()> {
    counter.handle(&sale_id, Event::ReceiptIssued).await?;
    match windows::print(counter.app(), till_window::LABEL) {
        Ok(()) => Ok(()),
        Err(error) => Err(counter.about(&sale_id, Problem::with(ProblemCode::PrintFailed, error)).await),
    }
}

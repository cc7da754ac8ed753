//! An event as the API shows it.

use serde::Serialize;

use super::moment::Snapshot;
use super::record::Event;
use crate::answer::API_VERSION;
use crate::books::Books;
use crate::charges::ChargeView;
use crate::customers::CustomerView;
use crate::disputes::DisputeView;
use crate::expand::Expand;
use crate::payment_intents::IntentView;
use crate::payment_methods::MethodView;
use crate::refunds::RefundView;
use crate::setup_intents::SetupView;

/// Wire form, fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct EventView<'a> {
    id: &'a str,
    object: &'static str,
    api_version: &'static str,
    created: i64,
    data: Data<'a>,
    livemode: bool,
    pending_webhooks: u32,
    request: Request<'a>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Data<'a> {
    object: Object<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Object<'a> {
    Intent(Box<IntentView<'a>>),
    Charge(Box<ChargeView<'a>>),
    Refund(Box<RefundView<'a>>),
    Setup(Box<SetupView<'a>>),
    Dispute(Box<DisputeView<'a>>),
    Customer(Box<CustomerView<'a>>),
    Method(Box<MethodView<'a>>),
}

#[derive(Serialize)]
struct Request<'a> {
    id: Option<&'a str>,
    idempotency_key: Option<&'a str>,
}

impl<'a> EventView<'a> {
    pub(crate) fn of(event: &'a Event, object: &'a Snapshot<'_>, books: &'a Books, now: i64) -> Self {
        Self {
            id: &event.id,
            object: "event",
            api_version: API_VERSION,
            created: event.created,
            data: Data { object: Object::of(object, books, now) },
            livemode: false,
            pending_webhooks: 0,
            request: Request { id: event.request.as_deref(), idempotency_key: event.idempotency_key.as_deref() },
            r#type: event.kind.as_str(),
        }
    }
}

impl<'a> Object<'a> {
    fn of(object: &'a Snapshot<'_>, books: &'a Books, now: i64) -> Self {
        let plain = Expand::default();
        match object {
            Snapshot::Intent(intent) => Self::Intent(Box::new(IntentView::of(intent, books, &plain, now))),
            Snapshot::Charge(charge) => Self::Charge(Box::new(ChargeView::of(charge, books, &plain, now))),
            Snapshot::Refund(refund) => Self::Refund(Box::new(RefundView::of(refund, books, &plain, now))),
            Snapshot::Setup(setup) => Self::Setup(Box::new(SetupView::of(setup, books, &plain))),
            Snapshot::Dispute(dispute) => Self::Dispute(Box::new(DisputeView::of(dispute, books, &plain, now))),
            Snapshot::Customer(customer) => Self::Customer(Box::new(CustomerView::of(customer, books, &plain))),
            Snapshot::Method(method) => Self::Method(Box::new(MethodView::of(method, books, &plain))),
        }
    }
}

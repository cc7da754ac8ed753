//! Only Stripe's word about our own PaymentIntent counts.

use super::{Evidence, read};
use crate::entry::{BlockReason, CallRecord, Entry};
use crate::facts::IntentStatus;
use crate::made::sale;
use crate::payment::Payment;
use crate::payment::step::What;
use crate::sale::{Capture, SaleId};
use serde_json::{Value, json};
use stripe_api::{Answer, Unanswered, answer};

fn payment() -> Payment {
    let call = CallRecord { key: "k".to_owned(), body: String::new(), at_stripe: None };
    let entries = [
        Entry::SaleFrozen { sale: Box::new(sale(Capture::AtOnce)) },
        Entry::GenerationBegun { generation: 1, call },
        Entry::IntentCreated { intent: "pi_1".to_owned(), created: 1 },
    ];
    Payment::fold(&entries).unwrap()
}

fn intent() -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "amount": 2345, "amount_received": 2345, "amount_capturable": 0,
        "currency": "usd", "status": "succeeded", "livemode": false, "created": 1,
        "metadata": { "sale_id": SaleId::from_bits(7).to_string(), "gen": "1" },
    })
}

fn said(status: u16, body: &Value) -> Answer {
    let body = bytes::Bytes::from(body.to_string());
    let response = http::Response::builder().status(status).header("request-id", "req_1").body(body).unwrap();
    answer::read(&response)
}

fn error(kind: &str, code: &str, intent: Option<Value>) -> Value {
    let mut error = json!({ "type": kind, "code": code, "message": "words" });
    if let Some(intent) = intent {
        error["payment_intent"] = intent;
    }
    json!({ "error": error })
}

fn proves(what: What, answer: Answer) -> Evidence {
    read(&payment(), what, &Ok(answer))
}

#[test]
fn our_own_paymentintent_proves_where_it_stands() {
    let Evidence::Intent(facts) = proves(What::Confirm, said(200, &intent())) else { panic!() };
    assert_eq!((facts.status, facts.amount_received), (IntentStatus::Succeeded, 2345));
}

#[test]
fn a_paymentintent_that_differs_in_anything_proves_nothing_about_ours() {
    let differences: [(&str, Value); 6] = [
        ("id", json!("pi_2")),
        ("amount", json!(2344)),
        ("currency", json!("eur")),
        ("livemode", json!(true)),
        ("metadata", json!({ "sale_id": SaleId::from_bits(8).to_string(), "gen": "1" })),
        ("metadata", json!({})),
    ];
    for (field, value) in differences {
        let mut other = intent();
        other[field] = value;
        for what in [What::Confirm, What::Finish, What::Capture, What::Cancel] {
            assert_eq!(proves(what, said(200, &other)), Evidence::Unanswered, "{field} {what:?}");
        }
        // One of another id is an answer to somebody else; ours under its own id will differ every time.
        let looked = proves(What::Look, said(200, &other));
        let blocked = matches!(looked, Evidence::Blocked { reason: BlockReason::Mismatch, .. });
        assert!(if field == "id" { looked == Evidence::Unanswered } else { blocked }, "{field}: {looked:?}");
        let declined = error("card_error", "card_declined", Some(other.clone()));
        assert_eq!(proves(What::Confirm, said(402, &declined)), Evidence::Unanswered, "{field}");
    }
}

/// A proxy that mixes answers up must not end a sale that nobody has begun.
#[test]
fn a_stranger_s_answer_to_a_create_is_none_and_a_wrong_one_of_our_sale_wants_a_person() {
    let unmade = Payment { intent: None, ..payment() };
    let created = |intent: &Value| read(&unmade, What::Create, &Ok(said(200, intent)));
    let mut stranger = intent();
    stranger["metadata"] = json!({ "sale_id": SaleId::from_bits(8).to_string(), "gen": "1" });
    assert_eq!(created(&stranger), Evidence::Unanswered);
    let mut wrong = intent();
    wrong["amount"] = json!(2344);
    assert!(matches!(created(&wrong), Evidence::Blocked { reason: BlockReason::Mismatch, .. }));
}

#[test]
fn an_answer_without_a_request_id_is_not_stripe_s() {
    let body = bytes::Bytes::from(intent().to_string());
    let from_a_proxy = answer::read(&http::Response::new(body));
    assert_eq!(proves(What::Confirm, from_a_proxy), Evidence::Unanswered);
}

#[test]
fn each_refusal_means_what_the_protocol_says() {
    let invalid = |code| error("invalid_request_error", code, None);
    let declined = error("card_error", "card_declined", Some(intent()));
    let wrong_state = error("invalid_request_error", "payment_intent_unexpected_state", Some(intent()));
    let kind = |status, body: &Value| match proves(What::Confirm, said(status, body)) {
        Evidence::Intent(_) => "intent",
        Evidence::WrongState(_) => "wrong state",
        Evidence::Declined(_) => "declined",
        Evidence::Found(_) | Evidence::NotFound { .. } => "list",
        Evidence::Busy { .. } => "busy",
        Evidence::ServerError => "server error",
        Evidence::Unanswered => "unanswered",
        Evidence::KeyReused => "key reused",
        Evidence::Rejected { .. } => "rejected",
        Evidence::Blocked { reason: BlockReason::KeyRejected, .. } => "key rejected",
        Evidence::Blocked { reason: BlockReason::KeyForbidden, .. } => "key forbidden",
        Evidence::Blocked { reason: BlockReason::WrongAccount, .. } => "wrong account",
        Evidence::Blocked { .. } => "blocked",
    };
    let table = [
        (402, declined, "declined"),
        (402, error("card_error", "card_declined", None), "unanswered"),
        (400, wrong_state, "wrong state"),
        (400, invalid("payment_intent_unexpected_state"), "server error"),
        (400, invalid("parameter_unknown"), "rejected"),
        (400, invalid("rate_limit"), "busy"),
        (400, error("idempotency_error", "", None), "key reused"),
        (401, invalid(""), "key rejected"),
        (403, invalid(""), "key forbidden"),
        (404, invalid("resource_missing"), "wrong account"),
        (409, error("idempotency_error", "idempotency_key_in_use", None), "busy"),
        (429, invalid("lock_timeout"), "busy"),
        (500, error("api_error", "", None), "server error"),
        (503, error("api_error", "", None), "server error"),
        (418, invalid(""), "unanswered"),
        (200, json!({ "object": "balance" }), "unanswered"),
        (200, json!("welcome"), "unanswered"),
    ];
    for (status, body, expected) in table {
        assert_eq!(kind(status, &body), expected, "{status} {body}");
    }
    let lost = Err(Unanswered::Lost(String::new()));
    assert_eq!(read(&payment(), What::Confirm, &lost), Evidence::Unanswered);
}

#[test]
fn a_lost_create_is_found_by_its_sale_and_generation_and_by_nothing_else() {
    let mut payment = payment();
    payment.intent = None;
    let list = |intents: Vec<Value>, has_more| {
        let list = json!({ "object": "list", "url": "/v1/payment_intents", "data": intents, "has_more": has_more });
        read(&payment, What::Find, &Ok(said(200, &list)))
    };
    let mut other = intent();
    other["metadata"]["sale_id"] = json!("another");
    let mut earlier = intent();
    earlier["metadata"]["gen"] = json!("2");
    assert!(matches!(list(vec![other.clone(), intent()], false), Evidence::Found(_)));
    assert_eq!(list(vec![other.clone(), earlier], false), Evidence::NotFound { next_page: None });
    assert_eq!(list(vec![other], true), Evidence::NotFound { next_page: Some("pi_1".to_owned()) });
    assert_eq!(list(vec![], false), Evidence::NotFound { next_page: None });
}

#[test]
fn a_list_that_was_asked_for_is_proved_by_no_single_intent() {
    let mut payment = payment();
    payment.intent = None;
    let single = Ok(said(200, &intent()));
    assert_eq!(read(&payment, What::Find, &single), Evidence::Unanswered);
}

#[test]
fn a_payment_method_that_is_not_there_blames_the_card_and_not_the_account() {
    let mut missing = error("invalid_request_error", "resource_missing", None);
    missing["error"]["param"] = json!("payment_method");
    let proved = proves(What::Confirm, said(404, &missing));
    assert!(matches!(proved, Evidence::Rejected { code: Some(code), .. } if code == "resource_missing"));
}

#[test]
fn stripe_s_word_on_trying_again_overrides_ours() {
    let with = |status, word: bool| {
        let mut answer = said(status, &error("invalid_request_error", "", None));
        answer.meta.should_retry = Some(word);
        proves(What::Confirm, answer)
    };
    for status in [409, 424, 429] {
        assert_eq!(with(status, false), Evidence::ServerError, "{status}");
        assert_eq!(with(status, true), Evidence::Busy { after: None }, "{status}");
    }
    assert_eq!(with(400, true), Evidence::Busy { after: None });
    assert!(matches!(with(400, false), Evidence::Rejected { .. }));
}

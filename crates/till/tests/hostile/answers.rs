//! Answers of Stripe, or of something in its place.

use crate::change;
use bytes::Bytes;
use serde_json::Value;
use std::cell::Cell;
use stripe_api::answer;
use till::entry::{CallRecord, Entry};
use till::evidence::{self, Evidence};
use till::money::{Currency, Money};
use till::payment::Payment;
use till::payment::step::What;
use till::sale::{Capture, Entered, Mode, Sale, SaleId};

const KINDS: [What; 7] =
    [What::Create, What::Confirm, What::Finish, What::Capture, What::Cancel, What::Look, What::Find];

fn payment() -> Payment {
    let sale = Sale {
        id: SaleId::from_bits(7),
        number: 1042,
        total: Money { minor: 2345, currency: Currency::parse("usd").unwrap() },
        lines: Vec::new(),
        note: String::new(),
        entered: Entered::Keyed,
        capture: Capture::AtOnce,
        mode: Mode::Training,
        account: None,
        till: "Till 1".to_owned(),
        till_id: String::new(),
        at: 0,
    };
    let call = CallRecord { key: "k".to_owned(), body: String::new(), at_stripe: None };
    let entries = [
        Entry::SaleFrozen { sale: Box::new(sale) },
        Entry::GenerationBegun { generation: 1, call },
        Entry::IntentCreated { intent: "pi_1".to_owned(), created: 1 },
    ];
    Payment::fold(&entries).unwrap()
}

/// Whether the JSON names our PaymentIntent somewhere, by a reader that knows nothing of the client.
fn names_ours(value: &Value) -> bool {
    let ours = value["id"] == "pi_1"
        && value["amount"] == 2345
        && value["currency"].as_str().is_some_and(|code| code.eq_ignore_ascii_case("usd"))
        && value["livemode"] == false
        && value["metadata"]["sale_id"] == SaleId::from_bits(7).to_string();
    let inside = match value {
        Value::Object(fields) => fields.values().any(names_ours),
        Value::Array(items) => items.iter().any(names_ours),
        _ => false,
    };
    ours || inside
}

#[test]
fn no_spoilt_answer_proves_anything_about_a_payment_it_does_not_name() {
    let payment = payment();
    let (proved, unproved) = (Cell::new(0), Cell::new(0));
    change::each(&change::corpus("answers"), 2_000, |bytes| {
        for (status, id) in [(200, "req_1"), (402, "req_1"), (400, "req_1"), (500, "req_1"), (200, "")] {
            let mut response = http::Response::builder().status(status);
            if !id.is_empty() {
                response = response.header("request-id", id);
            }
            let read = answer::read(&response.body(Bytes::copy_from_slice(bytes)).unwrap());
            for what in KINDS {
                let evidence = evidence::read(&payment, what, &Ok(read.clone()));
                let is_word = match &evidence {
                    Evidence::Intent(facts)
                    | Evidence::WrongState(facts)
                    | Evidence::Declined(facts)
                    | Evidence::Found(facts) => {
                        assert_eq!(facts.id, "pi_1");
                        true
                    }
                    _ => false,
                };
                let count = if is_word { &proved } else { &unproved };
                count.set(count.get() + 1);
                if is_word {
                    // The client skips what it does not need without looking for letters that are none.
                    let value = serde_json::from_str(&String::from_utf8_lossy(bytes)).unwrap_or(Value::Null);
                    assert!(!id.is_empty() && names_ours(&value), "{what:?} {}", String::from_utf8_lossy(bytes));
                }
            }
        }
    });
    assert!(proved.get() > 500 && unproved.get() > 500, "{} {}", proved.get(), unproved.get());
}

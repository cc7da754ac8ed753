//! A shop that talks to one simulator.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use stripe_simulator::Simulator;

use crate::schema;

/// 2026-08-20, a Thursday.
pub(crate) const OPENING: i64 = 1_787_216_400_000;
pub(crate) const SECRET: &str = "sk_test_shop";
pub(crate) const PUBLISHABLE: &str = "pk_test_shop";

/// One answer: its status and its body as JSON.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) response: Response<Bytes>,
}

impl Told {
    /// The value at a dotted path; `null` if there is none.
    pub(crate) fn at(&self, path: &str) -> &Value {
        path.split('.').fold(&self.body, |value, step| match step.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[step],
        })
    }

    pub(crate) fn text(&self, path: &str) -> String {
        self.at(path).as_str().unwrap_or_else(|| panic!("no text at {path} in {}", self.body)).to_owned()
    }

    /// How many objects a list holds.
    pub(crate) fn count(&self) -> usize {
        self.at("data").as_array().map_or_else(|| panic!("no list: {}", self.body), Vec::len)
    }

    /// The ids of a list.
    pub(crate) fn ids(&self) -> Vec<String> {
        (0..self.count()).map(|n| self.text(&format!("data.{n}.id"))).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) struct Shop {
    pub(crate) stripe: Simulator,
    pub(crate) now: i64,
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self { stripe: Simulator::new(42), now: OPENING }
    }

    pub(crate) fn later(&mut self, seconds: i64) {
        self.now += seconds * 1_000;
    }

    pub(crate) fn send(&mut self, request: &Request<Bytes>) -> Told {
        let response = self.stripe.handle(self.now, request);
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        // Pages see a part of each object, and a spoilt answer is none of Stripe's.
        let key = request.headers().get("authorization").map(|key| key.as_bytes().to_vec());
        if key.is_some_and(|key| key == format!("Bearer {SECRET}").as_bytes()) && body.is_object() {
            schema::check(request.method().as_str(), request.uri().path(), response.status().as_u16(), &body);
        }
        Told { status: response.status().as_u16(), body, response }
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, form: &str, key: &str, idempotency: Option<&str>) -> Told {
        let mut request = Request::builder().method(method).header("authorization", format!("Bearer {key}"));
        if let Some(idempotency) = idempotency {
            request = request.header("idempotency-key", idempotency);
        }
        let (uri, body) = if method == "GET" {
            (format!("{path}?{form}"), String::new())
        } else {
            (path.to_owned(), form.to_owned())
        };
        let request = request.uri(uri).header("content-type", "application/x-www-form-urlencoded");
        self.send(&request.body(Bytes::from(body)).unwrap())
    }

    pub(crate) fn post(&mut self, path: &str, form: &str) -> Told {
        self.ask("POST", path, form, SECRET, None)
    }

    pub(crate) fn get(&mut self, path: &str, query: &str) -> Told {
        self.ask("GET", path, query, SECRET, None)
    }

    pub(crate) fn delete(&mut self, path: &str) -> Told {
        self.ask("DELETE", path, "", SECRET, None)
    }

    /// A customer; their id.
    pub(crate) fn customer(&mut self, more: &str) -> String {
        self.post("/v1/customers", more).text("id")
    }

    /// Makes a payment method as the card field does; its id.
    pub(crate) fn card(&mut self, number: &str) -> String {
        let told = self.type_card(number, "billing_details[address][postal_code]=12345");
        assert_eq!(told.status, 200, "{}", told.body);
        told.text("id")
    }

    pub(crate) fn type_card(&mut self, number: &str, more: &str) -> Told {
        let cvc = if number.starts_with("37") { "1234" } else { "123" };
        let form = format!(
            "type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=30&card[cvc]={cvc}&{more}&key={PUBLISHABLE}"
        );
        let request = Request::builder().method("POST").uri("/v1/payment_methods").body(Bytes::from(form)).unwrap();
        self.send(&request)
    }

    /// An unconfirmed intent as the till makes it; its id.
    pub(crate) fn intent(&mut self, more: &str) -> String {
        let form = format!("amount=2345&currency=usd&confirmation_method=manual&payment_method_types[]=card&{more}");
        let told = self.post("/v1/payment_intents", &form);
        assert_eq!(told.status, 200, "{}", told.body);
        told.text("id")
    }

    pub(crate) fn confirm(&mut self, intent: &str, more: &str) -> Told {
        self.post(&format!("/v1/payment_intents/{intent}/confirm"), more)
    }

    pub(crate) fn confirm_with(&mut self, intent: &str, number: &str) -> Told {
        let card = self.card(number);
        self.confirm(intent, &format!("payment_method={card}&use_stripe_sdk=true&expand[]=latest_charge"))
    }

    pub(crate) fn read(&mut self, intent: &str) -> Told {
        self.get(&format!("/v1/payment_intents/{intent}"), "expand[]=latest_charge")
    }

    pub(crate) fn authenticate(&mut self, intent: &str, success: bool) -> Told {
        let path = format!("/_simulator/payment_intents/{intent}/authenticate?success={success}");
        self.send(&Request::builder().method("POST").uri(path).body(Bytes::new()).unwrap())
    }

    pub(crate) fn control(&mut self, path: &str, json: &str) -> Told {
        let uri = format!("/_simulator/{path}");
        self.send(&Request::builder().method("POST").uri(uri).body(Bytes::from(json.to_owned())).unwrap())
    }
}

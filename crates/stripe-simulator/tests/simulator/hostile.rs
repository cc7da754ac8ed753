//! Whatever arrives, an answer leaves.

use bytes::Bytes;
use http::Request;

use crate::shop::{SECRET, Shop};

/// A small generator of its own, so that every run is the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

const PIECES: &[&str] = &[
    "amount",
    "currency",
    "=",
    "&",
    "[",
    "]",
    "[]",
    "%",
    "%5B",
    "%ff",
    "+",
    "metadata",
    "expand",
    "latest_charge",
    "card",
    "number",
    "4242424242424242",
    "-1",
    "99999999999999999999",
    "usd",
    "\0",
    "é",
    ".",
    "data.",
    "payment_method_options",
    "moto",
    "true",
    "type",
    "created",
    "gte",
    "limit",
    "confirm",
    "pm_card_visa",
    "query",
    "'",
    "~",
    "metadata['a']:'b'",
    "token",
    "tok_visa",
    "payment_method",
    "cvc",
    "exp_month",
    "12",
    "exp_year",
    "2030",
];

const PATHS: &[&str] = &[
    "/v1/payment_intents",
    "/v1/payment_intents/",
    "/v1/payment_intents/x/confirm",
    "/v1/payment_methods",
    "/v1/refunds",
    "/v1/charges/x",
    "/v1/",
    "/v1//",
    "/v1/3ds2/authenticate",
    "/v1/customers",
    "/v1/customers/search",
    "/v1/customers/x/payment_methods/y",
    "/v1/payment_methods/pm_card_visa/attach",
    "/v1/setup_intents",
    "/v1/tokens",
    "/v1/events",
    "/v1/disputes",
    "/v1/balance_transactions",
    "/v1/payment_intents/search",
    "/v1/payment_intents/x/increment_authorization",
    "/_simulator/features",
    "/_simulator/faults",
    "/_simulator/clock",
    "/_simulator/payment_intents//authenticate",
    "/_simulator/",
    "/",
    "/v3",
    "/elements/../x",
];

#[test]
fn scrambled_requests_never_panic_and_always_get_a_status() {
    let mut shop = Shop::new();
    let mut dice = Dice(2026);
    for round in 0..30_000 {
        let body: Vec<u8> = if round % 3 == 0 {
            (0..dice.roll(80)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect()
        } else {
            (0..dice.roll(24)).flat_map(|_| PIECES[dice.roll(PIECES.len())].bytes()).collect()
        };
        let query: String = body
            .iter()
            .filter(|b| b.is_ascii_alphanumeric() || b"=&%[].".contains(b))
            .map(|&b| char::from(b))
            .collect();
        let method = ["GET", "POST", "DELETE", "OPTIONS"][dice.roll(4)];
        let uri = format!("{}?{query}", PATHS[dice.roll(PATHS.len())]);
        let mut request =
            Request::builder().method(method).uri(uri).header("authorization", format!("Bearer {SECRET}"));
        if dice.roll(4) == 0 {
            request = request.header("idempotency-key", format!("k{}", dice.roll(50)));
        }
        let Ok(request) = request.body(Bytes::from(body)) else { continue };
        let told = shop.send(&request);
        assert!((200..600).contains(&told.status));
        assert!(told.status != 500, "{request:?}");
    }
}

#[test]
fn deep_and_wide_forms_are_refused_quickly() {
    let mut shop = Shop::new();
    let deep = format!("metadata{}=1", "[a]".repeat(10_000));
    let wide = "expand[]=x&".repeat(20_000);
    let names = (0..5_000).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    let big = format!("description={}", "x".repeat(300 * 1_024));
    for form in [deep, wide, names] {
        assert_eq!(shop.post("/v1/payment_intents", &form).status, 400);
    }
    assert_eq!(shop.post("/v1/payment_intents", &big).status, 413);
}

#[test]
fn equal_seeds_and_equal_calls_give_equal_bytes() {
    let run = || {
        let mut shop = Shop::new();
        let mut heard = Vec::new();
        for number in ["4242424242424242", "4000000000009995", "4000002500003155"] {
            let intent = shop.intent("");
            let told = shop.confirm_with(&intent, number);
            heard.push(format!("{:?} {:?}", told.response.headers(), told.response.body()));
            shop.later(7);
        }
        (heard, shop.stripe.take_changes())
    };
    assert_eq!(run(), run());
}

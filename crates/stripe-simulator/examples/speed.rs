//! What one call costs, with few and with many payments on the books.
//!
//! `cargo run --release -p stripe-simulator --example speed -- 100000`

use std::time::Instant;

use bytes::Bytes;
use http::Request;
use stripe_simulator::Simulator;

/// Batches per measurement, and calls per batch. The fastest batch counts: it was disturbed least.
const BATCHES: u32 = 50;
const ROUNDS: u32 = 100;

struct Bench {
    stripe: Simulator,
    now: i64,
}

impl Bench {
    fn call(&mut self, method: &str, path: &str, body: &str) -> Bytes {
        let request = Request::builder().method(method).uri(path).header("authorization", "Bearer sk_test_speed");
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).expect("a request");
        self.now += 1;
        self.stripe.handle(self.now, &request).into_body()
    }

    /// One sale in two calls; the id of its intent.
    fn sale(&mut self) -> String {
        let form = "amount=2345&currency=usd&confirmation_method=manual&payment_method_types[]=card";
        let created = self.call("POST", "/v1/payment_intents", form);
        let id = id_of(&created);
        self.call("POST", &format!("/v1/payment_intents/{id}/confirm"), "payment_method=pm_card_visa");
        id
    }
}

fn id_of(body: &Bytes) -> String {
    let text = std::str::from_utf8(body).expect("text");
    text.split('"').nth(3).expect("an id").to_owned()
}

fn measure(bench: &mut Bench, what: &str, mut call: impl FnMut(&mut Bench)) {
    let batches = (0..BATCHES).map(|_| {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            call(bench);
        }
        start.elapsed()
    });
    let fastest = batches.min().unwrap_or_default();
    println!("  {what:<44} {:>8.1} µs", fastest.as_secs_f64() * 1e6 / f64::from(ROUNDS));
}

fn look(bench: &mut Bench) {
    let id = bench.sale();
    measure(bench, "a sale (create and confirm)", |bench| {
        bench.sale();
    });
    measure(bench, "retrieve, charge expanded", |bench| {
        bench.call("GET", &format!("/v1/payment_intents/{id}?expand[]=latest_charge"), "");
    });
    for path in [
        "/v1/payment_intents?limit=10".to_owned(),
        format!("/v1/charges?payment_intent={id}"),
        format!("/v1/refunds?payment_intent={id}"),
        "/v1/payment_intents?customer=cus_nobody".to_owned(),
        "/v1/balance".to_owned(),
    ] {
        measure(bench, path.split('=').next().unwrap_or(&path), |bench| {
            bench.call("GET", &path, "");
        });
    }
}

fn main() {
    let most: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let mut bench = Bench { stripe: Simulator::new(1), now: 1_787_216_400_000 };
    let mut sales = 0;
    for size in [0, most] {
        while sales < size {
            bench.sale();
            sales += 1;
            if sales % 1_000 == 0 {
                bench.stripe.take_changes();
            }
        }
        println!("{size} sales on the books:");
        look(&mut bench);
    }
}

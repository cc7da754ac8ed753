//! The simulator for clients that are not ours: each answer to a secret key is held against Stripe's specification, as in
//! the tests. Whoever gets one that does not fit finds the connection broken, and the reason on standard error.

#![allow(clippy::unwrap_used, reason = "a simulator that cannot begin should stop")]

#[path = "../tests/simulator/required.rs"]
mod required;
#[path = "../tests/simulator/schema.rs"]
mod schema;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use stripe_simulator::Simulator;
use stripe_simulator::server::{Handled, Server};

#[tokio::main]
async fn main() {
    let mut simulator = Simulator::new(1);
    simulator.keep_searchable();
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(any_port, Arc::new(Mutex::new(simulator))).await.unwrap().with_hook(hold);
    println!("Listening on http://{}", server.address());
    server.run().await;
}

fn hold(handled: &Handled<'_>) {
    // A spoilt answer is none of Stripe's.
    let Ok(answer @ Value::Object(_)) = serde_json::from_slice(handled.answer) else { return };
    if handled.by_secret_key && handled.path.starts_with("/v1/") {
        schema::check(handled.method.as_str(), handled.path, handled.status.as_u16(), &answer);
    }
}

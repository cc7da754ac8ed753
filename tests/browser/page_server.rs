//! Serves the shop's page on a port of its own: for a browser that is another site than the simulator.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::Result;
use xtask::place;

/// Path, type, text.
const FILES: &[(&str, &str, &str)] = &[
    ("/", "text/html", include_str!("page/shop.html")),
    ("/shop.css", "text/css", include_str!("page/shop.css")),
    ("/shop.js", "text/javascript", include_str!("page/shop.js")),
];

/// Begins to serve until the tests end; the address is `http://localhost:PORT`.
pub(crate) fn serve(stripe_js: String) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://localhost:{}", listener.local_addr()?.port());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let stripe_js = stripe_js.clone();
            // A browser opens connections before it knows what to ask.
            thread::spawn(move || answer(&stream, &stripe_js));
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream, stripe_js: &str) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next()?.ok()?;
    lines.map_while(Result::ok).find(String::is_empty)?;
    let path = request.split(' ').nth(1)?.split('?').next()?;
    let (status, kind, body) = match find(path, stripe_js) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", "nothing here".to_owned()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n{body}"
    )
    .ok()
}

fn find(path: &str, stripe_js: &str) -> Option<(&'static str, String)> {
    // The simulator's script, as if it were the shop's.
    if path == "/stripe-alone.js" {
        let script = ureq::get(stripe_js).call().ok()?.body_mut().read_to_string().ok()?;
        return Some(("text/javascript", script));
    }
    // Stripe's own loader, as npm brings it.
    if path == "/loader.mjs" {
        let loader = fs::read_to_string(place::ui().join("node_modules/@stripe/stripe-js/dist/pure.mjs")).ok()?;
        return Some(("text/javascript", loader));
    }
    let (_, kind, text) = FILES.iter().find(|(known, ..)| *known == path)?;
    Some((kind, text.replace("STRIPE_JS", stripe_js)))
}

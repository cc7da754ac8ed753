//! The way to Stripe: name, certificate, who answers, whose clock is right, how long it takes.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Response, Uri};
use stripe_api::{Base, Body, HttpsTransport, TimeLimits, Transport, Unanswered, answer};

use super::Check;
use crate::connection::STRIPE_JS;

/// Long enough for a slow line; a person is waiting.
const LIMITS: TimeLimits =
    TimeLimits { connect: Duration::from_secs(8), idle: Duration::from_secs(10), whole: Duration::from_secs(15) };
/// Beyond this a sale feels broken.
const SLOW: Duration = Duration::from_secs(2);
/// A receipt's time is then worth nothing, and certificates begin to look expired.
const CLOCK_OFF: i64 = 300;
const CLOCK_WARN: i64 = 30;

pub(super) async fn examine(api: &Base, js: Option<&Base>, now: fn() -> SystemTime) -> Vec<Check> {
    let name = match name(api).await {
        Ok(check) => check,
        Err(fault) => return vec![fault],
    };
    let began = Instant::now();
    // Without a key: Stripe says 401 in its own words, and that is all we want to know.
    let response = match get(api, "/v1/account").await {
        Ok(response) => response,
        Err(unanswered) => return vec![name, broken("tls", api, &unanswered)],
    };
    let (took, now) = (began.elapsed(), now());
    let answer = answer::read(&response);
    let mut checks = vec![name, Check::ok("tls", format!("{} is who it says it is.", api.as_str()))];
    if !matches!(answer.body, Body::Error(_)) {
        let say = format!("Something else answers in Stripe's place, with status {}.", answer.status);
        let advice = "Open any web page in a browser: this network may want you to sign in first (a captive portal).";
        checks.push(Check::fault("stripe", say, advice));
        return checks;
    }
    checks.push(Check::ok("stripe", "Stripe's API answers."));
    checks.push(latency(took));
    checks.extend(answer.meta.date.map(|date| clock(date, now)));
    if let Some(js) = js {
        checks.push(stripe_js(js).await);
    }
    checks
}

async fn name(base: &Base) -> Result<Check, Check> {
    let uri: Uri = base.as_str().parse().unwrap_or_default();
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(443);
    let found = tokio::time::timeout(LIMITS.connect, tokio::net::lookup_host((host.as_str(), port))).await;
    let found = found.is_ok_and(|found| found.is_ok_and(|mut addresses| addresses.next().is_some()));
    let advice = "Check the network cable or Wi-Fi. If web pages open, the DNS server of this network is at fault.";
    if found {
        Ok(Check::ok("dns", format!("{host} has an address.")))
    } else {
        Err(Check::fault("dns", format!("No address can be found for {host}: there is no network, or no DNS."), advice))
    }
}

async fn get(base: &Base, path: &str) -> Result<Response<Bytes>, Unanswered> {
    let not_sent = |error: &dyn std::fmt::Display| Unanswered::NotSent(error.to_string());
    let transport = HttpsTransport::new(base.clone(), LIMITS).map_err(|error| not_sent(&error))?;
    let transport: Arc<dyn Transport> = Arc::new(transport);
    let request = Request::get(format!("{}{path}", base.as_str())).body(Bytes::new());
    transport.send(request.map_err(|error| not_sent(&error))?).await
}

fn broken(id: &str, base: &Base, unanswered: &Unanswered) -> Check {
    let detail = unanswered.to_string();
    if detail.contains("certificate") {
        let say =
            format!("The certificate shown for {} is not Stripe's: somebody reads along. ({detail})", base.as_str());
        let advice = "Take no cards on this network. A virus scanner or a company's proxy that opens https must leave \
            *.stripe.com alone; a clock that is far off looks the same.";
        return Check::fault(id, say, advice);
    }
    let advice = "A firewall must let this computer reach *.stripe.com on port 443.";
    Check::fault(id, format!("{} cannot be reached. ({detail})", base.as_str()), advice)
}

fn latency(took: Duration) -> Check {
    let say = format!("An answer takes {} ms.", took.as_millis());
    if took < SLOW { Check::ok("latency", say) } else { Check::warn("latency", say, "Every sale waits for this line.") }
}

fn clock(stripe: i64, now: SystemTime) -> Check {
    let ours = now.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    let off = ours.saturating_sub(stripe);
    let advice = "Switch on “set the time automatically” in the system's settings.";
    let way = if off > 0 { "fast" } else { "slow" };
    match off.abs() {
        0..CLOCK_WARN => Check::ok("clock", "This computer's clock agrees with Stripe's."),
        CLOCK_WARN..CLOCK_OFF => {
            Check::warn("clock", format!("This computer's clock is {} s {way}.", off.abs()), advice)
        }
        _ => Check::fault("clock", format!("This computer's clock is {} {way}.", long(off.abs())), advice),
    }
}

/// To the nearest: a second that passes meanwhile makes no hour less.
fn long(seconds: i64) -> String {
    let nearest = |unit: i64| (seconds + unit / 2) / unit;
    match seconds {
        0..7_200 => format!("{} min", nearest(60)),
        7_200..172_800 => format!("{} hours", nearest(3_600)),
        _ => format!("{} days", nearest(86_400)),
    }
}

async fn stripe_js(base: &Base) -> Check {
    let id = "stripeJs";
    match get(base, STRIPE_JS).await {
        Err(unanswered) => broken(id, base, &unanswered),
        Ok(response) => {
            let kind = response.headers().get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            if response.status() == 200 && kind.is_some_and(|kind| kind.contains("javascript")) {
                return Check::ok(id, "Stripe.js can be loaded.");
            }
            let say = format!("Stripe.js did not come: status {}.", response.status().as_u16());
            Check::fault(id, say, "A firewall or a content filter must leave *.stripe.com alone.")
        }
    }
}

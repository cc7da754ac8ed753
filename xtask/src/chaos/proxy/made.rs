//! Answers that the proxy makes up, and what it reads in those that pass.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::chaos::wire::Message;

/// The amounts of the payments that are told as taken, wherever in an answer.
pub(super) fn taken(value: &Value, told: &mut BTreeSet<i64>) {
    if value["object"] == "payment_intent" && value["status"] == "succeeded" {
        told.extend(value["amount"].as_i64());
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|value| taken(value, told)),
        Value::Array(values) => values.iter().for_each(|value| taken(value, told)),
        _ => {}
    }
}

/// Which payment a request and its answer are about.
pub(super) fn subject(request: &Message, answer: &Message) -> Option<String> {
    let intent = |text: &str| {
        let at = text.find("pi_")?;
        Some(text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>())
    };
    intent(request.line()).or_else(|| intent(&String::from_utf8_lossy(&answer.body)))
}

/// A decline told as a success of the same payment, and so is what is read of it afterwards: what a till has to believe,
/// and a judge must not.
pub(super) fn lie(answer: &Message) -> Option<Message> {
    let mut body: Value = serde_json::from_slice(&answer.body).ok()?;
    let declined = body["error"]["payment_intent"].is_object();
    let mut intent = if declined { body["error"]["payment_intent"].take() } else { body };
    let tried = declined || intent["latest_charge"].is_object();
    if intent["status"] != "requires_payment_method" || !tried {
        return None;
    }
    intent["status"] = "succeeded".into();
    intent["amount_received"] = intent["amount"].clone();
    if let Some(charge) = intent["latest_charge"].as_object_mut() {
        charge.insert("status".into(), "succeeded".into());
        charge.insert("paid".into(), true.into());
        charge.insert("captured".into(), true.into());
        charge.insert("amount_captured".into(), charge["amount"].clone());
    }
    let id = format!("Request-Id: {}", answer.header("request-id")?);
    Some(Message::made("200 OK", "application/json", &[&id], &intent.to_string()))
}

pub(super) const BAD_GATEWAY: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>\n";
pub(super) const WELCOME: &str = "<html><body><h1>Welcome to our Wi-Fi</h1></body></html>\n";

pub(super) fn error500() -> Message {
    let body = r#"{"error":{"type":"api_error","message":"An unknown error occurred."}}"#;
    Message::made("500 Internal Server Error", "application/json", &["Request-Id: req_broken"], body)
}

pub(super) fn too_many() -> Message {
    let body =
        r#"{"error":{"type":"invalid_request_error","code":"rate_limit","message":"Request rate limit exceeded."}}"#;
    let more = ["Request-Id: req_many", "Retry-After: 1"];
    Message::made("429 Too Many Requests", "application/json", &more, body)
}

pub(super) fn in_use() -> Message {
    let body = r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use","message":"There is currently another in-progress request using this Idempotency Key."}}"#;
    let more = ["Request-Id: req_inuse", "Stripe-Should-Retry: true"];
    Message::made("409 Conflict", "application/json", &more, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Message {
        Message::made("200 OK", "application/json", &["Request-Id: req_1"], body)
    }

    #[test]
    fn the_till_was_told_of_what_an_answer_says_at_any_depth() {
        let body = serde_json::json!({ "object": "list", "data": [
            { "object": "payment_intent", "status": "succeeded", "amount": 500 },
            { "object": "payment_intent", "status": "canceled", "amount": 600 },
            { "object": "charge", "status": "succeeded", "amount": 700 },
        ], "error": { "payment_intent": { "object": "payment_intent", "status": "succeeded", "amount": 800 } } });
        let mut told = BTreeSet::new();
        taken(&body, &mut told);
        assert_eq!(told, BTreeSet::from([500, 800]));
    }

    #[test]
    fn an_answer_is_about_the_payment_that_the_request_names_or_else_its_own() {
        let request = |line: &str| Message { head: format!("{line} HTTP/1.1\r\n"), body: Vec::new() };
        let about = |line, body| subject(&request(line), &answer(body));
        assert_eq!(about("GET /v1/payment_intents/pi_1a?expand[]=b", "{\"id\":\"pi_2\"}").as_deref(), Some("pi_1a"));
        assert_eq!(about("POST /v1/payment_intents", "{\"id\":\"pi_2\"}").as_deref(), Some("pi_2"));
        assert_eq!(about("GET /v1/account", "{}"), None);
    }

    #[test]
    fn the_lie_is_told_of_a_decline_and_of_nothing_else() {
        let declined = r#"{"error":{"payment_intent":{"status":"requires_payment_method","amount":5}}}"#;
        let told: Value = serde_json::from_slice(&lie(&answer(declined)).unwrap().body).unwrap();
        assert_eq!((&told["status"], &told["amount_received"]), (&"succeeded".into(), &5.into()));
        let read = r#"{"status":"requires_payment_method","amount":5,"latest_charge":{"amount":5,"paid":false}}"#;
        let told: Value = serde_json::from_slice(&lie(&answer(read)).unwrap().body).unwrap();
        assert_eq!(told["latest_charge"]["paid"], true);
        for honest in ["{\"status\":\"succeeded\"}", "{\"status\":\"requires_payment_method\",\"latest_charge\":null}"]
        {
            assert_eq!(lie(&answer(honest)), None);
        }
    }
}

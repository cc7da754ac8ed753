//! Hand-written answers, in Stripe's shapes.

use bytes::Bytes;
use http::Response;

/// A response with the headers Stripe sends.
pub(super) fn response(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("request-id", "req_1")
        .header("date", "Wed, 29 Jul 2026 12:00:00 GMT")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

/// An intent with a status and more fields, which begin with a comma.
pub(super) fn intent(status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"pi_1","object":"payment_intent","amount":1099,"amount_capturable":0,"amount_received":0,
        "currency":"usd","status":"{status}","livemode":false,"created":1785326400,"capture_method":"automatic_async",
        "confirmation_method":"manual","client_secret":"pi_1_secret_CANARY","payment_method_types":["card"],
        "metadata":{{"sale_id":"01J","gen":"1"}},"customer":null,"amount_details":{{"tip":{{}}}}{more}}}"#
    )
}

/// An error with more fields, which begin with a comma.
pub(super) fn error(kind: &str, more: &str) -> String {
    format!(r#"{{"error":{{"type":"{kind}","message":"A sentence.","doc_url":"https://stripe.com/docs"{more}}}}}"#)
}

/// An approved charge, expanded.
pub(super) const CHARGE: &str = r#"{"id":"ch_1","object":"charge","amount":1099,"amount_captured":1099,
    "amount_refunded":0,"authorization_code":"654321","balance_transaction":null,"captured":true,"created":1785326401,
    "calculated_statement_descriptor":"CORNER SHOP","currency":"usd","disputed":false,"failure_code":null,
    "outcome":{"type":"authorized","network_status":"approved_by_network","reason":null,"risk_level":"normal",
    "risk_score":12,"seller_message":"Payment complete."},"paid":true,"payment_intent":"pi_1","payment_method":"pm_1",
    "payment_method_details":{"type":"card","card":{"amount_authorized":1099,"authorization_code":"123456",
    "brand":"visa","capture_before":1785931200,"checks":{"cvc_check":"pass"},"country":"US","exp_month":12,
    "exp_year":2034,"fingerprint":"Xt5E","funding":"credit","last4":"4242","moto":true,"network":"visa",
    "network_transaction_id":"119528868122817","three_d_secure":null,"wallet":null}},
    "receipt_number":null,"refunded":false,"status":"succeeded"}"#;

/// A refund with a status.
pub(super) fn refund(status: &str) -> String {
    format!(
        r#"{{"id":"re_1","object":"refund","amount":500,"charge":"ch_1","created":1785326500,"currency":"usd",
        "metadata":{{"refund_id":"01R"}},"payment_intent":"pi_1","reason":null,"status":"{status}"}}"#
    )
}

/// A page of a list.
pub(super) fn list(url: &str, data: &[String], has_more: bool) -> String {
    format!(r#"{{"object":"list","url":"{url}","has_more":{has_more},"data":[{}]}}"#, data.join(","))
}

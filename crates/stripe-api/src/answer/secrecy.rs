use super::samples::{CHARGE, error, intent, list, response};
use super::*;
use crate::base::Base;
use crate::call::Call;
use crate::key::SecretKey;

/// Every place in which Stripe, or a proxy that echoes us, could hand a secret back.
fn leaky_bodies() -> Vec<(u16, String)> {
    let action = r#","next_action":{"type":"use_stripe_sdk","use_stripe_sdk":{"three_d_secure_2_source":"CANARY"}}"#;
    let embedded = format!(r#","payment_intent":{}"#, intent("requires_action", action));
    let key = |mark: &str| format!(r#","message":"Invalid API Key provided: {mark}CANARY."#);
    let named = |message: &str| format!(r#"{{"error":{{"type":"invalid_request_error"{message}"}}}}"#);
    vec![
        (200, intent("requires_action", action)),
        (200, intent("succeeded", &format!(r#","latest_charge":{CHARGE}"#))),
        (200, list("/v1/payment_intents", &[intent("requires_action", action)], false)),
        (402, error("card_error", &embedded)),
        (401, named(&key("sk_test_"))),
        (401, named(&key("rk_live_"))),
        (400, named(r#","message":"No such secret: pi_1_secret_CANARY"#)),
        (400, named(r#","request_log_url":"https://dashboard.stripe.com/?k=sk_live_CANARY"#)),
        (200, r#"{"object":"payment_intent","id":1,"amount":"sk_test_CANARY"}"#.to_owned()),
        (200, intent("succeeded", r#","amount":"pi_1_secret_CANARY""#)),
        (200, "<html>Authorization: Bearer sk_test_CANARY</html>".to_owned()),
        (500, r#"{"error":"sk_test_CANARY"}"#.to_owned()),
        (302, "sk_test_CANARY".to_owned()),
    ]
}

#[test]
fn no_secret_shows_in_debug_of_any_answer() {
    for (status, body) in leaky_bodies() {
        assert!(body.contains("CANARY"));
        let answer = read(&response(status, body.clone()));
        assert!(!format!("{answer:?} {answer:#?}").contains("CANARY"), "{status} {body}");
    }
}

#[test]
fn no_secret_shows_in_debug_of_a_call_or_client() {
    struct Nowhere;
    impl crate::transport::Transport for Nowhere {
        fn send(&self, request: http::Request<Bytes>) -> crate::transport::Sending<'_> {
            assert!(!format!("{request:?}").contains("CANARY"));
            Box::pin(async { Err(crate::transport::Unanswered::NotSent("nowhere".to_owned())) })
        }
    }
    let key = SecretKey::parse("sk_test_CANARY").unwrap();
    let client = crate::client::Client::new(std::sync::Arc::new(Nowhere), Base::stripe(), key.clone()).unwrap();
    let call = Call::cancel_intent("pi_1", "k");
    let mut waiting = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(client.call(&call)).poll(&mut waiting).is_ready());
    let shown = format!("{client:?} {key:?} {call:?} {:?}", call.to_request(&Base::stripe(), &key));
    assert!(!shown.contains("CANARY"), "{shown}");
}

#[test]
fn what_is_cut_out_leaves_the_sentence_readable() {
    for (message, kept) in [
        ("Invalid API Key provided: sk_test_abc123.", "Invalid API Key provided: [redacted]."),
        ("sk_live_a, rk_live_b; whsec_c", "[redacted], [redacted]; [redacted]"),
        ("client secret pi_1_secret_x is not yours", "client secret [redacted] is not yours"),
        ("Das Geschäft ‹sk_test_é› ist zu", "Das Geschäft ‹[redacted]é› ist zu"),
        ("Your card was declined.", "Your card was declined."),
    ] {
        let body = error("api_error", &format!(r#","param":"{message}""#)).replace("A sentence.", message);
        let Body::Error(error) = read(&response(500, body)).body else { panic!("no error") };
        assert_eq!(error.message.as_deref(), Some(kept));
    }
}

#[test]
fn the_client_secret_is_there_for_the_card_page() {
    let Body::PaymentIntent(intent) = read(&response(200, intent("requires_action", ""))).body else {
        panic!("no intent")
    };
    assert_eq!(intent.client_secret.unwrap().expose(), "pi_1_secret_CANARY");
}

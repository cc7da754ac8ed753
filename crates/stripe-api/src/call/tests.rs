use bytes::Bytes;
use http::Request;

use super::*;

fn sale() -> CreateIntent {
    CreateIntent {
        amount: 1099,
        currency: "usd".to_owned(),
        capture: Capture::AutomaticAsync,
        description: None,
        metadata: [("app", "keytill"), ("till", "A3"), ("sale_id", "01J"), ("gen", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        customer: None,
        setup_future_usage: false,
        receipt_email: None,
        statement_descriptor_suffix: None,
    }
}

fn card(moto: bool, off_session: bool) -> ConfirmIntent {
    ConfirmIntent { payment_method: "pm_1".to_owned(), moto, off_session }
}

fn refund(amount: Option<i64>) -> CreateRefund {
    CreateRefund {
        payment_intent: "pi_1".to_owned(),
        amount,
        metadata: vec![("refund_id".to_owned(), "01R".to_owned())],
    }
}

fn key() -> SecretKey {
    SecretKey::parse("sk_test_CANARY").unwrap()
}

fn request(call: &Call) -> Request<Bytes> {
    call.to_request(&Base::stripe(), &key())
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap())
}

/// Bodies with the brackets raw, for reading.
fn readable(body: &str) -> String {
    body.replace("%5B", "[").replace("%5D", "]")
}

const FROZEN: &str = "amount=1099&currency=usd&confirmation_method=manual&capture_method=automatic_async\
    &payment_method_types[]=card";
const OURS: &str = "&metadata[app]=keytill&metadata[till]=A3&metadata[sale_id]=01J&metadata[gen]=1";

#[test]
fn a_created_intent_carries_no_card_and_nobody_else_can_confirm_it() {
    let call = Call::create_intent(&sale(), "01J:g1:create");
    assert_eq!(call.path(), "/v1/payment_intents");
    assert_eq!(readable(&call.body()), format!("{FROZEN}{OURS}"));
    assert_eq!(call.idempotency_key(), Some("01J:g1:create"));
}

#[test]
fn a_created_intent_carries_what_the_sale_has() {
    let sale = CreateIntent {
        capture: Capture::Manual,
        description: Some("Café & Kuchen".to_owned()),
        metadata: Vec::new(),
        customer: Some("cus_1".to_owned()),
        setup_future_usage: true,
        receipt_email: Some("jenny+till@example.com".to_owned()),
        statement_descriptor_suffix: Some("S0042".to_owned()),
        ..sale()
    };
    let body = Call::create_intent(&sale, "k").body();
    assert_eq!(
        readable(&body),
        "amount=1099&currency=usd&confirmation_method=manual&capture_method=manual&payment_method_types[]=card\
         &description=Caf%C3%A9+%26+Kuchen&customer=cus_1&setup_future_usage=off_session\
         &receipt_email=jenny%2Btill%40example.com&statement_descriptor_suffix=S0042"
    );
}

#[test]
fn every_changing_call_has_exactly_its_parameters() {
    for (call, path, body) in [
        (
            Call::confirm_intent("pi_1", &card(false, false), "k"),
            "/v1/payment_intents/pi_1/confirm",
            "payment_method=pm_1&use_stripe_sdk=true&expand[]=latest_charge",
        ),
        (
            Call::confirm_intent("pi_1", &card(true, false), "k"),
            "/v1/payment_intents/pi_1/confirm",
            "payment_method=pm_1&use_stripe_sdk=true&payment_method_options[card][moto]=true&expand[]=latest_charge",
        ),
        (
            Call::confirm_intent("pi_1", &card(false, true), "k"),
            "/v1/payment_intents/pi_1/confirm",
            "payment_method=pm_1&use_stripe_sdk=true&off_session=true&expand[]=latest_charge",
        ),
        (Call::finish_intent("pi_1", "k"), "/v1/payment_intents/pi_1/confirm", "expand[]=latest_charge"),
        (Call::capture_intent("pi_1", None, "k"), "/v1/payment_intents/pi_1/capture", "expand[]=latest_charge"),
        (
            Call::capture_intent("pi_1", Some(500), "k"),
            "/v1/payment_intents/pi_1/capture",
            "amount_to_capture=500&expand[]=latest_charge",
        ),
        (Call::cancel_intent("pi_1", "k"), "/v1/payment_intents/pi_1/cancel", ""),
        (Call::create_refund(&refund(None), "k"), "/v1/refunds", "payment_intent=pi_1&metadata[refund_id]=01R"),
        (
            Call::create_refund(&refund(Some(7)), "k"),
            "/v1/refunds",
            "payment_intent=pi_1&amount=7&metadata[refund_id]=01R",
        ),
    ] {
        assert_eq!((call.method(), call.path()), (Method::Post, path));
        assert_eq!(readable(&call.body()), body);
        let request = request(&call);
        assert_eq!(request.method(), http::Method::POST);
        assert_eq!(request.uri().to_string(), format!("https://api.stripe.com{path}"));
        assert_eq!(request.body(), call.body().as_bytes());
        assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(header(&request, "idempotency-key"), Some("k"));
    }
}

#[test]
fn every_reading_call_has_its_parameters_in_the_query_and_no_key() {
    let window =
        ListIntents { created_gte: Some(1), created_lte: Some(2), starting_after: Some("pi_9".to_owned()), limit: 20 };
    let all = ListIntents { limit: 255, ..ListIntents::default() };
    for (call, target) in [
        (Call::retrieve_intent("pi_1"), "/v1/payment_intents/pi_1?expand[]=latest_charge"),
        (Call::list_intents(&window), "/v1/payment_intents?created[gte]=1&created[lte]=2&limit=20&starting_after=pi_9"),
        (Call::list_intents(&all), "/v1/payment_intents?limit=50"),
        (Call::list_intents(&ListIntents::default()), "/v1/payment_intents?limit=1"),
        (Call::retrieve_refund("re_1"), "/v1/refunds/re_1"),
        (Call::list_refunds("pi_1"), "/v1/refunds?payment_intent=pi_1&limit=20"),
        (Call::list_refunds_since(7, 20, None), "/v1/refunds?created[gte]=7&limit=20"),
        (Call::list_refunds_since(7, 20, Some("re_1")), "/v1/refunds?created[gte]=7&limit=20&starting_after=re_1"),
        (Call::retrieve_account(), "/v1/account"),
        (Call::retrieve_balance(), "/v1/balance"),
    ] {
        let request = request(&call);
        assert_eq!(request.method(), http::Method::GET);
        assert_eq!(readable(&request.uri().to_string()), format!("https://api.stripe.com{target}"));
        assert!(request.body().is_empty() && call.body().is_empty());
        assert_eq!((call.idempotency_key(), header(&request, "idempotency-key")), (None, None));
        assert_eq!(header(&request, "content-type"), None);
    }
}

#[test]
fn every_call_names_the_version_and_the_program_and_hides_the_key() {
    for call in [Call::retrieve_balance(), Call::cancel_intent("pi_1", "k")] {
        let request = request(&call);
        assert_eq!(header(&request, "authorization"), Some("Bearer sk_test_CANARY"));
        assert_eq!(header(&request, "stripe-version"), Some("2026-07-29.dahlia"));
        assert!(header(&request, "user-agent").unwrap().starts_with("Keytill/"));
        assert!(!format!("{request:?} {call:?}").contains("CANARY"));
    }
}

#[test]
fn the_same_call_always_makes_the_same_bytes() {
    let [first, again] = [(); 2].map(|()| Call::create_intent(&sale(), "k"));
    assert_eq!((first.body(), first.body_sha256()), (again.body(), again.body_sha256()));
    let dearer = Call::create_intent(&CreateIntent { amount: 1100, ..sale() }, "k");
    assert_ne!(first.body_sha256(), dearer.body_sha256());
}

#[test]
fn the_hash_is_sha_256_of_the_body() {
    let empty = [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ];
    assert_eq!(Call::cancel_intent("pi_1", "k").body_sha256(), empty);
}

#[test]
fn an_odd_id_cannot_reach_another_endpoint() {
    for (id, path) in [
        ("../refunds", "/v1/payment_intents/%2E%2E%2Frefunds/cancel"),
        ("pi_1?x=y#z", "/v1/payment_intents/pi_1%3Fx%3Dy%23z/cancel"),
        ("pi 1\r\n", "/v1/payment_intents/pi%201%0D%0A/cancel"),
        ("№", "/v1/payment_intents/%E2%84%96/cancel"),
    ] {
        let call = Call::cancel_intent(id, "k");
        assert_eq!(call.path(), path);
        assert_eq!(request(&call).uri().path(), path);
    }
}

#[test]
fn no_changing_call_leaves_without_its_key() {
    for (key, sent) in [
        ("01J:g1:a2:c1", "01J:g1:a2:c1"),
        ("a b", "a%20b"),
        ("a%20b", "a%2520b"),
        ("x\r\ny", "x%0D%0Ay"),
        ("é", "%C3%A9"),
    ] {
        let call = Call::cancel_intent("pi_1", key);
        assert_eq!(call.idempotency_key(), Some(sent));
        assert_eq!(header(&request(&call), "idempotency-key"), Some(sent));
    }
}

#[test]
fn a_loopback_peer_gets_the_same_call() {
    let base = Base::loopback("http://127.0.0.1:12111").unwrap();
    let request = Call::retrieve_intent("pi_1").to_request(&base, &key());
    assert_eq!(
        readable(&request.uri().to_string()),
        "http://127.0.0.1:12111/v1/payment_intents/pi_1?expand[]=latest_charge"
    );
}

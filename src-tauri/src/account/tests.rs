//! The table of pasted texts, and conversations with a peer that says what each case wants it to say.

use super::*;
use http::Response;
use std::sync::Mutex;
use stripe_api::Sending;

const PK: &str = "pk_test_1";
const SK: &str = "sk_test_1";

#[test]
fn a_pasted_pair_is_taken_or_the_field_that_is_wrong_is_named() {
    use ProblemCode::{KeyModes, KeysSwapped, LiveKeyHere, NotAKey};
    let table = [
        (PK, SK, false, Ok(KeyKind::Secret)),
        (" pk_test_1\n", "\trk_test_1 ", false, Ok(KeyKind::Restricted)),
        ("pk_live_1", "rk_live_1", false, Ok(KeyKind::Restricted)),
        (PK, SK, true, Ok(KeyKind::Secret)),
        ("pk_live_1", "sk_live_1", true, Err((LiveKeyHere, None))),
        (PK, "sk_live_1", false, Err((KeyModes, None))),
        ("pk_live_1", SK, false, Err((KeyModes, None))),
        (SK, PK, false, Err((KeysSwapped, Some("publishable: ")))),
        (PK, PK, false, Err((KeysSwapped, Some("secret: ")))),
        (SK, SK, false, Err((KeysSwapped, Some("publishable: ")))),
        ("", SK, false, Err((NotAKey, Some("publishable: ")))),
        (PK, "", false, Err((NotAKey, Some("secret: ")))),
        (PK, "whsec_1", false, Err((NotAKey, Some("secret: ")))),
        (PK, "acct_1", false, Err((NotAKey, Some("secret: ")))),
        ("hello", SK, false, Err((NotAKey, Some("publishable: ")))),
    ];
    for (publishable, secret, loopback, expected) in table {
        let read = Keys::read(publishable, secret, loopback);
        match (read, expected) {
            (Ok(keys), Ok(kind)) => assert_eq!(key_kind(keys.secret.kind()), kind),
            (Err(problem), Err((code, field))) => {
                assert_eq!(problem.code, code, "{publishable:?} {secret:?}");
                let detail = problem.detail.unwrap_or_default();
                assert!(detail.starts_with(field.unwrap_or_default()), "{detail}");
                assert!(!detail.contains("test_1"), "a key is never repeated: {detail}");
            }
            (read, _) => panic!("{publishable:?} {secret:?} gave {read:?}"),
        }
    }
}

#[test]
fn only_a_full_live_key_is_all_powerful() {
    for (kind, warned) in [("sk_live_1", true), ("rk_live_1", false)] {
        assert_eq!(Keys::read("pk_live_1", kind, false).unwrap().are_all_powerful(), warned, "{kind}");
    }
    assert!(!Keys::read(PK, SK, false).unwrap().are_all_powerful());
}

/// Answers by path, and remembers who asked.
struct Peer {
    account: (u16, &'static str),
    balance: (u16, &'static str),
    payments: (u16, &'static str),
    public: u16,
    asked: Mutex<Vec<String>>,
}

const ACCOUNT: &str = r#"{"object":"account","id":"acct_1","default_currency":"gbp",
    "business_profile":{"name":"Corner Shop"}}"#;
const BALANCE: &str =
    r#"{"object":"balance","available":[{"amount":0,"currency":"aud"},{"amount":7,"currency":"usd"}]}"#;
const NOT_ALLOWED: &str = r#"{"error":{"type":"invalid_request_error","message":"The provided key 'rk_test_****' does not have the required permissions for this endpoint on account 'acct_1ShopX'. Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue."}}"#;
const NO_PAYMENTS: &str = r#"{"object":"list","url":"/v1/payment_intents","data":[],"has_more":false}"#;
const ONE_PAYMENT: &str = r#"{"object":"list","url":"/v1/payment_intents","has_more":false,"data":[
    {"object":"payment_intent","id":"pi_1","status":"succeeded","amount":100,"amount_received":100,
     "currency":"gbp","created":1,"livemode":false,"client_secret":"pi_1_secret_x"}]}"#;
const REFUSED: &str = r#"{"error":{"type":"invalid_request_error","message":"No. sk_test_1"}}"#;

impl Peer {
    fn new() -> Self {
        Self {
            account: (200, ACCOUNT),
            balance: (200, BALANCE),
            payments: (200, ONE_PAYMENT),
            public: 200,
            asked: Mutex::default(),
        }
    }
}

impl Transport for Peer {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let key = request.headers()[AUTHORIZATION].to_str().unwrap().to_owned();
        self.asked.lock().unwrap().push(format!("{} {key}", request.uri()));
        let (status, body) = match request.uri().path() {
            "/v1/account" => self.account,
            "/v1/balance" => self.balance,
            "/v1/payment_intents" => self.payments,
            "/v1/payment_intents/pi_1" => (self.public, "{}"),
            path => panic!("nothing else is asked, but {path} was"),
        };
        let response = Response::builder().status(status).header("Request-Id", "req_1");
        let response = response.body(Bytes::from_static(body.as_bytes())).unwrap();
        Box::pin(async move { Ok(response) })
    }
}

fn check(peer: Peer) -> (Result<AccountSettings, Problem>, Vec<String>) {
    let keys = Keys::read(PK, SK, false).unwrap();
    let peer = Arc::new(peer);
    let transport: Arc<dyn Transport> = peer.clone();
    let checked = tauri::async_runtime::block_on(keys.check(&transport, &Base::stripe()));
    let asked = peer.asked.lock().unwrap().clone();
    (checked, asked)
}

#[test]
fn keys_that_work_are_connected_with_the_account_s_name_and_currency() {
    let (checked, asked) = check(Peer::new());
    let connected = checked.unwrap();
    assert_eq!((connected.suggested.as_deref(), connected.currency), (Some("gbp"), None));
    assert_eq!(connected.name.as_deref(), Some("Corner Shop"));
    assert_eq!(connected.account.as_deref(), Some("acct_1"));
    assert_eq!(connected.publishable_key, PK);
    let public = "https://api.stripe.com/v1/payment_intents/pi_1?client_secret=pi_1_secret_x Bearer pk_test_1";
    assert_eq!(asked.last().unwrap(), public);
    assert!(asked[..2].iter().all(|asked| asked.ends_with("Bearer sk_test_1")));
}

#[test]
fn a_restricted_key_need_not_read_the_account_but_must_read_payments() {
    let connected = check(Peer { account: (403, NOT_ALLOWED), ..Peer::new() }).0.unwrap();
    assert_eq!(connected.account.as_deref(), Some("acct_1ShopX"), "Stripe names it in its refusal");
    assert_eq!((connected.suggested.as_deref(), connected.name), (Some("aud"), None));
    let useless = Peer { account: (403, REFUSED), payments: (403, REFUSED), ..Peer::new() };
    assert_eq!(check(useless).0.unwrap_err().code, ProblemCode::KeyForbidden);
}

/// What was compared with one account's books must not pass for compared with another's.
#[test]
fn an_account_that_stripe_does_not_name_is_told_from_others_by_its_publishable_key() {
    let nameless = Peer { account: (403, REFUSED), balance: (403, REFUSED), ..Peer::new() };
    let account = check(nameless).0.unwrap();
    assert_eq!((&account.account, &account.suggested), (&None, &None));
    let other = AccountSettings { publishable_key: "pk_test_2".to_owned(), ..account.clone() };
    assert!(account.identity().starts_with("pk_sha256_") && account.identity().len() == 26, "{}", account.identity());
    assert!(account.identity() != other.identity() && !account.identity().contains(PK));
    let named = AccountSettings { account: Some("acct_1".to_owned()), ..account };
    assert_eq!(named.identity(), "acct_1");
}

#[test]
fn a_currency_that_the_till_does_not_know_is_not_suggested() {
    const STRANGE: &str = r#"{"object":"account","id":"acct_1","default_currency":"xxx"}"#;
    let connected = check(Peer { account: (200, STRANGE), ..Peer::new() }).0.unwrap();
    assert_eq!(connected.suggested, None);
}

#[test]
fn what_stripe_has_against_the_keys_is_said() {
    use ProblemCode::{KeyAccounts, KeyRejected, StripeAnswer, StripeRejected};
    let table = [
        (Peer { account: (401, REFUSED), ..Peer::new() }, KeyRejected),
        (Peer { payments: (401, REFUSED), ..Peer::new() }, KeyRejected),
        (Peer { account: (400, REFUSED), ..Peer::new() }, StripeRejected),
        (Peer { account: (500, REFUSED), ..Peer::new() }, StripeAnswer),
        (Peer { account: (200, "<html>"), ..Peer::new() }, StripeAnswer),
        (Peer { account: (200, NO_PAYMENTS), ..Peer::new() }, StripeAnswer),
        (Peer { public: 404, ..Peer::new() }, KeyAccounts),
        (Peer { public: 401, ..Peer::new() }, KeyRejected),
    ];
    for (peer, code) in table {
        let problem = check(peer).0.unwrap_err();
        assert_eq!(problem.code, code);
        let detail = problem.detail.unwrap_or_default();
        assert!(!detail.contains("sk_test"), "{detail}");
    }
}

#[test]
fn an_account_without_payments_cannot_be_compared_and_is_taken() {
    let peer = Peer { payments: (200, NO_PAYMENTS), public: 404, ..Peer::new() };
    let (checked, asked) = check(peer);
    assert!(checked.is_ok());
    assert_eq!(asked.len(), 2);
}

/// Nothing listens.
struct Silence;

impl Transport for Silence {
    fn send(&self, _: Request<Bytes>) -> Sending<'_> {
        Box::pin(async { Err(Unanswered::NotSent("no route".to_owned())) })
    }
}

#[test]
fn keys_are_not_taken_unseen_when_stripe_cannot_be_reached() {
    let keys = Keys::read(PK, SK, false).unwrap();
    let transport: Arc<dyn Transport> = Arc::new(Silence);
    let checked = tauri::async_runtime::block_on(keys.check(&transport, &Base::stripe()));
    assert_eq!(checked.unwrap_err().code, ProblemCode::StripeUnreachable);
}

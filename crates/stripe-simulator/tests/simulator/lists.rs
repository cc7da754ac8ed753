//! Lists, expansions, updates and the refusals of forms.

use crate::shop::{OPENING, Shop};

#[test]
fn intents_are_listed_newest_first_in_pages_and_windows() {
    let mut shop = Shop::new();
    let ids: Vec<String> = (0..5)
        .map(|n| {
            shop.later(10);
            shop.intent(&format!("metadata[n]={n}"))
        })
        .collect();
    let start = OPENING / 1_000;
    let page = shop.get("/v1/payment_intents", "limit=2");
    assert_eq!((page.text("data.0.id"), page.at("has_more").as_bool()), (ids[4].clone(), Some(true)));
    let page = shop.get("/v1/payment_intents", &format!("limit=2&starting_after={}", ids[1]));
    assert_eq!((page.text("data.0.id"), page.at("has_more").as_bool()), (ids[0].clone(), Some(false)));
    let window = format!("created[gte]={}&created[lt]={}", start + 20, start + 40);
    let page = shop.get("/v1/payment_intents", &window);
    let listed: Vec<_> = page.at("data").as_array().unwrap().iter().map(|pi| pi["id"].as_str().unwrap()).collect();
    assert_eq!(listed, [&ids[2], &ids[1]]);
    assert_eq!(shop.get("/v1/payment_intents", "starting_after=pi_none").text("error.code"), "resource_missing");
    assert_eq!(shop.get("/v1/payment_intents", "limit=0").status, 400);
    assert_eq!(shop.get("/v1/payment_intents", "customer=cus_1").at("data").as_array().map(Vec::len), Some(0));
}

#[test]
fn lists_expand_their_charges_and_refuse_what_they_cannot() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    shop.confirm_with(&intent, "4242424242424242");
    let page = shop.get("/v1/payment_intents", "expand[]=data.latest_charge");
    assert_eq!(page.text("data.0.latest_charge.object"), "charge");
    assert_eq!(shop.get("/v1/payment_intents", "expand[]=latest_charge").status, 400);
    assert_eq!(shop.get(&format!("/v1/payment_intents/{intent}"), "expand[]=amount").status, 400);
    let charge = shop.read(&intent).text("latest_charge.id");
    assert_eq!(shop.get(&format!("/v1/charges/{charge}"), "").at("payment_intent").as_str(), Some(intent.as_str()));
}

#[test]
fn an_update_changes_what_it_names_and_clears_what_it_empties() {
    let mut shop = Shop::new();
    let intent = shop.intent("metadata[a]=1&metadata[b]=2&description=old");
    let path = format!("/v1/payment_intents/{intent}");
    let told = shop.post(&path, "amount=999&metadata[a]=&metadata[c]=3&description=");
    assert_eq!(told.at("amount").as_i64(), Some(999));
    assert_eq!(told.at("metadata").to_string(), r#"{"b":"2","c":"3"}"#);
    assert!(told.at("description").is_null());
    assert_eq!(shop.post(&path, "confirm=true").text("error.code"), "parameter_unknown");
    assert_eq!(shop.post(&path, "payment_method=pm_card_visa").text("status"), "requires_confirmation");
    shop.confirm(&intent, "");
    assert_eq!(shop.post(&path, "amount=1000").text("error.code"), "payment_intent_unexpected_state");
    assert_eq!(shop.post(&path, "metadata[d]=4").text("metadata.d"), "4");
}

#[test]
fn forms_that_stripe_refuses_are_refused_in_its_words() {
    let mut shop = Shop::new();
    let base = "payment_method_types[]=card&confirmation_method=manual";
    let cases = [
        ("currency=usd", Some("parameter_missing"), Some("amount")),
        ("amount=10&currency=usd", Some("amount_too_small"), Some("amount")),
        ("amount=100000000&currency=usd", Some("amount_too_large"), Some("amount")),
        ("amount=100&currency=xxx", None, Some("currency")),
        ("amount=100&currency=usd&colour=red", Some("parameter_unknown"), Some("colour")),
        ("amount=100&currency=usd&off_session=true", None, Some("off_session")),
        ("amount=100&currency=usd&statement_descriptor_suffix=1042", None, Some("statement_descriptor_suffix")),
        (
            "amount=100&currency=usd&statement_descriptor_suffix=K-1042-AND-MUCH-MORE-TEXT",
            None,
            Some("statement_descriptor_suffix"),
        ),
        ("amount=100&currency=usd&shipping[name]=x", Some("parameter_missing"), Some("shipping[address]")),
        ("amount=100&currency=usd&confirm=true", Some("payment_intent_unexpected_state"), None),
        ("amount=100&currency=usd&payment_method=pm_x", Some("resource_missing"), Some("payment_method")),
        ("amount=100&currency=usd&receipt_email=nobody", Some("email_invalid"), Some("receipt_email")),
    ];
    for (form, code, param) in cases {
        let told = shop.post("/v1/payment_intents", &format!("{form}&{base}"));
        assert_eq!((told.status, told.text("error.type")), (400, "invalid_request_error".into()), "{form}");
        assert_eq!(told.at("error.code").as_str(), code, "{form}");
        assert_eq!(told.at("error.param").as_str(), param, "{form}");
    }
    let told = shop.get("/v1/payment_intents/pi_none", "");
    assert_eq!((told.status, told.text("error.message")), (404, "No such payment_intent: 'pi_none'".into()));
    assert_eq!(shop.get("/v1/nothing", "").status, 404);
}

#[test]
fn every_answer_carries_stripes_headers() {
    let mut shop = Shop::new();
    let told = shop.get("/v1/balance", "");
    assert_eq!(told.header("date"), Some("Thu, 20 Aug 2026 09:00:00 GMT"));
    assert_eq!(told.header("stripe-version"), Some("2026-07-29.dahlia"));
    assert_eq!(told.header("access-control-allow-origin"), Some("*"));
    assert!(told.header("request-id").is_some_and(|id| id.starts_with("req_")));
    assert!(told.response.body().starts_with(b"{\n  \"object\": "));
    let told = shop.ask("GET", "/v1/balance", "", "sk_live_real", None);
    assert_eq!((told.status, told.text("error.type")), (401, "invalid_request_error".into()));
}

#[test]
fn what_is_no_form_no_version_or_another_account_is_refused() {
    let mut shop = Shop::new();
    let mut send = |name: &str, value: &str| {
        let request = http::Request::post("/v1/customers").header("authorization", "Bearer sk_test_shop");
        shop.send(&request.header(name, value).body(bytes::Bytes::from("name=Jane")).unwrap())
    };
    for kind in ["application/json", "multipart/form-data; boundary=x"] {
        assert_eq!(send("content-type", kind).status, 400, "{kind}");
    }
    assert_eq!(send("content-type", "application/x-www-form-urlencoded; charset=utf-8").status, 200);
    assert_eq!(send("stripe-version", "yesterday").text("error.message"), "Invalid Stripe API version: yesterday");
    let told = send("stripe-account", "acct_elsewhere");
    assert_eq!((told.status, told.text("error.code")), (403, "account_invalid".into()));
    assert_eq!(told.header("stripe-account"), Some("acct_elsewhere"));
}

#[test]
fn what_few_payments_carry_is_kept_shown_and_passed_on_to_the_charge() {
    let mut shop = Shop::new();
    let told = shop.post(
        "/v1/payment_intents",
        "amount=500&currency=usd&automatic_payment_methods[enabled]=true&confirm=true&return_url=https://example.com\
         &shipping[name]=Jane&shipping[address][line1]=Quay&transfer_group=g&payment_details[order_reference]=7\
         &excluded_payment_method_types[]=klarna&off_session=recurring&radar_options[session]=rse_1\
         &mandate_data[customer_acceptance][type]=offline&payment_method_data[type]=card\
         &payment_method_data[card][number]=4242424242424242&payment_method_data[card][exp_month]=12\
         &payment_method_data[card][exp_year]=30&payment_method_data[metadata][a]=1\
         &expand[]=latest_charge.payment_intent.payment_method",
    );
    assert_eq!((told.status, told.text("status")), (200, "succeeded".into()), "{}", told.body);
    assert_eq!((told.text("shipping.address.line1"), told.text("transfer_group")), ("Quay".into(), "g".into()));
    assert_eq!(told.text("payment_details.order_reference"), "7");
    assert_eq!(
        (told.text("latest_charge.shipping.name"), told.text("latest_charge.transfer_group")),
        ("Jane".into(), "g".into())
    );
    assert_eq!(told.text("latest_charge.payment_intent.payment_method.metadata.a"), "1");
    for (form, param) in [
        ("application_fee_amount=5", "application_fee_amount"),
        ("on_behalf_of=acct_1", "on_behalf_of"),
        ("statement_descriptor=BOOKS&payment_method_types[]=card", "statement_descriptor"),
        ("mandate_data[customer_acceptance][type]=offline", "mandate_data"),
        ("confirmation_token=ctoken_1", "confirmation_token"),
    ] {
        let told = shop.post("/v1/payment_intents", &format!("amount=500&currency=usd&{form}"));
        assert_eq!((told.status, told.text("error.param")), (400, param.into()), "{form}");
    }
}

#[test]
fn what_is_written_on_a_charge_changes_and_its_money_does_not() {
    let mut shop = Shop::new();
    let intent = shop.intent("description=old");
    let charge = shop.confirm(&intent, "payment_method=pm_card_visa").text("latest_charge");
    let path = format!("/v1/charges/{charge}");
    let told = shop.post(&path, "description=new&metadata[a]=1&transfer_group=g&fraud_details[user_report]=safe");
    assert_eq!((told.text("description"), told.text("metadata.a")), ("new".into(), "1".into()));
    assert_eq!((told.text("transfer_group"), told.at("amount_captured").as_i64()), ("g".into(), Some(2345)));
    assert_eq!(shop.read(&intent).text("description"), "old");
    assert_eq!(shop.post(&path, "amount=1").text("error.code"), "parameter_unknown");
    assert_eq!(shop.post("/v1/charges/ch_none", "").status, 404);
}

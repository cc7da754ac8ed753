//! API versions: what changes with 2026-09-30.endive.

use bytes::Bytes;
use http::Request;

use crate::shop::{Shop, Told};

const ENDIVE: &str = "2026-09-30.endive";

fn post(shop: &mut Shop, version: &str, path: &str, form: &str) -> Told {
    let request = Request::post(path).header("authorization", "Bearer sk_test_shop").header("stripe-version", version);
    shop.send(&request.body(Bytes::from(form.to_owned())).unwrap())
}

#[test]
fn endive_takes_no_list_of_types_on_any_intent() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let types = "payment_method_types[]=card";
    for (path, form) in [
        ("/v1/payment_intents".to_owned(), format!("amount=500&currency=usd&{types}")),
        (format!("/v1/payment_intents/{intent}"), types.to_owned()),
        (format!("/v1/payment_intents/{intent}/confirm"), format!("payment_method=pm_card_visa&{types}")),
        ("/v1/setup_intents".to_owned(), types.to_owned()),
    ] {
        for version in [ENDIVE, "2026-10-28.endive"] {
            let told = post(&mut shop, version, &path, &form);
            assert_eq!(told.status, 400, "{path}");
            assert_eq!(told.text("error.code"), "payment_method_types_no_longer_supported", "{path}");
            assert_eq!(told.header("stripe-version"), Some(version));
        }
        assert_eq!(post(&mut shop, "2026-08-26.dahlia", &path, &form).status, 200, "{path}");
    }
}

#[test]
fn an_allow_list_of_cards_is_taken_and_excludes_the_other_ways() {
    let mut shop = Shop::new();
    let form = "amount=500&currency=usd&allowed_payment_method_types[]=card&payment_method=pm_card_visa&confirm=true&use_stripe_sdk=true";
    for version in [ENDIVE, "2026-07-29.dahlia"] {
        let told = post(&mut shop, version, "/v1/payment_intents", &format!("{form}&return_url=https://example.com"));
        assert_eq!(
            (told.text("status"), told.text("allowed_payment_method_types.0")),
            ("succeeded".into(), "card".into())
        );
        assert_eq!(told.text("payment_method_types.0"), "card");
        let told = post(&mut shop, version, "/v1/payment_intents", form);
        assert_eq!(told.text("error.param"), "return_url");
    }
    let told = shop.post("/v1/payment_intents", &format!("{form}&payment_method_types[]=card"));
    assert_eq!(told.text("error.code"), "parameters_exclusive");
    let told = shop.post("/v1/payment_intents", "amount=500&currency=usd&allowed_payment_method_types[]=klarna");
    assert_eq!(told.text("error.param"), "allowed_payment_method_types[0]");
}

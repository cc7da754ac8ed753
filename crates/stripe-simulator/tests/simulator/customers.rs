//! Customers: kept, changed, found and deleted.

use crate::shop::Shop;

const PATH: &str = "/v1/customers";

#[test]
fn a_customer_is_kept_changed_and_cleared() {
    let mut shop = Shop::new();
    let told = shop.post(
        PATH,
        "name=Jane&email=jane@example.com&phone=1&description=Regular&metadata[a]=1&address[city]=Cork&shipping[name]=J&shipping[address][line1]=Quay",
    );
    let path = format!("{PATH}/{}", told.text("id"));
    assert_eq!((told.text("object"), told.text("address.city")), ("customer".into(), "Cork".into()));
    assert_eq!(told.text("shipping.address.line1"), "Quay");
    let told = shop.post(&path, "name=&address[line1]=Pier&metadata[a]=&metadata[b]=2&shipping=");
    assert!(told.at("name").is_null() && told.at("shipping").is_null());
    assert_eq!((told.text("address.city"), told.text("address.line1")), ("Cork".into(), "Pier".into()));
    assert_eq!(told.at("metadata").to_string(), r#"{"b":"2"}"#);
    assert!(shop.post(&path, "address=").at("address").is_null());
    assert_eq!(shop.get(&path, "").text("email"), "jane@example.com");
    assert_eq!(shop.post(PATH, "email=nobody").text("error.code"), "email_invalid");
    assert_eq!(shop.post(PATH, "source=tok_visa").status, 400);
}

#[test]
fn a_deleted_customer_is_only_a_name() {
    let mut shop = Shop::new();
    let id = shop.customer("name=Jane");
    let path = format!("{PATH}/{id}");
    let told = shop.delete(&path);
    assert_eq!((told.status, told.at("deleted").as_bool()), (200, Some(true)));
    assert_eq!(shop.get(&path, "").at("deleted").as_bool(), Some(true));
    assert_eq!(shop.get(PATH, "").count(), 0);
    for told in [shop.delete(&path), shop.post(&path, "name=x"), shop.get(&format!("{path}/payment_methods"), "")] {
        assert_eq!((told.status, told.text("error.message")), (404, format!("No such customer: '{id}'")));
    }
    assert_eq!(shop.post("/v1/payment_intents", &format!("amount=500&currency=usd&customer={id}")).status, 400);
}

#[test]
fn customers_are_listed_by_their_exact_address_of_e_mail() {
    let mut shop = Shop::new();
    let first = shop.customer("email=jane@example.com");
    shop.customer("email=Jane@example.com");
    let third = shop.customer("email=jane@example.com");
    assert_eq!(shop.get(PATH, "email=jane@example.com").ids(), [third.clone(), first.clone()]);
    shop.post(&format!("{PATH}/{third}"), "email=new@example.com");
    assert_eq!(shop.get(PATH, "email=jane@example.com").ids(), [first]);
    assert_eq!(shop.get(PATH, "email=new@example.com").ids(), [third]);
    assert_eq!(shop.get(PATH, "limit=2").at("has_more").as_bool(), Some(true));
}

#[test]
fn a_search_finds_what_was_written_some_seconds_ago() {
    let mut shop = Shop::new();
    let id = shop.customer("name=Jane Doe&metadata[till]=A3");
    shop.later(1);
    let other = shop.customer("name=Janet");
    let find = |shop: &mut Shop, query: &str| shop.get(&format!("{PATH}/search"), &format!("query={query}"));
    assert_eq!(find(&mut shop, "name~'jane'").count(), 0, "not yet");
    shop.later(60);
    let told = find(&mut shop, "name~'jane'&limit=1");
    assert_eq!((told.text("object"), told.ids()), ("search_result".into(), vec![other]));
    let next = told.text("next_page");
    let told = find(&mut shop, &format!("name~'jane'&limit=1&page={next}"));
    assert_eq!((told.ids(), told.at("has_more").as_bool()), (vec![id.clone()], Some(false)));
    assert!(told.at("next_page").is_null());
    assert_eq!(find(&mut shop, "metadata['till']:'A3'%20AND%20created%3E1").ids(), [id]);
    assert_eq!(find(&mut shop, "colour:'red'").text("error.param"), "query");
    assert_eq!(find(&mut shop, "name~'ja'").status, 400);
}

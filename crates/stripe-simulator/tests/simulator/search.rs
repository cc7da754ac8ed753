//! Searching payments: for looking back, never for reading what one wrote.

use crate::shop::Shop;

#[test]
fn payments_are_found_after_some_seconds_by_what_is_written_on_them() {
    let mut shop = Shop::new();
    let paid = shop.intent("metadata[sale_id]=S1");
    shop.confirm_with(&paid, "5555555555554444");
    shop.intent("metadata[sale_id]=S2");
    let find = |shop: &mut Shop, what: &str, query: &str| {
        shop.get(&format!("/v1/{what}/search"), &format!("query={}", query.replace(' ', "%20").replace('>', "%3E")))
    };
    let query = "metadata['sale_id']:'S1'";
    assert_eq!(find(&mut shop, "payment_intents", query).count(), 0, "just written");
    shop.later(15);
    assert_eq!(find(&mut shop, "payment_intents", query).ids(), std::slice::from_ref(&paid));
    assert_eq!(
        find(&mut shop, "payment_intents", "status:'succeeded' AND amount>2000").ids(),
        std::slice::from_ref(&paid)
    );
    assert_eq!(find(&mut shop, "payment_intents", "status:'canceled' OR amount:2345").count(), 2);
    let told = find(&mut shop, "charges", "payment_method_details.card.last4:4444 AND -refunded:'true'");
    assert_eq!((told.count(), told.text("data.0.payment_intent")), (1, paid));
    assert_eq!(told.text("url"), "/v1/charges/search");
    let told = find(&mut shop, "charges", "colour:'red'");
    assert!(told.text("error.message").contains("unsupported search field for resource `charges`"));
}

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

#[test]
fn a_search_knows_what_a_record_says_now_and_no_longer_what_it_said() {
    let mut shop = Shop::new();
    let intent = shop.intent("metadata[sale_id]=S-9&metadata[till]=A");
    let other = shop.intent("metadata[till]=a");
    shop.later(60);
    let find = |shop: &mut Shop, query: &str| shop.get("/v1/payment_intents/search", &format!("query={query}")).ids();
    assert_eq!(find(&mut shop, "metadata['sale_id']:'S-9'"), std::slice::from_ref(&intent));
    assert_eq!(find(&mut shop, "metadata['till']:'A'"), [other.clone(), intent.clone()]);
    assert_eq!(find(&mut shop, "status:'requires_payment_method'").len(), 2);
    shop.post(&format!("/v1/payment_intents/{intent}"), "metadata[sale_id]=S-10");
    shop.confirm(&intent, "payment_method=pm_card_visa");
    assert!(find(&mut shop, "metadata['sale_id']:'S-9'").is_empty());
    assert_eq!(find(&mut shop, "metadata['sale_id']:'S-10'%20AND%20amount:02345"), std::slice::from_ref(&intent));
    assert_eq!(find(&mut shop, "status:'requires_payment_method'"), std::slice::from_ref(&other));
    assert_eq!(find(&mut shop, "status:'succeeded'%20OR%20metadata['sale_id']:'S-10'"), std::slice::from_ref(&intent));
    assert_eq!(find(&mut shop, "status:'nothing'%20OR%20amount%3E1").len(), 2);
    assert_eq!(find(&mut shop, "-status:'succeeded'"), [other]);
}

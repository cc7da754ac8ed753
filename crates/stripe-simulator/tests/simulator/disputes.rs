//! Disputes: opened by the cards that are there for it.

use crate::shop::Shop;

/// A sale paid with the given card, some seconds ago; its intent.
fn sale(shop: &mut Shop, number: &str) -> String {
    let intent = shop.intent("");
    shop.confirm_with(&intent, number);
    shop.later(10);
    intent
}

#[test]
fn a_disputed_charge_loses_its_money_and_cannot_be_refunded() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4000000000002685");
    let told = shop.get("/v1/disputes", &format!("payment_intent={intent}&expand[]=data.charge"));
    assert_eq!((told.count(), told.text("data.0.reason")), (1, "product_not_received".into()));
    assert_eq!((told.text("data.0.status"), told.at("data.0.amount").as_i64()), ("needs_response".into(), Some(2345)));
    assert_eq!(told.at("data.0.balance_transactions.0.net").as_i64(), Some(-2345 - 1500));
    assert_eq!(told.at("data.0.charge.disputed").as_bool(), Some(true));
    assert_eq!(told.at("data.0.charge.dispute"), told.at("data.0.id"));
    let id = told.text("data.0.id");
    assert_eq!(shop.get(&format!("/v1/disputes/{id}"), "").text("payment_method_details.card.case_type"), "chargeback");
    let told = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
    assert_eq!(told.text("error.code"), "charge_disputed");
    assert!(told.text("error.message").ends_with("has been charged back; cannot issue a refund."));
    let told = shop.get("/v1/events", "types[]=charge.dispute.created&types[]=charge.dispute.funds_withdrawn");
    assert_eq!(told.count(), 2);
    assert_eq!(told.text("data.0.data.object.id"), id);
    assert_eq!(shop.get("/v1/disputes/dp_none", "").status, 404);
}

#[test]
fn an_inquiry_takes_no_money_and_can_still_be_refunded() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4000000000001976");
    let told = shop.get("/v1/disputes", "");
    assert_eq!(told.text("data.0.status"), "warning_needs_response");
    assert_eq!(told.at("data.0.is_charge_refundable").as_bool(), Some(true));
    assert!(told.at("data.0.balance_transactions").as_array().unwrap().is_empty());
    assert_eq!(shop.post("/v1/refunds", &format!("payment_intent={intent}")).status, 200);
}

#[test]
fn fraud_after_authentication_is_not_the_merchants_loss() {
    let mut shop = Shop::new();
    sale(&mut shop, "4000000000000259");
    assert_eq!(shop.get("/v1/disputes", "").text("data.0.reason"), "fraudulent");
    sale(&mut shop, "4000000404000079");
    assert_eq!(shop.get("/v1/disputes", "").count(), 3, "one card makes two disputes");
    let refunded = shop.intent("");
    shop.confirm_with(&refunded, "4000000000000259");
    shop.post("/v1/refunds", &format!("payment_intent={refunded}"));
    shop.later(10);
    assert_eq!(shop.get("/v1/disputes", &format!("payment_intent={refunded}")).count(), 0);
}

#[test]
fn evidence_decides_a_dispute_and_its_money_comes_back_or_not() {
    for (evidence, status, net) in [("winning_evidence", "won", 2345 + 1500), ("losing_evidence", "lost", 0)] {
        let mut shop = Shop::new();
        let intent = sale(&mut shop, "4000000000000259");
        let id = shop.get("/v1/disputes", &format!("payment_intent={intent}")).text("data.0.id");
        let path = format!("/v1/disputes/{id}");
        let told = shop.post(&path, "evidence[customer_name]=Jane&submit=false&metadata[a]=1");
        assert_eq!(
            (told.text("status"), told.text("evidence.customer_name")),
            ("needs_response".into(), "Jane".into())
        );
        assert_eq!(told.at("evidence_details.submission_count").as_i64(), Some(0));
        let told = shop.post(&path, &format!("evidence[uncategorized_text]={evidence}"));
        assert_eq!((told.text("status"), told.text("metadata.a")), ("under_review".into(), "1".into()));
        assert_eq!(shop.post(&path, "evidence[customer_name]=Joe").status, 400, "it has been sent");
        shop.later(60);
        let told = shop.get(&path, "expand[]=charge");
        assert_eq!((told.text("status"), told.at("charge.disputed").as_bool()), (status.into(), Some(true)));
        let back = told.at("balance_transactions.1.net").as_i64().unwrap_or_default();
        assert_eq!(back, net, "{evidence}");
        assert_eq!(shop.get("/v1/events", "type=charge.dispute.closed").count(), 1);
        assert_eq!(shop.get("/v1/events", "type=charge.dispute.*").text("data.3.data.object.status"), "needs_response");
        assert_eq!(shop.post(&format!("{path}/close"), "").status, 400, "it is closed");
        assert_eq!(shop.post(&path, "evidence[receipt]=file_1").status, 400);
    }
}

#[test]
fn an_inquiry_escalates_and_a_merchant_may_give_in() {
    let mut shop = Shop::new();
    let intent = sale(&mut shop, "4000000000001976");
    let id = shop.get("/v1/disputes", &format!("payment_intent={intent}")).text("data.0.id");
    let path = format!("/v1/disputes/{id}");
    shop.post(&path, "evidence[uncategorized_text]=escalate_inquiry_evidence");
    shop.later(60);
    let told = shop.get(&path, "");
    assert_eq!(
        (told.text("status"), told.at("balance_transactions.0.amount").as_i64()),
        ("needs_response".into(), Some(-2345))
    );
    assert_eq!(shop.post(&format!("{path}/close"), "").text("status"), "lost");
    assert_eq!(shop.post("/v1/disputes/du_none/close", "").status, 404);
}

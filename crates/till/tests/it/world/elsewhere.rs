//! What others do at Stripe, and what Stripe has, without the till.

use super::{TILL, World};
use bytes::Bytes;
use till::sale::SaleId;

impl World {
    /// What Stripe really gave back for a sale, in minor units.
    pub fn given_back(&mut self, sale: SaleId) -> Vec<i64> {
        let json = self.ask_stripe("GET", "refunds?limit=100", "");
        let list = json["data"].as_array().unwrap();
        let ours = list.iter().filter(|refund| refund["metadata"]["sale_id"] == sale.to_string());
        ours.map(|refund| refund["amount"].as_i64().unwrap()).collect()
    }

    /// Somebody gives money back in the Dashboard, without the till.
    pub fn dashboard_refunds(&mut self, sale: SaleId, amount: i64) {
        let intent = self.seen(sale).payment.intent.clone().unwrap();
        let json = self.ask_stripe("POST", "refunds", &format!("payment_intent={intent}&amount={amount}"));
        assert_eq!(json["amount"], amount, "{json}");
    }

    /// Another program charges a card for this sale, on a PaymentIntent of its own.
    pub fn charged_elsewhere(&mut self, sale: SaleId) -> String {
        let body = format!(
            "amount=2345&currency=usd&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card\
             &metadata[app]=keytill&metadata[till_id]={TILL}&metadata[sale_id]={sale}&metadata[gen]=1"
        );
        let json = self.ask_stripe("POST", "payment_intents", &body);
        assert_eq!(json["status"], "succeeded", "{json}");
        json["id"].as_str().unwrap().to_owned()
    }

    /// A PaymentIntent of this sale that this till knows nothing of, and on which nobody has paid.
    pub fn left_elsewhere(&mut self, sale: SaleId) {
        let body = format!(
            "amount=2345&currency=usd&payment_method_types[]=card\
             &metadata[app]=keytill&metadata[till_id]={TILL}&metadata[sale_id]={sale}&metadata[gen]=9"
        );
        let json = self.ask_stripe("POST", "payment_intents", &body);
        assert_eq!(json["status"], "requires_payment_method", "{json}");
    }

    /// A confirm of this sale that was long under way arrives at last.
    pub fn confirm_arrives_late(&mut self, sale: SaleId, payment_method: &str) {
        let intent = self.seen(sale).payment.intent.clone().unwrap();
        let body = format!("payment_method={payment_method}&use_stripe_sdk=true");
        let json = self.ask_stripe("POST", &format!("payment_intents/{intent}/confirm"), &body);
        assert_eq!(json["status"], "succeeded", "{json}");
    }

    /// A PaymentIntent of somebody else in the same account.
    pub fn left_elsewhere_of_another_till(&mut self) {
        let json = self.ask_stripe("POST", "payment_intents", "amount=2345&currency=usd&payment_method_types[]=card");
        assert_eq!(json["status"], "requires_payment_method", "{json}");
    }

    /// How every PaymentIntent of this sale stands at Stripe, newest first.
    pub fn intents(&mut self, sale: SaleId) -> Vec<String> {
        let json = self.ask_stripe("GET", "payment_intents?limit=100", "");
        let list = json["data"].as_array().unwrap();
        let ours = list.iter().filter(|intent| intent["metadata"]["sale_id"] == sale.to_string());
        ours.map(|intent| intent["status"].as_str().unwrap().to_owned()).collect()
    }

    fn ask_stripe(&mut self, method: &str, path: &str, body: &str) -> serde_json::Value {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("https://api.stripe.com/v1/{path}"))
            .header("authorization", "Bearer sk_test_till")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        let response = self.stripe.handle(self.stripe_ms(), &request);
        serde_json::from_slice(response.body()).unwrap()
    }
}

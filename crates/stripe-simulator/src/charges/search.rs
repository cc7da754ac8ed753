//! `GET /v1/charges/search`

use super::record::Charge;
use super::view::ChargeView;
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::refusal::Outcome;
use crate::search::{self, Fact, Field, Searchable};

pub(super) const SEARCHED: &[(&str, Field)] = &[
    ("amount", Field::Number),
    ("billing_details.address.postal_code", Field::Text),
    ("created", Field::Number),
    ("currency", Field::Text),
    ("customer", Field::Text),
    ("disputed", Field::Text),
    ("metadata", Field::Metadata),
    ("payment_method_details.card.brand", Field::Text),
    ("payment_method_details.card.exp_month", Field::Number),
    ("payment_method_details.card.exp_year", Field::Number),
    ("payment_method_details.card.fingerprint", Field::Text),
    ("payment_method_details.card.last4", Field::Text),
    ("refunded", Field::Text),
    ("status", Field::Text),
];

impl Searchable for Charge {
    fn fact(&self, field: &str, key: &str) -> Fact<'_> {
        match field {
            "amount" => Fact::Number(self.amount),
            "billing_details.address.postal_code" => self.billing.address.postal_code.as_deref().into(),
            "created" => Fact::Number(self.created),
            "currency" => Fact::Text(&self.currency),
            "customer" => self.customer.as_deref().into(),
            "disputed" => self.dispute.is_some().into(),
            "metadata" => self.metadata.get(key).map(String::as_str).into(),
            "payment_method_details.card.brand" => Fact::Text(self.face.brand.as_str()),
            "payment_method_details.card.exp_month" => Fact::Number(self.face.exp_month),
            "payment_method_details.card.exp_year" => Fact::Number(self.face.exp_year),
            "payment_method_details.card.fingerprint" => Fact::Text(&self.face.fingerprint),
            "payment_method_details.card.last4" => Fact::Text(&self.face.last4),
            "refunded" => self.is_refunded().into(),
            "status" => Fact::Text(self.status()),
            _ => Fact::Absent,
        }
    }
}

/// Looks for charges. Never for one that was just made.
pub(crate) fn search(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    let query = search::read(call, "charges", SEARCHED)?;
    call.expand.only_in_list("charge")?;
    books.charges.make_searchable();
    let books: &Books = books;
    let (found, next) = query.page(call, &books.charges, |_| true)?;
    let inside = call.expand.inside("data");
    let views = found.into_iter().map(|charge| ChargeView::of(charge, books, &inside, call.now())).collect();
    Ok(answer::search("/v1/charges/search", views, next))
}

//! `GET /v1/payment_intents/search`

use super::record::Intent;
use super::view::IntentView;
use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::refusal::Outcome;
use crate::search::{self, Fact, Field, Searchable};

pub(super) const SEARCHED: &[(&str, Field)] = &[
    ("amount", Field::Number),
    ("created", Field::Number),
    ("currency", Field::Text),
    ("customer", Field::Text),
    ("metadata", Field::Metadata),
    ("status", Field::Text),
];

impl Searchable for Intent {
    fn fact(&self, field: &str, key: &str) -> Fact<'_> {
        match field {
            "amount" => Fact::Number(self.amount),
            "created" => Fact::Number(self.created),
            "currency" => Fact::Text(&self.currency),
            "customer" => self.customer.as_deref().into(),
            "metadata" => self.metadata.get(key).map(String::as_str).into(),
            "status" => Fact::Text(self.status.as_str()),
            _ => Fact::Absent,
        }
    }
}

/// Looks for intents. Never for one that was just made.
pub(crate) fn search(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    let query = search::read(call, "payment_intents", SEARCHED)?;
    call.expand.only_in_list("payment_intent")?;
    books.intents.make_searchable();
    let books: &Books = books;
    let (found, next) = query.page(call, &books.intents, |_| true)?;
    let inside = call.expand.inside("data");
    let views = found.into_iter().map(|intent| IntentView::of(intent, books, &inside, call.now())).collect();
    Ok(answer::search("/v1/payment_intents/search", views, next))
}

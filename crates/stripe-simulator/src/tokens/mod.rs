//! Tokens: a card number on its way to becoming a payment method, good for one use.

mod view;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::form::Group;
use crate::ids::Id;
use crate::params::{self, Kind, Param, TEXT, needs, takes};
use crate::payment_methods::{self, Method};
use crate::refusal::{Outcome, Refusal};
use crate::table::Row;
use view::TokenView;

const CARD: &[Param] = &[
    needs("number", TEXT),
    needs("exp_month", Kind::Integer),
    needs("exp_year", Kind::Integer),
    takes("cvc", TEXT),
    takes("name", TEXT),
    takes("address_city", TEXT),
    takes("address_country", TEXT),
    takes("address_line1", TEXT),
    takes("address_line2", TEXT),
    takes("address_state", TEXT),
    takes("address_zip", TEXT),
    takes("currency", TEXT),
    takes("networks", Kind::Unplayed),
];

const CREATE: &[Param] = &[
    takes("card", Kind::Group(CARD)),
    takes("expand", Kind::Texts),
    // What Stripe.js reports about itself.
    takes("payment_user_agent", TEXT),
    takes("referrer", TEXT),
    takes("account", Kind::Unplayed),
    takes("bank_account", Kind::Unplayed),
    takes("customer", Kind::Unplayed),
    takes("cvc_update", Kind::Unplayed),
    takes("person", Kind::Unplayed),
    takes("pii", Kind::Unplayed),
];

const RETRIEVE: &[Param] = &[takes("expand", Kind::Texts)];

/// One `tok_…`: the payment method that it will be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    id: Id,
    card_id: Id,
    method: Method,
    used: bool,
}

impl Row for Token {
    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.method.created
    }
}

/// `POST /v1/tokens`
pub(crate) fn create(books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, CREATE)?;
    call.expand.only("token")?;
    let card = call.form.group("card").ok_or_else(|| params::missing("card"))?;
    let mut method = payment_methods::from_number(books, call, card)?;
    write_billing(&mut method, card);
    let token = Token { id: books.next_id("tok_1"), card_id: books.next_id("card_1"), method, used: false };
    let answer = answer::json(&TokenView::of(&token));
    books.tokens.put(token);
    Ok(answer)
}

fn write_billing(method: &mut Method, card: &Group) {
    let billing = Arc::make_mut(&mut method.billing);
    card.assign("name", &mut billing.name);
    card.assign("address_city", &mut billing.address.city);
    card.assign("address_country", &mut billing.address.country);
    card.assign("address_line1", &mut billing.address.line1);
    card.assign("address_line2", &mut billing.address.line2);
    card.assign("address_state", &mut billing.address.state);
    card.assign("address_zip", &mut billing.address.postal_code);
    method.await_checks(card.filled("cvc").is_some());
}

/// `GET /v1/tokens/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    call.expand.only("token")?;
    let token = books.tokens.get(id).ok_or_else(|| Refusal::missing("token", id, "token"))?;
    Ok(answer::json(&TokenView::of(token)))
}

/// What a token stands for. It can be asked once; the ready-made ones, such as `tok_visa`, always.
pub(crate) fn redeem(books: &mut Books, call: &Call, id: &str) -> Outcome<Method> {
    if let Some(method) = payment_methods::from_ready_made_token(books, call, id) {
        return Ok(method);
    }
    let missing = || Refusal::missing("token", id, "card[token]").status(http::StatusCode::BAD_REQUEST);
    let token = books.tokens.get_mut(id).ok_or_else(missing)?;
    if token.used {
        let message = format!("You cannot use a Stripe token more than once: {id}.");
        return Err(Refusal::invalid(message).code("token_already_used").executed());
    }
    token.used = true;
    let method = Method { created: call.now(), ..token.method.clone() };
    Ok(Method { id: books.next_id("pm_1"), ..method })
}

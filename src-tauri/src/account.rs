//! Connecting a Stripe account: two pasted texts become keys that were seen to work, or a Problem.
//!
//! Nothing here stores anything, and nothing here returns the secret key to a page.

use std::sync::Arc;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode};
use stripe_api::{
    Account, Answer, Base, Body, Call, Client, Form, KeyError, KeyMode, ListIntents, PaymentIntent, PublishableKey,
    SecretKey, Transport, Unanswered,
};

use till::money::Currency;

use crate::settings::AccountSettings;
use crate::view::{KeyKind, Problem, ProblemCode};

/// A pair of keys of one mode.
#[derive(Debug, Clone)]
pub struct Keys {
    publishable: PublishableKey,
    secret: SecretKey,
}

impl Keys {
    /// Reads the two fields as they were pasted. `loopback` says that Stripe is a simulator here.
    ///
    /// # Errors
    /// `KeysSwapped`, `NotAKey`, `KeyModes` or `LiveKeyHere`; the detail begins with the field's name.
    pub fn read(publishable: &str, secret: &str, loopback: bool) -> Result<Self, Problem> {
        let (publishable, secret) = match (PublishableKey::parse(publishable), SecretKey::parse(secret)) {
            (Ok(publishable), Ok(secret)) => (publishable, secret),
            (publishable, secret) => return Err(misread(publishable.err(), secret.err())),
        };
        Self::of(publishable, secret, loopback)
    }

    /// The pair as it is stored: one key in the settings, one in the keychain.
    ///
    /// # Errors
    /// As for [`Keys::read`].
    pub fn pair(publishable: &str, secret: SecretKey, loopback: bool) -> Result<Self, Problem> {
        let publishable = PublishableKey::parse(publishable).map_err(|error| misread(Some(error), None))?;
        Self::of(publishable, secret, loopback)
    }

    fn of(publishable: PublishableKey, secret: SecretKey, loopback: bool) -> Result<Self, Problem> {
        if publishable.mode() != secret.mode() {
            return Err(Problem::new(ProblemCode::KeyModes));
        }
        if loopback && secret.mode() == KeyMode::Live {
            return Err(Problem::new(ProblemCode::LiveKeyHere));
        }
        Ok(Self { publishable, secret })
    }

    /// Whether the secret one can do everything there is in a real account: refund, pay out, read customers.
    pub fn are_all_powerful(&self) -> bool {
        (self.secret.kind(), self.mode()) == (stripe_api::KeyKind::Secret, KeyMode::Live)
    }

    /// Of which of Stripe's worlds they are.
    pub fn mode(&self) -> KeyMode {
        self.secret.mode()
    }

    /// Asks Stripe whether the keys work, may do what a till does, and belong to one account.
    ///
    /// # Errors
    /// What Stripe has against them, or that it could not be asked.
    pub async fn check(&self, transport: &Arc<dyn Transport>, base: &Base) -> Result<AccountSettings, Problem> {
        let client = Client::new(transport.clone(), base.clone(), self.secret.clone())
            .map_err(|error| Problem::with(ProblemCode::LiveKeyHere, error))?;
        let (account, id) = retrieve_account(&client).await?;
        let own = account.as_ref().and_then(|account| account.default_currency.clone());
        let suggested = match own {
            Some(currency) => Some(currency),
            None => first_currency(&client).await,
        };
        // The permission a till cannot do without, whatever else a restricted key may read.
        if let Some(payment) = newest_payment(&client).await? {
            self.same_account(transport, base, &payment).await?;
        }
        let name = account.as_ref().and_then(Account::business_name);
        Ok(AccountSettings {
            publishable_key: self.publishable.as_str().to_owned(),
            key_kind: key_kind(self.secret.kind()),
            name: name.map(str::to_owned),
            account: id,
            currency: None,
            // One that the till cannot charge in is nothing to preset.
            suggested: suggested.filter(|code| Currency::parse(code).is_some()),
            entry: None,
        })
    }

    /// The publishable key must be able to see a payment that the secret key sees. With no payment in the
    /// account yet there is nothing to compare.
    async fn same_account(
        &self,
        transport: &Arc<dyn Transport>,
        base: &Base,
        payment: &PaymentIntent,
    ) -> Result<(), Problem> {
        let Some(request) = self.public_look(base, payment) else {
            return Ok(());
        };
        let response = transport.send(request).await.map_err(unreachable)?;
        match response.status() {
            StatusCode::NOT_FOUND => Err(Problem::new(ProblemCode::KeyAccounts)),
            StatusCode::UNAUTHORIZED => {
                let detail = "publishable: Stripe does not know this key";
                Err(Problem::with(ProblemCode::KeyRejected, detail))
            }
            _ => Ok(()),
        }
    }

    /// The request Stripe.js makes to look at a payment; none if the payment came without its client secret.
    fn public_look(&self, base: &Base, payment: &PaymentIntent) -> Option<Request<Bytes>> {
        let mut query = Form::new();
        query.push("client_secret", payment.client_secret.as_ref()?.expose());
        let uri = format!("{}{}?{}", base.as_str(), Call::retrieve_intent(&payment.id).path(), query.encode());
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", self.publishable.as_str())).ok()?;
        bearer.set_sensitive(true);
        Request::get(uri)
            .header(AUTHORIZATION, bearer)
            .header("Stripe-Version", stripe_api::API_VERSION)
            .body(Bytes::new())
            .ok()
    }
}

fn misread(publishable: Option<KeyError>, secret: Option<KeyError>) -> Problem {
    let swapped = matches!(publishable, Some(KeyError::Secret)) || matches!(secret, Some(KeyError::Publishable));
    let code = if swapped { ProblemCode::KeysSwapped } else { ProblemCode::NotAKey };
    let said: Vec<String> = [("publishable", publishable), ("secret", secret)]
        .into_iter()
        .filter_map(|(field, error)| Some(format!("{field}: {}", error?)))
        .collect();
    Problem::with(code, said.join("; "))
}

fn key_kind(kind: stripe_api::KeyKind) -> KeyKind {
    match kind {
        stripe_api::KeyKind::Secret => KeyKind::Secret,
        stripe_api::KeyKind::Restricted => KeyKind::Restricted,
    }
}

/// The account and its id. A restricted key need not read the account; Stripe's refusal then names it all the same.
async fn retrieve_account(client: &Client) -> Result<(Option<Account>, Option<String>), Problem> {
    let answer = client.call(&Call::retrieve_account()).await.map_err(unreachable)?;
    match &answer.body {
        Body::Account(account) => Ok((Some((**account).clone()), Some(account.id.clone()))),
        Body::Error(error) if answer.status == StatusCode::FORBIDDEN => {
            Ok((None, error.message.as_deref().and_then(account_named_in)))
        }
        _ if answer.status == StatusCode::FORBIDDEN => Ok((None, None)),
        _ => Err(refused(&answer)),
    }
}

/// `… on account 'acct_…'.`
fn account_named_in(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("acct_")?;
    let id: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!id.is_empty()).then(|| format!("acct_{id}"))
}

/// What the account is paid in; nothing when the key may not see the balance.
async fn first_currency(client: &Client) -> Option<String> {
    match client.call(&Call::retrieve_balance()).await.ok()?.body {
        Body::Balance(balance) => balance.currencies().next().map(str::to_owned),
        _ => None,
    }
}

async fn newest_payment(client: &Client) -> Result<Option<PaymentIntent>, Problem> {
    let newest = Call::list_intents(&ListIntents { limit: 1, ..ListIntents::default() });
    let answer = client.call(&newest).await.map_err(unreachable)?;
    match answer.body {
        Body::PaymentIntents(page) => Ok(page.data.into_iter().next()),
        _ => Err(refused(&answer)),
    }
}

#[allow(clippy::needless_pass_by_value)] // The shape `map_err` wants.
fn unreachable(error: Unanswered) -> Problem {
    Problem::with(ProblemCode::StripeUnreachable, error)
}

fn refused(answer: &Answer) -> Problem {
    let (code, said) = match (&answer.body, answer.status) {
        (Body::Error(error), 401) => (ProblemCode::KeyRejected, error.message.clone()),
        (Body::Error(error), 403) => (ProblemCode::KeyForbidden, error.message.clone()),
        (Body::Error(error), 400..=499) => (ProblemCode::StripeRejected, error.message.clone()),
        (Body::Unreadable(why), _) => (ProblemCode::StripeAnswer, Some(why.clone())),
        _ => (ProblemCode::StripeAnswer, None),
    };
    let parts = [said, answer.meta.request_id.clone()];
    let detail: Vec<String> = parts.into_iter().flatten().collect();
    Problem { detail: Some(detail.join(" · ")).filter(|detail| !detail.is_empty()), ..Problem::new(code) }
}

#[cfg(test)]
mod tests;

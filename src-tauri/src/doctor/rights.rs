//! What the keys may do at Stripe, and what Stripe lets the account do.

use std::sync::Arc;

use stripe_api::{
    Account, Balance, Base, Body, Client, HttpsTransport, KeyKind, KeyMode, Right, SecretKey, TimeLimits, Transport,
};

use super::{CURRENCY, Check};
use crate::account::Keys;
use crate::view::ProblemCode;

pub(super) async fn examine(api: &Base, keys: &Keys, key: &SecretKey, currency: Option<&str>) -> Vec<Check> {
    let Ok(transport) = HttpsTransport::new(api.clone(), TimeLimits::default()) else { return Vec::new() };
    let transport: Arc<dyn Transport> = Arc::new(transport);
    let Ok(client) = Client::new(transport.clone(), api.clone(), key.clone()) else { return Vec::new() };
    let mut checks = vec![pair(keys.check(&transport, api).await.err().map(|problem| problem.code), key)];
    let mut account = None;
    let mut balance = None;
    for right in Right::ALL {
        let Ok(answer) = client.call(&right.probe()).await else { continue };
        if answer.status == 401 {
            let advice = "Make a new key in Stripe's Dashboard and enter it in Settings.";
            return vec![Check::fault(
                "keys",
                "Stripe does not know the secret key: it was rolled or deleted.",
                advice,
            )];
        }
        checks.extend(Right::has(answer.status).map(|has| said(right, has)));
        match answer.body {
            Body::Account(found) => account = Some(found),
            Body::Balance(found) => balance = Some(found),
            _ => {}
        }
    }
    checks.extend(account.map(|account| merchant(&account)).unwrap_or_default());
    checks.extend(currency.map(|code| chosen(code, balance.as_ref())));
    checks.push(Check::warn(
        "moto",
        "Whether the account may take phone orders, only Stripe can say.",
        "Ask Stripe's support to switch on MOTO before the first phone order; counter sales need nothing.",
    ));
    checks
}

fn pair(problem: Option<ProblemCode>, key: &SecretKey) -> Check {
    let again = "Enter both keys again in Settings, from the same account.";
    match problem {
        None | Some(ProblemCode::KeyForbidden) => {}
        Some(ProblemCode::KeyAccounts) => {
            return Check::fault("keys", "The two keys belong to different accounts.", again);
        }
        Some(_) => return Check::fault("keys", "Stripe does not accept the pair of keys.", again),
    }
    match (key.kind(), key.mode()) {
        (KeyKind::Secret, KeyMode::Live) => {
            let advice = "Replace it by a restricted key: Settings → Stripe account has the link.";
            Check::warn("keys", "The keys are a pair. The secret one may do everything in the account.", advice)
        }
        _ => Check::ok("keys", "The keys are a pair of one account and mode."),
    }
}

/// Stripe charges in most currencies, and pays out in those of the account: another one costs a conversion, and may be a
/// mistake.
fn chosen(code: &str, balance: Option<&Balance>) -> Check {
    let name = code.to_uppercase();
    let paid_out: Vec<String> = balance.into_iter().flat_map(Balance::currencies).map(str::to_uppercase).collect();
    if paid_out.is_empty() || paid_out.contains(&name) {
        return Check::ok(CURRENCY, format!("The till charges in {name}."));
    }
    let say = format!("The till charges in {name}, and Stripe pays the account out in {}.", paid_out.join(", "));
    Check::warn(CURRENCY, say, "Each payment is converted, at a cost. If that is not meant, change it in Settings.")
}

fn said(right: Right, has: bool) -> Check {
    let (what, id) = match right {
        Right::TakePayments => ("take payments", "rightPay"),
        Right::SeeCharges => ("see cards and charges", "rightCharges"),
        Right::Refund => ("refund", "rightRefund"),
        Right::SeeBalance => ("see the balance", "rightBalance"),
        Right::SeeAccount => ("see the account's name and currency", "rightAccount"),
    };
    if has {
        return Check::ok(id, format!("The key may {what}."));
    }
    let permission = right.permission().map(|name| format!(" (rak_{name})")).unwrap_or_default();
    let say = format!("The key may not {what}{permission}.");
    let advice = "Edit the restricted key in Stripe's Dashboard, or make a new one by the link in Settings.";
    match right {
        Right::TakePayments | Right::SeeCharges => Check::fault(id, say, advice),
        Right::Refund | Right::SeeBalance | Right::SeeAccount => Check::warn(id, say, advice),
    }
}

fn merchant(account: &Account) -> Vec<Check> {
    let unknown = || "unknown".to_owned();
    let country = account.country.clone().unwrap_or_else(unknown);
    let currency = account.default_currency.clone().unwrap_or_else(unknown).to_uppercase();
    let mut checks = vec![Check::ok("account", format!("{} · {country} · {currency}", account.id))];
    checks.push(if account.charges_enabled {
        Check::ok("charges", "Stripe lets the account charge cards.")
    } else {
        let advice = "Finish the account's activation in Stripe's Dashboard.";
        Check::fault("charges", "Stripe does not let the account charge cards yet.", advice)
    });
    checks
}

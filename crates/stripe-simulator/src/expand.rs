//! `expand[]`: which ids of an answer are replaced by their objects.

use serde::Serialize;

use crate::form::Group;
use crate::refusal::{Outcome, Refusal};

/// Stripe's limit on dots in one path, counted as levels.
const MAX_LEVELS: usize = 4;

/// Which field of which kind of object leads to what. `ANYTHING` is never there in this Stripe.
const LINKS: &[(&str, &str, &str)] = &[
    ("payment_intent", "application", ANYTHING),
    ("payment_intent", "customer", "customer"),
    ("payment_intent", "latest_charge", "charge"),
    ("payment_intent", "on_behalf_of", ANYTHING),
    ("payment_intent", "payment_method", "payment_method"),
    ("payment_intent", "review", ANYTHING),
    ("payment_intent", "transfer_data.destination", ANYTHING),
    ("charge", "application", ANYTHING),
    ("charge", "application_fee", ANYTHING),
    ("charge", "balance_transaction", "balance_transaction"),
    ("charge", "customer", "customer"),
    ("charge", "dispute", "dispute"),
    ("charge", "failure_balance_transaction", "balance_transaction"),
    ("charge", "on_behalf_of", ANYTHING),
    ("charge", "payment_intent", "payment_intent"),
    ("charge", "refunds.data", "refund"),
    ("charge", "refunds", "list"),
    ("charge", "review", ANYTHING),
    ("charge", "source_transfer", ANYTHING),
    ("charge", "transfer", ANYTHING),
    ("customer", "default_source", ANYTHING),
    ("customer", "invoice_settings.default_payment_method", "payment_method"),
    ("customer", "test_clock", ANYTHING),
    ("payment_method", "customer", "customer"),
    ("setup_intent", "application", ANYTHING),
    ("setup_intent", "customer", "customer"),
    ("setup_intent", "latest_attempt", "setup_attempt"),
    ("setup_intent", "mandate", ANYTHING),
    ("setup_intent", "on_behalf_of", ANYTHING),
    ("setup_intent", "payment_method", "payment_method"),
    ("setup_intent", "single_use_mandate", ANYTHING),
    ("setup_attempt", "application", ANYTHING),
    ("setup_attempt", "customer", "customer"),
    ("setup_attempt", "on_behalf_of", ANYTHING),
    ("setup_attempt", "payment_method", "payment_method"),
    ("setup_attempt", "setup_intent", "setup_intent"),
    ("refund", "balance_transaction", "balance_transaction"),
    ("refund", "charge", "charge"),
    ("refund", "customer", "customer"),
    ("refund", "failure_balance_transaction", "balance_transaction"),
    ("refund", "payment_intent", "payment_intent"),
    ("refund", "payment_method", "payment_method"),
    ("refund", "source_transfer_reversal", ANYTHING),
    ("refund", "transfer_reversal", ANYTHING),
    ("dispute", "charge", "charge"),
    ("dispute", "payment_intent", "payment_intent"),
    ("balance_transaction", "source", "charge"),
    ("balance_transaction", "source", "refund"),
    ("balance_transaction", "source", "dispute"),
];
const ANYTHING: &str = "";

/// Whether every step of a path from an object of this kind is a link to another object.
fn leads_somewhere(kind: &str, path: &str) -> bool {
    LINKS.iter().filter(|(from, ..)| *from == kind).any(|(_, field, to)| match path.strip_prefix(field) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('.').is_some_and(|rest| *to == ANYTHING || leads_somewhere(to, rest)),
        None => false,
    })
}

/// Another object: its id, or the whole of it where that was asked for.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Linked<'a, V> {
    Id(&'a str),
    Whole(Box<V>),
}

/// The wanted paths, such as `latest_charge.balance_transaction`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expand {
    paths: Vec<String>,
}

impl Expand {
    /// Reads `expand[]`; a lone text is not a list and is left to the parameter check.
    pub(crate) fn read(form: &Group) -> Outcome<Self> {
        let paths: Vec<String> = form.list("expand").into_iter().map(str::to_owned).collect();
        match paths.iter().find(|path| path.split('.').count() > MAX_LEVELS) {
            Some(path) => {
                let message = format!("You cannot expand more than {MAX_LEVELS} levels of a property: {path}");
                Err(Refusal::invalid(message).at("expand"))
            }
            None => Ok(Self { paths }),
        }
    }

    /// Refuses what cannot be expanded in an object of this kind.
    pub(crate) fn only(&self, kind: &str) -> Outcome<()> {
        match self.paths.iter().find(|path| !leads_somewhere(kind, path)) {
            Some(path) => {
                let name = path.rsplit('.').next().unwrap_or(path);
                Err(Refusal::invalid(format!("This property cannot be expanded ({name}).")).at("expand"))
            }
            None => Ok(()),
        }
    }

    /// The same for a list of such objects, whose paths begin with `data`.
    pub(crate) fn only_in_list(&self, kind: &str) -> Outcome<()> {
        let of_the_list = |path: &&String| path.strip_prefix("data.").is_none();
        if let Some(path) = self.paths.iter().find(of_the_list) {
            let message = format!(
                "This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead."
            );
            return Err(Refusal::invalid(message).at("expand"));
        }
        self.inside("data").only(kind)
    }

    /// Whether `path` itself, or something inside it, is wanted.
    pub(crate) fn wants(&self, path: &str) -> bool {
        self.paths
            .iter()
            .any(|wanted| wanted.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }

    /// The paths inside `path`, without it: for the objects of a list, or an expanded object.
    pub(crate) fn inside(&self, path: &str) -> Self {
        let paths = self.paths.iter().filter_map(|wanted| wanted.strip_prefix(path)?.strip_prefix('.'));
        Self { paths: paths.map(str::to_owned).collect() }
    }

    /// The id of another object, or the object if `path` is wanted and it can be found.
    pub(crate) fn link<'a, V>(
        &self,
        path: &str,
        id: Option<&'a str>,
        whole: impl FnOnce(&'a str, Self) -> Option<V>,
    ) -> Option<Linked<'a, V>> {
        let id = id?;
        if !self.wants(path) {
            return Some(Linked::Id(id));
        }
        Some(whole(id, self.inside(path)).map_or(Linked::Id(id), |view| Linked::Whole(Box::new(view))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_must_lead_from_object_to_object() {
        let cases = [
            ("payment_intent", "latest_charge.balance_transaction.source.refunds", true),
            ("payment_intent", "latest_charge.refunds.data.balance_transaction", true),
            ("payment_intent", "review.charge", true),
            ("payment_intent", "latest_charg", false),
            ("payment_intent", "latest_charges", false),
            ("payment_intent", "latest_charge.amount", false),
            ("customer", "invoice_settings", false),
            ("customer", "invoice_settings.default_payment_method", true),
        ];
        for (kind, path, expandable) in cases {
            assert_eq!(leads_somewhere(kind, path), expandable, "{kind} {path}");
        }
    }
}

//! `expand[]`: which ids of an answer are replaced by their objects.

use crate::form::Group;
use crate::refusal::{Outcome, Refusal};

/// Stripe's limit on dots in one path, counted as levels.
const MAX_LEVELS: usize = 4;

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

    /// Refuses what cannot be expanded here. `known` lists whole paths.
    pub(crate) fn only(&self, known: &[&str]) -> Outcome<()> {
        match self.paths.iter().find(|path| !known.contains(&path.as_str())) {
            Some(path) => {
                let name = path.rsplit('.').next().unwrap_or(path);
                Err(Refusal::invalid(format!("This property cannot be expanded ({name}).")).at("expand"))
            }
            None => Ok(()),
        }
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
}

//! `expand[]`: which ids of an answer are replaced by their objects.

use serde::Serialize;

use crate::form::Group;
use crate::refusal::{Outcome, Refusal};

/// Stripe's limit on dots in one path, counted as levels.
const MAX_LEVELS: usize = 4;

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

//! Short ways to say a [`Problem`].

use crate::view::{MoneyState, Problem, ProblemCode};

impl Problem {
    /// Nothing was taken, and this is why nothing can be done.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, money: MoneyState::NotTaken, detail: None }
    }

    /// As [`Problem::new`], with words for the details.
    #[allow(clippy::needless_pass_by_value)] // Errors and texts are handed over alike, mostly by `map_err`.
    pub fn with(code: ProblemCode, detail: impl ToString) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(code) }
    }
}

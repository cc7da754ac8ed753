//! Which part of a list a call wants: its limit, its cursors and its times.

use std::ops::Range;

use super::{Row, Table};
use crate::form::Group;
use crate::refusal::{Outcome, Refusal};

/// Stripe's page sizes.
const DEFAULT_PAGE: usize = 10;
const MAX_PAGE: usize = 100;

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Page<'a> {
    object: &'static str,
    pub(super) limit: usize,
    starting_after: Option<&'a str>,
    pub(super) ending_before: Option<&'a str>,
    /// Unix seconds, both inclusive.
    from: i64,
    until: i64,
}

impl<'a> Page<'a> {
    /// Reads `limit`, the cursors and `created`. `object` is Stripe's word for what is listed.
    pub(crate) fn read(form: &'a Group, object: &'static str) -> Outcome<Self> {
        let (starting_after, ending_before) = (form.filled("starting_after"), form.filled("ending_before"));
        if starting_after.is_some() && ending_before.is_some() {
            let message = "You cannot parameterize both `starting_after` and `ending_before` in a single request.";
            return Err(Refusal::invalid(message));
        }
        let (from, until) = created_window(form);
        Ok(Self { object, limit: read_limit(form)?, starting_after, ending_before, from, until })
    }

    /// One page of a search: everything until a time, after the last that was shown.
    pub(crate) fn for_search(form: &'a Group, until: i64) -> Outcome<Self> {
        let starting_after = form.filled("page");
        let limit = read_limit(form)?;
        Ok(Self { object: "page", limit, starting_after, ending_before: None, from: i64::MIN, until })
    }

    /// The places between the cursors and inside the times.
    pub(super) fn window<R: Row>(&self, table: &Table<R>) -> Outcome<Range<usize>> {
        let rows = &table.rows;
        let mut first = rows.partition_point(|row| row.created() < self.from);
        let mut end = rows.partition_point(|row| row.created() <= self.until);
        if let Some(id) = self.starting_after {
            end = end.min(table.cursor(id, "starting_after", self.object)?);
        }
        if let Some(id) = self.ending_before {
            first = first.max(table.cursor(id, "ending_before", self.object)? + 1);
        }
        Ok(first..end.max(first))
    }
}

fn read_limit(form: &Group) -> Outcome<usize> {
    let Some(limit) = form.integer("limit") else { return Ok(DEFAULT_PAGE) };
    match usize::try_from(limit) {
        Ok(limit @ 1..=MAX_PAGE) => Ok(limit),
        Ok(0) | Err(_) => {
            let refusal = Refusal::invalid("This value must be greater than or equal to 1.");
            Err(refusal.code("parameter_invalid_integer").at("limit"))
        }
        Ok(_) => {
            let refusal = Refusal::invalid(format!("This value must be less than or equal to {MAX_PAGE}."));
            Err(refusal.code("parameter_invalid_integer").at("limit"))
        }
    }
}

fn created_window(form: &Group) -> (i64, i64) {
    if let Some(exactly) = form.integer("created") {
        return (exactly, exactly);
    }
    let Some(window) = form.group("created") else { return (i64::MIN, i64::MAX) };
    let after = window.integer("gt").map_or(i64::MIN, |gt| gt.saturating_add(1));
    let before = window.integer("lt").map_or(i64::MAX, |lt| lt.saturating_sub(1));
    let from = window.integer("gte").map_or(after, |gte| gte.max(after));
    let until = window.integer("lte").map_or(before, |lte| lte.min(before));
    (from, until)
}

//! Stripe's search language: clauses such as `metadata['sale_id']:'S1'`, joined by `AND` or by `OR`.
//!
//! As at Stripe, what was just written is not found yet: search is for looking back, never for reading what one wrote.

use std::collections::BTreeMap;

use crate::call::Call;
use crate::params::{self, Kind, Param, TEXT, needs, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::{Page, Place, Row, Table, hash_text};

/// A record becomes searchable this many seconds after it was created.
const LAG: i64 = 10;
/// Stripe's limit.
const MAX_CLAUSES: usize = 10;
/// The shortest text that `~` takes.
const MIN_SUBSTRING: usize = 3;

const UNREADABLE: &str = "We were unable to parse your search query. Try using the format `metadata[\"key\"]:\"value\"` to query for metadata or key:\"value\" to query for other fields.";

const PARAMS: &[Param] =
    &[needs("query", TEXT), takes("limit", Kind::Integer), takes("page", TEXT), takes("expand", Kind::Texts)];

/// What can be asked of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Text,
    Number,
    Metadata,
}

/// What a record says for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact<'a> {
    Text(&'a str),
    Number(i64),
    Absent,
}

impl<'a> From<Option<&'a str>> for Fact<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, Self::Text)
    }
}

impl From<bool> for Fact<'_> {
    fn from(yes: bool) -> Self {
        Self::Text(if yes { "true" } else { "false" })
    }
}

/// A record that can be searched for.
pub(crate) trait Searchable: Row {
    /// What it says for `field`; `key` is the key of the metadata.
    fn fact(&self, field: &str, key: &str) -> Fact<'_>;
}

/// What a record says, as a number: by it a record is found without reading all. Letters count in either case.
pub(crate) fn fact(field: &str, key: &str, value: &str) -> u64 {
    hash_text(&format!("{field}\0{key}\0{}", value.to_ascii_lowercase()))
}

/// Names what a record says for each of `fields`.
pub(crate) fn facts_of(row: &impl Searchable, fields: &[(&str, Field)], keys: &Metadata, each: &mut dyn FnMut(u64)) {
    for (field, kind) in fields {
        if *kind == Field::Metadata {
            for (key, value) in keys {
                each(fact(field, key, value));
            }
            continue;
        }
        match row.fact(field, "") {
            Fact::Text(text) => each(fact(field, "", text)),
            Fact::Number(number) => each(fact(field, "", &number.to_string())),
            Fact::Absent => {}
        }
    }
}

type Metadata = BTreeMap<String, String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Is,
    Contains,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    negated: bool,
    field: String,
    key: String,
    test: Test,
    /// Absent for `null`.
    value: Option<String>,
}

/// A query that has been understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    clauses: Vec<Clause>,
    any: bool,
}

/// Reads the query of a call. `resource` is Stripe's word for what is searched.
pub(crate) fn read(call: &Call, resource: &str, fields: &[(&str, Field)]) -> Outcome<Query> {
    params::check(&call.form, PARAMS)?;
    let query = parse(call.form.text("query").unwrap_or_default())?;
    query.clauses.iter().try_for_each(|clause| clause.check(resource, fields))?;
    Ok(query)
}

impl Query {
    /// One page of what is found, newest first, and the token of the next.
    pub(crate) fn page<'t, R: Searchable>(
        &self,
        call: &Call,
        table: &'t Table<R>,
        keep: impl Fn(&R) -> bool,
    ) -> Outcome<(Vec<&'t R>, Option<String>)> {
        let page = Page::for_search(&call.form, call.now() - LAG)?;
        let lists = self.narrowed(table);
        let (found, more) = table.page_of(&page, lists.as_deref(), |row| keep(row) && self.matches(row))?;
        let next = found.last().filter(|_| more).map(|row| row.id().to_owned());
        Ok((found, next))
    }

    /// The places of the records that alone can match, where the query says some things word for word.
    fn narrowed<'t, R: Searchable>(&self, table: &'t Table<R>) -> Option<Vec<&'t [Place]>> {
        let lists = self.clauses.iter().map(|clause| clause.fact().map(|fact| table.saying(fact)));
        if self.any { lists.collect() } else { lists.flatten().min_by_key(|list| list.len()).map(|list| vec![list]) }
    }

    fn matches(&self, row: &impl Searchable) -> bool {
        let holds = |clause: &Clause| clause.holds(row.fact(&clause.field, &clause.key)) != clause.negated;
        if self.any { self.clauses.iter().any(holds) } else { self.clauses.iter().all(holds) }
    }
}

impl Clause {
    fn check(&self, resource: &str, fields: &[(&str, Field)]) -> Outcome<()> {
        let Some((_, kind)) = fields.iter().find(|(name, _)| *name == self.field) else {
            let message = format!(
                "Field `{}` is an unsupported search field for resource `{resource}`. See http://stripe.com/docs/search#query-fields-for-{resource} for a list of supported fields.",
                self.field
            );
            return Err(Refusal::invalid(message).at("query"));
        };
        let fits = match self.test {
            Test::Is => *kind != Field::Number || self.value.as_ref().is_none_or(|value| value.parse::<i64>().is_ok()),
            Test::Contains => {
                *kind != Field::Number
                    && self.value.as_ref().is_some_and(|value| value.chars().count() >= MIN_SUBSTRING)
            }
            _ => *kind == Field::Number && self.value.as_ref().is_some_and(|value| value.parse::<i64>().is_ok()),
        };
        let keyed = (*kind == Field::Metadata) != self.key.is_empty();
        if fits && keyed { Ok(()) } else { Err(Refusal::invalid(UNREADABLE).at("query")) }
    }

    /// What a record must say for this clause to hold, if it must say one thing.
    fn fact(&self) -> Option<u64> {
        let value = self.value.as_deref().filter(|_| self.test == Test::Is && !self.negated)?;
        Some(fact(&self.field, &self.key, value))
    }

    fn holds(&self, fact: Fact<'_>) -> bool {
        let Some(value) = self.value.as_deref() else { return fact == Fact::Absent };
        match fact {
            Fact::Absent => false,
            Fact::Text(text) if self.test == Test::Contains => text.to_lowercase().contains(&value.to_lowercase()),
            Fact::Text(text) => text.eq_ignore_ascii_case(value),
            Fact::Number(number) => {
                let value: i64 = value.parse().unwrap_or_default();
                match self.test {
                    Test::Less => number < value,
                    Test::AtMost => number <= value,
                    Test::More => number > value,
                    Test::AtLeast => number >= value,
                    Test::Is | Test::Contains => number == value,
                }
            }
        }
    }
}

fn parse(text: &str) -> Outcome<Query> {
    let mut rest = text.trim_start();
    let mut query = Query { clauses: Vec::new(), any: false };
    let mut joined_by_and = false;
    while !rest.is_empty() {
        let (clause, after) = read_clause(rest).ok_or_else(unreadable)?;
        query.clauses.push(clause);
        rest = after.trim_start();
        // Two clauses side by side both have to hold.
        if let Some(after) = joint(rest, "OR") {
            query.any = true;
            rest = after;
        } else if !rest.is_empty() {
            joined_by_and = true;
            rest = joint(rest, "AND").unwrap_or(rest);
        } else {
            break;
        }
        if rest.is_empty() {
            return Err(unreadable());
        }
    }
    if query.clauses.is_empty() || query.clauses.len() > MAX_CLAUSES || (query.any && joined_by_and) {
        return Err(unreadable());
    }
    Ok(query)
}

fn unreadable() -> Box<Refusal> {
    Refusal::invalid(UNREADABLE).at("query")
}

/// What follows the word between two clauses.
fn joint<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word))?;
    let after = &text[head.len()..];
    after.starts_with(char::is_whitespace).then(|| after.trim_start())
}

fn read_clause(whole: &str) -> Option<(Clause, &str)> {
    let (negated, plain) = whole.strip_prefix('-').map_or((false, whole), |plain| (true, plain));
    let name = plain.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).filter(|end| *end > 0)?;
    let (field, mut rest) = plain.split_at(name);
    let mut key = String::new();
    if let Some(inside) = rest.strip_prefix('[') {
        let (quoted, after) = read_quoted(inside)?;
        key = quoted;
        rest = after.strip_prefix(']')?;
    }
    let tests = [
        (":", Test::Is),
        ("~", Test::Contains),
        ("<=", Test::AtMost),
        ("<", Test::Less),
        (">=", Test::AtLeast),
        (">", Test::More),
        ("=", Test::Is),
    ];
    let (test, rest) = tests.iter().find_map(|(sign, test)| Some((*test, rest.strip_prefix(sign)?)))?;
    let (value, rest) = read_value(rest)?;
    Some((Clause { negated, field: field.to_owned(), key, test, value }, rest))
}

/// A quoted text, a number, or `null`.
fn read_value(text: &str) -> Option<(Option<String>, &str)> {
    if let Some((quoted, rest)) = read_quoted(text) {
        return Some((Some(quoted), rest));
    }
    let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    match word {
        "null" | "NULL" => Some((None, rest)),
        _ => word.parse::<i64>().ok().map(|number| (Some(number.to_string()), rest)),
    }
}

/// A text between quotes; a backslash takes the next character as it is.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.push(chars.next()?.1),
            c if c == quote => return Some((out, &text[at + 1..])),
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Note(i64);

    impl Row for Note {
        fn id(&self) -> &'static str {
            "n"
        }
        fn created(&self) -> i64 {
            0
        }
    }

    impl Searchable for Note {
        fn fact(&self, field: &str, key: &str) -> Fact<'_> {
            match (field, key) {
                ("amount", _) => Fact::Number(self.0),
                ("status", _) => Fact::Text("succeeded"),
                ("metadata", "sale id") => Fact::Text("S-1's"),
                _ => Fact::Absent,
            }
        }
    }

    #[test]
    fn queries_find_what_they_say() {
        let cases = [
            ("amount:500", true),
            ("amount>499 AND amount<=500", true),
            ("amount<500", false),
            ("-amount:500", false),
            ("status:'SUCCEEDED'", true),
            ("status~\"ceed\" amount=500", true),
            ("status:'failed' OR amount:500", true),
            ("status:'failed' and amount:500", false),
            (r"metadata['sale id']:'S-1\'s'", true),
            ("metadata['other']:null", true),
            ("-metadata[\"sale id\"]:null", true),
        ];
        for (query, found) in cases {
            assert_eq!(parse(query).unwrap().matches(&Note(500)), found, "{query}");
        }
    }

    #[test]
    fn what_is_no_query_is_refused_in_stripes_words() {
        let eleven = ["amount:1"; 11].join(" AND ");
        for query in ["", "amount", "amount:", "amount:x", ":5", "status:'open", "a:1 AND", "a:1 OR b:2 c:3", &eleven] {
            assert_eq!(parse(query).unwrap_err().message, UNREADABLE, "{query}");
        }
    }

    #[test]
    fn a_field_takes_only_what_it_can_answer() {
        let fields = [("amount", Field::Number), ("status", Field::Text), ("metadata", Field::Metadata)];
        for query in
            ["amount~'500'", "status>5", "status~'ab'", "metadata:'x'", "amount:'x'", "status['k']:'x'", "colour:'red'"]
        {
            let clause = parse(query).unwrap().clauses.remove(0);
            assert_eq!(clause.check("charges", &fields).unwrap_err().param.as_deref(), Some("query"), "{query}");
        }
    }
}

//! Parameter tables: each endpoint lists what it takes, and one function checks a form against the list.
//!
//! What Stripe takes and this simulator does not play is listed as [`Kind::Unplayed`] and refused in words:
//! silently ignoring a parameter would let a client believe that it works.

use crate::form::{Group, Node};
use crate::refusal::{Outcome, Refusal};

/// Metadata limits of the API.
const MAX_METADATA_KEYS: usize = 50;
const MAX_METADATA_KEY: usize = 40;
const MAX_METADATA_VALUE: usize = 500;
/// Any text without a limit of its own.
pub(crate) const TEXT: Kind = Kind::Text { max: 5_000 };
/// A true/false value.
pub(crate) const FLAG: Kind = Kind::OneOf(&["true", "false"]);
/// An address of e-mail, as short as Stripe wants it.
pub(crate) const EMAIL: Kind = Kind::Text { max: 512 };

/// `created`, as an exact time or as a window.
pub(crate) const TIME_WINDOW: Kind = Kind::IntegerOr(&[
    takes("gt", Kind::Integer),
    takes("gte", Kind::Integer),
    takes("lt", Kind::Integer),
    takes("lte", Kind::Integer),
]);

/// What a parameter may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text {
        max: usize,
    },
    Integer,
    OneOf(&'static [&'static str]),
    /// One of these, or empty to clear.
    OneOfOrEmpty(&'static [&'static str]),
    Texts,
    Metadata,
    Group(&'static [Param]),
    /// A group, or empty to clear it.
    GroupOrEmpty(&'static [Param]),
    IntegerOr(&'static [Param]),
    Unplayed,
}

/// One row of an endpoint's table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Param {
    name: &'static str,
    kind: Kind,
    required: bool,
}

impl Param {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

pub(crate) const fn takes(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: false }
}

pub(crate) const fn needs(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: true }
}

/// Checks `form` against `table`: first for strangers, then each value, then for what is missing.
pub(crate) fn check(form: &Group, table: &[Param]) -> Outcome<()> {
    check_under(form, table, "")
}

fn check_under(form: &Group, table: &[Param], prefix: &str) -> Outcome<()> {
    for (name, node) in form.entries() {
        let Some(param) = table.iter().find(|param| param.name == name) else {
            let name = full_name(prefix, name);
            return Err(Refusal::invalid(format!("Received unknown parameter: {name}"))
                .code("parameter_unknown")
                .at(name));
        };
        check_value(node, param, prefix)?;
    }
    match table.iter().find(|param| param.required && form.get(param.name).is_none()) {
        Some(param) => Err(missing(&full_name(prefix, param.name))),
        None => Ok(()),
    }
}

fn check_value(node: &Node, param: &Param, prefix: &str) -> Outcome<()> {
    let name = || full_name(prefix, param.name);
    match (param.kind, node) {
        (Kind::Unplayed, _) => {
            let message = format!("This simulator does not play the parameter {} yet.", name());
            Err(Refusal::invalid(message).at(name()))
        }
        (Kind::Text { .. } | Kind::Integer | Kind::IntegerOr(_) | Kind::OneOf(_), Node::Text(text))
            if text.is_empty() && (param.required || !matches!(param.kind, Kind::Text { .. })) =>
        {
            Err(empty(&name()))
        }
        (Kind::Text { max }, Node::Text(text)) => check_length(text, max, &name()),
        (Kind::Integer | Kind::IntegerOr(_), Node::Text(text)) => check_integer(text, &name()),
        (Kind::OneOf(choices), Node::Text(text)) => check_choice(text, choices, &name()),
        (Kind::OneOfOrEmpty(choices), Node::Text(text)) => {
            if text.is_empty() {
                Ok(())
            } else {
                check_choice(text, choices, &name())
            }
        }
        (Kind::Metadata, Node::Group(group)) => check_metadata(group, &name()),
        // An empty text clears all metadata, a list, and some groups.
        (Kind::Metadata | Kind::Texts | Kind::GroupOrEmpty(_), Node::Text(text)) if text.is_empty() => Ok(()),
        (Kind::Group(table) | Kind::GroupOrEmpty(table) | Kind::IntegerOr(table), Node::Group(group)) => {
            check_under(group, table, &name())
        }
        (Kind::Texts, Node::Group(group)) if group.entries().iter().all(|(_, node)| matches!(node, Node::Text(_))) => {
            Ok(())
        }
        (Kind::Texts, _) => Err(Refusal::invalid("Invalid array").at(name())),
        (Kind::Metadata | Kind::Group(_) | Kind::GroupOrEmpty(_), Node::Text(_)) => {
            Err(Refusal::invalid("Invalid object").at(name()))
        }
        (_, Node::Group(_)) => Err(Refusal::invalid("Invalid string: must be a string and not an object").at(name())),
    }
}

fn full_name(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}[{name}]") }
}

/// Stripe's answer to a parameter that is not there.
pub(crate) fn missing(name: &str) -> Box<Refusal> {
    Refusal::invalid(format!("Missing required param: {name}.")).code("parameter_missing").at(name)
}

/// Checks that an address of e-mail could be one.
pub(crate) fn check_email(form: &Group, name: &str) -> Outcome<()> {
    match form.filled(name).filter(|email| !email.contains('@')) {
        Some(email) => {
            let message = format!("Invalid email address: {email}");
            Err(Refusal::invalid(message).code("email_invalid").at(name))
        }
        None => Ok(()),
    }
}

fn empty(name: &str) -> Box<Refusal> {
    let message = format!(
        "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    );
    Refusal::invalid(message).code("parameter_invalid_empty").at(name)
}

fn check_length(text: &str, max: usize, name: &str) -> Outcome<()> {
    if text.chars().count() <= max {
        return Ok(());
    }
    let message = format!("Invalid string: {name} must be at most {max} characters");
    Err(Refusal::invalid(message).at(name))
}

fn check_integer(text: &str, name: &str) -> Outcome<()> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if whole && text.parse::<i64>().is_ok() {
        return Ok(());
    }
    // The value is not repeated: a card number typed into the wrong field must not come back in an answer.
    Err(Refusal::invalid("Invalid integer").code("parameter_invalid_integer").at(name))
}

fn check_choice(text: &str, choices: &[&str], name: &str) -> Outcome<()> {
    if choices.contains(&text) {
        return Ok(());
    }
    let message = if choices == ["true", "false"] {
        "Invalid boolean".to_owned()
    } else {
        format!("Invalid {name}: must be one of {}", or_list(choices))
    };
    Err(Refusal::invalid(message).at(name))
}

fn or_list(choices: &[&str]) -> String {
    match choices {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [one, two] => format!("{one} or {two}"),
        [most @ .., last] => format!("{}, or {last}", most.join(", ")),
    }
}

fn check_metadata(group: &Group, name: &str) -> Outcome<()> {
    if group.entries().len() > MAX_METADATA_KEYS {
        let message = format!("Metadata can have up to {MAX_METADATA_KEYS} keys.");
        return Err(Refusal::invalid(message).at(name));
    }
    group.entries().iter().try_for_each(|(key, node)| check_metadata_entry(key, node, name))
}

fn check_metadata_entry(key: &str, node: &Node, name: &str) -> Outcome<()> {
    let Node::Text(value) = node else {
        return Err(Refusal::invalid("Invalid value: metadata values must be strings.").at(format!("{name}[{key}]")));
    };
    let (key_length, length) = (key.chars().count(), value.chars().count());
    if key_length > MAX_METADATA_KEY {
        let message = format!(
            "Metadata keys can have up to {MAX_METADATA_KEY} characters, but you passed in a key that is {key_length} characters. Invalid key: {key}"
        );
        return Err(Refusal::invalid(message).at(name));
    }
    if length > MAX_METADATA_VALUE {
        let message = format!(
            "Metadata values can have up to {MAX_METADATA_VALUE} characters, but you passed in a value that is {length} characters. Invalid value: {value}"
        );
        return Err(Refusal::invalid(message).at(format!("{name}[{key}]")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Param] = &[
        needs("amount", Kind::Integer),
        takes("confirm", FLAG),
        takes("capture_method", Kind::OneOf(&["automatic", "automatic_async", "manual"])),
        takes("metadata", Kind::Metadata),
        takes("card", Kind::Group(&[needs("number", Kind::Text { max: 20 })])),
        takes("types", Kind::Texts),
        takes("shipping", Kind::Unplayed),
        takes("created", TIME_WINDOW),
    ];

    #[test]
    fn every_wrong_form_gets_stripes_code_and_param() {
        let long_key = format!("amount=1&metadata[{}]=v", "k".repeat(41));
        let long_value = format!("amount=1&metadata[k]={}", "v".repeat(501));
        let cases: &[(&str, Option<&str>, &str)] = &[
            ("", Some("parameter_missing"), "amount"),
            ("amount=", Some("parameter_invalid_empty"), "amount"),
            ("amount=1.5", Some("parameter_invalid_integer"), "amount"),
            ("amount=99999999999999999999", Some("parameter_invalid_integer"), "amount"),
            ("amount=1&colour=red", Some("parameter_unknown"), "colour"),
            ("amount=1&card[pin]=1", Some("parameter_unknown"), "card[pin]"),
            ("amount=1&card[x]=1&card[number]=4", Some("parameter_unknown"), "card[x]"),
            ("amount=1&card=4242", None, "card"),
            ("amount=1&card[number]=", Some("parameter_invalid_empty"), "card[number]"),
            ("amount=1&confirm=yes", None, "confirm"),
            ("amount=1&capture_method=later", None, "capture_method"),
            ("amount=1&types[a][b]=1", None, "types"),
            ("amount=1&metadata=x", None, "metadata"),
            ("amount=1&metadata[a][b]=x", None, "metadata[a]"),
            ("amount=1&shipping[name]=x", None, "shipping"),
            ("amount=1&created[around]=1", Some("parameter_unknown"), "created[around]"),
            (&long_key, None, "metadata"),
            (&long_value, None, "metadata[k]"),
        ];
        for (raw, code, param) in cases {
            let form = Group::decode(raw.as_bytes()).unwrap_or_default();
            let refusal = check(&form, TABLE).expect_err(raw);
            assert_eq!((refusal.code, refusal.param.as_deref()), (*code, Some(*param)), "{raw}");
            assert!(!refusal.executed, "validation is never kept for a key");
        }
    }

    #[test]
    fn right_forms_pass() {
        for raw in [
            "amount=-5",
            "amount=1&metadata=&types=",
            "amount=1&metadata[k]=&created[gte]=1&created[lt]=5",
            "amount=1&created=3&confirm=false",
        ] {
            let form = Group::decode(raw.as_bytes()).unwrap_or_default();
            assert!(check(&form, TABLE).is_ok(), "{raw}");
        }
    }
}

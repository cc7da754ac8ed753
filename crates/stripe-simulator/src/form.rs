//! Stripe's request format: `application/x-www-form-urlencoded` with nested names.
//!
//! `a[b][c]=v` nests, `a[]=x` appends and `a[0]=x` appends at an index; brackets may be percent-encoded.
//! Decoding never panics and is bounded in pairs and in depth, because it reads whatever arrives.

use std::borrow::Cow;

use crate::refusal::{Outcome, Refusal};

/// More name/value pairs than any real call carries.
const MAX_PAIRS: usize = 1_000;
/// Stripe's deepest parameter is five levels deep.
const MAX_DEPTH: usize = 8;

/// One value: a text, or a group of named values. A list is a group whose names count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    Group(Group),
}

/// Named values in the order they arrived; a repeated name keeps its last value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Group {
    entries: Vec<(String, Node)>,
}

impl Group {
    /// Decodes a body or a query string.
    pub(crate) fn decode(raw: &[u8]) -> Outcome<Self> {
        let mut form = Self::default();
        let pairs = raw.split(|&b| b == b'&').filter(|pair| !pair.is_empty());
        for (count, pair) in pairs.enumerate() {
            if count == MAX_PAIRS {
                return Err(Refusal::invalid("Too many parameters."));
            }
            let (name, value) = split_once(pair, b'=');
            form.place(&percent_decode(name)?, percent_decode(value)?)?;
        }
        Ok(form)
    }

    fn place(&mut self, name: &str, value: String) -> Outcome<()> {
        let path = name_path(name);
        let (last, parents) = path.split_last().unwrap_or((&name, &[]));
        if parents.len() >= MAX_DEPTH {
            return Err(Refusal::invalid("Parameters are nested too deeply."));
        }
        let mut group = self;
        for step in parents {
            group = group.child(step, name)?;
        }
        group.set(last, Node::Text(value));
        Ok(())
    }

    /// The group under `name`, made if it is new.
    fn child(&mut self, name: &str, whole: &str) -> Outcome<&mut Self> {
        let at = self.position(name).unwrap_or_else(|| {
            let name = self.real_name(name);
            self.entries.push((name, Node::Group(Self::default())));
            self.entries.len() - 1
        });
        match &mut self.entries[at].1 {
            Node::Group(group) => Ok(group),
            Node::Text(_) => {
                let message = format!("Invalid request: {whole} is given both as a value and as an object.");
                Err(Refusal::invalid(message).at(whole))
            }
        }
    }

    fn set(&mut self, name: &str, node: Node) {
        if let Some(at) = self.position(name) {
            self.entries[at].1 = node;
        } else {
            let name = self.real_name(name);
            self.entries.push((name, node));
        }
    }

    /// `a[]` stands for the next free index.
    fn real_name(&self, name: &str) -> String {
        if name.is_empty() { self.entries.len().to_string() } else { name.to_owned() }
    }

    fn position(&self, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        self.entries.iter().position(|(known, _)| known == name)
    }

    pub(crate) fn entries(&self) -> &[(String, Node)] {
        &self.entries
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.position(name).map(|at| &self.entries[at].1)
    }

    /// Takes `name` out, when it is a text.
    pub(crate) fn take_text(&mut self, name: &str) -> Option<String> {
        let at = self.position(name)?;
        match self.entries.remove(at).1 {
            Node::Text(text) => Some(text),
            Node::Group(_) => None,
        }
    }

    /// The text under `name`; an empty text is still a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Node::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text under `name`, where an empty one counts as absent.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub(crate) fn group(&self, name: &str) -> Option<&Self> {
        match self.get(name) {
            Some(Node::Group(group)) => Some(group),
            _ => None,
        }
    }

    /// An integer that [`crate::params::check`] has already accepted.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|text| text == "true")
    }

    /// Writes the text under `name` into `field`: an absent one changes nothing, an empty one clears.
    pub(crate) fn assign<'f, T: From<&'f str>>(&'f self, name: &str, field: &mut Option<T>) {
        if let Some(text) = self.text(name) {
            *field = Some(text).filter(|text| !text.is_empty()).map(T::from);
        }
    }

    /// The texts of the list under `name`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let entries = self.group(name).map_or(&[][..], Self::entries);
        entries
            .iter()
            .filter_map(|(_, node)| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Group(_) => None,
            })
            .collect()
    }

    /// A number that is equal for equal parameters, in any order.
    ///
    /// Card numbers and security codes are left out, so that nothing kept could be turned back into one.
    pub(crate) fn digest(&self) -> u64 {
        self.digest_under(FNV_START, false)
    }

    fn digest_under(&self, path: u64, card: bool) -> u64 {
        self.entries.iter().fold(0, |sum: u64, (name, node)| {
            let path = fnv(fnv(path, b"/"), name.as_bytes());
            sum.wrapping_add(match node {
                Node::Text(_) if card && (name == "number" || name == "cvc") => path,
                Node::Text(text) => fnv(fnv(path, b"="), text.as_bytes()),
                Node::Group(group) => group.digest_under(path, name == "card"),
            })
        })
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a. Digests are stored, so the function must never change with a toolchain.
fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `a[b][]` is the path `a`, `b`, and an empty step. A malformed name is a path of its own.
fn name_path(name: &str) -> Vec<&str> {
    let Some((head, rest)) = name.split_once('[') else { return vec![name] };
    let Some(inner) = rest.strip_suffix(']') else { return vec![name] };
    if head.is_empty() {
        return vec![name];
    }
    let mut path = vec![head];
    path.extend(inner.split("]["));
    if path.iter().any(|step| step.contains(['[', ']'])) { vec![name] } else { path }
}

fn split_once(pair: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match pair.iter().position(|&b| b == separator) {
        Some(at) => (&pair[..at], &pair[at + 1..]),
        None => (pair, &[]),
    }
}

/// A path as it was meant: its ids may be percent-encoded.
pub(crate) fn decode_path(path: &str) -> Outcome<Cow<'_, str>> {
    if path.contains('%') {
        percent_decode(path.replace('+', "%2B").as_bytes()).map(Cow::Owned)
    } else {
        Ok(path.into())
    }
}

fn percent_decode(raw: &[u8]) -> Outcome<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(hex(*high) << 4 | hex(*low));
                rest = after;
            }
            _ => out.push(first),
        }
    }
    String::from_utf8(out).map_err(|_| Refusal::invalid("Invalid request: parameters must be UTF-8."))
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(raw: &str) -> Group {
        Group::decode(raw.as_bytes()).unwrap_or_default()
    }

    #[test]
    fn nested_names_lists_and_encodings_all_decode() {
        let form = decode("a%5Bb%5D[c]=x+y%21&t[]=1&t[]=2&u[0]=z&a[b][d]=%E2%82%AC&plain");
        let inner = form.group("a").and_then(|a| a.group("b")).cloned().unwrap_or_default();
        assert_eq!(inner.text("c"), Some("x y!"));
        assert_eq!(inner.text("d"), Some("€"));
        assert_eq!(form.list("t"), ["1", "2"]);
        assert_eq!(form.list("u"), ["z"]);
        assert_eq!(form.text("plain"), Some(""));
    }

    #[test]
    fn malformed_names_are_plain_unknown_names() {
        for name in ["[a]", "a[b", "a]b[", "a[b]c", "a[[b]]", "%5B%5D"] {
            let form = decode(&format!("{name}=1"));
            assert_eq!(form.entries().len(), 1, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let deep = format!("a{}=1", "[b]".repeat(MAX_DEPTH + 1));
        let many = "a[]=1&".repeat(MAX_PAIRS + 1);
        for raw in ["a=%ff", "a=1&a[b]=2", deep.as_str(), many.as_str()] {
            assert!(Group::decode(raw.as_bytes()).is_err(), "{raw:.40}");
        }
    }

    #[test]
    fn the_digest_ignores_order_and_card_data_and_sees_everything_else() {
        assert_eq!(decode("a=1&b[c]=2").digest(), decode("b%5Bc%5D=2&a=1").digest());
        assert_ne!(decode("a=1&b=2").digest(), decode("a=2&b=1").digest());
        assert_eq!(decode("card[number]=1").digest(), decode("card[number]=2").digest());
        assert_ne!(decode("metadata[number]=1").digest(), decode("metadata[number]=2").digest());
    }
}

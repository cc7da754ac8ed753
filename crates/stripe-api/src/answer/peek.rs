//! What an object is, found out without reading all of it: Stripe says so among its first words.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The words that tell objects apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// What it is.
    pub(super) object: Option<String>,
    /// What a list's first element is.
    pub(super) of: Option<String>,
    /// A list's address: an empty one has no element to tell by.
    pub(super) url: Option<String>,
}

/// Reads as far as it must. Nothing is known of what is no object or breaks off before its words.
pub(super) fn shape(bytes: &[u8]) -> Shape {
    let mut shape = Shape::default();
    // What ends this early is not the text's fault; whoever reads it whole will say if it is.
    let _ = Peek(&mut shape).deserialize(&mut serde_json::Deserializer::from_slice(bytes));
    shape
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Word {
    Object,
    Data,
    Url,
    #[serde(other)]
    Other,
}

struct Peek<'s>(&'s mut Shape);

impl<'de> DeserializeSeed<'de> for Peek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Peek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(word) = map.next_key()? {
            match word {
                Word::Object => self.0.object = Some(map.next_value()?),
                Word::Url => self.0.url = Some(map.next_value()?),
                // Where Stripe puts it: behind the word that makes it a list.
                Word::Data if self.0.object.is_some() => map.next_value_seed(First(self.0))?,
                Word::Data | Word::Other => drop(map.next_value::<IgnoredAny>()?),
            }
            if self.0.object.as_deref().is_some_and(|object| object != "list") {
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

/// A list's elements, of which the first is looked at.
struct First<'s>(&'s mut Shape);

impl<'de> DeserializeSeed<'de> for First<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for First<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut first = Shape::default();
        let seen = elements.next_element_seed(Peek(&mut first));
        self.0.of = first.object;
        seen.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> [Option<String>; 3] {
        let Shape { object, of, url } = shape(text.as_bytes());
        [object, of, url]
    }

    #[test]
    fn the_words_are_found_wherever_they_stand_and_nothing_is_made_up() {
        let table = [
            (r#"{"id":"pi_1","object":"payment_intent", broken"#, [Some("payment_intent"), None, None]),
            (r#"{"object":"list","data":[{"id":"re_1","object":"refund" broken"#, [Some("list"), Some("refund"), None]),
            (r#"{"object":"list","data":[],"url":"/v1/refunds"}"#, [Some("list"), None, Some("/v1/refunds")]),
            (r#"{"data":[{"object":"refund"}],"object":"list","url":"/x"}"#, [Some("list"), None, Some("/x")]),
            (r#"{"object":7}"#, [None, None, None]),
            (r#"{"metadata":{"object":"refund"}}"#, [None, None, None]),
            ("[]", [None, None, None]),
            ("", [None, None, None]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected.map(|word| word.map(str::to_owned)), "{text}");
        }
    }
}

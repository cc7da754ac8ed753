//! The bodies of Stripe's v1 API: ordered pairs in `application/x-www-form-urlencoded`.

use std::fmt;

/// Name and value pairs in the order they were pushed.
///
/// The order is part of the promise: a resend is compared with the hash of the first body, so the same
/// pairs must always make the same bytes, on every machine and in every locale.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    /// A form without pairs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one pair. An empty value is sent as such: to Stripe it means *clear this*, unlike a pair left out.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.pairs.push((name.into(), value.into()));
        self
    }

    /// Adds one pair when there is a value, and nothing otherwise.
    pub fn push_some(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.push(name, value);
        }
        self
    }

    /// The pairs, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The bytes for the wire: UTF-8, percent-encoded, a space as `+`.
    pub fn encode(&self) -> String {
        let mut out = String::with_capacity(self.pairs.iter().map(|(n, v)| n.len() + v.len() + 10).sum());
        for (name, value) in &self.pairs {
            if !out.is_empty() {
                out.push('&');
            }
            escape(name, &mut out);
            out.push('=');
            escape(value, &mut out);
        }
        out
    }
}

/// Names only: the values can hold a customer's e-mail address or note.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => push_percent(byte, out),
        }
    }
}

/// Appends `%XX`.
pub(crate) fn push_percent(byte: u8, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    out.push('%');
    out.push(HEX[usize::from(byte >> 4)]);
    out.push(HEX[usize::from(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_byte_by_byte() {
        for (value, encoded) in [
            ("", ""),
            ("1099", "1099"),
            ("AZaz09*-._", "AZaz09*-._"),
            ("a b", "a+b"),
            ("a+b", "a%2Bb"),
            ("50% & more=less", "50%25+%26+more%3Dless"),
            ("a[b]#~/?", "a%5Bb%5D%23%7E%2F%3F"),
            ("line\r\nnext\0", "line%0D%0Anext%00"),
            ("Café", "Caf%C3%A9"),
            ("¥ 券 🍰", "%C2%A5+%E5%88%B8+%F0%9F%8D%B0"),
            ("e\u{301}", "e%CC%81"),
        ] {
            let mut form = Form::new();
            form.push("v", value);
            assert_eq!(form.encode(), format!("v={encoded}"), "{value:?}");
        }
    }

    #[test]
    fn pairs_keep_their_order_and_their_repetitions() {
        let mut form = Form::new();
        form.push("z", "1").push("a[]", "x").push("a[]", "y").push("metadata[sale_id]", "01J");
        assert_eq!(form.encode(), "z=1&a%5B%5D=x&a%5B%5D=y&metadata%5Bsale_id%5D=01J");
    }

    #[test]
    fn an_empty_value_is_sent_and_an_absent_one_is_not() {
        let mut form = Form::new();
        form.push_some("cleared", Some("")).push_some("omitted", None);
        assert_eq!(form.encode(), "cleared=");
        assert_eq!(Form::new().encode(), "");
    }

    #[test]
    fn debug_shows_names_but_no_values() {
        let mut form = Form::new();
        form.push("receipt_email", "jenny@example.com");
        assert_eq!(format!("{form:?}"), r#"["receipt_email"]"#);
    }
}

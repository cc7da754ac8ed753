//! Laying JSON out as Stripe does: two spaces a level, one value a line. What `serde_json` would write, with one write a
//! line where it makes one a level.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

/// The end of a value and the deepest indent that an answer has, with room to spare.
const LINE: &[u8; 66] = b",\n                                                                ";

#[derive(Debug, Default)]
pub(crate) struct Pretty {
    depth: usize,
    has_value: bool,
}

impl Pretty {
    fn begin(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> Result<()> {
        self.depth += 1;
        self.has_value = false;
        writer.write_all(bracket)
    }

    fn end(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_value {
            self.line(writer, true)?;
        }
        writer.write_all(bracket)
    }

    /// A new line, after a comma where it is not the first of its level.
    fn line(&self, writer: &mut (impl Write + ?Sized), first: bool) -> Result<()> {
        let end = (2 + 2 * self.depth).min(LINE.len());
        writer.write_all(&LINE[usize::from(first)..end])
    }
}

impl Formatter for Pretty {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.line(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.line(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.has_value = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Serializer, Value, json};

    use super::*;

    #[test]
    fn it_writes_what_serde_json_does() {
        let full = json!({"a": [1, [], {}, [{"b": null}], "c,\n"], "d": {"e": {"f": [[]]}}, "g": {}});
        for value in [full, json!([]), json!({}), json!("text"), Value::Null] {
            let mut written = Vec::new();
            value.serialize(&mut Serializer::with_formatter(&mut written, Pretty::default())).expect("JSON");
            assert_eq!(String::from_utf8(written).ok(), serde_json::to_string_pretty(&value).ok());
        }
    }
}

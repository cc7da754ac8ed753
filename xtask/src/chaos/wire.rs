//! HTTP/1.1 as a proxy needs it: heads as they are, bodies by their length.

use std::io::{self, BufRead, ErrorKind, Read};

/// Longer heads than Stripe's and the till's.
const LONGEST_HEAD: usize = 64 << 10;
/// The till itself takes no longer body.
const LONGEST_BODY: u64 = 8 << 20;

/// A request or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The first line and the headers, without the empty line.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// An answer made up on the way.
    pub(super) fn made(status: &str, kind: &str, more: &[&str], body: &str) -> Self {
        let mut head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n");
        for line in more {
            head.push_str(line);
            head.push_str("\r\n");
        }
        Self { head: format!("{head}content-length: {}\r\n", body.len()), body: body.as_bytes().to_vec() }
    }

    /// Reads one; nothing when the other side has closed between two.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        loop {
            let before = head.len();
            if from.take(LONGEST_HEAD as u64).read_until(b'\n', &mut head)? == 0 || head.len() > LONGEST_HEAD {
                return if before == 0 { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
            if &head[before..] == b"\r\n" {
                head.truncate(before);
                break;
            }
        }
        let head = String::from_utf8(head).map_err(|_| ErrorKind::InvalidData)?;
        let mut message = Self { head, body: Vec::new() };
        let length = message.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        if length > LONGEST_BODY {
            return Err(ErrorKind::InvalidData.into());
        }
        from.take(length).read_to_end(&mut message.body)?;
        if message.body.len() as u64 == length { Ok(Some(message)) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    /// `POST /v1/refunds`.
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// The path of a request, without what is asked of it.
    pub(super) fn path(&self) -> &str {
        let target = self.line().split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The same without one header.
    pub(super) fn without(&self, name: &str) -> Self {
        let kept = self.head.lines().filter(|line| {
            let found = line.split_once(':').map_or("", |(found, _)| found);
            !found.eq_ignore_ascii_case(name)
        });
        Self { head: kept.flat_map(|line| [line, "\r\n"]).collect(), body: self.body.clone() }
    }

    /// The same with this header in place of its own.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut message = self.without(name);
        message.head = [&message.head, name, ": ", value, "\r\n"].concat();
        message
    }

    /// The same with half of its body, told as if it were whole.
    pub(super) fn halved(&self) -> Self {
        let half = self.body[..self.body.len() / 2].to_vec();
        Self { body: half, ..self.with("content-length", &(self.body.len() / 2).to_string()) }
    }

    /// As it goes over the wire.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    pub(super) fn head_bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), b"\r\n"].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] =
        b"POST /v1/refunds?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n";

    #[test]
    fn two_requests_on_one_connection_are_told_apart() {
        let mut wire = TWO;
        let first = Message::read(&mut wire).unwrap().unwrap();
        assert_eq!((first.line(), first.path()), ("POST /v1/refunds?a=b", "/v1/refunds"));
        assert_eq!((first.body.as_slice(), first.header("host")), (&b"hello"[..], Some("x")));
        assert_eq!(first.bytes(), TWO[..first.bytes().len()]);
        assert_eq!(Message::read(&mut wire).unwrap().unwrap().path(), "/");
        assert_eq!(Message::read(&mut wire).unwrap(), None);
    }

    #[test]
    fn a_message_that_breaks_off_is_none() {
        for end in [10, 45, 64] {
            assert!(Message::read(&mut &TWO[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_header_is_taken_out_and_a_half_is_announced_as_a_half() {
        let answer = Message::made("200 OK", "application/json", &["Request-Id: req_1"], "{\"id\":1}");
        assert_eq!(answer.header("request-id"), Some("req_1"));
        assert_eq!(answer.without("Request-Id").header("request-id"), None);
        let half = Message::read(&mut answer.halved().bytes().as_slice()).unwrap().unwrap();
        assert_eq!(half.body, b"{\"id");
    }
}

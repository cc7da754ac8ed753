use super::*;

fn meta(headers: &[(&str, &[u8])]) -> Meta {
    let mut response = Response::new(Bytes::new());
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        response.headers_mut().append(name, http::HeaderValue::from_bytes(value).unwrap());
    }
    read(&response).meta
}

#[test]
fn stripes_headers_are_read() {
    let all = meta(&[
        ("Request-Id", b"req_1"),
        ("Date", b"Wed, 29 Jul 2026 12:00:00 GMT"),
        ("Idempotent-Replayed", b"true"),
        ("Stripe-Should-Retry", b"false"),
        ("Retry-After", b"7"),
    ]);
    let expected = Meta {
        request_id: Some("req_1".to_owned()),
        date: Some(1_785_326_400),
        replayed: true,
        should_retry: Some(false),
        retry_after: Some(Duration::from_secs(7)),
    };
    assert_eq!(all, expected);
}

#[test]
fn odd_headers_read_as_absent() {
    assert_eq!(meta(&[]), Meta::default());
    for odd in [&b""[..], b" ", b"yes", b"-1", b"\xff\xfe", b"Wed, 99 Jul 2026 12:00:00 GMT", b"99999999999999999999"] {
        let read =
            meta(&[("Date", odd), ("Idempotent-Replayed", odd), ("Stripe-Should-Retry", odd), ("Retry-After", odd)]);
        assert_eq!(read, Meta::default(), "{odd:?}");
    }
    assert_eq!(meta(&[("Request-Id", b"")]).request_id, None);
}

#[test]
fn every_form_of_an_http_date_is_stripes_clock() {
    for (text, seconds) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
    ] {
        assert_eq!(meta(&[("Date", text.as_bytes())]).date, Some(seconds), "{text}");
    }
}

#[test]
fn retry_after_may_be_a_moment_on_stripes_clock() {
    let now = ("Date", &b"Wed, 29 Jul 2026 12:00:00 GMT"[..]);
    let later = ("Retry-After", &b"Wed, 29 Jul 2026 12:01:30 GMT"[..]);
    let earlier = ("Retry-After", &b"Wed, 29 Jul 2026 11:00:00 GMT"[..]);
    assert_eq!(meta(&[now, later]).retry_after, Some(Duration::from_secs(90)));
    assert_eq!(meta(&[now, earlier]).retry_after, Some(Duration::ZERO));
    assert_eq!(meta(&[later]).retry_after, None);
}

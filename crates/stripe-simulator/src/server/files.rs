//! Files of a folder in place of the simulator's own: to try another page of the bank's, or a hostile script.

use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};

/// Types by the ending of a name; other files are not served.
const TYPES: [(&str, &str); 3] = [
    ("js", "text/javascript; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
];

/// The file of `folder` at a request's path, if there is one.
pub(super) fn serve(folder: &Path, path: &str) -> Option<Response<Bytes>> {
    let inside = PathBuf::from(path.trim_start_matches('/'));
    if !inside.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let ending = inside.extension()?.to_str()?;
    let (_, kind) = TYPES.iter().find(|(known, _)| *known == ending)?;
    let mut response = Response::new(Bytes::from(std::fs::read(folder.join(inside)).ok()?));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let room = std::env::temp_dir().join(format!("simulator-files-{}", std::process::id()));
        let folder = room.join("inside/dahlia");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("stripe.js"), "mine").unwrap();
        std::fs::write(folder.join("key.pem"), "no").unwrap();
        std::fs::write(room.join("secret.js"), "no").unwrap();
        let inside = room.join("inside");
        assert_eq!(serve(&inside, "/dahlia/stripe.js").unwrap().body(), "mine");
        for path in ["/../secret.js", "//dahlia/../../secret.js", "/dahlia/key.pem", "/dahlia", "/", "/missing.js"] {
            assert!(serve(&inside, path).is_none(), "{path}");
        }
        std::fs::remove_dir_all(&room).unwrap();
    }
}

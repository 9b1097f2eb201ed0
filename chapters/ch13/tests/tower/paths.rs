//! SCRIPT_NAME, PATH_INFO and REQUEST_URI, and the URI made of them.

use super::ask;
use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::routing::any;
use gateway::middleware::mount;
use gateway::testing;
use percent_encoding::percent_decode_str;

/// Answers with the URI and the original one.
fn show() -> Router {
    let page = async |OriginalUri(whole): OriginalUri, it: Request| {
        format!("{} of {whole}", it.uri())
    };
    Router::new().fallback(any(page))
}

/// Numbers that look random, and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    /// A path of some parts, or an empty one.
    fn path(&mut self, most: usize) -> String {
        const PIECES: [&str; 16] = [
            "/", "a", "b", "%2F", "%2f", "%25", "%41", "a", "+", "%20",
            "%C3%A9", "%ff", ";", "~", ":", ".",
        ];
        let count = self.below(most);
        let mut path = String::new();
        for _ in 0..count {
            if path.is_empty() {
                path += "/";
            }
            path += PIECES[self.below(PIECES.len())];
        }
        path
    }
}

fn decoded(path: &str) -> Vec<u8> {
    percent_decode_str(path).collect()
}

#[test]
fn the_uri_is_the_raw_rest_of_what_was_asked_for() {
    let mut numbers = Numbers(0x5eed);
    let app = super::tower(show());
    for _ in 0..3000 {
        let (script, path) = (numbers.path(5), numbers.path(8));
        let query = ["", "?", "?a=%2F+"][numbers.below(3)];
        let whole = format!("{script}{path}");
        if whole.is_empty() {
            continue;
        }
        let mut environ = testing::environ("GET", "/");
        environ.set("REQUEST_URI", format!("{whole}{query}"));
        environ.set("SCRIPT_NAME", decoded(&script));
        environ.set("PATH_INFO", decoded(&path));
        let bare = query.trim_start_matches('?');
        environ.set("QUERY_STRING", bare);
        let answer = testing::ask(&app, environ);
        let text = answer.text();
        let (uri, original) = text.split_once(" of ").unwrap();
        assert_eq!(original, format!("{whole}{query}"), "{script:?}");
        let uri = uri.strip_suffix(query).unwrap();
        let path = if path.is_empty() { "/" } else { &path };
        // Where the two are split is not always told by their bytes.
        assert_eq!(decoded(uri), decoded(path), "{script:?}, {whole}");
        let is_raw = whole.ends_with(uri) || uri == "/";
        assert!(is_raw, "{uri} of {whole}");
        if !script.contains("%2F") && !script.contains("%2f") {
            assert_eq!(uri, path, "{script:?}, {whole}");
        }
    }
}

#[test]
fn a_path_that_was_rewritten_is_encoded_anew() {
    for (asked, path) in [
        (Some("/else?x=y"), "/caf\u{e9} 50%/a?b"),
        (None, "/caf\u{e9} 50%/a?b"),
    ] {
        let mut environ = testing::environ("GET", "/");
        environ.remove("REQUEST_URI");
        if let Some(asked) = asked {
            environ.set("REQUEST_URI", asked);
        }
        environ.set("SCRIPT_NAME", "/my site");
        environ.set("PATH_INFO", path);
        environ.set("QUERY_STRING", "x=y");
        let right = "/caf%C3%A9%2050%25/a%3Fb?x=y";
        let answer = ask(show(), environ);
        let right = format!("{right} of /my%20site{right}");
        assert_eq!(answer.text(), right, "{answer:?}");
    }
}

#[test]
fn below_a_mount_the_original_uri_is_whole() {
    let mounted = mount().at("/one/two", super::tower(show()));
    for (asked, right) in [
        ("/one/two", "/"),
        ("/one/two/", "/"),
        ("/one/two/a%2Fb?c=d", "/a%2Fb?c=d"),
        ("/one/two/a//b/./c", "/a//b/./c"),
        ("/%6Fne/two/a?", "/a?"),
    ] {
        let answer = testing::get(&mounted, asked);
        let right = format!("{right} of {asked}");
        assert_eq!(answer.text(), right, "{answer:?}");
    }
}

//! The check of exercise 3.4, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};
use gateway::Environ;

pub const READ: &str = "A path, cut in two";

pub const HINT: &str = "Slices have `strip_prefix`, and what it leaves \
    is empty or begins with a slash, or the path leads elsewhere. Both \
    new values have to be made before either is set, because what \
    `bytes` returns is borrowed from the environ.";

type Answer = fn(&mut Environ, &str) -> bool;

const MOVE: &str = "The place leaves `PATH_INFO`, at its beginning, \
    and is added to `SCRIPT_NAME`.";
const BEFORE: &str = "What was in `SCRIPT_NAME` stays there, in front: \
    the two of them, one behind the other, are still the path.";
const EXACT: &str = "The path may end with the place. Then there is \
    nothing left of it, and that is a `PATH_INFO` like any other.";
const REST: &str = "What is behind the place stays as it is, each of \
    its slashes.";
const ELSEWHERE: &str = "This path leads elsewhere, so nothing is to \
    change.";
const WHOLE: &str = "A place ends where a part of the path ends: \
    `/shopping` is not in `/shop`.";
const ONCE: &str = "The place is taken away once; what follows it may \
    have the same name.";
const BYTES: &str = "A path is bytes; what is no UTF-8 has to come out \
    as it went in.";

/// What the path is, in both parts.
fn path(environ: &Environ) -> [Option<Bytes>; 2] {
    let value = |name| environ.bytes(name).map(|v| Bytes(v.into()));
    [value("SCRIPT_NAME"), value("PATH_INFO")]
}

pub fn check(mount: Answer) -> Verdict {
    let case =
        |script: Option<&str>, info: Option<&[u8]>, new, hint| {
            let mut environ = Environ::new();
            if let Some(script) = script {
                environ.set("SCRIPT_NAME", script);
            }
            if let Some(info) = info {
                environ.set("PATH_INFO", info);
            }
            let before = path(&environ);
            let sent = format!(
                "mount(environ, \"/shop\"), SCRIPT_NAME and PATH_INFO \
             being {before:?}"
            );
            let expected = match new {
                Some((script, info)) => {
                    let (script, info): (&str, &[u8]) = (script, info);
                    let new = [script.as_bytes(), info];
                    (true, new.map(|new| Some(Bytes(new.into()))))
                }
                None => (false, before),
            };
            let answer =
                || (mount(&mut environ, "/shop"), path(&environ));
            expect(sent, answer, expected, hint)
        };
    let tea: &[u8] = b"/shop/tea";
    case(Some(""), Some(tea), Some(("/shop", b"/tea")), MOVE)?;
    case(None, Some(tea), Some(("/shop", b"/tea")), MOVE)?;
    let cgi = Some("/cgi");
    case(cgi, Some(tea), Some(("/cgi/shop", b"/tea")), BEFORE)?;
    case(cgi, Some(b"/"), None, ELSEWHERE)?;
    case(cgi, Some(b""), None, ELSEWHERE)?;
    case(None, None, None, ELSEWHERE)?;
    case(cgi, Some(b"/old/shop"), None, ELSEWHERE)?;
    case(cgi, Some(b"/Shop/tea"), None, ELSEWHERE)?;
    case(cgi, Some(b"/shop"), Some(("/cgi/shop", b"")), EXACT)?;
    case(cgi, Some(b"/shop/"), Some(("/cgi/shop", b"/")), REST)?;
    case(cgi, Some(b"/shop//"), Some(("/cgi/shop", b"//")), REST)?;
    case(cgi, Some(b"/shopping"), None, WHOLE)?;
    case(cgi, Some(b"/shop.html"), None, WHOLE)?;
    let twice = Some(("/cgi/shop", &b"/shop/shop"[..]));
    case(cgi, Some(b"/shop/shop/shop"), twice, ONCE)?;
    let caf = Some(("/cgi/shop", &b"/caf\xe9"[..]));
    case(cgi, Some(b"/shop/caf\xe9"), caf, BYTES)?;
    case(cgi, Some(b"/shop\xe9"), None, WHOLE)?;
    let script = || {
        let mut environ = Environ::new();
        environ.set("SCRIPT_NAME", b"/\xe9");
        environ.set("PATH_INFO", "/shop");
        mount(&mut environ, "/shop");
        path(&environ)
    };
    let expected = [&b"/\xe9/shop"[..], b""];
    let expected = expected.map(|part| Some(Bytes(part.into())));
    let sent =
        "mount(environ, \"/shop\"), SCRIPT_NAME being b\"/\\xe9\"";
    expect(sent, script, expected, BYTES)
}

/// Cuts the path by a rule of one's own, as text.
fn cut(
    environ: &mut Environ,
    place: &str,
    rest: impl FnOnce(&str) -> Option<String>,
) -> bool {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let Some(rest) = rest(&path) else { return false };
    let before = environ.get("SCRIPT_NAME").unwrap_or_default();
    let script = format!("{before}{place}");
    environ.set("SCRIPT_NAME", script);
    environ.set("PATH_INFO", rest);
    true
}

pub const WRONG: [(&str, Answer); 4] = [
    // What begins alike.
    (WHOLE, |environ, place| {
        cut(environ, place, |path| {
            path.strip_prefix(place).map(String::from)
        })
    }),
    // A slash asked for behind the place.
    (EXACT, |environ, place| {
        cut(environ, place, |path| {
            let rest = path.strip_prefix(place)?;
            rest.starts_with('/').then(|| rest.to_string())
        })
    }),
    // As often as it is there.
    (ONCE, |environ, place| {
        cut(environ, place, |path| {
            let rest = path.trim_start_matches(place);
            let is_cut = rest.is_empty() || rest.starts_with('/');
            (is_cut && rest != path).then(|| rest.to_string())
        })
    }),
    // Right, for paths that are text.
    (BYTES, |environ, place| {
        cut(environ, place, |path| {
            let rest = path.strip_prefix(place)?;
            let is_cut = rest.is_empty() || rest.starts_with('/');
            is_cut.then(|| rest.to_string())
        })
    }),
];

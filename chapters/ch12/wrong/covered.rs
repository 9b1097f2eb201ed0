//! The check of exercise 12.4, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use percent_encoding::percent_decode_str;

pub const READ: &str = "What such a page must never do";

pub const HINT: &str = "Write `is_secret(name)` first: lower case, no \
    `-` and `_`, and then `contains` for one of the words. Then \
    `split` the value at `&`, make each pair on its own, and `join` \
    them again. `split_once('=')` divides a pair, and \
    `rsplit('?').next()` is what comes after the last `?`. What is \
    decoded is looked at, and never written.";

type Answer = fn(&str, &str) -> String;

const WHOLE: &str = "The variable's name says that its value is a \
    secret: all of it is covered.";
const PART: &str = "It is enough that one of the words is in a name.";
const SIGNS: &str = "Capitals do not matter in a name, nor do `-` and \
    `_`.";
const PAIR: &str = "This pair has a secret's name: its value is \
    covered.";
const REST: &str = "What is not a secret's stays, to the letter: who \
    looks for a fault needs it.";
const EACH: &str = "Each pair with a secret's name is covered.";
const VALUE: &str = "The name decides. A value may speak of passwords \
    without being one.";
const END: &str = "A value ends at the next `&` and nowhere else: with \
    a `=` or a `?` in it, the rest of a secret would be shown.";
const PATH: &str = "What is before the `?` is not a part of the name.";
const QUERY: &str = "The pairs of a URL begin after its `?`.";
const LAST: &str = "With more than one `?` before the `=`, the name \
    begins after the last one.";
const DECODED: &str = "`%77` is a `w` to who gets the form, so it is \
    one in a name, whatever else is in there. The crate's \
    `decode_utf8_lossy` never fails.";
const WRITTEN: &str = "What comes back is written as it was, not \
    decoded and not put in order.";
const EMPTY: &str = "An empty value is covered as well: that it is \
    empty is nobody's business.";
const BARE: &str = "Without a `=` there is no value to cover.";

const COVER: &str = "(covered)";

const CASES: [(&str, &str, &str, &str); 46] = [
    ("HTTP_COOKIE", "id=1; theme=dark", COVER, WHOLE),
    ("HTTP_AUTHORIZATION", "Basic YWRhOnRlYQ==", COVER, WHOLE),
    ("HTTP_COOKIE", "", COVER, WHOLE),
    ("token", "a&b&c", COVER, WHOLE),
    ("HTTP_X_CSRF_TOKEN", "123", COVER, PART),
    ("HTTP_PROXY_AUTHORIZATION", "Basic YQ==", COVER, PART),
    ("DATABASE_PASSWD", "tea", COVER, PART),
    ("HTTP_X_API_KEY", "123", COVER, SIGNS),
    ("X-Api-Key", "123", COVER, SIGNS),
    ("PATH_INFO", "/tea", "/tea", REST),
    ("REQUEST_METHOD", "POST", "POST", REST),
    (
        "HTTP_ACCEPT",
        "text/html;q=0.9, */*",
        "text/html;q=0.9, */*",
        REST,
    ),
    ("form", "", "", REST),
    ("form", "password=tea", "password=(covered)", PAIR),
    ("QUERY_STRING", "token=1", "token=(covered)", PAIR),
    (
        "form",
        "name=Ada&password=tea&page=2",
        "name=Ada&password=(covered)&page=2",
        REST,
    ),
    (
        "form",
        "old_password=tea&user[secret]=x&a=b",
        "old_password=(covered)&user[secret]=(covered)&a=b",
        EACH,
    ),
    (
        "form",
        "token=1&token=2",
        "token=(covered)&token=(covered)",
        EACH,
    ),
    ("form", "Password=tea", "Password=(covered)", SIGNS),
    ("form", "api_key=1", "api_key=(covered)", SIGNS),
    ("form", "PASS_WORD=1", "PASS_WORD=(covered)", SIGNS),
    ("form", "page=password", "page=password", VALUE),
    ("form", "message=my+token&a=b", "message=my+token&a=b", VALUE),
    ("form", "a=b=token=c", "a=b=token=c", VALUE),
    ("form", "token=YQ==", "token=(covered)", END),
    ("form", "password=a=b&c=d", "password=(covered)&c=d", END),
    ("form", "password=what?&c=d", "password=(covered)&c=d", END),
    ("form", "password=a?b=c", "password=(covered)", END),
    ("form", "a=?token=c", "a=?token=c", VALUE),
    ("form", "password=a;b#c/d", "password=(covered)", END),
    ("REQUEST_URI", "/tea?token=1", "/tea?token=(covered)", QUERY),
    (
        "HTTP_REFERER",
        "http://localhost:8000/tea?a=b&token=1",
        "http://localhost:8000/tea?a=b&token=(covered)",
        QUERY,
    ),
    (
        "REQUEST_URI",
        "/password/forgotten?page=2",
        "/password/forgotten?page=2",
        PATH,
    ),
    ("REQUEST_URI", "/token?a=b&c=d", "/token?a=b&c=d", PATH),
    ("REQUEST_URI", "/?token?a=b", "/?token?a=b", LAST),
    ("REQUEST_URI", "/?a?token=b", "/?a?token=(covered)", LAST),
    (
        "form",
        "b=%61+%26%3d&&a=&=&c&%zz=1&",
        "b=%61+%26%3d&&a=&=&c&%zz=1&",
        WRITTEN,
    ),
    ("form", "näme=✓&b=\n", "näme=✓&b=\n", WRITTEN),
    ("form", "pass%77ord=tea", "pass%77ord=(covered)", DECODED),
    ("form", "%74oken=1", "%74oken=(covered)", DECODED),
    ("form", "api%5Fkey=1", "api%5Fkey=(covered)", DECODED),
    ("form", "%ff%70assword=1", "%ff%70assword=(covered)", DECODED),
    ("form", "passw%C3%B6rd=%", "passw%C3%B6rd=(covered)", DECODED),
    ("form", "password=&a=b", "password=(covered)&a=b", EMPTY),
    ("form", "token&a=b", "token&a=b", BARE),
    ("PATH_INFO", "/token", "/token", BARE),
];

pub fn check(covered: Answer) -> Verdict {
    for (name, value, expected, hint) in CASES {
        let sent = format!("{name}: {value}");
        let answer = || covered(name, value);
        expect(sent, answer, expected.into(), hint)?;
    }
    Ok(())
}

const WORDS: [&str; 7] = [
    "apikey",
    "authorization",
    "cookie",
    "passw",
    "private",
    "secret",
    "token",
];

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace(['-', '_'], "");
    WORDS.iter().any(|word| name.contains(word))
}

fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

fn name(start: &str) -> &str {
    start.rsplit('?').next().unwrap_or_default()
}

/// With pairs made in this way, unless the name is a secret's.
fn by(of: &str, value: &str, pair: fn(&str) -> String) -> String {
    if is_secret(of) {
        return COVER.into();
    }
    let pairs: Vec<_> = value.split('&').map(pair).collect();
    pairs.join("&")
}

/// With this in place of a pair's divided halves, if there are two.
fn divided(pair: &str, is_it: fn(&str, &str) -> bool) -> String {
    match pair.split_once('=') {
        Some((start, value)) if is_it(start, value) => {
            format!("{start}={COVER}")
        }
        _ => pair.into(),
    }
}

fn right(pair: &str) -> String {
    divided(pair, |start, _| is_secret(&decoded(name(start))))
}

pub const WRONG: [(&str, Answer); 24] = [
    // Nobody else will look.
    (WHOLE, |_, value| value.into()),
    // Pairs alone.
    (WHOLE, |_, value| by("", value, right)),
    // The name of a variable is one of the words.
    (WHOLE, |of, value| match WORDS.contains(&of) {
        true => COVER.into(),
        false => value.into(),
    }),
    // It ends with it.
    (PART, |of, value| {
        let of = of.to_lowercase();
        let names = ["cookie", "http_authorization", "token"];
        match names.iter().any(|name| of.ends_with(name)) {
            true => COVER.into(),
            false => value.into(),
        }
    }),
    // As they are written.
    (SIGNS, |of, value| {
        let of = of.to_lowercase();
        match WORDS.iter().any(|word| of.contains(word)) {
            true => COVER.into(),
            false => value.into(),
        }
    }),
    // Variables alone.
    (PAIR, |of, value| by(of, value, |pair| pair.into())),
    // All of it, if there is anything in it.
    (PAIR, |of, value| match is_secret(&[of, value].concat()) {
        true => COVER.into(),
        false => value.into(),
    }),
    // From there on, all of it.
    (REST, |of, value| {
        if is_secret(of) {
            return COVER.into();
        }
        let mut shown = Vec::new();
        for pair in value.split('&') {
            shown.push(right(pair));
            if shown.last().is_some_and(|shown| shown != pair) {
                break;
            }
        }
        shown.join("&")
    }),
    // The first.
    (EACH, |of, value| {
        let mut pairs: Vec<_> =
            value.split('&').map(str::to_string).collect();
        let first = pairs.iter_mut().find(|pair| right(pair) != **pair);
        if let Some(pair) = first {
            *pair = right(pair);
        }
        match is_secret(of) {
            true => COVER.into(),
            false => pairs.join("&"),
        }
    }),
    // Lower case alone.
    (SIGNS, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| {
                let name = decoded(name(start));
                WORDS.iter().any(|word| name.contains(word))
            })
        })
    }),
    // Capitals, but not the dashes.
    (SIGNS, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| {
                let name = decoded(name(start)).to_lowercase();
                WORDS.iter().any(|word| name.contains(word))
            })
        })
    }),
    // Anywhere in a pair.
    (VALUE, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, value| {
                is_secret(&decoded(start)) || is_secret(value)
            })
        })
    }),
    // Up to the last equals sign.
    (VALUE, |of, value| {
        by(of, value, |pair| match pair.rsplit_once('=') {
            Some((start, _)) if is_secret(&decoded(name(start))) => {
                format!("{start}={COVER}")
            }
            _ => pair.into(),
        })
    }),
    // What is between two equals signs.
    (END, |of, value| {
        by(of, value, |pair| {
            let mut parts: Vec<&str> = pair.split('=').collect();
            if parts.len() > 1 && is_secret(&decoded(name(parts[0]))) {
                parts[1] = COVER;
            }
            parts.join("=")
        })
    }),
    // A question mark divides, too.
    (END, |of, value| {
        by(of, value, |pair| {
            let parts: Vec<_> = pair.split('?').map(right).collect();
            parts.join("?")
        })
    }),
    // A query has no path.
    (PATH, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| is_secret(&decoded(start)))
        })
    }),
    // After the first one.
    (LAST, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| {
                let query = start.split_once('?');
                let name = query.map_or(start, |parts| parts.1);
                is_secret(&decoded(name))
            })
        })
    }),
    // A query is not a URL.
    (QUERY, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| {
                !start.contains('?') && is_secret(&decoded(start))
            })
        })
    }),
    // As it is written.
    (DECODED, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| is_secret(name(start)))
        })
    }),
    // Unless it cannot be decoded.
    (DECODED, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, _| {
                let name = percent_decode_str(name(start));
                name.decode_utf8().is_ok_and(|name| is_secret(&name))
            })
        })
    }),
    // Decoded first.
    (WRITTEN, |of, value| by(of, &decoded(value), right)),
    // Nothing to hide.
    (EMPTY, |of, value| {
        by(of, value, |pair| {
            divided(pair, |start, value| {
                !value.is_empty() && is_secret(&decoded(name(start)))
            })
        })
    }),
    // A name alone.
    (BARE, |of, value| {
        by(of, value, |pair| {
            let start = pair.split('=').next().unwrap_or_default();
            match is_secret(&decoded(name(start))) {
                true => format!("{start}={COVER}"),
                false => pair.into(),
            }
        })
    }),
    // Character by character.
    (RIGHT, |of, value| {
        if is_secret(of) {
            return COVER.into();
        }
        let (mut shown, mut name, mut is_name) =
            (String::new(), String::new(), true);
        let mut is_hidden = false;
        for c in value.chars() {
            match c {
                '&' => {
                    (is_name, is_hidden) = (true, false);
                    name.clear();
                }
                '=' if is_name => {
                    is_name = false;
                    is_hidden = is_secret(&decoded(&name));
                    shown += if is_hidden { "=(covered)" } else { "" };
                }
                '?' => name.clear(),
                c => name.push(c),
            }
            if !is_hidden {
                shown.push(c);
            }
        }
        shown
    }),
];

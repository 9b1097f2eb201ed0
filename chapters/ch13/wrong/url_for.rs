//! The check of exercise 13.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "From a name to a path";

pub const HINT: &str = "Cut the pattern at the first `{` with \
    `split_once`, and what comes after it at the first `}`: that is \
    the text before, the name, and the rest, with which a loop goes \
    on. `strip_prefix('*')` says which kind it is. Then go through the \
    `bytes()` of the value; `format!(\"%{byte:02X}\")` writes one of \
    them. Never look for braces in what you have already written.";

type Path<'p> = Result<String, &'p str>;

type Answer = for<'p> fn(&'p str, &[(&str, &str)]) -> Path<'p>;

const PLAIN: &str = "The value comes in the place of the braces and \
    the name.";
const FIXED: &str = "Outside of braces, the pattern is a path already: \
    it stays, to the letter.";
const EACH: &str = "Each parameter of the pattern has its own value, \
    found by its name.";
const ORDER: &str = "The names decide, not the order in which the \
    values are given.";
const SPACE: &str = "This is not a letter or digit of ASCII, nor one \
    of `-._~`: it has to be encoded. A `+` is a space in a form, and a \
    plus in a path.";
const BYTES: &str = "It is the bytes that are encoded, each of them: a \
    letter beyond ASCII has more than one, and `é` is a letter, but \
    not one of ASCII.";
const DIGITS: &str = "Two digits for each byte, with capitals: the \
    byte 10 is `%0A`.";
const KEPT: &str = "`-`, `.`, `_` and `~` mean nothing in a path, and \
    stay.";
const SLASH: &str = "A slash in the value of a segment would begin \
    another segment. It is `%2F`.";
const REST: &str = "A rest keeps its slashes, all of them, and the `*` \
    is not a part of its name.";
const OTHERS: &str = "Only the slashes of a rest stay; all else in it \
    is encoded as in a segment.";
const PERCENT: &str = "A `%` in a value is a `%`, and becomes `%25`, \
    whatever comes after it. Who gets the path decodes it once.";
const BRACES: &str = "A value with braces in it is still a value: \
    nothing is to be put into it.";
const MISSING: &str = "Without a value there is no path. The error is \
    the name in the pattern, without braces and `*`.";
const FIRST: &str = "If several are missing, it is the first in the \
    pattern that is named.";
const EMPTY: &str = "An empty segment makes the path of another page: \
    `/entry/` is not an entry. An empty value is missing.";
const UNUSED: &str = "A value without a place in the pattern is left \
    out.";
const WHOLE: &str = "Two names are the same if all of them is the \
    same.";

type Case<'c> =
    (&'c str, &'c [(&'c str, &'c str)], Path<'static>, &'static str);

pub fn check(url_for: Answer) -> Verdict {
    let is = |path: &str| Ok(path.to_string());
    let cases: [Case<'_>; 31] = [
        ("/", &[], is("/"), FIXED),
        ("/entry/{n}", &[("n", "7")], is("/entry/7"), PLAIN),
        ("/a%20b/{n}/new", &[("n", "7")], is("/a%20b/7/new"), FIXED),
        ("/é:{n}", &[("n", "7")], is("/é:7"), FIXED),
        (
            "/{book}/{page}",
            &[("book", "rust"), ("page", "9")],
            is("/rust/9"),
            EACH,
        ),
        (
            "/{book}/{page}",
            &[("page", "9"), ("book", "rust")],
            is("/rust/9"),
            ORDER,
        ),
        ("/{a}-{b}", &[("a", "b"), ("b", "a")], is("/b-a"), EACH),
        ("/{a}/{a}", &[("a", "b")], is("/b/b"), EACH),
        ("/{n}", &[("n", "a b")], is("/a%20b"), SPACE),
        ("/{n}", &[("n", "a+b")], is("/a%2Bb"), SPACE),
        ("/{n}", &[("n", "?a=b&c#d")], is("/%3Fa%3Db%26c%23d"), SPACE),
        ("/{n}", &[("n", "\"<'>\"")], is("/%22%3C%27%3E%22"), SPACE),
        ("/{n}", &[("n", "né✓")], is("/n%C3%A9%E2%9C%93"), BYTES),
        ("/{n}", &[("n", "٣")], is("/%D9%A3"), BYTES),
        ("/{n}", &[("n", "a\n\0")], is("/a%0A%00"), DIGITS),
        ("/{n}", &[("n", "a-b.c_d~e")], is("/a-b.c_d~e"), KEPT),
        ("/{n}", &[("n", "1/2")], is("/1%2F2"), SLASH),
        ("/f/{*path}", &[("path", "a/b//c")], is("/f/a/b//c"), REST),
        (
            "/f/{*path}",
            &[("path", "a b/ü?")],
            is("/f/a%20b/%C3%BC%3F"),
            OTHERS,
        ),
        (
            "/{n}/{*path}",
            &[("n", "a/b"), ("path", "c/d")],
            is("/a%2Fb/c/d"),
            SLASH,
        ),
        ("/{n}", &[("n", "100%")], is("/100%25"), PERCENT),
        ("/{n}", &[("n", "a%2Fb")], is("/a%252Fb"), PERCENT),
        (
            "/{a}/{b}",
            &[("a", "{b}"), ("b", "c")],
            is("/%7Bb%7D/c"),
            BRACES,
        ),
        (
            "/{n}/{m}",
            &[("n", "{m}"), ("m", "{n}")],
            is("/%7Bm%7D/%7Bn%7D"),
            BRACES,
        ),
        ("/{n}", &[], Err("n"), MISSING),
        ("/f/{*path}", &[("*path", "a")], Err("path"), MISSING),
        ("/{a}/{b}/{c}", &[("b", "1")], Err("a"), FIRST),
        ("/entry/{n}", &[("n", "")], Err("n"), EMPTY),
        ("/f/{*path}", &[("path", "")], Err("path"), EMPTY),
        ("/f", &[("n", "7"), ("m", "")], is("/f"), UNUSED),
        (
            "/{number}",
            &[("num", "1"), ("Number", "2")],
            Err("number"),
            WHOLE,
        ),
    ];
    for (pattern, parameters, expected, hint) in cases {
        let sent = format!("{pattern} with {parameters:?}");
        let answer = || url_for(pattern, parameters);
        expect(sent, answer, expected, hint)?;
    }
    Ok(())
}

fn encoded(value: &str, kept: &str) -> String {
    let bytes = value.bytes().map(|b| match char::from(b) {
        c if c.is_ascii_alphanumeric() || kept.contains(c) => c.into(),
        _ => format!("%{b:02X}"),
    });
    bytes.collect()
}

const SEGMENT: &str = "-._~";
const PATH: &str = "-._~/";

/// By a way to find a value, and one to write it.
fn by<'p>(
    pattern: &'p str,
    find: impl Fn(&str, usize) -> Option<String>,
    write: impl Fn(&str, bool) -> String,
) -> Path<'p> {
    let (mut path, mut rest, mut count) = (String::new(), pattern, 0);
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}').unwrap_or_default();
        let name = inside.trim_start_matches('*');
        let value = find(name, count).ok_or(name)?;
        path += before;
        path += &write(&value, inside != name);
        (rest, count) = (after, count + 1);
    }
    Ok(path + rest)
}

/// With all that is right, but for how a value is written.
fn written<'p>(
    pattern: &'p str,
    given: &[(&str, &str)],
    write: impl Fn(&str, bool) -> String,
) -> Path<'p> {
    by(pattern, |name, _| value(given, name), write)
}

fn value(given: &[(&str, &str)], name: &str) -> Option<String> {
    let mut given = given.iter().filter(|(_, v)| !v.is_empty());
    given.find(|(n, _)| *n == name).map(|(_, v)| v.to_string())
}

fn right(value: &str, is_rest: bool) -> String {
    encoded(value, if is_rest { PATH } else { SEGMENT })
}

pub const WRONG: [(&str, Answer); 25] = [
    // As it is.
    (PLAIN, |pattern, _| Ok(pattern.into())),
    // The braces stay.
    (PLAIN, |pattern, given| {
        let mut path = pattern.to_string();
        for (name, value) in given {
            path = path.replace(name, value);
        }
        Ok(path)
    }),
    // All of it is encoded.
    (FIXED, |pattern, given| {
        let path = written(pattern, given, |value, _| value.into())?;
        Ok(encoded(&path, PATH))
    }),
    // The first value for all.
    (EACH, |pattern, given| {
        let first = || Some(given.first()?.1.to_string());
        by(pattern, |_, _| first(), right)
    }),
    // In the order of the pattern.
    (ORDER, |pattern, given| {
        let at = |at: usize| Some(given.get(at)?.1.to_string());
        by(pattern, |_, count| at(count), right)
    }),
    // As it is given.
    (SPACE, |pattern, given| {
        written(pattern, given, |value, _| value.into())
    }),
    // As a form has it.
    (SPACE, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            right(value, is_rest).replace("%20", "+")
        })
    }),
    // A space alone.
    (SPACE, |pattern, given| {
        written(pattern, given, |value, _| value.replace(' ', "%20"))
    }),
    // Some signs.
    (SPACE, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            let kept = ["-._~'", "-._~'/"][usize::from(is_rest)];
            encoded(value, kept)
        })
    }),
    // Characters.
    (BYTES, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            let each = value.chars().map(|c| match c {
                '/' if is_rest => "/".into(),
                '-' | '.' | '_' | '~' => c.into(),
                c if c.is_ascii_alphanumeric() => c.into(),
                c => format!("%{:02X}", u32::from(c)),
            });
            each.collect()
        })
    }),
    // Letters of all alphabets.
    (BYTES, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            let each = value.chars().map(|c| match c {
                c if c.is_alphanumeric() => c.into(),
                c => right(&c.to_string(), is_rest),
            });
            each.collect()
        })
    }),
    // Small digits.
    (SPACE, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            let bytes = value.bytes().map(|b| match char::from(b) {
                '/' if is_rest => "/".into(),
                c if c.is_ascii_alphanumeric() => c.into(),
                c if SEGMENT.contains(c) => c.into(),
                _ => format!("%{b:02x}"),
            });
            bytes.collect()
        })
    }),
    // As many as there are.
    (DIGITS, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            let bytes = value.bytes().map(|b| match b {
                0..16 => format!("%{b:X}"),
                _ if b > 127 => format!("%{b:02X}"),
                _ => right(&char::from(b).to_string(), is_rest),
            });
            bytes.collect()
        })
    }),
    // Letters and digits, and nothing else.
    (KEPT, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            encoded(value, if is_rest { "/" } else { "" })
        })
    }),
    // Slashes are for paths.
    (SLASH, |pattern, given| {
        written(pattern, given, |value, _| encoded(value, PATH))
    }),
    // Slashes are for nobody.
    (REST, |pattern, given| {
        written(pattern, given, |value, _| encoded(value, SEGMENT))
    }),
    // A star is a letter.
    (REST, |pattern, given| {
        let mut path = pattern.to_string();
        while let Some((_, after)) = path.split_once('{') {
            let name = after.split_once('}').unwrap_or_default().0;
            let Some(value) = value(given, name) else {
                let at = pattern.find(name).unwrap_or(0);
                return Err(&pattern[at..at + name.len()]);
            };
            let place = format!("{{{name}}}");
            path = path.replace(&place, &right(&value, false));
        }
        Ok(path)
    }),
    // A rest is as it is.
    (OTHERS, |pattern, given| {
        written(pattern, given, |value, is_rest| match is_rest {
            true => value.into(),
            false => right(value, false),
        })
    }),
    // What is encoded already.
    (PERCENT, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            encoded(value, if is_rest { "-._~/%" } else { "-._~%" })
        })
    }),
    // Braces mean something.
    (BRACES, |pattern, given| {
        written(pattern, given, |value, is_rest| {
            encoded(value, if is_rest { "-._~/{}" } else { "-._~{}" })
        })
    }),
    // One after the other, in what is written already.
    (BRACES, |pattern, given| {
        let mut path = written(pattern, given, |value, is_rest| {
            encoded(value, if is_rest { "-._~/{}" } else { "-._~{}" })
        })?;
        for (name, value) in given {
            let place = format!("{{{name}}}");
            path = path.replace(&place, &right(value, false));
        }
        Ok(path)
    }),
    // A gap.
    (MISSING, |pattern, given| {
        by(
            pattern,
            |n, _| Some(value(given, n).unwrap_or_default()),
            right,
        )
    }),
    // The last one that is missing.
    (FIRST, |pattern, given| {
        let path = written(pattern, given, right);
        let names = pattern.split('{').skip(1).map(|part| {
            let name = part.split('}').next().unwrap_or_default();
            name.trim_start_matches('*')
        });
        let last = names.filter(|n| value(given, n).is_none()).last();
        path.map_err(|name| last.unwrap_or(name))
    }),
    // It is there, if empty.
    (EMPTY, |pattern, given| {
        let find = |name: &str| given.iter().find(|(n, _)| *n == name);
        by(pattern, |n, _| Some(find(n)?.1.to_string()), right)
    }),
    // Part by part.
    (RIGHT, |pattern, given| {
        let mut parts = pattern.split(['{', '}']);
        let mut path = parts.next().unwrap_or_default().to_string();
        while let Some(inside) = parts.next() {
            let name = inside.strip_prefix('*').unwrap_or(inside);
            let value = value(given, name).ok_or(name)?;
            path += &right(&value, inside.starts_with('*'));
            path += parts.next().unwrap_or_default();
        }
        Ok(path)
    }),
];

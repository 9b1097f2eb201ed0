//! The check of exercise 11.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "A cookie by hand";

pub const HINT: &str = "`split` at each `;`, and `split_once` at the \
    first `=` of what is between. `trim` both halves. The quotes come \
    last: `strip_prefix` and `strip_suffix` return `None` where there \
    is none, and only if both are there are they taken off.";

type Answer = for<'f> fn(&'f str, &str) -> Option<&'f str>;

const VALUE: &str = "The value is what follows the `=`, up to the next \
    `;` or the end.";
const ABSENT: &str = "No cookie of this name is here.";
const WHOLE: &str = "A name is all that is in front of the `=`: \
    another one may end or begin with it, or a value may hold it.";
const CASE: &str = "`Theme` is another cookie than `theme`.";
const FIRST: &str = "The first cookie of the name counts, even if its \
    value is empty.";
const EQUALS: &str = "Only the first `=` divides a pair. Base64 ends \
    in `=`, and is in many cookies.";
const COMMA: &str = "Only `;` is between pairs; a comma is a part of \
    its value.";
const SPACES: &str = "Spaces around a name or a value are not part of \
    it, and there may be none.";
const INSIDE: &str = "What is inside of a value stays: a space in the \
    middle, too.";
const EMPTY: &str = "A value may be empty: there is a cookie then, \
    with the value `\"\"`.";
const SKIPPED: &str = "What has no `=` is somebody else's, and no \
    error: skip it, and look at the next.";
const QUOTED: &str = "Double quotes around a value are not part of it.";
const ONE: &str = "One quote alone is a character of the value, at its \
    beginning or its end; and of several around it, one pair is taken \
    off.";
const KEPT: &str = "What is between the quotes is the value as it is, \
    with the spaces in it.";
const TEXT: &str = "A value is what was sent: whether it is encoded in \
    some way, only those know who have set it.";

pub fn check(cookie: Answer) -> Verdict {
    for (field, expected, hint) in [
        ("theme=dark", Some("dark"), VALUE),
        ("id=7f; theme=dark", Some("dark"), VALUE),
        ("theme=dark; id=7f; lang=de", Some("dark"), VALUE),
        ("", None, ABSENT),
        ("id=7f; lang=de", None, ABSENT),
        ("id=theme; lang=de", None, WHOLE),
        ("mytheme=light; theme=dark", Some("dark"), WHOLE),
        ("themes=light; theme=dark", Some("dark"), WHOLE),
        ("my theme=light; theme=dark", Some("dark"), WHOLE),
        ("id=theme=light; theme=dark", Some("dark"), WHOLE),
        ("Theme=light; theme=dark", Some("dark"), CASE),
        ("THEME=light", None, CASE),
        ("theme=dark; theme=light", Some("dark"), FIRST),
        ("theme=; theme=light", Some(""), FIRST),
        ("theme=ZGFyaw==; id=7f", Some("ZGFyaw=="), EQUALS),
        ("theme==", Some("="), EQUALS),
        ("theme=a,theme=b", Some("a,theme=b"), COMMA),
        ("id=1,theme=b", None, COMMA),
        ("id=7f;theme=dark", Some("dark"), SPACES),
        ("  theme=dark  ", Some("dark"), SPACES),
        ("id=7f  ;  theme=dark  ; a=b", Some("dark"), SPACES),
        ("theme = dark", Some("dark"), SPACES),
        ("theme=dark red; id=7f", Some("dark red"), INSIDE),
        ("theme=", Some(""), EMPTY),
        ("theme= ; id=7f", Some(""), EMPTY),
        ("id=7f; ; theme=dark;", Some("dark"), SKIPPED),
        ("theme; theme=dark", Some("dark"), SKIPPED),
        ("secure; HttpOnly;;theme=dark", Some("dark"), SKIPPED),
        ("=; theme=dark", Some("dark"), SKIPPED),
        ("theme", None, SKIPPED),
        ("theme=\"dark\"", Some("dark"), QUOTED),
        ("id=\"7f\"; theme = \"dark\" ; a=b", Some("dark"), QUOTED),
        ("theme=\"\"; id=7f", Some(""), QUOTED),
        ("theme=\"dark", Some("\"dark"), ONE),
        ("theme=dark\"", Some("dark\""), ONE),
        ("theme=\"", Some("\""), ONE),
        ("theme=\"\"dark\"\"", Some("\"dark\""), ONE),
        ("theme=\"dark;light\"", Some("\"dark"), ONE),
        ("theme=\" dark \"", Some(" dark "), KEPT),
        ("theme=da\"r\"k", Some("da\"r\"k"), KEPT),
        ("theme=a%3Bb+c", Some("a%3Bb+c"), TEXT),
        ("theme='dark'", Some("'dark'"), TEXT),
        ("größe=é; theme=dünkel", Some("dünkel"), TEXT),
    ] {
        let sent = format!("the cookie theme of {field:?}");
        expect(sent, || cookie(field, "theme"), expected, hint)?;
    }
    for (field, name, expected, hint) in [
        ("a=b; __Host-id=7f", "__Host-id", Some("7f"), VALUE),
        ("id=\"7f=\"; a=b", "id", Some("7f="), QUOTED),
        ("a.b=c; axb=d", "axb", Some("d"), WHOLE),
    ] {
        let sent = format!("the cookie {name} of {field:?}");
        expect(sent, || cookie(field, name), expected, hint)?;
    }
    Ok(())
}

/// Without the quotes, if it is in quotes.
fn unquoted(value: &str) -> &str {
    let rest = value.strip_prefix('"');
    rest.and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

/// All pairs, with nothing around them.
fn pairs(field: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    let pairs = field.split(';').filter_map(|p| p.split_once('='));
    pairs.map(|(name, value)| (name.trim(), unquoted(value.trim())))
}

pub const WRONG: [(&str, Answer); 18] = [
    // Somewhere in the field.
    (WHOLE, |field, name| {
        let at = field.find(&format!("{name}="))?;
        let rest = &field[at + name.len() + 1..];
        rest.split(';').next().map(|value| unquoted(value.trim()))
    }),
    // A name that ends so.
    (WHOLE, |field, name| {
        let mut pairs = pairs(field);
        pairs.find(|(n, _)| n.ends_with(name)).map(|pair| pair.1)
    }),
    // Capitals mean nothing, as in fields' names.
    (CASE, |field, name| {
        let mut pairs = pairs(field);
        let is_it = |n: &str| n.eq_ignore_ascii_case(name);
        pairs.find(|(n, _)| is_it(n)).map(|pair| pair.1)
    }),
    // The last one, as in a map.
    (FIRST, |field, name| {
        let mut pairs = pairs(field).rev();
        pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
    }),
    // The first that says something.
    (FIRST, |field, name| {
        let mut named = pairs(field).filter(|pair| pair.0 == name);
        named.find(|pair| !pair.1.is_empty()).map(|pair| pair.1)
    }),
    // At every `=`.
    (EQUALS, |field, name| {
        field.split(';').find_map(|pair| {
            let mut parts = pair.split('=');
            let is_it = parts.next()?.trim() == name;
            let value = parts.next()?;
            is_it.then(|| unquoted(value.trim()))
        })
    }),
    // Commas, too, as in other fields.
    (COMMA, |field, name| {
        let pairs = field.split([';', ',']);
        let mut pairs = pairs.filter_map(|p| p.split_once('='));
        let pair = pairs.find(|(n, _)| n.trim() == name)?;
        Some(unquoted(pair.1.trim()))
    }),
    // As browsers send it.
    (SPACES, |field, name| {
        let mut pairs =
            field.split("; ").filter_map(|p| p.split_once('='));
        let pair = pairs.find(|(n, _)| *n == name)?;
        Some(unquoted(pair.1))
    }),
    // Around the pair, but not around its parts.
    (SPACES, |field, name| {
        let mut pairs =
            field.split(';').filter_map(|p| p.trim().split_once('='));
        let pair = pairs.find(|(n, _)| *n == name)?;
        Some(unquoted(pair.1))
    }),
    // What is not a pair ends it.
    (SKIPPED, |field, name| {
        for pair in field.split(';') {
            let (n, value) = pair.split_once('=')?;
            if n.trim() == name {
                return Some(unquoted(value.trim()));
            }
        }
        None
    }),
    // It is empty if nothing is there.
    (ABSENT, |field, name| {
        let mut pairs = pairs(field);
        let found = pairs.find(|pair| pair.0 == name);
        Some(found.map_or("", |pair| pair.1))
    }),
    // A name alone is a name with an empty value.
    (SKIPPED, |field, name| {
        field.split(';').find_map(|pair| {
            let (n, value) = pair.split_once('=').unwrap_or((pair, ""));
            (n.trim() == name).then(|| unquoted(value.trim()))
        })
    }),
    // The quotes are left where they are.
    (QUOTED, |field, name| {
        let mut pairs =
            field.split(';').filter_map(|p| p.split_once('='));
        let pair = pairs.find(|(n, _)| n.trim() == name)?;
        Some(pair.1.trim())
    }),
    // All of them are taken off.
    (ONE, |field, name| {
        let mut pairs =
            field.split(';').filter_map(|p| p.split_once('='));
        let pair = pairs.find(|(n, _)| n.trim() == name)?;
        Some(pair.1.trim().trim_matches('"'))
    }),
    // One quote is taken for both.
    (ONE, |field, name| {
        let mut pairs =
            field.split(';').filter_map(|p| p.split_once('='));
        let value = pairs.find(|(n, _)| n.trim() == name)?.1.trim();
        match value.starts_with('"') && value.ends_with('"') {
            true => Some(&value[1..value.len() - 1]),
            false => Some(value),
        }
    }),
    // Spaces go, wherever they are.
    (KEPT, |field, name| {
        let mut pairs = pairs(field);
        let pair = pairs.find(|pair| pair.0 == name)?;
        Some(pair.1.trim())
    }),
    // By hand, from one place to the next.
    (RIGHT, |mut field, name| {
        while !field.is_empty() {
            let end = field.find(';').unwrap_or(field.len());
            let pair = &field[..end];
            field = field.get(end + 1..).unwrap_or("");
            let Some(at) = pair.find('=') else { continue };
            if pair[..at].trim_matches(' ') == name {
                let value = pair[at + 1..].trim_matches(' ');
                let inside = value.len().checked_sub(1);
                let inside = inside.and_then(|end| value.get(1..end));
                return match inside {
                    Some(inside)
                        if value == format!("\"{inside}\"") =>
                    {
                        Some(inside)
                    }
                    _ => Some(value),
                };
            }
        }
        None
    }),
    // Read from the end, so that the first is the last to be found.
    (RIGHT, |field, name| {
        let mut found = None;
        for pair in field.rsplit(';') {
            let mut parts = pair.splitn(2, '=').map(str::trim);
            if let (Some(n), Some(value)) = (parts.next(), parts.next())
                && n == name
            {
                found = match value.as_bytes() {
                    [b'"', .., b'"'] => value.get(1..value.len() - 1),
                    _ => Some(value),
                };
            }
        }
        found
    }),
];

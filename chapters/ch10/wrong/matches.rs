//! The check of exercise 10.2, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "Not modified";

pub const HINT: &str = "A comma may be a part of an ETag, so the quotes \
    are what to go by: no text has a quote in it. `split('\"')` gives \
    what is between the texts and the texts, by turns, and `step_by` \
    takes every second.";

type Answer = fn(&str, &str) -> bool;

const SAME: &str = "The same ETag is the one that the client has.";
const OTHER: &str = "The texts have to be the same, from quote to \
    quote.";
const CASE: &str = "Capitals make another text: ETags are compared \
    byte by byte.";
const LIST: &str = "Each ETag of the list is one that the client has.";
const WEAK: &str = "Weakly compared, `W/\"a\"` and `\"a\"` are the \
    same, whichever of the two has the `W/`.";
const COMMA: &str = "A comma between quotes is a part of the text, and \
    separates nothing.";
const BETWEEN: &str = "What is between two ETags is no text.";
const SPACES: &str = "There may be spaces and tabs around a comma, or \
    none, and around the whole list.";
const EMPTY: &str = "An empty element of the list is no ETag, and the \
    list goes on after it. An ETag of no text is one.";
const ANY: &str = "`*` is any ETag. In quotes it is a text like any \
    other.";

pub fn check(matches: Answer) -> Verdict {
    for (if_none_match, etag, expected, hint) in [
        (r#""a""#, r#""a""#, true, SAME),
        (r#""33a64df5""#, r#""33a64df5""#, true, SAME),
        (r#""a""#, r#""b""#, false, OTHER),
        (r#""ab""#, r#""a""#, false, OTHER),
        (r#""a""#, r#""ab""#, false, OTHER),
        (r#""W/a""#, r#""a""#, false, OTHER),
        (r#""a""#, r#""W/a""#, false, OTHER),
        (r#""a""#, r#""A""#, false, CASE),
        (r#""a", "b", "c""#, r#""a""#, true, LIST),
        (r#""a", "b", "c""#, r#""b""#, true, LIST),
        (r#""a", "b", "c""#, r#""c""#, true, LIST),
        (r#""a", "b", "c""#, r#""d""#, false, LIST),
        (r#"W/"a""#, r#"W/"a""#, true, WEAK),
        (r#"W/"a""#, r#""a""#, true, WEAK),
        (r#""a""#, r#"W/"a""#, true, WEAK),
        (r#""a", W/"b""#, r#""b""#, true, WEAK),
        (r#"W/"a", "b""#, r#"W/"b""#, true, WEAK),
        (r#"W/"a""#, r#"W/"b""#, false, WEAK),
        (r#"W/"W""#, r#""W""#, true, WEAK),
        (r#""a,b""#, r#""a,b""#, true, COMMA),
        (r#""x", W/"a,b", "y""#, r#""a,b""#, true, COMMA),
        (r#""x", W/"a,b", "y""#, r#""y""#, true, COMMA),
        (r#""a,b""#, r#""b""#, false, COMMA),
        (r#""x,W/y""#, r#""y""#, false, COMMA),
        (r#"",""#, r#"",""#, true, COMMA),
        (r#""a","b""#, r#"",""#, false, BETWEEN),
        (r#""a",W/"b""#, r#"",W/""#, false, BETWEEN),
        (r#""a","b""#, r#""b""#, true, SPACES),
        ("\"a\" ,\t\"b\"\t, \"c\"", r#""b""#, true, SPACES),
        ("\t\"a\" ", r#""a""#, true, SPACES),
        (r#""""#, r#""""#, true, EMPTY),
        (r#""a", """#, r#"W/"""#, true, EMPTY),
        (r#""a""#, r#""""#, false, EMPTY),
        (r#", "a""#, r#""""#, false, EMPTY),
        (r#", ,"a",, "b","#, r#""b""#, true, EMPTY),
        (",", r#""a""#, false, EMPTY),
        ("", r#""a""#, false, EMPTY),
        ("", r#""""#, false, EMPTY),
        ("*", r#""a""#, true, ANY),
        ("*", r#"W/"""#, true, ANY),
        (" * ", r#""a""#, true, ANY),
        (r#""*""#, r#""a""#, false, ANY),
        (r#""a", "*""#, r#""*""#, true, ANY),
        (r#""a", "*""#, r#""b""#, false, ANY),
        (r#""a*""#, r#""a""#, false, ANY),
    ] {
        let sent = format!("{if_none_match}  with the ETag {etag}");
        let answer = || matches(if_none_match, etag);
        expect(sent, answer, expected, hint)?;
    }
    Ok(())
}

/// Without what says that it is weak.
fn text(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag)
}

pub const WRONG: [(&str, Answer); 10] = [
    // The same, or any.
    (LIST, |list, etag| list == "*" || text(list) == text(etag)),
    // Somewhere in it.
    (BETWEEN, |list, etag| {
        list.trim() == "*" || list.contains(text(etag))
    }),
    // The strong comparison: a weak one is like no other.
    (WEAK, |list, etag| {
        let mut tags = list.split(',').map(str::trim);
        list == "*" || tags.any(|t| t == etag && !t.starts_with("W/"))
    }),
    // The same byte by byte.
    (WEAK, |list, etag| {
        list == "*" || list.split(',').any(|tag| tag.trim() == etag)
    }),
    // Commas separate.
    (COMMA, |list, etag| {
        let mut tags = list.split(',').map(|tag| text(tag.trim()));
        list.trim() == "*" || tags.any(|tag| tag == text(etag))
    }),
    // With a space behind them, and nothing else does.
    (SPACES, |list, etag| {
        let mut tags = list.split(", ").map(|tag| text(tag.trim()));
        list.trim() == "*" || tags.any(|tag| tag == text(etag))
    }),
    // All that is between two quotes, wherever they are.
    (BETWEEN, |list, etag| {
        let bare = text(etag).trim_matches('"');
        let mut pieces = list.split('"').skip(1);
        list.trim() == "*" || pieces.any(|piece| piece == bare)
    }),
    // In capitals or not.
    (CASE, |list, etag| {
        let etag = text(etag).trim_matches('"');
        let mut texts = list.split('"').skip(1).step_by(2);
        list.trim() == "*"
            || texts.any(|t| t.eq_ignore_ascii_case(etag))
    }),
    // A star anywhere.
    (ANY, |list, etag| {
        let etag = text(etag).trim_matches('"');
        let mut texts = list.split('"').skip(1).step_by(2);
        list.contains('*') || texts.any(|text| text == etag)
    }),
    // Read from its beginning, an ETag at a time.
    (RIGHT, |list, etag| {
        if list.trim_matches([' ', '\t']) == "*" {
            return true;
        }
        let mut rest = list;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            rest = rest.strip_prefix("W/").unwrap_or(rest);
            let Some(behind) = rest.strip_prefix('"') else {
                return false;
            };
            let Some((tag, behind)) = behind.split_once('"') else {
                return false;
            };
            if text(etag) == format!("\"{tag}\"") {
                return true;
            }
            rest = behind;
        }
    }),
];

//! The check of exercise 6.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "The way back";

pub const HINT: &str = "Three conditions: the first character is a \
    slash, the second is neither a slash nor a backslash, and no \
    character is a control character. `starts_with` and `contains` \
    take a list of characters, or a closure.";

type Answer = fn(&str) -> &str;

const PATH: &str = "A path of this site is taken as it is, with its \
    query.";
const SITE: &str = "`//evil.example` is an address without a scheme, \
    and leads to another site.";
const BACK: &str = "Browsers read a backslash as a slash, so this \
    leads to another site, too.";
const SCHEME: &str = "What does not begin with a slash may have a \
    scheme, or be lost below wherever the visitor is.";
const CONTROL: &str = "Browsers leave tabs and line ends out, and what \
    is left may lead to another site. In a header, a line end would be \
    the end of the header.";

pub fn check(safe_target: Answer) -> Verdict {
    for (next, is_taken, hint) in [
        ("/", true, PATH),
        ("/book", true, PATH),
        ("/book?page=2&name=Ada", true, PATH),
        ("/a//b", true, PATH),
        ("/book?next=//a.example", true, PATH),
        ("/a:b@c", true, PATH),
        ("/caf%C3%A9", true, PATH),
        ("/%2F%5Cevil.example", true, PATH),
        ("/caf\u{e9}", true, PATH),
        ("/find?q=a b\\c#first", true, PATH),
        ("//evil.example", false, SITE),
        ("///evil.example", false, SITE),
        ("//evil.example/book", false, SITE),
        ("/\\evil.example", false, BACK),
        ("\\\\evil.example", false, SCHEME),
        ("\\book", false, SCHEME),
        ("https://evil.example/", false, SCHEME),
        ("javascript:alert(1)", false, SCHEME),
        ("evil.example", false, SCHEME),
        ("book", false, SCHEME),
        (" /book", false, SCHEME),
        ("", false, SCHEME),
        ("/\t/evil.example", false, CONTROL),
        ("/\n\\evil.example", false, CONTROL),
        ("/book\r\nSet-Cookie: a=b", false, CONTROL),
        ("/book\r\n", false, CONTROL),
        ("/book\0", false, CONTROL),
        ("/book\u{7f}", false, CONTROL),
        ("/book\u{85}", false, CONTROL),
    ] {
        let expected = if is_taken { next } else { "/" };
        let answer = || safe_target(next).to_string();
        expect(format!("{next:?}"), answer, expected.into(), hint)?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 6] = [
    // It begins with a slash.
    (SITE, |next| if next.starts_with('/') { next } else { "/" }),
    // And not with two.
    (BACK, |next| {
        let is_path = next.starts_with('/') && !next.starts_with("//");
        if is_path { next } else { "/" }
    }),
    // Nor with a backslash behind it.
    (CONTROL, |next| {
        let is_site = ["//", "/\\"].iter().any(|s| next.starts_with(s));
        if next.starts_with('/') && !is_site { next } else { "/" }
    }),
    // No site anywhere in it.
    (PATH, |next| {
        let is_site = next.contains("//") || next.contains(':');
        if next.starts_with('/') && !is_site { next } else { "/" }
    }),
    // A backslash taken for the slash that browsers make of it.
    (SCHEME, |next| {
        let slashes = ['/', '\\'];
        let is_path = next
            .strip_prefix(slashes)
            .is_some_and(|rest| !rest.starts_with(slashes));
        let is_safe = is_path && !next.contains(char::is_control);
        if is_safe { next } else { "/" }
    }),
    // What looks strange is refused.
    (PATH, |next| {
        let is_path = next.starts_with('/') && !next.starts_with("//");
        let is_plain = next.is_ascii() && !next.contains(['\\', '%']);
        if is_path && is_plain { next } else { "/" }
    }),
];

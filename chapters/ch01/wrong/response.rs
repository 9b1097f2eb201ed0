//! The check of exercise 1.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, usual};

pub const READ: &str = "How a header ends";

pub const HINT: &str = "Put the output beside that of `cargo run -p \
    ch01`, with `| cat -A` behind each. What is between the header and \
    the page?";

type Answer = fn(&str) -> String;

const FORM: &str = "There is the field `Content-Type`, whose value is \
    `text/html`, an empty line, and the page.";
const NO_END: &str = "A header ends with an empty line, and there is \
    none: two line ends in a row.";
const TOO_MUCH: &str = "The header ends, but then the body begins with \
    something that is not part of the page.";
const NOT_EMPTY: &str = "The line that ends a header has nothing on \
    it, not a space either.";
const BEFORE: &str = "Something stands before the name of the field: \
    where a line begins, its name has to begin.";
const PAGE: &str = "The page is printed as it came, to the last byte.";

pub fn check(response: Answer) -> Verdict {
    for (html, hint) in [
        ("<p>Hi</p>", FORM),
        ("", FORM),
        ("Text\n\nand more", FORM),
        (" <p>Hi</p>\n", PAGE),
    ] {
        // A server does not mind if it is told that all is well.
        let answer = || {
            let printed = usual(&response(html));
            printed.replacen("Status: 200 OK\n", "", 1)
        };
        expect(
            format!("response({html:?})"),
            answer,
            format!("Content-Type: text/html\n\n{html}"),
            hint,
        )
        .map_err(|complaint| {
            complaint
                .hint_unless(r"\n\n", NO_END)
                .hint_if("\"\\n", BEFORE)
                .hint_if("\" ", BEFORE)
                .hint_if(r"\n\n\n", TOO_MUCH)
                .hint_if(r"\n \n", NOT_EMPTY)
        })?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 7] = [
    // One line, and no end.
    (NO_END, |html| format!("Content-Type: text/html {html}")),
    // As with Python's `print`, one line end too many.
    (TOO_MUCH, |html| format!("Content-Type: text/html\n\n\n{html}")),
    // It looks empty on the screen.
    (NOT_EMPTY, |html| format!("Content-Type: text/html\n \n{html}")),
    // A literal of several lines, whose first is empty.
    (BEFORE, |html| format!("\nContent-Type: text/html\n\n{html}")),
    // One whose lines are indented.
    (BEFORE, |html| format!("    Content-Type: text/html\n\n{html}")),
    // A page that is tidied up.
    (PAGE, |html| {
        format!("Content-Type: text/html\n\n{}", html.trim())
    }),
    // Another way to write it, with a field that says what is so.
    (RIGHT, |html| {
        format!("Status: 200 OK\ncontent-type:text/html\r\n\n{html}")
    }),
];

//! The check of exercise 1.1, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "How a header ends";

pub const HINT: &str = "Put the output beside that of `cargo run -p \
    ch01`, with `| cat -A` behind each. What is between the header and \
    the page?";

type Answer = fn(&str) -> String;

const NO_END: &str = "A header ends with an empty line, and there is \
    none: two line ends in a row.";
const TOO_MUCH: &str = "The header ends, but then the body begins with \
    something that is not part of the page.";
const NOT_EMPTY: &str = "The line that ends a header has nothing on \
    it, not a space either.";

pub fn check(response: Answer) -> Verdict {
    for html in ["<p>Hi</p>", "", "Text\n\nand more"] {
        expect(
            format!("response({html:?})"),
            || response(html),
            format!("Content-Type: text/html\n\n{html}"),
            NO_END,
        )
        .map_err(|complaint| {
            complaint
                .hint_if(r"\n\n\n", TOO_MUCH)
                .hint_if(r"\n \n", NOT_EMPTY)
        })?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 3] = [
    // One line, and no end.
    (NO_END, |html| format!("Content-Type: text/html {html}")),
    // As with Python's `print`, one line end too many.
    (TOO_MUCH, |html| format!("Content-Type: text/html\n\n\n{html}")),
    // It looks empty on the screen.
    (NOT_EMPTY, |html| format!("Content-Type: text/html\n \n{html}")),
];

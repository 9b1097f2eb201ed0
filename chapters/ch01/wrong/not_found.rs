//! The check of exercise 1.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, usual};

pub const READ: &str = "A status of one's own";

pub const HINT: &str = "`src/bin/missing.rs` does most of it. In a \
    string, a backslash at the end of a line joins it with the next.";

type Answer = fn(&str) -> String;

const STATUS: &str = "The status is a header field of CGI's own: its \
    name is `Status`, its value the number and the reason.";
const HEADER: &str = "After the status comes the type with its \
    character set, then an empty line.";
const PAGE: &str = "After the empty line comes the page, whose tags are \
    tags, and nothing after that.";
const ESCAPE: &str = "The path is a stranger's text, and here it turns \
    into HTML.";
const DECODED: &str = "The server has decoded the path already. A \
    percent sign that is left is one of the path's own.";

pub fn check(not_found: Answer) -> Verdict {
    let part = |path, of: fn(&str) -> String, expected: &str, hint| {
        expect(
            format!("not_found({path:?})"),
            || of(&usual(&not_found(path))),
            expected.to_string(),
            hint,
        )
    };
    let first = |text: &str| text.lines().take(1).collect();
    let all = str::to_string;
    let head = |text: &str| {
        let (head, _) = text.split_once("\n\n").unwrap_or((text, ""));
        head.to_string()
    };
    part("/moon", first, "Status: 404 Not Found", STATUS)?;
    let expected = "Status: 404 Not Found\n\
                    Content-Type: text/html; charset=utf-8";
    part("/moon", head, expected, HEADER)?;
    let page = format!("{expected}\n\n<p>There is no /moon.</p>");
    part("/moon", all, &page, PAGE)?;
    let page = format!("{expected}\n\n<p>There is no /&lt;b&gt;.</p>");
    part("/<b>", all, &page, ESCAPE)?;
    let page = format!("{expected}\n\n<p>There is no /a%20b.</p>");
    part("/a%20b", all, &page, DECODED)
}

const REST: &str = "Content-Type: text/html; charset=utf-8\n\n<p>There \
                    is no";

pub const WRONG: [(&str, Answer); 6] = [
    // HTTP's status line, which is the server's to write.
    (STATUS, |path| {
        format!("HTTP/1.1 404 Not Found\n{REST} {path}.</p>")
    }),
    // A status without its reason.
    (STATUS, |path| format!("Status: 404\n{REST} {path}.</p>")),
    // The path as it came.
    (ESCAPE, |path| {
        format!("Status: 404 Not Found\n{REST} {path}.</p>")
    }),
    // A line end that is not part of the page.
    (PAGE, |path| {
        format!("Status: 404 Not Found\n{REST} {path}.</p>\n")
    }),
    // Decoded a second time.
    (DECODED, |path| {
        let path = ch01::escape(&path.replace("%20", " "));
        format!("Status: 404 Not Found\n{REST} {path}.</p>")
    }),
    // Small letters, no spaces, CR LF, and quotes escaped as well.
    (RIGHT, |path| {
        let path = ch01::escape(path).replace('"', "&quot;");
        format!(
            "status:404 Not Found\r\n\
             content-type:text/html;charset=UTF-8\r\n\r\n\
             <p>There is no {path}.</p>"
        )
    }),
];

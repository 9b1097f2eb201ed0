/// What a CGI program prints to answer with this HTML.
///
/// The server answers `502 Bad Gateway` to what this one prints.
/// Find out why, and mend it.
///
/// For `<p>Hi</p>` the server wants to read a `Content-Type` of
/// `text/html`, whatever ends a header, and then `<p>Hi</p>` and
/// not a byte more.
pub fn response(html: &str) -> String {
    // exercise 1.1: a line is wrong here; remove this one as well.
    format!("Content-Type: text/html\n{html}")
}

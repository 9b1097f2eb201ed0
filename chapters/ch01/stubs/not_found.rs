/// What a CGI program prints when there is nothing at `path`.
///
/// Three lines and a page: the status 404 with its reason, the type
/// `text/html; charset=utf-8`, an empty line, and the page. No line
/// end follows it. The path is a stranger's text; escape it.
///
/// For `/moon` the page is `<p>There is no /moon.</p>`.
pub fn not_found(path: &str) -> String {
    todo!("exercise 1.3: say that there is no {path}")
}

/// What a CGI program prints to answer with this HTML.
pub fn response(html: &str) -> String {
    format!("Content-Type: text/html\n\n{html}")
}

/// What a CGI program prints when there is nothing at `path`.
pub fn not_found(path: &str) -> String {
    let path = ch01::escape(path);
    format!(
        "Status: 404 Not Found\n\
         Content-Type: text/html; charset=utf-8\n\
         \n\
         <p>There is no {path}.</p>"
    )
}

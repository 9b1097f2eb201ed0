//! The page that `greet` prints, where a test can reach it.

/// Greets whoever the query string names, or the world.
pub fn greeting(query: &str) -> String {
    let name = if query.is_empty() { "World" } else { query };
    let name = escape(name);
    format!("<html><body>Hello {name}!</body></html>")
}

/// Text that HTML shows, where it would have acted on `text`.
///
/// Enough between tags. Inside an attribute, quotes count as well.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

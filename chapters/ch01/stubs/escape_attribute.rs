/// Text that can stand in an attribute's value, between either quotes.
///
/// `escape` is enough between tags. In `<a title="…">` a quote ends
/// the value, and what follows is a new attribute: `" onclick="…`.
/// Escape the three characters that `escape` does, and both quotes:
/// `"` becomes `&quot;`, and `'` becomes `&#39;`.
///
/// For `5" & 'more'` it returns `5&quot; &amp; &#39;more&#39;`.
pub fn escape_attribute(text: &str) -> String {
    todo!("exercise 1.2: escape {text:?} for an attribute")
}

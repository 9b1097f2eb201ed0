/// Text that can stand in an attribute's value, between either quotes.
pub fn escape_attribute(text: &str) -> String {
    ch01::escape(text).replace('"', "&quot;").replace('\'', "&#39;")
}

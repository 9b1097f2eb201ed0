//! The head of a part: what it calls its content.

use crate::response_head::is_token;
use std::collections::BTreeMap;

/// What a part's head says (RFC 7578, sections 4.2, 4.4 and 4.8): its
/// name, its file's name, and its type. `None` if it is no head, or if
/// it says a thing twice. It goes from the line break before it to the
/// blank line.
pub fn parse(
    head: &[u8],
) -> Option<(String, Option<String>, Option<String>)> {
    // A line may go on in the next (RFC 5322, section 2.2.3).
    let head = str::from_utf8(head).ok()?.replace("\r\n ", " ");
    let head = head.replace("\r\n\t", "\t");
    let (mut disposition, mut content_type) = (None, None);
    for line in head.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, after) = token(line)?;
        let value = after.strip_prefix(':')?.trim_ascii().to_string();
        let before = match &*name.to_ascii_lowercase() {
            "content-disposition" => disposition.replace(value),
            "content-type" => content_type.replace(value),
            _ => None,
        };
        let is_control = |c: char| c.is_ascii_control() && c != '\t';
        if before.is_some() || after.contains(is_control) {
            return None;
        }
    }
    let mut all = parameters(&disposition?, "form-data")?;
    Some((all.remove("name")?, all.remove("filename"), content_type))
}

type Parameters = BTreeMap<String, String>;

/// The parameters of a value, as `b` of `a; B="c"`, with their names in
/// lower case (RFC 2045, section 5.1; RFC 9110, section 5.6.6).
///
/// `None` if it is another value, or if it has a name twice.
pub fn parameters(text: &str, value: &str) -> Option<Parameters> {
    let (first, mut rest) = text.split_at(text.find(';')?);
    let mut all = BTreeMap::new();
    while let Some(after) = rest.strip_prefix(';') {
        rest = after.trim_ascii_start();
        if let Some((name, after)) = token(rest) {
            let after = after.strip_prefix('=')?;
            let (value, after) = quoted(after).or(token(after))?;
            if all.insert(name.to_ascii_lowercase(), value).is_some() {
                return None;
            }
            rest = after.trim_ascii_start();
        }
    }
    let is_value = first.trim_ascii().eq_ignore_ascii_case(value);
    (is_value && rest.is_empty()).then_some(all)
}

/// A token at the beginning, and what comes after it.
fn token(text: &str) -> Option<(String, &str)> {
    let end = text.bytes().position(|byte| !is_token(byte));
    let (token, after) = text.split_at(end.unwrap_or(text.len()));
    (!token.is_empty()).then(|| (token.to_string(), after))
}

/// What is in the quotes at the beginning, and what comes after them.
///
/// A backslash is itself unless a quote or another one comes after it:
/// old browsers send `C:\dir\file.txt`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' if chars.as_str().starts_with(['"', '\\']) => {
                value.extend(chars.next());
            }
            other => value.push(other),
        }
    }
}

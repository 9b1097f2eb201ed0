//! Which part of a file is asked for.

use std::ops::Range;

/// The bytes of a file of this length that a Range asks for (RFC 9110,
/// section 14.1.2). Where there are none, they cannot be had.
///
/// `None` stands for the whole file: of another unit a server must not
/// make anything, and of what is no range, or more than one, it need
/// not (section 14.2). Clients ask for several ranges so rarely that a
/// `multipart/byteranges` is not worth its code.
pub(super) fn part(range: &str, length: u64) -> Option<Range<u64>> {
    let (unit, set) = range.split_once('=')?;
    let is_space = |c| matches!(c, ' ' | '\t');
    let specs = set.split(',').map(|spec| spec.trim_matches(is_space));
    let mut specs = specs.filter(|spec| !spec.is_empty());
    let (Some(spec), None) = (specs.next(), specs.next()) else {
        return None;
    };
    let part = match spec.split_once('-')? {
        // Nothing could be said of a part of an empty file.
        ("", last) if length == 0 && number(last)? > 0 => return None,
        ("", last) => length.saturating_sub(number(last)?)..length,
        (first, "") => number(first)?..length,
        (first, last) if number(first)? <= number(last)? => {
            let end = number(last)?.saturating_add(1);
            number(first)?..end.min(length)
        }
        _ => return None,
    };
    unit.eq_ignore_ascii_case("bytes").then_some(part)
}

/// A number of digits alone; one that is too large for us is larger
/// than any file.
fn number(digits: &str) -> Option<u64> {
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    (is_number && !digits.is_empty())
        .then(|| digits.parse().unwrap_or(u64::MAX))
}

//! What middleware makes of a head, against what it was given.

use super::notes::Found;
use super::rule::Rule::*;
use crate::{Headers, ResponseHead};

/// All that is wrong with the way from one head to another.
pub(super) fn check(
    inside: &ResponseHead,
    outside: &ResponseHead,
    accept: Option<&str>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let name = "Content-Encoding";
    let before = members(&inside.headers, name);
    let after = members(&outside.headers, name);
    let Some(coding) = after.last().filter(|_| before != after) else {
        return found;
    };
    if before.contains(coding) {
        let text = format!("{name}: {}", after.join(", "));
        found.push((Twice, text));
    }
    let vary = members(&outside.headers, "Vary");
    let is_named = |name| vary.iter().any(|member| member == name);
    if !is_named("*") && !is_named("accept-encoding") {
        let text = format!("{name}: {coding}, and no such Vary");
        found.push((Vary, text));
    }
    if let Some(accept) = accept.filter(|a| !accepts(a, coding)) {
        let text = format!("{coding}, to Accept-Encoding: {accept}");
        found.push((Unwanted, text));
    }
    if let Some(etag) = same_strong(inside, outside) {
        let text = format!("ETag: {etag}, with {coding} and without");
        found.push((Strong, text));
    }
    found
}

/// The ETag that both have, if it stands for one sequence of bytes.
pub(super) fn same_strong<'a>(
    inside: &ResponseHead,
    outside: &'a ResponseHead,
) -> Option<&'a str> {
    let etag = outside.headers.get("ETag")?;
    let is_same = inside.headers.get("ETag") == Some(etag)
        && inside.status == outside.status;
    (is_same && !etag.starts_with("W/")).then_some(etag)
}

/// The members of all lists of a name, in small letters.
fn members(headers: &Headers, name: &str) -> Vec<String> {
    let is = |n: &str| n.eq_ignore_ascii_case(name);
    let pairs = headers.pairs();
    let lists = pairs.iter().filter(|(n, _)| is(n)).map(|(_, v)| v);
    let members = lists.flat_map(|list| list.split(','));
    members.map(|member| member.trim().to_ascii_lowercase()).collect()
}

/// Is the coding in the list, or `*`, and not with a weight of 0 (RFC
/// 9110, section 12.5.3)?
fn accepts(accept: &str, coding: &str) -> bool {
    let weight = |wanted: &str| {
        accept.split(',').find_map(|word| {
            let (name, q) = word.split_once(';').unwrap_or((word, ""));
            let is = name.trim().eq_ignore_ascii_case(wanted);
            is.then(|| weight(q))
        })
    };
    weight(coding).or(weight("*")).is_some_and(|q| q > 0.0)
}

fn weight(parameter: &str) -> f32 {
    let value = parameter.split_once('=').map(|(_, value)| value);
    value.and_then(|v| v.trim().parse().ok()).unwrap_or(1.0)
}

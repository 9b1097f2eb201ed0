//! The check of exercise 10.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "Gzip, wrong in five ways";

pub const HINT: &str = "Split at the commas, and each element at its \
    `;`. Look for gzip under both of its names first, and for `*` only \
    if it is not there: `Option` has `or_else` for that. A weight is \
    zero if it has no digit but `0`; or let Rust `parse` it as an \
    `f32`.";

type Answer = fn(Option<&str>) -> bool;

const NAMED: &str = "A client that names gzip takes it, whatever else \
    it takes, and however much more it would like that.";
const ABSENT: &str = "A client that mentions neither gzip nor `*` is \
    not sent what it may not be able to read.";
const WHOLE: &str = "A coding's name is all that is between the \
    commas, up to the `;`: a name with `gzip` in it is another coding.";
const CASE: &str = "Names of codings mean the same in capitals, and so \
    does the `q`.";
const OLD: &str = "`x-gzip` is gzip under its old name.";
const ZERO: &str = "`q=0` means no.";
const ZEROS: &str = "`0`, `0.`, `0.0`, `0.00` and `0.000` are all zero, \
    and `0.001` is not.";
const SPACES: &str = "Spaces and tabs may be around commas and around \
    semicolons.";
const EMPTY: &str = "An empty element says nothing, and the list goes \
    on after it.";
const ANY: &str = "`*` is any coding that the list does not name.";
const FIRST: &str = "What is said of gzip by name counts, and not what \
    is said of `*`, whichever of them comes first.";

pub fn check(wants_gzip: Answer) -> Verdict {
    for (accept_encoding, expected, hint) in [
        ("gzip", true, NAMED),
        ("gzip, deflate, br, zstd", true, NAMED),
        ("br;q=1.0, gzip;q=0.5, deflate", true, NAMED),
        ("deflate,gzip", true, NAMED),
        ("gzip;q=1", true, NAMED),
        ("gzip;q=1.000", true, NAMED),
        ("identity;q=0, gzip", true, NAMED),
        ("", false, ABSENT),
        ("identity", false, ABSENT),
        ("br, deflate;q=0.5", false, ABSENT),
        ("gzipped", false, WHOLE),
        ("x-x-gzip", false, WHOLE),
        ("bgzip, gzip-1", false, WHOLE),
        ("gzip;q=0", false, ZERO),
        ("br;q=1, gzip;q=0", false, ZERO),
        ("gzip;q=0, br", false, ZERO),
        ("gzip;q=0.", false, ZEROS),
        ("gzip;q=0.0", false, ZEROS),
        ("br, gzip;q=0.000, deflate", false, ZEROS),
        ("gzip;q=0.001", true, ZEROS),
        ("gzip;q=0.100", true, ZEROS),
        ("gzip;q=1.", true, ZEROS),
        ("GZIP", true, CASE),
        ("br, GZip;q=0.5", true, CASE),
        ("gzip;Q=0", false, CASE),
        ("gzip;Q=0.5", true, CASE),
        ("x-gzip", true, OLD),
        ("compress, X-GZIP;q=0.3", true, OLD),
        ("br , gzip\t,deflate", true, SPACES),
        ("\tgzip ", true, SPACES),
        ("gzip ; q=0", false, SPACES),
        ("gzip\t;\tq=0.0 , br", false, SPACES),
        ("gzip ; q=0.5", true, SPACES),
        (",gzip", true, EMPTY),
        ("br, ,\t, gzip;q=0.1,", true, EMPTY),
        (",", false, EMPTY),
        ("*", true, ANY),
        ("br, *;q=0.1", true, ANY),
        ("*;q=0", false, ANY),
        ("br, * ; q=0.0", false, ANY),
        ("gzip;q=0, *", false, FIRST),
        ("*, gzip;q=0", false, FIRST),
        ("*;q=1, br, gzip;q=0.0", false, FIRST),
        ("*;q=0, gzip", true, FIRST),
        ("gzip;q=0.5, *;q=0", true, FIRST),
        ("x-gzip;q=0, *", false, OLD),
    ] {
        let answer = || wants_gzip(Some(accept_encoding));
        expect(format!("{accept_encoding:?}"), answer, expected, hint)?;
    }
    expect("no such field", || wants_gzip(None), false, ABSENT)
}

/// The names in a list, and their weights.
fn elements(
    list: &str,
) -> impl DoubleEndedIterator<Item = (&str, f32)> {
    list.split(',').map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.next().and_then(|part| part.get(2..));
        (name, weight.map_or(1.0, |text| text.parse().unwrap_or(1.0)))
    })
}

fn is_gzip(name: &str) -> bool {
    ["gzip", "x-gzip"].iter().any(|n| name.eq_ignore_ascii_case(n))
}

pub const WRONG: [(&str, Answer); 13] = [
    // It is in there somewhere.
    (WHOLE, |accept| accept.is_some_and(|list| list.contains("gzip"))),
    // An element of the list, whatever its weight.
    (ZERO, |accept| {
        let list = accept.unwrap_or_default();
        elements(list).any(|(name, _)| is_gzip(name) || name == "*")
    }),
    // Nothing said is all allowed, as the specification has it.
    (ABSENT, |accept| {
        let Some(list) = accept else { return true };
        let named = elements(list).find(|(name, _)| is_gzip(name));
        let any = || elements(list).find(|(name, _)| *name == "*");
        named.or_else(any).is_some_and(|(_, weight)| weight > 0.0)
    }),
    // Zero is written in one way.
    (ZEROS, |accept| {
        accept.unwrap_or_default().split(',').any(|element| {
            let mut parts = element.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let is_no = parts.any(|part| part == "q=0");
            (is_gzip(name) || name == "*") && !is_no
        })
    }),
    // Capitals are another coding.
    (CASE, |accept| {
        let list = accept.unwrap_or_default();
        let mut all = elements(list);
        all.any(|(name, weight)| {
            ["gzip", "x-gzip", "*"].contains(&name) && weight > 0.0
        })
    }),
    // Its old name is forgotten.
    (OLD, |accept| {
        let list = accept.unwrap_or_default();
        let is = |name: &str| name.eq_ignore_ascii_case("gzip");
        let named = elements(list).find(|(name, _)| is(name));
        let any = || elements(list).find(|(name, _)| *name == "*");
        named.or_else(any).is_some_and(|(_, weight)| weight > 0.0)
    }),
    // A space ends it all.
    (SPACES, |accept| {
        let list = accept.unwrap_or_default().to_ascii_lowercase();
        list.split(", ").flat_map(|part| part.split(',')).any(|part| {
            let (name, weight) =
                part.split_once(';').unwrap_or((part, ""));
            let weight = weight.strip_prefix("q=").unwrap_or("1");
            let is_no = weight.trim_matches(['0', '.']).is_empty();
            (is_gzip(name) || name == "*") && !is_no
        })
    }),
    // `*` is forgotten.
    (ANY, |accept| {
        let list = accept.unwrap_or_default();
        let mut all = elements(list);
        all.any(|(name, weight)| is_gzip(name) && weight > 0.0)
    }),
    // The first of the two that comes.
    (FIRST, |accept| {
        let list = accept.unwrap_or_default();
        let is_it = |name: &str| is_gzip(name) || name == "*";
        let first = elements(list).find(|(name, _)| is_it(name));
        first.is_some_and(|(_, weight)| weight > 0.0)
    }),
    // One yes is enough.
    (FIRST, |accept| {
        let list = accept.unwrap_or_default();
        let mut all = elements(list);
        all.any(|(name, weight)| {
            (is_gzip(name) || name == "*") && weight > 0.0
        })
    }),
    // An empty element ends the list.
    (EMPTY, |accept| {
        let list = accept.unwrap_or_default();
        let all =
            || elements(list).take_while(|(name, _)| !name.is_empty());
        let named = all().find(|(name, _)| is_gzip(name));
        let any = || all().find(|(name, _)| *name == "*");
        named.or_else(any).is_some_and(|(_, weight)| weight > 0.0)
    }),
    // A table of all that is said; what is said last counts.
    (RIGHT, |accept| {
        use std::collections::HashMap;
        let list = accept.unwrap_or_default().to_lowercase();
        let table: HashMap<&str, f32> = elements(&list).collect();
        let names = ["gzip", "x-gzip", "*"];
        let weight = names.iter().find_map(|name| table.get(name));
        weight.copied().unwrap_or(0.0) > 0.0
    }),
    // One loop, and what is known by its end.
    (RIGHT, |accept| {
        let (mut named, mut any) = (None, None);
        for part in accept.unwrap_or("").split(',') {
            let part = part.to_uppercase().replace([' ', '\t'], "");
            let (name, rest) = match part.find(';') {
                Some(at) => part.split_at(at),
                None => (&*part, ""),
            };
            let is_some = !rest.starts_with(";Q=0")
                || rest.bytes().any(|b| (b'1'..=b'9').contains(&b));
            match name {
                "GZIP" | "X-GZIP" => named = Some(is_some),
                "*" => any = Some(is_some),
                _ => {}
            }
        }
        named.or(any) == Some(true)
    }),
];

//! The check of exercise 6.1, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use gateway::{Failure, Form};

pub const READ: &str = "What a browser sends";

pub const HINT: &str = "`query.get` gives the first value, or `None`. \
    Rust's `parse` takes a plus sign, so the digits need a look of \
    their own. `Failure::bad_request` takes the reason.";

type Answer = fn(&Form) -> Result<u64, Failure>;

const NUMBER: &str = "The page is the number in the field `page`.";
const FIRST: &str = "Without the field, the first page is meant. That \
    is no mistake of the visitor's.";
const SEVERAL: &str = "If there are several, the first of them counts.";
const DIGITS: &str = "Digits alone: `+2` is no page, though Rust's \
    `parse` takes it.";
const REFUSED: &str = "What is no number, or no page that there can \
    be, is refused with `400 Bad Request`. A page that is made up \
    instead is one that the visitor did not ask for.";
const ZERO: &str = "Pages are counted from 1.";
const REASON: &str = "Whoever reads the log wants to see what came: \
    put it into the reason.";

pub fn check(page_number: Answer) -> Verdict {
    let ask = |query: &str| {
        let form = Form::parse(query.as_bytes());
        page_number(&form.expect("a form")).map_err(|no| no.status)
    };
    for (query, expected, hint) in [
        ("page=3", 3, NUMBER),
        ("name=Ada&page=12", 12, NUMBER),
        ("page=007", 7, NUMBER),
        ("page=%31", 1, NUMBER),
        ("page=18446744073709551615", u64::MAX, NUMBER),
        ("", 1, FIRST),
        ("name=Ada&Page=2&pages=3", 1, FIRST),
        ("page=2&page=3", 2, SEVERAL),
        ("page=2&page=x", 2, SEVERAL),
    ] {
        expect(
            format!("{query:?}"),
            || ask(query),
            Ok(expected),
            hint,
        )?;
    }
    for (query, hint) in [
        ("page=", REFUSED),
        ("page=x", REFUSED),
        ("page=2x", REFUSED),
        ("page=-1", REFUSED),
        ("page=+2", REFUSED),
        ("page=2.0", REFUSED),
        ("page=18446744073709551616", REFUSED),
        ("page=20000000000000000000", REFUSED),
        ("page=x&page=2", REFUSED),
        ("page=%2B2", DIGITS),
        ("page=0", ZERO),
        ("page=000", ZERO),
    ] {
        let expected = Err("400 Bad Request".to_string());
        expect(format!("{query:?}"), || ask(query), expected, hint)?;
    }
    let reason = || {
        let form = Form::parse(b"page=seven").expect("a form");
        let reason = page_number(&form).err().map(|no| no.reason);
        reason.is_some_and(|reason| reason.contains("seven"))
    };
    let sent = "\"page=seven\"; is `seven` in the reason?";
    expect(sent, reason, true, REASON)
}

fn refused(page: &str) -> Failure {
    Failure::bad_request(format!("page {page:?}"))
}

pub const WRONG: [(&str, Answer); 4] = [
    // Whatever is no number is the first page.
    (REFUSED, |query| {
        let page = query.get("page").unwrap_or("1");
        Ok(page.parse().unwrap_or(1))
    }),
    // Whatever Rust takes for a number.
    (DIGITS, |query| {
        let page = query.get("page").unwrap_or("1");
        let number = page.parse().map_err(|_| refused(page))?;
        if number == 0 { Err(refused(page)) } else { Ok(number) }
    }),
    // The last one.
    (SEVERAL, |query| {
        let page = query.all("page").last().unwrap_or("1");
        page.parse().map_err(|_| refused(page))
    }),
    // No look at the number itself.
    (ZERO, |query| {
        let page = query.get("page").unwrap_or("1");
        match page.bytes().all(|byte| byte.is_ascii_digit()) {
            true => page.parse().map_err(|_| refused(page)),
            false => Err(refused(page)),
        }
    }),
];

//! The check of exercise 14.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "An answer that starts late";

pub const HINT: &str = "Write down what happens for each of the two \
    kinds of call, before and after the head is sent. A `match` of \
    `exc_info` with a condition in two of its arms is enough.";

type Head = (String, Vec<(String, String)>);
type Error = &'static str;

type Answer = fn(
    &mut Option<Head>,
    bool,
    Head,
    Option<Error>,
) -> Result<(), Option<Error>>;

const ONCE: &str = "The first call is always right, and its head is \
    noted, all of it.";
const HANDLED: &str = "An exception may come before anything is noted: \
    then this is the first call, and there is nothing to be raised.";
const TWICE: &str = "There is a head already, and no exception is the \
    reason for another: an error, without an exception.";
const KEPT: &str = "This call was refused: the head that was noted has \
    to stay.";
const REPLACED: &str = "Nothing has been sent, so a head that comes \
    with an exception is the one that counts, and the old one is gone.";
const LATE: &str = "The head is sent, and cannot be replaced. The \
    exception that was given is the error.";
const AGAIN: &str = "Even when it is sent, a call without an exception \
    is the error of an application that calls twice.";

/// Heads that may be noted before, and what is in the new one.
fn head(status: &str, header: &str) -> Head {
    (status.into(), vec![(header.into(), "1".into())])
}

pub fn check(start: Answer) -> Verdict {
    let old = || Some(head("200 OK", "X-Old"));
    let new = || head("500 Oh No", "X-New");
    type Told = Result<(), Option<Error>>;
    type Case = (Option<Head>, bool, Option<Error>, Told, [Error; 2]);
    let cases: [Case; 7] = [
        (None, false, None, Ok(()), [ONCE; 2]),
        (None, false, Some("KeyError"), Ok(()), [HANDLED, ONCE]),
        (old(), false, None, Err(None), [TWICE, KEPT]),
        (old(), false, Some("KeyError"), Ok(()), [REPLACED; 2]),
        (
            old(),
            true,
            Some("KeyError"),
            Err(Some("KeyError")),
            [LATE, KEPT],
        ),
        (
            old(),
            true,
            Some("OSError"),
            Err(Some("OSError")),
            [LATE, KEPT],
        ),
        (old(), true, None, Err(None), [AGAIN, KEPT]),
    ];
    for (before, is_sent, exc_info, told, hints) in cases {
        let sent = format!(
            "{:?} with {exc_info:?}, after {before:?}, which {}",
            new(),
            if is_sent { "is sent" } else { "is not sent" }
        );
        let mut noted = before.clone();
        let answer = || start(&mut noted, is_sent, new(), exc_info);
        expect(&sent, answer, told, hints[0])?;
        let after = if told.is_ok() { Some(new()) } else { before };
        expect(
            format!("{sent}: what is noted"),
            || noted,
            after,
            hints[1],
        )?;
    }
    Ok(())
}

fn right(
    noted: &mut Option<Head>,
    is_sent: bool,
    head: Head,
    exc_info: Option<Error>,
) -> Result<(), Option<Error>> {
    match exc_info {
        Some(_) if is_sent => return Err(exc_info),
        None if noted.is_some() => return Err(None),
        _ => *noted = Some(head),
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 14] = [
    // With an `if` each.
    (RIGHT, |noted, is_sent, head, exc_info| {
        if noted.is_some() && (is_sent || exc_info.is_none()) {
            return Err(exc_info);
        }
        *noted = Some(head);
        Ok(())
    }),
    // It is not noted.
    (ONCE, |_, _, _, _| Ok(())),
    // The status alone.
    (ONCE, |noted, _, head, _| {
        *noted = Some((head.0, Vec::new()));
        Ok(())
    }),
    // An exception is one.
    (HANDLED, |noted, is_sent, head, exc_info| match exc_info {
        Some(_) => Err(exc_info),
        None => right(noted, is_sent, head, None),
    }),
    // Not the first, with an exception.
    (HANDLED, |noted, is_sent, head, exc_info| {
        match noted.is_none() && exc_info.is_some() {
            true => Err(None),
            false => right(noted, is_sent, head, exc_info),
        }
    }),
    // The last one counts.
    (TWICE, |noted, _, head, _| {
        *noted = Some(head);
        Ok(())
    }),
    // The first one counts.
    (TWICE, |noted, _, head, _| {
        noted.get_or_insert(head);
        Ok(())
    }),
    // Noted, and then refused.
    (KEPT, |noted, is_sent, head, exc_info| {
        let refused =
            right(&mut noted.clone(), is_sent, head.clone(), exc_info);
        *noted = Some(head);
        refused
    }),
    // Taken, and not put back.
    (KEPT, |noted, is_sent, head, exc_info| {
        let mut old = noted.take();
        right(&mut old, is_sent, head, exc_info)?;
        *noted = old;
        Ok(())
    }),
    // Never twice.
    (REPLACED, |noted, is_sent, head, exc_info| match noted {
        Some(_) => Err(exc_info),
        None => right(noted, is_sent, head, exc_info),
    }),
    // More headers.
    (REPLACED, |noted, is_sent, head, exc_info| {
        let old = noted.clone();
        right(noted, is_sent, head, exc_info)?;
        if let (Some(old), Some(new)) = (old, noted) {
            new.1.extend(old.1);
        }
        Ok(())
    }),
    // Never too late.
    (LATE, |noted, _, head, exc_info| {
        right(noted, false, head, exc_info)
    }),
    // Too late, and nobody knows why.
    (LATE, |noted, is_sent, head, exc_info| {
        right(noted, is_sent, head, exc_info).map_err(|_| None)
    }),
    // Too late, and so nothing happens.
    (LATE, |noted, is_sent, head, exc_info| match is_sent {
        true => Ok(()),
        false => right(noted, is_sent, head, exc_info),
    }),
];

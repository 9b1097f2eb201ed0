//! The check of exercise 11.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use std::collections::{BTreeMap, BTreeSet};

pub const READ: &str = "Two tabs";

pub const HINT: &str = "`?` on `stored` takes care of the session that \
    has ended. What is left is a map of your own to change, in two \
    loops: remove each name of `read` that is not in `left`, and \
    insert each pair of `left` whose value in `read` is another, or \
    missing.";

type Values = BTreeMap<String, String>;

type Answer = fn(Option<Values>, &Values, &Values) -> Option<Values>;

const CHANGED: &str = "What this request has changed is changed: \
    `left` has another value than `read`, or `read` has none.";
const OTHERS: &str = "What this request has not touched stays as it is \
    stored by now: another tab has changed it.";
const BACK: &str = "What another request has removed, and this one has \
    not touched, must not come back.";
const ADDED: &str = "A name that is neither in `read` nor in `left` is \
    none of this request's business: another one has set it.";
const REMOVED: &str = "What this request has removed goes, whatever \
    its value is by now.";
const LATER: &str = "Two have set the same name: this request is the \
    later one, and its value is what stays.";
const SET: &str = "What this request has set is set, even if another \
    one has removed the name meanwhile.";
const ENDED: &str = "The session has ended: nothing brings it back, \
    whatever this request has done.";
const EMPTY: &str = "A session without values is still a session, and \
    one that has ended is none.";

/// From `a=1 b=2`.
fn values(text: &str) -> Values {
    let pairs = text.split(' ').filter_map(|p| p.split_once('='));
    pairs.map(|(name, value)| (name.into(), value.into())).collect()
}

/// As it was written; of a session that has ended, `ended`.
fn text(values: Option<Values>) -> String {
    let Some(values) = values else { return "ended".into() };
    let pairs = values.iter().map(|(n, v)| format!("{n}={v}"));
    pairs.collect::<Vec<_>>().join(" ")
}

pub fn check(merged: Answer) -> Verdict {
    for (stored, read, left, expected, hint) in [
        ("a=1", "a=1", "a=2", "a=2", CHANGED),
        ("a=1", "a=1", "a=1 b=2", "a=1 b=2", CHANGED),
        ("", "", "a=1", "a=1", CHANGED),
        ("a=1", "a=1", "a=1", "a=1", CHANGED),
        ("a=1", "a=1", "a=", "a=", CHANGED),
        ("a=2", "a=1", "a=1", "a=2", OTHERS),
        ("a=2 b=1", "a=1 b=1", "a=1 b=2", "a=2 b=2", OTHERS),
        ("a=1 c=3", "a=1", "a=2", "a=2 c=3", ADDED),
        ("a=1 c=3", "a=1", "a=1 b=2", "a=1 b=2 c=3", ADDED),
        ("c=3", "", "b=2", "b=2 c=3", ADDED),
        ("a=1 c=3", "a=1", "a=1", "a=1 c=3", ADDED),
        ("b=1", "a=1 b=1", "a=1 b=2", "b=2", BACK),
        ("", "a=1", "a=1", "", BACK),
        ("a=1 b=2", "a=1 b=2", "b=2", "b=2", REMOVED),
        ("a=9 b=2", "a=1 b=2", "b=2", "b=2", REMOVED),
        ("a=1 c=3", "a=1", "", "c=3", REMOVED),
        ("b=2", "a=1 b=2", "b=2", "b=2", REMOVED),
        ("a=1 b=3", "a=1 b=2", "a=2", "a=2", REMOVED),
        ("a=3", "a=1", "a=2", "a=2", LATER),
        ("a=3", "", "a=2", "a=2", LATER),
        ("a=3 b=1", "b=1", "a=2", "a=2", LATER),
        ("", "a=1", "a=2", "a=2", SET),
        ("c=3", "a=1", "a=2", "a=2 c=3", SET),
        ("ended", "a=1", "a=2", "ended", ENDED),
        ("ended", "a=1", "a=1", "ended", ENDED),
        ("ended", "", "user=Ferris", "ended", ENDED),
        ("ended", "a=1", "", "ended", ENDED),
        ("a=1", "a=1", "", "", EMPTY),
        ("", "", "", "", EMPTY),
        ("ended", "", "", "ended", EMPTY),
    ] {
        let now = (stored != "ended").then(|| values(stored));
        let (before, after) = (values(read), values(left));
        let sent = format!(
            "stored: {stored:?}, read: {read:?}, left: {left:?}"
        );
        let answer = || text(merged(now, &before, &after));
        expect(sent, answer, expected.into(), hint)
            .map_err(|told| told.hint_if("ended", EMPTY))?;
    }
    check_order(merged)
}

/// Two requests at once, which change different names, whichever is
/// done first.
fn check_order(merged: Answer) -> Verdict {
    let read = values("cart=tea user=Ferris visits=1");
    let one = values("cart=tea,milk user=Ferris visits=1");
    let two = values("user=Ferris visits=2");
    let three = values("cart=tea theme=dark user=Ferris visits=1");
    let milk = "cart=tea,milk theme=dark user=Ferris visits=1";
    let none = "theme=dark user=Ferris visits=2";
    for (first, second, expected) in [
        (&one, &three, milk),
        (&three, &one, milk),
        (&two, &three, none),
        (&three, &two, none),
    ] {
        let [was, one, two] =
            [&read, first, second].map(|v| text(Some(v.clone())));
        let sent = format!(
            "stored and read: {was:?}, left by one: {one:?}, by \
             another, which had read the same: {two:?}"
        );
        let answer = || {
            let stored = merged(Some(read.clone()), &read, first);
            text(merged(stored, &read, second))
        };
        expect(sent, answer, expected.into(), OTHERS)?;
    }
    Ok(())
}

/// The names and values that are new in `left`.
fn set(read: &Values, left: &Values) -> Values {
    let pairs = left.iter().filter(|(n, v)| read.get(*n) != Some(v));
    pairs.map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// Is it one that the request has removed?
fn is_gone(name: &str, read: &Values, left: &Values) -> bool {
    read.contains_key(name) && !left.contains_key(name)
}

fn right(mut values: Values, read: &Values, left: &Values) -> Values {
    values.retain(|name, _| !is_gone(name, read, left));
    values.extend(set(read, left));
    values
}

pub const WRONG: [(&str, Answer); 16] = [
    // What it has left is what is stored.
    (OTHERS, |stored, _, left| stored.map(|_| left.clone())),
    // Over what is there, whether it has changed or not.
    (OTHERS, |stored, _, left| {
        let mut values = stored?;
        values.extend(left.clone());
        Some(values)
    }),
    // What is there over that.
    (CHANGED, |stored, _, left| {
        let mut values = left.clone();
        values.extend(stored?);
        Some(values)
    }),
    // Everything of its own, if there was a change at all.
    (OTHERS, |stored, read, left| match read == left {
        true => stored,
        false => stored.map(|_| left.clone()),
    }),
    // Not touched is as it was read.
    (BACK, |stored, read, left| {
        let stored = stored?;
        let mut values = right(stored.clone(), read, left);
        for (name, value) in left {
            if !stored.contains_key(name) {
                values.insert(name.clone(), value.clone());
            }
        }
        Some(values)
    }),
    // Nothing is removed.
    (REMOVED, |stored, read, left| {
        let mut values = stored?;
        values.extend(set(read, left));
        Some(values)
    }),
    // Everything that it has not left is removed.
    (ADDED, |stored, read, left| {
        let mut values = stored?;
        values.retain(|name, _| left.contains_key(name));
        values.extend(set(read, left));
        Some(values)
    }),
    // Removed only if nobody has changed it.
    (REMOVED, |stored, read, left| {
        let mut values = stored?;
        values.retain(|name, value| {
            !is_gone(name, read, left) || read.get(name) != Some(value)
        });
        values.extend(set(read, left));
        Some(values)
    }),
    // New names, but no new values.
    (CHANGED, |stored, read, left| {
        let mut values = stored?;
        values.retain(|name, _| !is_gone(name, read, left));
        for (name, value) in left {
            if !read.contains_key(name) {
                values.insert(name.clone(), value.clone());
            }
        }
        Some(values)
    }),
    // Set only if nobody was faster.
    (LATER, |stored, read, left| {
        let stored = stored?;
        let mut values = right(stored.clone(), read, left);
        for name in set(read, left).into_keys() {
            if let Some(value) = stored.get(&name)
                && read.get(&name) != Some(value)
            {
                values.insert(name, value.clone());
            }
        }
        Some(values)
    }),
    // Set only if nobody has removed it.
    (SET, |stored, read, left| {
        let stored = stored?;
        let mut values = right(stored.clone(), read, left);
        let is_gone = |name: &str| {
            read.contains_key(name) && !stored.contains_key(name)
        };
        values.retain(|name, _| !is_gone(name));
        Some(values)
    }),
    // One that has ended begins anew.
    (ENDED, |stored, read, left| {
        Some(right(stored.unwrap_or_default(), read, left))
    }),
    // One that has ended stays so, unless there was a change.
    (ENDED, |stored, read, left| match stored {
        None if read == left => None,
        stored => Some(right(stored.unwrap_or_default(), read, left)),
    }),
    // Nothing in it is as good as an end.
    (EMPTY, |stored, read, left| {
        let values = right(stored?, read, left);
        (!values.is_empty()).then_some(values)
    }),
    // Name by name.
    (RIGHT, |stored, read, left| {
        let stored = stored?;
        let names: BTreeSet<&String> =
            stored.keys().chain(left.keys()).collect();
        let pairs = names.into_iter().filter_map(|name| {
            let is_same = read.get(name) == left.get(name);
            let of = if is_same { &stored } else { left };
            Some((name.clone(), of.get(name)?.clone()))
        });
        Some(pairs.collect())
    }),
    // What has to go, and what comes.
    (RIGHT, |stored, read, left| {
        stored.map(|values| right(values, read, left))
    }),
];

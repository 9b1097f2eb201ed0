//! The check of exercise 11.2, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub const READ: &str = "Signed";

pub const HINT: &str = "`rsplit_once` divides at the last dot. Make \
    the text that was signed with `format!`, sign it with each of the \
    keys, and ask if `any` signature is the cookie's. Compare the \
    lengths first, and then all bytes: `fold` with `|` and `^` looks \
    at each pair, where `==` and `all` stop early.";

type Sign = fn(key: &str, text: &str) -> String;

type Answer =
    for<'c> fn(&[&str], &str, &'c str, Sign) -> Option<&'c str>;

const OURS: &str = "What we have signed is `NAME=VALUE`; the value is \
    what comes back.";
const LAST: &str = "Only the last dot divides: a value may have dots, \
    and a signature has none.";
const ANY: &str = "Any of the keys may have signed it: the newest, or \
    one that is about to go.";
const NONE: &str = "An empty list of keys verifies nothing. A list \
    that could not be read must not let everybody in.";
const EMPTY: &str = "An empty key is none: everybody can sign with \
    that.";
const FORGED: &str = "Nothing comes back of what does not verify, in \
    no form: who can leave the signature away can write anything.";
const NAME: &str = "The name is signed, too. A visitor may put the \
    value of one cookie into another, with its signature.";
const WHOLE: &str = "The signature is all of what `sign` returns, and \
    nothing else: a part of it can be found by trying.";
const LETTER: &str = "A signature is compared to the letter, as `sign` \
    returns it.";
const EXACT: &str = "A value comes back as it was signed: empty, or \
    with spaces and quotes.";

/// The signature that the check has its answers made with: HMAC with
/// SHA-256.
fn sign(key: &str, text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let mut mac = mac.expect("any length of a key will do");
    mac.update(text.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A cookie as it is signed.
fn signed(key: &str, name: &str, value: &str) -> String {
    format!("{value}.{}", sign(key, &format!("{name}={value}")))
}

const KEYS: [&str; 3] = ["new", "old", "oldest"];

pub fn check(verified: Answer) -> Verdict {
    let theme = |key: &str, value| signed(key, "theme", value);
    let dark = theme("new", "dark");
    let value = || verified(&["new"], "theme", &dark, sign);
    let sent = format!("theme={dark}, keys [\"new\"]");
    expect(sent, value, Some("dark"), OURS)?;
    let (value, signature) = dark.split_once('.').unwrap_or_default();
    let own: Vec<_> = [
        ("new", "dark", ANY),
        ("new", "v1.dark", LAST),
        ("new", "10.0.0.1.", LAST),
        ("new", "..", LAST),
        ("old", "dark", ANY),
        ("oldest", "dark", ANY),
        ("new", "", EXACT),
        ("new", " dark ", EXACT),
        ("new", "\"dark\"", EXACT),
        ("new", "Größe", EXACT),
        ("old", "a=b; c", EXACT),
    ]
    .map(|(key, value, hint)| (theme(key, value), Some(value), hint))
    .into();
    let foreign: [(String, &str); 25] = [
        (theme("other", "dark"), FORGED),
        ("admin".into(), FORGED),
        ("dark.admin".into(), FORGED),
        (format!("admin.{signature}"), FORGED),
        (format!("{value}{signature}"), FORGED),
        (signature.into(), FORGED),
        (theme("new", "Dark").replace('D', "d"), FORGED),
        (format!("dark.{}", sign("new", "dark")), NAME),
        (signed("new", "Theme", "dark"), NAME),
        (signed("new", "user", "dark"), NAME),
        (signed("old", "", "dark"), NAME),
        (format!("{value}."), WHOLE),
        (".".into(), WHOLE),
        ("".into(), WHOLE),
        (format!("{value}.{}", &signature[..1]), WHOLE),
        (format!("{value}.{}", &signature[..32]), WHOLE),
        (format!("{value}.{}", &signature[..63]), WHOLE),
        (format!("{value}.{}", &signature[1..]), WHOLE),
        (format!("{value}.{signature}0"), WHOLE),
        (format!("{value}.0{signature}"), WHOLE),
        (format!("{value}.{signature}{signature}"), WHOLE),
        (format!("{value}.{}é", &signature[..62]), WHOLE),
        (format!("{value}.{signature} "), LETTER),
        (format!("{value}. {signature}"), LETTER),
        (format!("{value}.{}", signature.to_uppercase()), LETTER),
    ];
    let foreign = foreign.map(|(cookie, hint)| (cookie, None, hint));
    for (cookie, expected, hint) in own.into_iter().chain(foreign) {
        let sent = format!("theme={cookie}, keys {KEYS:?}");
        let value = || verified(&KEYS, "theme", &cookie, sign);
        expect(sent, value, expected, hint)?;
    }
    // The middle of a signature counts, too.
    for at in 0..signature.len() {
        let mut cookie = dark.clone();
        let at = value.len() + 1 + at;
        let other = if &cookie[at..=at] == "a" { "b" } else { "a" };
        cookie.replace_range(at..=at, other);
        let sent = format!("theme={cookie}, keys {KEYS:?}");
        let value = || verified(&KEYS, "theme", &cookie, sign);
        expect(sent, value, None, WHOLE)?;
    }
    for (of, expected) in [("user", Some("Ferris")), ("theme", None)] {
        let cookie = signed("old", of, "Ferris");
        let sent = format!("user={cookie}, keys {KEYS:?}");
        let value = || verified(&KEYS, "user", &cookie, sign);
        expect(sent, value, expected, NAME)?;
    }
    let none: &[&str] = &[];
    for (keys, cookie, expected, hint) in [
        (none, &dark, None, NONE),
        (none, &theme("", "dark"), None, NONE),
        (none, &"admin.".into(), None, NONE),
        (&["new"], &theme("old", "dark"), None, FORGED),
        (&[""], &theme("", "dark"), None, EMPTY),
        (&["new", ""], &theme("", "dark"), None, EMPTY),
        (&["", "new"], &dark, Some("dark"), EMPTY),
    ] {
        let sent = format!("theme={cookie}, keys {keys:?}");
        let value = || verified(keys, "theme", cookie, sign);
        expect(sent, value, expected, hint)?;
    }
    Ok(())
}

/// Is it by one of the keys, with this comparison?
fn by<'c>(
    keys: &[&str],
    name: &str,
    cookie: &'c str,
    is_it: fn(&str, &str) -> bool,
) -> Option<&'c str> {
    let (value, signature) = cookie.rsplit_once('.')?;
    let text = format!("{name}={value}");
    let is_by = |key: &&&str| {
        !key.is_empty() && is_it(&sign(key, &text), signature)
    };
    keys.iter().find(is_by).map(|_| value)
}

pub const WRONG: [(&str, Answer); 18] = [
    // The first dot.
    (LAST, |keys, name, cookie, sign| {
        let (value, signature) = cookie.split_once('.')?;
        let text = format!("{name}={value}");
        let is_by =
            |k: &&str| !k.is_empty() && sign(k, &text) == signature;
        keys.iter().any(is_by).then_some(value)
    }),
    // There is one dot, or it is none of ours.
    (LAST, |keys, name, cookie, _| {
        match cookie.split('.').collect::<Vec<_>>()[..] {
            [_, _] => by(keys, name, cookie, |a, b| a == b),
            _ => None,
        }
    }),
    // Verified is all of it, and what comes back is a part.
    (LAST, |keys, name, cookie, _| {
        by(keys, name, cookie, |a, b| a == b)?.split('.').next()
    }),
    // The one that signs.
    (ANY, |keys, name, cookie, _| {
        by(keys.get(..1)?, name, cookie, |a, b| a == b)
    }),
    // All of them, and so nobody's as well.
    (ANY, |keys, name, cookie, sign| {
        let (value, signature) = cookie.rsplit_once('.')?;
        let text = format!("{name}={value}");
        let is_by = |k: &&str| sign(k, &text) == signature;
        keys.iter().all(is_by).then_some(value)
    }),
    // Without keys nothing is signed.
    (NONE, |keys, name, cookie, _| match keys.is_empty() {
        true => cookie.rsplit_once('.').map(|parts| parts.0),
        false => by(keys, name, cookie, |a, b| a == b),
    }),
    // An empty key is a key.
    (EMPTY, |keys, name, cookie, sign| {
        let (value, signature) = cookie.rsplit_once('.')?;
        let text = format!("{name}={value}");
        let is_by = |k: &&str| sign(k, &text) == signature;
        keys.iter().any(is_by).then_some(value)
    }),
    // What has no signature was there before there were any.
    (FORGED, |keys, name, cookie, _| match cookie.contains('.') {
        true => by(keys, name, cookie, |a, b| a == b),
        false => Some(cookie),
    }),
    // What does not verify is an empty value.
    (FORGED, |keys, name, cookie, _| {
        Some(by(keys, name, cookie, |a, b| a == b).unwrap_or(""))
    }),
    // It looks like one.
    (FORGED, |_, _, cookie, _| {
        let (value, signature) = cookie.rsplit_once('.')?;
        let is_digit = |c: char| c.is_ascii_hexdigit();
        let is_one =
            signature.len() == 64 && signature.chars().all(is_digit);
        is_one.then_some(value)
    }),
    // The value alone is signed.
    (OURS, |keys, _, cookie, sign| {
        let (value, signature) = cookie.rsplit_once('.')?;
        let is_by = |k: &&str| sign(k, value) == signature;
        keys.iter().any(is_by).then_some(value)
    }),
    // The value alone, or with its name.
    (NAME, |keys, name, cookie, sign| {
        let (value, signature) = cookie.rsplit_once('.')?;
        let text = format!("{name}={value}");
        let is_by = |k: &&str| {
            !k.is_empty()
                && [sign(k, &text), sign(k, value)]
                    .contains(&signature.into())
        };
        keys.iter().any(is_by).then_some(value)
    }),
    // As many bytes as there are, so none will do.
    (WHOLE, |keys, name, cookie, _| {
        by(keys, name, cookie, |ours, theirs| {
            let mut pairs = ours.bytes().zip(theirs.bytes());
            pairs.all(|(a, b)| a == b)
        })
    }),
    // It begins with it.
    (WHOLE, |keys, name, cookie, _| {
        by(keys, name, cookie, |a, b| b.starts_with(a))
    }),
    // Digits, and those may be capitals.
    (LETTER, |keys, name, cookie, _| {
        by(keys, name, cookie, |a, b| a.eq_ignore_ascii_case(b))
    }),
    // A value is trimmed.
    (EXACT, |keys, name, cookie, _| {
        by(keys, name, cookie, |a, b| a == b).map(str::trim)
    }),
    // Signed once more, so that what is compared is not what was sent.
    (RIGHT, |keys, name, cookie, sign| {
        let at = cookie.rfind('.')?;
        let (value, signature) = (&cookie[..at], &cookie[at + 1..]);
        let text = [name, "=", value].concat();
        for key in keys.iter().filter(|key| !key.is_empty()) {
            if sign(key, &sign(key, &text)) == sign(key, signature) {
                return Some(value);
            }
        }
        None
    }),
    // All keys, and all bytes of each.
    (RIGHT, |keys, name, cookie, _| {
        by(keys, name, cookie, |ours, theirs| {
            let mut is_same = ours.len() == theirs.len();
            for (a, b) in ours.bytes().zip(theirs.bytes()) {
                is_same &= a == b;
            }
            is_same
        })
    }),
];

//! The check of exercise 4.2, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "An error";

pub const HINT: &str = "Doing this by `replace`, one character after \
    another, one is forgotten. `format!` has a way to print text as a \
    literal; the section names it.";

type Answer = fn(&str, &str) -> String;

const LINE: &str = "The line is `login failed: `, the name in double \
    quotes, ` from `, the address, and a line end.";
const LETTERS: &str = "Letters stay as they are: whoever reads the \
    log wants to recognize the name.";
const SINGLE: &str = "A single quote cannot end what stands in double \
    ones: it stays as it is.";
const BREAK: &str = "A line break in the name begins a line of the \
    visitor's own, and somebody else is locked out.";
const QUOTE: &str = "A quote in the name ends the name, and what \
    follows it passes for the address.";
const BACKSLASH: &str = "A backslash in the name escapes what comes \
    behind it, such as the closing quote.";
const TERMINAL: &str = "A terminal obeys what follows an escape \
    character: the log would be cleared before the eyes of its reader.";

/// The line with each control character in the form that `{:?}` gives
/// it: a literal may have it in others.
fn usual(line: &str) -> String {
    let number = |text: &str| u32::from_str_radix(text, 16).ok();
    let cut = || {
        let (before, rest) = line.split_once(r"\u{")?;
        let (digits, rest) = rest.split_once('}')?;
        let c = char::from_u32(number(digits)?)?;
        c.is_control().then_some((before, c.escape_debug(), rest))
    };
    match cut() {
        Some((before, c, rest)) => {
            format!("{before}{c}{}", usual(rest))
        }
        None => line.into(),
    }
}

pub fn check(failed_login: Answer) -> Verdict {
    let at = "192.0.2.1";
    let forged = "x\nlogin failed: root from 192.0.2.9";
    let quoted = r"x\nlogin failed: root from 192.0.2.9";
    for (user, address, shown, hint) in [
        ("ada", at, "ada", LINE),
        ("", at, "", LINE),
        ("grace", "2001:db8::1", "grace", LINE),
        ("Andr\u{e9}", at, "Andr\u{e9}", LETTERS),
        ("O'Brien", at, "O'Brien", SINGLE),
        ("\u{3b1} \u{4e2d}", at, "\u{3b1} \u{4e2d}", LETTERS),
        (forged, at, quoted, BREAK),
        ("x\r", at, r"x\r", BREAK),
        ("x\" from 192.0.2.9", at, "x\\\" from 192.0.2.9", QUOTE),
        ("x\\", at, r"x\\", BACKSLASH),
        ("x\\\"", at, "x\\\\\\\"", BACKSLASH),
        ("x\u{1b}[2J", at, r"x\u{1b}[2J", TERMINAL),
        ("x\0\u{7f}\u{9b}2J", at, r"x\0\u{7f}\u{9b}2J", TERMINAL),
    ] {
        expect(
            format!("failed_login({user:?}, {address:?})"),
            || usual(&failed_login(user, address)),
            format!("login failed: \"{shown}\" from {address}\n"),
            hint,
        )?;
    }
    Ok(())
}

fn line(user: &str, address: &str) -> String {
    format!("login failed: \"{user}\" from {address}\n")
}

pub const WRONG: [(&str, Answer); 7] = [
    // Everything escaped that is not ASCII.
    (LETTERS, |user, address| {
        line(&user.escape_default().to_string(), address)
    }),
    // Line breaks alone.
    (QUOTE, |user, address| {
        let user = user.replace('\n', "\\n").replace('\r', "\\r");
        line(&user, address)
    }),
    // What escapes is not escaped.
    (BACKSLASH, |user, address| {
        let user = user.replace('\n', "\\n").replace('\r', "\\r");
        line(&user.replace('"', "\\\""), address)
    }),
    // All that one thinks of.
    (TERMINAL, |user, address| {
        let user = user.replace('\\', "\\\\").replace('\n', "\\n");
        let user = user.replace('\r', "\\r").replace('"', "\\\"");
        line(&user, address)
    }),
    // The half of the control characters that is ASCII.
    (TERMINAL, |user, address| {
        let shown = |c: char| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_ascii_control() => c.escape_debug().to_string(),
            c => c.to_string(),
        };
        line(&user.chars().map(shown).collect::<String>(), address)
    }),
    // Numbers for all control characters, in capitals.
    (RIGHT, |user, address| {
        let shown = |c: char| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{{{:X}}}", u32::from(c)),
            c => c.to_string(),
        };
        line(&user.chars().map(shown).collect::<String>(), address)
    }),
    // Escaped for either quotes.
    (SINGLE, |user, address| {
        line(&user.escape_debug().to_string(), address)
    }),
];

//! The check of exercise 12.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::iter::successors;

pub const READ: &str = "What is said";

pub const HINT: &str = "`std::iter::successors(Some(error), |&e| \
    e.source())` is an error and its causes. `take(LINES)` of it ends; \
    take them `by_ref()`, and `next()` says afterwards whether there \
    are more. `replace(char::is_control, \" \")` makes one line of a \
    text.";

type Answer = fn(&dyn Error) -> String;

const LINES: usize = 10;

const END: &str = "Each line ends with a line break, the last one, \
    too.";
const ITSELF: &str = "The error itself is the first line.";
const CAUSES: &str = "The log wants to know why: `source()` is the \
    cause, and it may have one of its own.";
const ORDER: &str = "The error itself comes first, then its cause, \
    then the cause of that, a line for each.";
const SAME: &str = "Two errors may say the same; each has its line.";
const BREAK: &str = "An error with a line break in it has written a \
    line of your log: it has to be a space.";
const CONTROL: &str = "Each control character becomes a space, not \
    only line breaks: a terminal obeys them. `char::is_control` knows \
    them all, also those that are not ASCII.";
const LETTER: &str = "What is not a control character stays as it is.";
const EMPTY: &str = "An error that says nothing has a line, an empty \
    one.";
const EXACT: &str = "As many as there may be, and no more: there is \
    nothing to leave out, so there is no `…`.";
const MORE: &str = "There are more than fit: ten lines, and one more, \
    `…`, to say that some are left out.";
const ENDLESS: &str = "This error is its own cause, and so on for \
    ever: ten lines and `…` are all that it gets.";

/// What somebody has to say, and why.
#[derive(Debug)]
struct Said {
    text: String,
    cause: Option<Box<Said>>,
}

impl Said {
    fn all(texts: &[&str]) -> Self {
        let (text, causes) = texts.split_first().unwrap();
        let cause = (!causes.is_empty()).then(|| Self::all(causes));
        Self { text: text.to_string(), cause: cause.map(Box::new) }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Said {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// Its own cause, until it has been asked so often that nobody else
/// would wait.
#[derive(Debug, Default)]
struct Own {
    asked: Cell<u32>,
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no tea")
    }
}

impl Error for Own {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.asked.update(|asked| asked + 1);
        (self.asked.get() < 10_000).then_some(self)
    }
}

const NUMBERS: [&str; 12] =
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

pub fn check(causes: Answer) -> Verdict {
    let ask = |texts: &[&str], expected: &str, hint| {
        let error = Said::all(texts);
        let answer = || causes(&error);
        expect(format!("{texts:?}"), answer, expected.into(), hint)
    };
    ask(&["no tea"], "no tea\n", END)
        .map_err(|told| told.hint_if("\"\"", ITSELF))?;
    ask(&["no tea", "no water"], "no tea\nno water\n", ORDER)
        .map_err(|told| told.hint_unless("water", CAUSES))
        .map_err(|told| told.hint_unless("tea", ITSELF))?;
    ask(&["no tea", "no cup", "no"], "no tea\nno cup\nno\n", CAUSES)?;
    ask(&["no", "no", "no"], "no\nno\nno\n", SAME)?;
    ask(&[""], "\n", EMPTY)?;
    ask(&["no tea", "", "no cup"], "no tea\n\nno cup\n", EMPTY)?;
    for (text, line, hint) in [
        ("no\nGET / 200", "no GET / 200", BREAK),
        ("no\r\ntea", "no  tea", CONTROL),
        ("no\ttea", "no tea", CONTROL),
        ("\u{1b}[2Jno tea\0", " [2Jno tea ", CONTROL),
        ("no\u{85}tea\u{9b}", "no tea ", CONTROL),
        ("  no  thé \\n ☕", "  no  thé \\n ☕", LETTER),
        ("\"no\" tea", "\"no\" tea", LETTER),
    ] {
        ask(&[text], &format!("{line}\n"), hint)?;
        ask(&["no", text], &format!("no\n{line}\n"), hint)?;
    }
    for count in [LINES - 1, LINES] {
        let texts = &NUMBERS[..count];
        ask(texts, &(texts.join("\n") + "\n"), EXACT)?;
    }
    for count in [LINES + 1, LINES + 2] {
        let lines = NUMBERS[..LINES].join("\n") + "\n…\n";
        ask(&NUMBERS[..count], &lines, MORE)?;
    }
    let sent = "\"no tea\", which is its own cause";
    let lines = "no tea\n".repeat(LINES) + "…\n";
    expect(sent, || causes(&Own::default()), lines, ENDLESS)
}

/// With the first lines made in this way, and the rest left out.
fn made(error: &dyn Error, line: fn(String) -> String) -> String {
    let mut all = successors(Some(error), |&error| error.source());
    let lines = all.by_ref().take(LINES).map(|e| line(e.to_string()));
    let text: String = lines.map(|line| line + "\n").collect();
    text + if all.next().is_some() { "…\n" } else { "" }
}

fn plain(text: impl ToString) -> String {
    text.to_string().replace(char::is_control, " ")
}

fn all(error: &dyn Error) -> Vec<String> {
    let all = successors(Some(error), |&error| error.source());
    all.take(100).map(plain).collect()
}

pub const WRONG: [(&str, Answer); 21] = [
    // The error alone.
    (CAUSES, |error| plain(error) + "\n"),
    // The error, and one cause.
    (CAUSES, |error| {
        let cause = error.source().map(|cause| plain(cause) + "\n");
        plain(error) + "\n" + &cause.unwrap_or_default()
    }),
    // The causes alone.
    (ITSELF, |error| {
        error.source().map_or(String::new(), |e| made(e, plain))
    }),
    // In one line.
    (END, |error| all(error).join(": ")),
    // Between lines only.
    (END, |error| all(error).join("\n")),
    // In one line that ends.
    (ORDER, |error| all(error).join(": ") + "\n"),
    // The inmost first.
    (ORDER, |error| {
        let lines = all(error).into_iter().rev();
        lines.map(|line| line + "\n").collect()
    }),
    // What has been said is not said again.
    (SAME, |error| {
        let mut lines = all(error);
        lines.dedup();
        lines.join("\n") + "\n"
    }),
    // Nothing to say.
    (EMPTY, |error| {
        let lines = all(error).into_iter().filter(|l| !l.is_empty());
        lines.map(|line| line + "\n").collect()
    }),
    // As it is.
    (BREAK, |error| made(error, |text| text)),
    // The first alone is cleaned.
    (BREAK, |error| {
        let rest = error.source().map(|e| made(e, |text| text));
        plain(error) + "\n" + &rest.unwrap_or_default()
    }),
    // Written as Rust would.
    (BREAK, |error| {
        made(error, |text| text.escape_debug().to_string())
    }),
    // Line breaks.
    (CONTROL, |error| made(error, |text| text.replace('\n', " "))),
    // Those of ASCII.
    (CONTROL, |error| {
        made(error, |text| {
            text.replace(|c: char| c.is_ascii_control(), " ")
        })
    }),
    // Away with them.
    (BREAK, |error| {
        made(error, |text| text.replace(char::is_control, ""))
    }),
    // Spaces, once they are at it.
    (CONTROL, |error| {
        made(error, |text| {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    }),
    // As many as there are.
    (MORE, |error| {
        let all = successors(Some(error), |&error| error.source());
        all.map(|error| plain(error) + "\n").collect()
    }),
    // The rest is not mentioned.
    (MORE, |error| {
        let all = successors(Some(error), |&error| error.source());
        all.take(LINES).map(|error| plain(error) + "\n").collect()
    }),
    // Full is more than full.
    (EXACT, |error| {
        let all = successors(Some(error), |&error| error.source());
        let lines: Vec<_> = all.take(LINES).map(plain).collect();
        let more = if lines.len() == LINES { "\n…\n" } else { "\n" };
        lines.join("\n") + more
    }),
    // It ends where one is its own cause.
    (ENDLESS, |error| {
        let all = successors(Some(error), |&error| {
            let cause = error.source()?;
            let is_own = std::ptr::addr_eq(cause, error);
            (!is_own).then_some(cause)
        });
        let mut lines: Vec<_> =
            all.take(LINES + 1).map(plain).collect();
        if lines.len() > LINES {
            lines[LINES] = "…".into();
        }
        lines.join("\n") + "\n"
    }),
    // Step by step.
    (RIGHT, |error| {
        let (mut text, mut next) = (String::new(), Some(error));
        for _ in 0..LINES {
            let Some(error) = next else { return text };
            for c in error.to_string().chars() {
                text.push(if c.is_control() { ' ' } else { c });
            }
            text += "\n";
            next = error.source();
        }
        if next.is_some() {
            text += "…\n";
        }
        text
    }),
];

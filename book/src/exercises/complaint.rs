//! What a check has found wrong, in its parts.

use serde_json::{Value, json};
use std::collections::VecDeque;

/// How far the lines of a part are indented.
const INDENT: &str = "             ";

/// The parts of what `Complaint` of `chapters/exercise.rs` writes.
#[derive(Debug, PartialEq)]
pub struct Complaint {
    sent: String,
    came_back: String,
    expected: String,
    hint: String,
    /// The heading under which the knowledge is given.
    read: String,
}

impl Complaint {
    /// There is none in what is said of an answer that did not end, or
    /// that has ended the process.
    pub fn of(said: &str) -> Option<Self> {
        let (_, text) = said.split_once(" is not solved yet.\n\n")?;
        let mut lines = Lines(text.split('\n').collect());
        let sent = lines.part("  sent       ")?;
        let came_back = lines.part("  came back  ")?;
        let expected = lines.part("  expected   ")?;
        lines.line("")?;
        let hint = lines.line("  ")?.into();
        let read = lines.line("  Read chapter ")?;
        let read = read.split('"').nth(1)?.into();
        Some(Self { sent, came_back, expected, hint, read })
    }

    /// As our pages want it.
    pub fn value(&self) -> Value {
        let Self { sent, came_back, expected, hint, read } = self;
        json!({
            "sent": sent,
            "cameBack": came_back,
            "expected": expected,
            "hint": hint,
            "read": read,
        })
    }
}

/// The lines that are still to be read.
struct Lines<'a>(VecDeque<&'a str>);

impl<'a> Lines<'a> {
    /// What follows this in the next line.
    fn line(&mut self, start: &str) -> Option<&'a str> {
        let line = self.0.front()?.strip_prefix(start)?;
        self.0.pop_front();
        Some(line)
    }

    /// What follows this in the next line, and in those that belong to
    /// it.
    fn part(&mut self, start: &str) -> Option<String> {
        let mut part = self.line(start)?.to_string();
        while let Some(line) = self.line(INDENT) {
            part += "\n";
            part += line;
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
exercise 1.1 is not solved yet.

  sent       response(\"<p>Hi</p>\")
  came back  a panic: oh
               expected   nothing
  expected   \"b\\n\"

  `a` is not `b`.
  Read chapter 1, \"How a header ends\".
  Your answer goes into chapters/ch01/exercises/response.rs.
";

    #[test]
    fn the_parts_of_what_a_check_says_are_found() {
        let complaint = Complaint {
            sent: "response(\"<p>Hi</p>\")".into(),
            came_back: "a panic: oh\n  expected   nothing".into(),
            expected: "\"b\\n\"".into(),
            hint: "`a` is not `b`.".into(),
            read: "How a header ends".into(),
        };
        assert_eq!(Complaint::of(SAID), Some(complaint));
    }

    #[test]
    fn what_has_no_parts_is_not_taken_for_parts() {
        let late = "exercise 1.1 is not solved yet.\n\n  There was no \
                    answer within 10 seconds.\n  Read chapter 1, \
                    \"How a header ends\".\n";
        assert_eq!(Complaint::of(late), None);
        // What an answer has printed may look like them.
        let (first, rest) = SAID.split_once("\n\n").unwrap();
        let printed = format!("{first}\n\n  It ended.\n\n{rest}");
        assert_eq!(Complaint::of(&printed), None);
        for line in SAID.lines() {
            let torn = SAID.replace(&format!("{line}\n"), "");
            let found = Complaint::of(&torn);
            assert!(
                found.is_none()
                    || line.starts_with("  Your")
                    || line.starts_with(INDENT),
                "without {line:?}: {found:?}"
            );
        }
    }
}

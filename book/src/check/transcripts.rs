//! Whether the repository keeps what programs print.

use crate::kept::record::{self, Entry, Record};
use crate::kept::transcript::Transcript;
use crate::kept::wording::without_compiler;
use crate::problem::{Place, Problem};
use similar::TextDiff;

/// What an author does about it.
const CURE: &str = "`cargo run -p book -- record` keeps what there is \
    now, without running anything again";

/// How many files are named in a message.
const NAMED: usize = 5;

/// What is wrong, and what is well but for the compiler's words.
#[derive(Default)]
pub struct Found {
    pub problems: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

/// Compares what is kept with what was printed now.
pub fn compare(kept: &Record, now: &Record) -> Found {
    let mut found = Found::default();
    for (page, entries) in &now.pages {
        let old = kept.pages.get(page).map_or(&[][..], |all| all);
        for entry in entries {
            let directive = &entry.transcript.directive;
            let mut old = old.iter();
            match old.find(|e| e.transcript.directive == *directive) {
                Some(old) => found.entry(kept, old, now, entry),
                None => found.problem(
                    &entry.place,
                    directive,
                    &format!("what it prints is not kept; {CURE}"),
                ),
            }
        }
    }
    found.too_much(kept, now);
    found.sources(kept, now);
    found
}

impl Found {
    fn problem(&mut self, place: &Place, directive: &str, said: &str) {
        let name = directive.split([' ', '\n']).next();
        let message = format!("{}: {said}", name.unwrap_or_default());
        self.problems.push(Problem::new(place, message));
    }

    fn entry(
        &mut self,
        kept: &Record,
        old: &Entry,
        now: &Record,
        new: &Entry,
    ) {
        let (before, after) = (&old.transcript, &new.transcript);
        if before == after {
            return;
        }
        let (from, to) = (&kept.rustc, &now.rustc);
        let at = &old.place;
        let difference = difference(before, after);
        if from != to && is_same_program(before, after) {
            let message = format!(
                "the compiler has other words for it: {at} has those \
                 of {from}, and this is {to}\n{difference}"
            );
            self.warnings.push(Problem::new(&new.place, message));
            return;
        }
        let said = format!(
            "it does not print what {at} has; if it is right, {CURE}\n\
             {difference}"
        );
        self.problem(&new.place, &after.directive, &said);
    }

    /// What is kept for figures that are gone.
    fn too_much(&mut self, kept: &Record, now: &Record) {
        for (page, entries) in &kept.pages {
            let new = now.pages.get(page).map_or(&[][..], |all| all);
            for Entry { place, transcript } in entries {
                let directive = &transcript.directive;
                let is_there = new
                    .iter()
                    .any(|e| e.transcript.directive == *directive);
                if !is_there && !now.failed.contains(directive) {
                    let said = format!("no figure shows it; {CURE}");
                    self.problem(place, directive, &said);
                }
            }
        }
    }

    fn sources(&mut self, kept: &Record, now: &Record) {
        let differing = kept.differing(now);
        if differing.is_empty() {
            return;
        }
        let named: Vec<&str> =
            differing.iter().take(NAMED).copied().collect();
        let more = match differing.len() - named.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let message = format!(
            "it is of another state of {}{more}: readers would have \
             figures made anew that are right; {CURE}",
            named.join(", ")
        );
        let place = Place::new(record::SOURCES, 1);
        self.problems.push(Problem::new(&place, message));
    }
}

/// Whether only what the compiler says is different.
fn is_same_program(one: &Transcript, other: &Transcript) -> bool {
    let own = |transcript: &Transcript| -> Vec<Vec<String>> {
        let lines = |text: &String| {
            let lines = without_compiler(text).into_iter();
            lines.map(String::from).collect()
        };
        transcript.printed().iter().map(lines).collect()
    };
    own(one) == own(other)
}

fn difference(old: &Transcript, new: &Transcript) -> String {
    let (old, new) = (old.shown(), new.shown());
    let diff = TextDiff::from_lines(&old, &new);
    let text = diff.unified_diff().context_radius(2).to_string();
    text.trim_end().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::inputs::Prints;
    use crate::kept::transcript::Text;

    /// A record of a page with one console, by a compiler, of a file.
    fn record(rustc: &str, file: &str, output: &str) -> Record {
        let prints = Prints::from([("a.rs".into(), file.into())]);
        let mut record = Record::new(rustc, &prints);
        let text = Text { name: "output".into(), text: output.into() };
        let transcript = Transcript {
            directive: "console exit=1\n$ x".into(),
            texts: vec![text],
        };
        let place = Place::new(&format!("{rustc}.md"), 3);
        record.add("ch01", &place, transcript);
        record
    }

    fn texts(problems: &[Problem]) -> Vec<String> {
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn what_is_the_same_is_well_whatever_the_compiler() {
        let kept = record("rustc 1", "f", "a\n");
        for rustc in ["rustc 1", "rustc 2"] {
            let found = compare(&kept, &record(rustc, "f", "a\n"));
            assert!(found.problems.is_empty());
            assert!(found.warnings.is_empty());
        }
    }

    #[test]
    fn a_difference_is_shown_with_both_places() {
        let kept = record("rustc 1", "f", "a\nb\n");
        let now = record("rustc 1", "f", "a\nc\r\n");
        let found = compare(&kept, &now);
        let [problem] = &texts(&found.problems)[..] else {
            panic!("{:?}", texts(&found.problems));
        };
        assert!(problem.starts_with(
            "rustc 1.md:3: console: it does not print what \
             rustc 1.md:3 has; if it is right, `cargo run"
        ));
        assert!(problem.ends_with(" | a\n-| b\n+| c␍"), "{problem}");
    }

    #[test]
    fn words_of_another_compiler_are_a_warning() {
        let error = |word: &str| {
            format!("error[E1]: {word}\n --> a.rs:1:2\n\nout\n")
        };
        let kept = record("rustc 1", "f", &error("moved"));
        let now = record("rustc 2", "f", &error("gone"));
        let found = compare(&kept, &now);
        assert!(found.problems.is_empty());
        let [warning] = &texts(&found.warnings)[..] else {
            panic!("{:?}", texts(&found.warnings));
        };
        let both = "those of rustc 1, and this is rustc 2\n";
        assert!(warning.contains(both), "{warning}");

        // Of the same compiler, they are not.
        let now = record("rustc 1", "f", &error("gone"));
        assert_eq!(compare(&kept, &now).problems.len(), 1);
        // Nor are the program's own.
        let other = error("gone").replace("out", "other");
        let now = record("rustc 2", "f", &other);
        assert_eq!(compare(&kept, &now).problems.len(), 1);
    }

    #[test]
    fn what_is_missing_too_much_or_old_is_found() {
        let one = record("rustc 1", "f", "a\n");
        let none = Record::new("rustc 1", &Prints::new());
        let found = texts(&compare(&none, &one).problems);
        assert!(
            found[0].contains("console: what it prints is not kept")
        );
        assert!(
            found[1].starts_with("book/transcripts/sources.txt:1: ")
        );
        assert!(found[1].contains("another state of a.rs: "));
        let found = texts(&compare(&one, &none).problems);
        assert!(found[0].contains("console: no figure shows it"));
        let new = record("rustc 1", "g", "a\n");
        assert_eq!(compare(&one, &new).problems.len(), 1);
    }
}

//! A chapter's checks, compiled; or whose fault it is that they are
//! not.

use crate::exercises::exercise::Entry;
use crate::exercises::verdict::{Verdict, end};
use crate::project::FOLDERS;
use crate::project::Project;
use crate::run::lack::lack;
use crate::run::shell::Shell;
use serde_json::Value;
use std::fmt::Write;
use std::path::PathBuf;

/// The test that has the checks.
const TEST: &str = "exercises";

/// Compiles, and tells the program's file and what is wrong as data.
const LINE: &str = "exec cargo test -q -p \"$0\" --test \"$1\" \
    --no-run --message-format json 2>&1";

/// How many errors of a file are shown: the first count.
const SHOWN: usize = 8;

/// Why there is no program to run.
#[derive(Debug, Default)]
pub struct Broken {
    /// What the compiler refuses.
    errors: Vec<Refusal>,
    /// What cargo said, which may be all that there is.
    said: String,
}

#[derive(Debug, PartialEq)]
struct Refusal {
    message: String,
    /// The files that it is about, the most important one first.
    files: Vec<String>,
    /// As the compiler shows it.
    text: String,
}

/// Builds a chapter's checks as they are on the disk now, and tells the
/// program that has them.
pub fn compile(
    project: &Project,
    chapter: &str,
) -> Result<PathBuf, Broken> {
    let shell = Shell::at(project);
    let ended = shell.command("sh").and_then(|mut command| {
        command.args(["-c", LINE, chapter, TEST]);
        shell.watch(command)
    });
    let (status, output) = match ended {
        Ok(ended) => ended,
        Err(said) => return Err(Broken { said, ..Broken::default() }),
    };
    let mut broken = Broken::default();
    let mut program = None;
    for line in output.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            let _ = writeln!(broken.said, "{line}");
            continue;
        };
        match message["executable"].as_str() {
            Some(path) if message["target"]["name"] == TEST => {
                program = Some(path.into());
            }
            _ => broken.errors.extend(Refusal::of(&message)),
        }
    }
    if status.is_none() {
        broken.said +=
            "It took too long to compile, and was stopped.\n";
    }
    program.ok_or(broken)
}

impl Refusal {
    /// What cargo passes on from the compiler, if it is an error.
    fn of(message: &Value) -> Option<Self> {
        let message = &message["message"];
        let spans = |of: &Value| {
            of["spans"].as_array().cloned().unwrap_or_default()
        };
        let mut all = spans(message);
        all.sort_by_key(|span| span["is_primary"] != true);
        for child in message["children"].as_array()? {
            all.extend(spans(child));
        }
        let file =
            |span: &Value| span["file_name"].as_str().map(direct);
        (message["level"] == "error").then(|| Self {
            message: message["message"].as_str().unwrap_or("").into(),
            files: all.iter().filter_map(file).collect(),
            text: with_direct_paths(
                message["rendered"].as_str().unwrap_or(""),
            ),
        })
    }

    /// What has to be mended: an exercise, or else a file.
    fn culprit(&self, entries: &[Entry]) -> Option<String> {
        let is_of = |file: &str, entry: &Entry| {
            FOLDERS.iter().any(|folder| file == entry.file(folder))
        };
        let by_file = self.files.iter().find_map(|file| {
            entries.iter().find(|entry| is_of(file, entry))
        });
        // A function that is not there is missed where it is used.
        let is_named = |entry: &&Entry| {
            self.message.contains(&format!("`{}`", entry.name))
        };
        let entry = by_file.or_else(|| entries.iter().find(is_named));
        entry.map(Entry::title).or_else(|| self.files.first().cloned())
    }
}

impl Broken {
    /// What there is to say of an exercise that could not be run.
    pub fn verdict(&self, entry: &Entry, all: &[Entry]) -> Verdict {
        if let Some(text) = lack(&self.said) {
            return Verdict::Lacking(text.into());
        }
        let title = entry.title();
        let own = self.errors_of(Some(&title), all);
        if !own.is_empty() {
            let text = format!("{title} does not compile.\n\n{own}");
            return Verdict::Broken(text);
        }
        let first = self.errors.first();
        let culprit = first.and_then(|error| error.culprit(all));
        let errors = self.errors_of(culprit.as_deref(), all);
        Verdict::Unchecked(match culprit {
            Some(name) => format!(
                "{name} does not compile; until it does, {} cannot be \
                 checked.\n\n{errors}",
                title.replacen('E', "e", 1)
            ),
            None => format!(
                "{title} cannot be checked.\n\n{errors}{}",
                end(&self.said)
            ),
        })
    }

    fn errors_of(
        &self,
        culprit: Option<&str>,
        all: &[Entry],
    ) -> String {
        let its = self
            .errors
            .iter()
            .filter(|error| error.culprit(all).as_deref() == culprit);
        let mut texts: Vec<&str> = Vec::new();
        for error in its {
            // Two programs may have the file.
            if !texts.contains(&&*error.text) {
                texts.push(&error.text);
            }
        }
        let more = texts.len().saturating_sub(SHOWN);
        let mut shown = texts[..texts.len() - more].concat();
        if more > 0 {
            let _ = writeln!(shown, "And {more} more errors.");
        }
        shown
    }
}

/// What the compiler says, with its paths as one would write them.
fn with_direct_paths(text: &str) -> String {
    let line = |line: &str| {
        let start = line.len() - line.trim_start().len();
        let (indent, rest) = line.split_at(start);
        match rest.split_once(' ') {
            Some((mark @ ("-->" | ":::"), path)) => {
                format!("{indent}{mark} {}", direct(path))
            }
            _ => line.to_string(),
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// `a/c` for `a/b/../c`.
fn direct(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: &str, name: &str) -> Entry {
        Entry {
            number: number.into(),
            name: name.into(),
            chapter: "ch01".into(),
        }
    }

    fn refusal(message: &str, files: &[&str]) -> Refusal {
        Refusal {
            message: message.into(),
            files: files.iter().map(|file| file.to_string()).collect(),
            text: format!("{message}\n"),
        }
    }

    #[test]
    fn who_is_to_blame_is_found_by_file_and_by_name() {
        let all = [entry("1.1", "one"), entry("1.2", "two")];
        let culprit = |message, files: &[&str]| {
            let found = refusal(message, files).culprit(&all);
            found.unwrap_or_default()
        };
        let harness = "chapters/exercise.rs";
        let two = "chapters/ch01/exercises/two.rs";
        assert_eq!(culprit("", &[two]), "Exercise 1.2");
        // Its function has another type than its check expects.
        let check = "chapters/ch01/wrong/two.rs";
        assert_eq!(culprit("", &[harness, check]), "Exercise 1.2");
        let missing = "cannot find value `one` in module `one`";
        assert_eq!(culprit(missing, &[harness]), "Exercise 1.1");
        let lib = "chapters/ch01/src/lib.rs";
        assert_eq!(culprit("no", &[lib]), lib);
        // The same name in another chapter is another exercise.
        let other = "chapters/ch02/exercises/two.rs";
        assert_eq!(culprit("no", &[other]), other);
        assert_eq!(culprit("linking failed", &[]), "");
    }

    #[test]
    fn each_exercise_is_told_what_concerns_it() {
        let all = [entry("1.1", "one"), entry("1.2", "two")];
        let file = "chapters/ch01/exercises/one.rs";
        let error = || refusal("error: no such thing", &[file]);
        let broken = Broken {
            errors: vec![error(), error()],
            said: "could not compile".into(),
        };
        let own = "Exercise 1.1 does not compile.\n\n\
                   error: no such thing\n";
        let verdict = broken.verdict(&all[0], &all);
        assert_eq!(verdict, Verdict::Broken(own.into()));
        let other = "Exercise 1.1 does not compile; until it does, \
                     exercise 1.2 cannot be checked.\n\n\
                     error: no such thing\n";
        let verdict = broken.verdict(&all[1], &all);
        assert_eq!(verdict, Verdict::Unchecked(other.into()));
        let said = "no such package".into();
        let broken = Broken { errors: Vec::new(), said };
        let text = "Exercise 1.1 cannot be checked.\n\nno such package";
        let verdict = broken.verdict(&all[0], &all);
        assert_eq!(verdict, Verdict::Unchecked(text.into()));
    }

    #[test]
    fn paths_are_direct_and_code_is_as_it_is() {
        let text = "error\n --> a/b/../../c/d.rs:1:2\n1 | \"x/../y\"\n";
        let direct = "error\n --> c/d.rs:1:2\n1 | \"x/../y\"\n";
        assert_eq!(with_direct_paths(text), direct);
        assert_eq!(super::direct("../a/../../b"), "../../b");
    }
}

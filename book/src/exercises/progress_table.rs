//! `progress`: which exercises are solved, by running their checks.

use crate::exercises::exercise::{self, Entry};
use crate::project::{Project, files};
use crate::run::shell::Shell;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use std::{fs, thread};

/// How often to look whether something was saved.
const PAUSE: Duration = Duration::from_millis(200);

/// How wide the bar is.
const WIDTH: usize = 30;

/// An exercise, and what its check said.
pub struct Checked {
    pub entry: Entry,
    /// `None` when it is solved.
    pub complaint: Option<String>,
    /// Whether it got as far as running: what does not compile in one
    /// file keeps the chapter's others from being checked.
    has_run: bool,
}

/// Prints the table, of all chapters or of one; with `watch`, again on
/// each save, and what is not right yet with the next exercise.
pub fn run(
    project: &Project,
    chapter: Option<&str>,
    watch: bool,
) -> Result<(), String> {
    let chapters = match chapter {
        Some(number) => vec![exercise::chapter(project, number)?],
        None => exercise::chapters(project),
    };
    loop {
        let seen = stamps(project);
        if watch && io::stdout().is_terminal() {
            print!("\x1b[2J\x1b[H");
        }
        let text = table(&check(project, &chapters)?, watch);
        print!("{text}");
        if !watch {
            return Ok(());
        }
        println!("\nWaiting for you to save a file (Ctrl-C stops).");
        let _ = io::stdout().flush();
        while stamps(project) == seen {
            thread::sleep(PAUSE);
        }
    }
}

/// When each file of the chapters was changed.
fn stamps(project: &Project) -> Vec<(PathBuf, Option<SystemTime>)> {
    let changed = |path: &PathBuf| {
        fs::metadata(path).and_then(|data| data.modified()).ok()
    };
    files(&project.root.join("chapters"))
        .into_iter()
        .map(|path| {
            let time = changed(&path);
            (path, time)
        })
        .collect()
}

/// Runs all checks, a chapter at a time: one that does not compile
/// does not hide the others.
fn check(
    project: &Project,
    chapters: &[String],
) -> Result<Vec<Checked>, String> {
    let mut checked = Vec::new();
    for chapter in chapters {
        checked.extend(check_chapter(project, chapter)?);
    }
    Ok(checked)
}

/// Runs the checks of a chapter.
pub fn check_chapter(
    project: &Project,
    chapter: &str,
) -> Result<Vec<Checked>, String> {
    let line = format!("cargo test -p {chapter} --test exercises");
    let output = match Shell::at(project).run(&line) {
        Ok(ended) => ended.output,
        Err(message) => message,
    };
    let entries = exercise::of_chapter(project, chapter)?.into_iter();
    let checked = entries.map(|entry| {
        let complaint = complaint(&output, &entry.name);
        let has_run = output.contains(&begin(&entry.name));
        Checked { entry, complaint, has_run }
    });
    Ok(checked.collect())
}

/// How the line begins that says how a test ended.
fn begin(name: &str) -> String {
    format!("test exercises::{name} ... ")
}

/// What the tests' output says of an exercise.
fn complaint(output: &str, name: &str) -> Option<String> {
    let line = begin(name);
    let results = output.lines().find_map(|l| l.strip_prefix(&line));
    match results {
        Some("ok") => None,
        Some(_) => Some(section(output, name)),
        // It did not get as far as running.
        None => Some(output.trim_end().to_string()),
    }
}

/// What a failed test printed, from the words of its check on.
fn section(output: &str, name: &str) -> String {
    let head = format!("---- exercises::{name} stdout ----\n");
    let (_, after) = output.split_once(&head).unwrap_or_default();
    let end = ["\n---- exercises::", "\nfailures:\n"];
    let end = end.iter().filter_map(|mark| after.find(mark)).min();
    let text = &after[..end.unwrap_or(after.len())];
    let text = match text.split_once("Error: ") {
        Some((_, complaint)) => complaint,
        None => text,
    };
    text.trim_end().to_string()
}

/// The table, the bar, and the exercise to do next.
fn table(checked: &[Checked], is_long: bool) -> String {
    let mut text = String::new();
    // What does not compile is what somebody is working on.
    let next = checked
        .iter()
        .find(|one| !one.has_run)
        .or_else(|| checked.iter().find(|one| one.complaint.is_some()));
    let mut chapter = "";
    for one in checked {
        let Entry { number, name, .. } = &one.entry;
        if one.entry.chapter != chapter {
            chapter = &one.entry.chapter;
            let title = number.split('.').next().unwrap_or_default();
            let _ = writeln!(text, "Chapter {title}");
        }
        let mark = match (&one.complaint, one.has_run) {
            (None, _) => 'x',
            (Some(_), true) => ' ',
            (Some(_), false) => '?',
        };
        let _ = writeln!(text, "  [{mark}] {number} {name}");
    }
    let all = checked.len();
    let solved = checked.iter().filter(|one| one.complaint.is_none());
    let solved = solved.count();
    let full = (solved * WIDTH).checked_div(all).unwrap_or(0);
    let (full, rest) = ("#".repeat(full), "-".repeat(WIDTH - full));
    let _ = writeln!(text, "\n[{full}{rest}] {solved} of {all} solved");
    let Some(Checked { entry, complaint, has_run }) = next else {
        text.push_str("All exercises are solved.\n");
        return text;
    };
    let number = &entry.number;
    let said = match has_run {
        true => format!(
            "The next one is exercise {number}, in {}. Its check:",
            entry.stub()
        ),
        false => format!(
            "Exercise {number} and those beside it cannot be checked. \
             See what cargo says:"
        ),
    };
    let _ = writeln!(text, "\n{said}\n  {}", entry.command());
    if is_long && let Some(complaint) = complaint {
        let _ = writeln!(text, "\n{complaint}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
test exercises::one ... ok
test exercises::two ... FAILED

failures:

---- exercises::two stdout ----

thread 'x' panicked
Error: exercise 1.2 is not solved yet.

  sent       two()

---- exercises::three stdout ----
Error: no

failures:
    exercises::two
";

    #[test]
    fn a_complaint_is_cut_out_of_what_the_tests_print() {
        assert_eq!(complaint(OUTPUT, "one"), None);
        let two =
            "exercise 1.2 is not solved yet.\n\n  sent       two()";
        assert_eq!(complaint(OUTPUT, "two").as_deref(), Some(two));
        assert_eq!(section(OUTPUT, "three"), "no");
        let broken = complaint("error: no such thing\n", "one");
        assert_eq!(broken.as_deref(), Some("error: no such thing"));
    }

    #[test]
    fn the_table_names_the_next_one() {
        let checked = |number: &str, name: &str, complaint: &str| {
            let entry = Entry {
                number: number.into(),
                name: name.into(),
                chapter: "ch01".into(),
            };
            let complaint = Some(complaint.to_string());
            let complaint = complaint.filter(|text| !text.is_empty());
            Checked { entry, complaint, has_run: true }
        };
        let mut checked = [
            checked("1.1", "one", ""),
            checked("1.2", "two", "Not so."),
        ];
        let text = table(&checked, true);
        let begin = "Chapter 1\n  [x] 1.1 one\n  [ ] 1.2 two\n\n[####";
        assert!(text.starts_with(begin), "{text}");
        assert!(text.contains("1 of 2 solved\n"), "{text}");
        let next = "exercise 1.2, in chapters/ch01/exercises/two.rs.";
        assert!(text.contains(next), "{text}");
        assert!(text.ends_with("\nNot so.\n"), "{text}");
        let done = table(&checked[..1], true);
        assert!(
            done.ends_with("All exercises are solved.\n"),
            "{done}"
        );
        checked[1].has_run = false;
        let text = table(&checked, false);
        assert!(text.contains("\n  [?] 1.2 two\n"), "{text}");
        assert!(!text.contains("The next one"), "{text}");
    }
}

//! `progress`: which exercises are solved, by running their checks.

use crate::exercises::exercise::{self, Entry};
use crate::exercises::own_server;
use crate::exercises::verdict::{Checked, UNSETTLED, Verdict, check};
use crate::live::fresh::{CODE, State};
use crate::project::Project;
use crate::run::terminal::obeys;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::thread;
use std::time::Duration;

/// How often to look whether something was saved.
const PAUSE: Duration = Duration::from_millis(200);

/// How wide the bar is.
const WIDTH: usize = 30;

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
    if !watch {
        let checked = check_all(project, &chapters)?;
        print!("{}", table(&checked, false));
        print_score(project, &checked);
        return Ok(());
    }
    loop {
        let seen = State::of(project, &CODE);
        let checked = check_all(project, &chapters);
        if obeys(&io::stdout()) {
            print!("\x1b[2J\x1b[H");
        }
        match checked {
            Ok(checked) => {
                print!("{}", table(&checked, true));
                print_score(project, &checked);
            }
            Err(message) => println!("{message}"),
        }
        println!("\nWaiting for you to save a file (Ctrl-C stops).");
        let _ = io::stdout().flush();
        while State::of(project, &CODE) == seen {
            thread::sleep(PAUSE);
        }
        println!("Something was saved; checking again …");
    }
}

/// What the reader's own server is worth, which takes some seconds.
fn print_score(project: &Project, checked: &[Checked]) {
    let _ = io::stdout().flush();
    let entries: Vec<&Entry> =
        checked.iter().map(|one| &one.entry).collect();
    if let Some(score) = own_server::sentence(project, &entries) {
        println!("\n{score}");
    }
}

/// Runs all checks, a chapter at a time: one that does not compile
/// does not hide the others.
fn check_all(
    project: &Project,
    chapters: &[String],
) -> Result<Vec<Checked>, String> {
    let mut all = Vec::new();
    for chapter in chapters {
        let entries = exercise::of_chapter(project, chapter)?;
        let (_, checked) =
            check(project, chapter, &entries).ok_or(UNSETTLED)?;
        all.extend(checked);
    }
    Ok(all)
}

/// The table, the bar, and the exercise to do next.
fn table(checked: &[Checked], is_long: bool) -> String {
    let mut text = String::new();
    let mut chapter = "";
    for Checked { entry, verdict } in checked {
        let Entry { number, name, .. } = entry;
        if entry.chapter != chapter {
            chapter = &entry.chapter;
            let title = number.split('.').next().unwrap_or_default();
            let _ = writeln!(text, "Chapter {title}");
        }
        let mark = match verdict {
            Verdict::Solved => 'x',
            Verdict::Wrong(_) => ' ',
            Verdict::Broken(_) => '!',
            Verdict::Unchecked(_) | Verdict::Lacking(_) => '?',
        };
        let _ = writeln!(text, "  [{mark}] {number} {name}");
    }
    let lacks = checked.iter().filter(is_lacking);
    let lacks: BTreeSet<&str> =
        lacks.map(|one| one.verdict.said()).collect();
    for lack in lacks {
        let _ = writeln!(text, "\n[?] {lack}");
    }
    let _ = writeln!(text, "\n{}", bar(checked));
    match next(checked) {
        Some(next) => text.push_str(&to_do(next, is_long)),
        None => text.push_str("All exercises are solved.\n"),
    }
    text
}

fn bar(checked: &[Checked]) -> String {
    let all = checked.len();
    let is_solved = |one: &&Checked| one.verdict == Verdict::Solved;
    let solved = checked.iter().filter(is_solved).count();
    let full = (solved * WIDTH).checked_div(all).unwrap_or(0);
    let (full, rest) = ("#".repeat(full), "-".repeat(WIDTH - full));
    format!("[{full}{rest}] {solved} of {all} solved")
}

/// What somebody is working on, which does not compile at the moment,
/// or else the first that is not solved.
fn next(checked: &[Checked]) -> Option<&Checked> {
    let is_broken =
        |one: &&Checked| matches!(one.verdict, Verdict::Broken(_));
    let is_unchecked =
        |one: &&Checked| matches!(one.verdict, Verdict::Unchecked(_));
    let is_unsolved = |one: &&Checked| {
        one.verdict != Verdict::Solved && !is_lacking(one)
    };
    let first = |is: fn(&&Checked) -> bool| checked.iter().find(is);
    first(is_broken)
        .or_else(|| first(is_unchecked))
        .or_else(|| first(is_unsolved))
        .or_else(|| first(is_lacking))
}

fn is_lacking(one: &&Checked) -> bool {
    matches!(one.verdict, Verdict::Lacking(_))
}

/// What is to be done about an exercise.
fn to_do(next: &Checked, is_long: bool) -> String {
    let Checked { entry, verdict } = next;
    let said = verdict.said();
    let title = match verdict {
        Verdict::Solved | Verdict::Wrong(_) => format!(
            "The next one is exercise {}, in {}. Its check:",
            entry.number,
            entry.answer()
        ),
        Verdict::Lacking(_) => format!(
            "Exercise {} is left, and cannot be checked here:",
            entry.number
        ),
        // Its first line is the short of it.
        Verdict::Broken(_) | Verdict::Unchecked(_) => format!(
            "{} See what cargo says:",
            said.lines().next().unwrap_or_default()
        ),
    };
    let mut text = format!("\n{title}\n  {}\n", entry.command());
    if is_long && !is_lacking(&next) {
        let _ = writeln!(text, "\n{}", said.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(number: &str, name: &str, verdict: Verdict) -> Checked {
        let entry = Entry {
            number: number.into(),
            name: name.into(),
            chapter: "ch01".into(),
        };
        Checked { entry, verdict }
    }

    #[test]
    fn the_table_names_the_next_one() {
        let all = [
            checked("1.1", "one", Verdict::Solved),
            checked("1.2", "two", Verdict::Wrong("Not so.".into())),
        ];
        let text = table(&all, true);
        let begin = "Chapter 1\n  [x] 1.1 one\n  [ ] 1.2 two\n\n[####";
        assert!(text.starts_with(begin), "{text}");
        assert!(text.contains("1 of 2 solved\n"), "{text}");
        let next = "exercise 1.2, in chapters/ch01/exercises/two.rs.";
        assert!(text.contains(next), "{text}");
        assert!(text.ends_with("\nNot so.\n"), "{text}");
        let done = table(&all[..1], true);
        assert!(
            done.ends_with("All exercises are solved.\n"),
            "{done}"
        );
    }

    #[test]
    fn what_cannot_be_checked_here_comes_last() {
        let lack = || Verdict::Lacking("No x.".into());
        let all = [
            checked("1.1", "one", lack()),
            checked("1.2", "two", Verdict::Wrong("Not so.".into())),
            checked("1.3", "three", lack()),
        ];
        let text = table(&all, true);
        let marks = "\n  [?] 1.3 three\n\n[?] No x.\n\n[----";
        assert!(text.contains(marks), "{text}");
        assert!(text.contains("next one is exercise 1.2"), "{text}");
        let text = table(&all[2..], true);
        assert_eq!(text.matches("No x.").count(), 1, "{text}");
        assert!(
            text.contains("\nExercise 1.3 is left, and "),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_compile_comes_first() {
        let other = "1.2 does not compile; until it does …";
        let all = [
            checked("1.1", "one", Verdict::Unchecked(other.into())),
            checked("1.2", "two", Verdict::Broken("No.\n\nx".into())),
        ];
        let text = table(&all, false);
        let marks = "\n  [?] 1.1 one\n  [!] 1.2 two\n";
        assert!(text.contains(marks), "{text}");
        let command = "cargo test -p ch01 --test exercises two";
        let end = format!("No. See what cargo says:\n  {command}\n");
        assert!(text.ends_with(&end), "{text}");
        let text = table(&all[..1], false);
        assert!(text.contains("1.2 does not compile; "), "{text}");
    }
}

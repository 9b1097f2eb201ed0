//! `check`: everything that can be checked without a reader.

pub mod captions;
pub mod debts;
pub mod glossary;
pub mod links;
pub mod prose;
pub mod share;
mod transcripts;

use crate::builder::{self, Built, Options};
use crate::code::coverage::{Coverage, Part};
use crate::exercises::whole;
use crate::kept::record::Record;
use crate::problem::{Place, Problem};
use crate::project::Project;
use crate::run::programs::is_chapter;
use crate::workshop::Programs;
use share::Shares;
use std::fmt::Write;
use std::fs;

/// The chapter by whose end all of `src/` has been printed.
const ALL_PRINTED: &str = "ch09";

/// What was found, and a summary.
pub struct Report {
    pub problems: Vec<Problem>,
    /// What is as it ought to be, and will not be for long.
    pub warnings: Vec<Problem>,
    pub summary: String,
}

pub fn check(project: &Project) -> Result<Report, String> {
    let destination = project.workplace().join("check");
    let options = Options {
        destination: Some(destination.clone()),
        programs: Programs::All,
        is_read_here: true,
    };
    let built = builder::build(project, options)?;
    let mut problems = built.made.problems.clone();
    problems.extend(built.made.advice.iter().cloned());
    let kept = Record::read(project);
    let compared = transcripts::compare(&kept, &built.made.record);
    problems.extend(compared.problems);
    let (at, pages, files) =
        (&destination, &built.pages, &built.made.files);
    problems.extend(links::problems(project, at, pages));
    problems.extend(captions::problems(project, at, pages, files));
    let mut texts = Vec::new();
    for (file, _) in &built.pages {
        let text = project.read(file)?;
        problems.extend(prose::problems(file, &text));
        texts.push((file.clone(), text));
    }
    problems.extend(whole::problems(project, &texts));
    let mut summary = format!("{} pages\n", built.pages.len());
    coverage(project, &built, &mut problems, &mut summary)?;
    let explained = &built.made.printed.explained;
    let shares = Shares::of(project, explained)?;
    problems.extend(shares.problems());
    summary.push_str(&shares.table());
    problems.sort();
    problems.dedup();
    // Of no use to anybody, and built anew each time.
    let _ = fs::remove_dir_all(destination);
    let warnings = compared.warnings;
    Ok(Report { problems, warnings, summary })
}

/// How much is printed: reported for the library, required of each
/// finished chapter.
fn coverage(
    project: &Project,
    built: &Built,
    problems: &mut Vec<Problem>,
    summary: &mut String,
) -> Result<(), String> {
    let chapters: Vec<(&str, &str)> = built
        .pages
        .iter()
        .map(|(file, page)| (&**file, page.trim_end_matches(".html")))
        .filter(|(_, chapter)| is_chapter(chapter))
        .collect();
    let library =
        Coverage::of(project, "src", &built.made.printed.all)?;
    summary.push_str(&share(&library));
    let is_due = chapters.iter().find(|(_, name)| *name == ALL_PRINTED);
    if let Some((file, _)) = is_due {
        problems.extend(unprinted(&library, file));
    }
    for (file, chapter) in chapters {
        let folder = format!("chapters/{chapter}/src");
        let own =
            Coverage::of(project, &folder, &built.made.printed.all)?;
        summary.push_str(&share(&own));
        problems.extend(unprinted(&own, file));
    }
    Ok(())
}

fn share(coverage: &Coverage) -> String {
    let (code, printed) = (coverage.code(), coverage.printed());
    let percent = (printed * 100).checked_div(code).unwrap_or(100);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {printed} of {code} lines of code printed ({percent} %)",
        coverage.folder
    );
    text
}

fn unprinted(coverage: &Coverage, file: &str) -> Vec<Problem> {
    let problem = |Part { path, missing, .. }: &Part| {
        let numbers: Vec<String> =
            missing.iter().map(|line| line.to_string()).collect();
        let first = *missing.first()?;
        let message = format!(
            "printed on no page: lines {}; list them in {file}",
            numbers.join(", ")
        );
        Some(Problem::new(&Place::new(path, first), message))
    };
    coverage.parts.iter().filter_map(problem).collect()
}

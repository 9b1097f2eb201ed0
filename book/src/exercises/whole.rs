//! What an exercise must have to be whole: its files, their parts, and
//! its place on a page.

use crate::code::source::Source;
use crate::exercises::exercise::{
    About, Entry, LIST, chapters, docs, of_chapter,
};
use crate::markdown::{Part, parts};
use crate::problem::{Place, Problem};
use crate::project::{FOLDERS, Project};
use std::collections::BTreeSet;
use std::fs;

/// A page of the book: its file and its text.
type Page = (String, String);

/// What is missing from exercises, given the pages that there are.
pub fn problems(project: &Project, pages: &[Page]) -> Vec<Problem> {
    let of_chapter = |chapter: String| match list(project, &chapter) {
        Ok((entries, problems)) => {
            let review = |entry: &Entry| {
                Review { project, pages, entry }.problems()
            };
            let each = entries.iter().flat_map(review);
            [problems, each.collect()].concat()
        }
        Err(problem) => vec![problem],
    };
    chapters(project).into_iter().flat_map(of_chapter).collect()
}

/// A chapter's exercises, and what is wrong with the list itself and
/// with what is beside it.
fn list(
    project: &Project,
    chapter: &str,
) -> Result<(Vec<Entry>, Vec<Problem>), Problem> {
    let path = format!("chapters/{chapter}/{LIST}");
    let place = Place::new(&path, 1);
    let entries = of_chapter(project, chapter)
        .map_err(|message| Problem::new(&place, message))?;
    let strays = strays(project, chapter, &entries).into_iter();
    let strays = strays.map(|name| {
        Problem::new(
            &place,
            format!(
                "`{name}` has a file and no line here; add one, as \
                 in `1.2 {name};`"
            ),
        )
    });
    let tests = ["tests/exercises.rs", "tests/proofs.rs"];
    let tests = tests.into_iter().filter_map(|test| {
        let file = format!("chapters/{chapter}/{test}");
        let message = project.read(&file).err()?;
        Some(Problem::new(&Place::new(&file, 1), message))
    });
    let numbers = misnumbered(chapter, &entries)
        .map(|message| Problem::new(&place, message));
    let problems = strays.chain(tests).chain(numbers).collect();
    Ok((entries, problems))
}

/// Names of files that are on no list.
fn strays(
    project: &Project,
    chapter: &str,
    entries: &[Entry],
) -> BTreeSet<String> {
    let chapter = project.root.join("chapters").join(chapter);
    let files = FOLDERS
        .iter()
        .flat_map(|folder| fs::read_dir(chapter.join(folder)))
        .flatten()
        .flatten();
    let is_listed = |name: &str| {
        name == "mod" || entries.iter().any(|entry| entry.name == name)
    };
    files
        .filter_map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            let name = name.strip_suffix(".rs")?;
            (!is_listed(name)).then(|| name.into())
        })
        .collect()
}

fn misnumbered(
    chapter: &str,
    entries: &[Entry],
) -> impl Iterator<Item = String> {
    let chapter = chapter.trim_start_matches("ch");
    let chapter = chapter.trim_start_matches('0');
    entries.iter().enumerate().filter_map(move |(index, entry)| {
        let Entry { number, name, .. } = entry;
        let wanted = format!("{chapter}.{}", index + 1);
        (*number != wanted).then(|| {
            format!(
                "exercise {number} ({name}) would be {wanted} by its \
                 place in the list"
            )
        })
    })
}

/// One exercise, being looked at.
struct Review<'a> {
    project: &'a Project,
    pages: &'a [Page],
    entry: &'a Entry,
}

impl Review<'_> {
    fn problems(&self) -> Vec<Problem> {
        let Entry { number, chapter, .. } = self.entry;
        let list = format!("chapters/{chapter}/{LIST}");
        let task = "a doc comment that states the task";
        let documented = |folder, with| {
            self.file(folder, |path, file| {
                self.documented(path, file, with)
            })
        };
        let messages = [
            documented("exercises", task),
            documented("stubs", task),
            documented("solutions", "a doc comment"),
            self.file("wrong", |path, file| {
                self.about(path, &About::of(file))
            }),
            self.places(),
        ];
        messages
            .into_iter()
            .flatten()
            .map(|message| {
                let message = format!("exercise {number}: {message}");
                Problem::new(&Place::new(&list, 1), message)
            })
            .collect()
    }

    /// What a look at one of the files finds.
    fn file(
        &self,
        folder: &str,
        look: impl FnOnce(&str, &syn::File) -> Vec<String>,
    ) -> Vec<String> {
        let path = self.entry.file(folder);
        let text = self.project.read(&path);
        match text.and_then(|text| Source::parse(&path, text)) {
            Ok(source) => source.rust.map(|file| look(&path, &file)),
            Err(message) => Some(vec![message]),
        }
        .unwrap_or_default()
    }

    fn documented(
        &self,
        path: &str,
        file: &syn::File,
        with: &str,
    ) -> Vec<String> {
        let name = &self.entry.name;
        match docs(file, name).trim().is_empty() {
            true => {
                vec![format!(
                    "{path} has no function `{name}` with {with}"
                )]
            }
            false => Vec::new(),
        }
    }

    fn about(&self, path: &str, about: &About) -> Vec<String> {
        let About { hint, read, wrong } = about;
        let mut messages = Vec::new();
        if hint.trim().is_empty() {
            messages.push(format!("{path} has no `HINT`"));
        }
        if *wrong < 2 {
            messages.push(format!(
                "{path} has {wrong} wrong answers in `WRONG`; give two \
                 or more"
            ));
        }
        if !self.has_heading(read) {
            messages.push(format!(
                "`READ` of {path} is `{read}`, which is no heading of \
                 the chapter"
            ));
        }
        messages
    }

    fn has_heading(&self, heading: &str) -> bool {
        let page = format!("/{}.md", self.entry.chapter);
        let is_it = |line: &str| {
            line.starts_with('#')
                && line.trim_start_matches('#').trim() == heading
        };
        self.pages.iter().any(|(file, text)| {
            file.ends_with(&page) && text.lines().any(is_it)
        })
    }

    /// An exercise stands on one page, once.
    fn places(&self) -> Vec<String> {
        let info = format!("exercise {}", self.entry.number);
        let is_it = |part: &Part| match part {
            Part::Block(fence) => fence.info == info,
            Part::Text { .. } => false,
        };
        let all = self.pages.iter().flat_map(|(_, text)| parts(text));
        match all.filter(is_it).count() {
            1 => Vec::new(),
            0 => vec![format!("it stands on no page; write ```{info}")],
            count => vec![format!("it stands in {count} places")],
        }
    }
}

//! `exercise`: a task, its stub, its check, a hint, and a solution.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::listing::Listing;
use crate::project::{FOLDERS, Project};
use serde_json::{Value, json};
use std::fs;

/// Where a chapter lists its exercises.
pub const LIST: &str = "exercises/mod.rs";

/// A line of a chapter's list.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub number: String,
    pub name: String,
    /// `ch01`.
    pub chapter: String,
}

impl Entry {
    pub fn file(&self, folder: &str) -> String {
        format!("chapters/{}/{folder}/{}.rs", self.chapter, self.name)
    }

    /// The file that the reader edits.
    pub fn answer(&self) -> String {
        self.file("exercises")
    }

    /// The same as its authors wrote it.
    pub fn stub(&self) -> String {
        self.file("stubs")
    }

    /// What checks it.
    pub fn command(&self) -> String {
        let Self { chapter, name, .. } = self;
        format!("cargo test -p {chapter} --test exercises {name}")
    }

    /// What it is called at the beginning of a sentence.
    pub fn title(&self) -> String {
        format!("Exercise {}", self.number)
    }

    /// As our pages want it.
    pub fn value(&self) -> Value {
        let Self { number, name, chapter } = self;
        json!({ "number": number, "name": name, "chapter": chapter })
    }

    /// Whether the reader has not written anything yet. How lines end
    /// is the checkout's doing.
    pub fn is_untouched(&self, project: &Project) -> bool {
        let files = (self.answer(), self.stub());
        match (project.read(&files.0), project.read(&files.1)) {
            (Ok(answer), Ok(stub)) => answer.lines().eq(stub.lines()),
            _ => false,
        }
    }
}

/// The chapters that have exercises, or the beginnings of some.
pub fn chapters(project: &Project) -> Vec<String> {
    let entries = fs::read_dir(project.root.join("chapters"));
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            let folder = |name: &&str| entry.path().join(name).is_dir();
            FOLDERS.iter().any(folder)
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The folder of a chapter, by its number.
pub fn chapter(
    project: &Project,
    number: &str,
) -> Result<String, String> {
    let digits =
        number.trim_start_matches("ch").trim_start_matches('0');
    let name = format!("ch{digits:0>2}");
    let chapters = chapters(project);
    match chapters.contains(&name) {
        true => Ok(name),
        false => Err(format!(
            "chapter {number} has no exercises; those that have are {}",
            chapters.join(", ")
        )),
    }
}

/// The exercises of a chapter, as its list has them.
pub fn of_chapter(
    project: &Project,
    chapter: &str,
) -> Result<Vec<Entry>, String> {
    let path = format!("chapters/{chapter}/{LIST}");
    let text = project.read(&path)?;
    let entry = |line: &str| {
        let (number, name) =
            line.trim().strip_suffix(';')?.split_once(' ')?;
        number.starts_with(|c: char| c.is_ascii_digit()).then(|| {
            let (number, name) = (number.into(), name.into());
            Entry { number, name, chapter: chapter.into() }
        })
    };
    Ok(text.lines().filter_map(entry).collect())
}

/// All exercises, in the order of the book.
pub fn all(project: &Project) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for chapter in chapters(project) {
        entries.extend(of_chapter(project, &chapter)?);
    }
    Ok(entries)
}

/// The first exercise behind a chapter's.
pub fn behind(project: &Project, chapter: &str) -> Option<Entry> {
    let all = all(project).unwrap_or_default();
    all.into_iter().find(|entry| *entry.chapter > *chapter)
}

/// The exercise of this number.
pub fn find(project: &Project, number: &str) -> Result<Entry, String> {
    let all = all(project)?;
    let found = all.iter().find(|entry| entry.number == number);
    found.cloned().ok_or_else(|| {
        let numbers: Vec<&str> =
            all.iter().map(|entry| &*entry.number).collect();
        format!(
            "there is no exercise {number}; there are: {}",
            numbers.join(", ")
        )
    })
}

/// What a file in `wrong` says besides the check.
pub struct About {
    pub hint: String,
    /// The heading under which the knowledge is given.
    pub read: String,
    /// How many answers the check must reject.
    pub wrong: usize,
}

impl About {
    pub fn of(file: &syn::File) -> Self {
        let mut about =
            Self { hint: String::new(), read: String::new(), wrong: 0 };
        for item in &file.items {
            let syn::Item::Const(item) = item else { continue };
            match (&*item.ident.to_string(), &*item.expr) {
                ("HINT", expr) => about.hint = text(expr),
                ("READ", expr) => about.read = text(expr),
                ("WRONG", syn::Expr::Array(array)) => {
                    about.wrong = array.elems.len();
                }
                _ => {}
            }
        }
        about
    }
}

/// The text of a string in the source.
fn text(expr: &syn::Expr) -> String {
    match expr {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => text.value(),
        _ => String::new(),
    }
}

/// The doc comment of a function: Markdown.
pub fn docs(file: &syn::File, name: &str) -> String {
    let function = file.items.iter().find_map(|item| match item {
        syn::Item::Fn(item) if item.sig.ident == name => Some(item),
        _ => None,
    });
    let mut docs = String::new();
    for attribute in function.map_or(&[][..], |item| &item.attrs) {
        if let syn::Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
        {
            let line = text(&meta.value);
            docs.push_str(line.strip_prefix(' ').unwrap_or(&line));
            docs.push('\n');
        }
    }
    docs
}

#[derive(Debug, PartialEq)]
pub struct Exercise {
    number: String,
}

impl Exercise {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if info.is_empty() || info.contains(' ') {
            return Err("write `exercise NUMBER`, as in 1.2".into());
        }
        match body.iter().find(|line| !line.trim().is_empty()) {
            Some(line) => Err(format!(
                "`{line}` is not expected here; the task is the stub's \
                 doc comment"
            )),
            None => Ok(Self { number: info.into() }),
        }
    }
}

impl Figure for Exercise {
    fn render(
        &self,
        context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        let entry = find(&context.project, &self.number)?;
        let Entry { number, name, .. } = &entry;
        let listing = |path: String| {
            let listing = Listing { path, ..Listing::default() };
            listing.render(context, &[])
        };
        let about = context.source(&entry.file("wrong"))?;
        let about = about.rust.as_ref().map(About::of);
        let hint = about.map(|about| about.hint).unwrap_or_default();
        let source = context.source(&entry.answer())?;
        let task = source.rust.as_ref().map(|file| docs(file, name));
        let task = task.unwrap_or_default();
        let stub = listing(entry.answer())?;
        let solution = listing(entry.file("solutions"))?;
        let command = entry.command();
        Ok(format!(
            "<section class=\"exercise\" id=\"exercise-{number}\">\n\n\
             **Exercise {number}, `{name}`.**\n{task}\n{stub}\n\n\
             <details class=\"terminal\" open><summary>In a terminal\
             </summary>\n\n```sh\n{command}\n```\n\n</details>\n\n\
             <details><summary>A hint</summary>\n\n{hint}\n\n\
             </details>\n\n\
             <details><summary>A solution, to compare yours with\
             </summary>\n\n{solution}\n\n</details>\n\n</section>\n"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_wrong_answers_tells_its_hint() {
        let text = "pub const HINT: &str = \"One \\\n    and two.\";\n\
                    pub const READ: &str = \"Here\";\n\
                    pub const WRONG: [u8; 2] = [1, 2];\n";
        let about = About::of(&syn::parse_file(text).unwrap());
        assert_eq!(about.hint, "One and two.");
        assert_eq!((&*about.read, about.wrong), ("Here", 2));
    }

    #[test]
    fn the_task_is_the_doc_comment() {
        let text = "/// One.\n///\n/// * two\npub fn f() {}\n";
        let file = syn::parse_file(text).unwrap();
        assert_eq!(docs(&file, "f"), "One.\n\n* two\n");
        assert_eq!(docs(&file, "g"), "");
    }
}

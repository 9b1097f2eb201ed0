//! Where files are printed whole, and where chapters print parts of
//! them: the two link to one another.

use crate::code::item::Lines;
use crate::code::source::Source;
use crate::draft::Draft;
use crate::figures::listing::Listing;
use crate::run::programs::is_chapter;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

#[derive(Default)]
pub struct Places {
    /// The pages on which files are whole.
    files: BTreeMap<String, String>,
    /// What chapters print of each file, in order.
    parts: BTreeMap<String, Vec<(String, Listing)>>,
}

impl Places {
    pub fn of(drafts: &[Draft]) -> Self {
        let mut places = Self::default();
        for draft in drafts {
            let page = &draft.page.html;
            let listings = draft
                .directives()
                .filter_map(|(_, directive)| directive.listing());
            for listing in listings {
                places.add(page, listing);
            }
        }
        places
    }

    fn add(&mut self, page: &str, listing: &Listing) {
        let (path, page) = (listing.path.clone(), page.to_string());
        if is_files(&page) {
            if listing.is_whole() {
                self.files.entry(path).or_insert(page);
            }
        } else if is_chapter(name(&page)) {
            let parts = self.parts.entry(path).or_default();
            parts.push((page, listing.clone()));
        }
    }

    /// The pages on which files are whole, by the files' paths.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// Where a listing on a page leads: to its first line in the file,
    /// on the page where that is whole.
    pub fn file(
        &self,
        page: &str,
        path: &str,
        lines: &Lines,
    ) -> Option<String> {
        let file = self.files.get(path).filter(|file| *file != page)?;
        let line = match is_chapter(name(page)) {
            true => lines.first(),
            false => None,
        };
        Some(format!("{file}#{}", anchor(path, line)))
    }

    /// Links beside the lines of a whole file: to where it is explained
    /// what begins there.
    pub fn marks(
        &self,
        path: &str,
        source: &Source,
        lines: &Lines,
    ) -> String {
        let mut pages: BTreeMap<usize, BTreeSet<&str>> =
            BTreeMap::new();
        for (page, listing) in
            self.parts.get(path).into_iter().flatten()
        {
            // What is wrong with it is said where it stands.
            let printed = listing.lines(source).unwrap_or_default();
            if let Some(first) = printed.first() {
                pages.entry(*first).or_default().insert(page);
            }
        }
        let mut marks = String::new();
        for (line, pages) in pages {
            let row = lines.range(..line).count();
            let id = anchor(path, Some(&line));
            let _ = write!(
                marks,
                "<small id=\"{id}\" style=\"--row:{row}\">"
            );
            for page in pages {
                let chapter = chapter(page);
                let _ = write!(
                    marks,
                    "<a href=\"{page}#{id}\" aria-label=\"line {line} in \
                     chapter {chapter}\">ch. {chapter}</a>"
                );
            }
            marks.push_str("</small>");
        }
        marks
    }
}

/// The name of a place on a page: the file, or one of its lines. Pages
/// have many, so the library's go without `src`.
pub fn anchor(path: &str, line: Option<&usize>) -> String {
    let path = path.strip_prefix("src/").unwrap_or(path);
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_string(),
    }
}

/// Whether a page has files in one piece: it goes with a chapter, and
/// explains nothing.
pub fn is_files(page: &str) -> bool {
    name(page).ends_with("-files")
}

/// `ch03`, of `ch03.html`.
fn name(page: &str) -> &str {
    page.split('.').next().unwrap_or(page)
}

/// `3`.
fn chapter(page: &str) -> &str {
    name(page).trim_start_matches("ch").trim_start_matches('0')
}

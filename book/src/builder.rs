//! The book: mdBook does the pages, we do the figures.

use crate::problem::Problem;
use crate::project::Project;
use crate::workshop::{Page, Printed, Workshop};
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How a book is built.
pub struct Options {
    /// Where to; or nowhere in particular: where `book.toml` says.
    pub destination: Option<PathBuf>,
    /// Whether every program is run again.
    pub is_fresh: bool,
}

/// What came of it.
pub struct Built {
    pub destination: PathBuf,
    /// The Markdown files that are in the book, and what each became.
    pub pages: Vec<(String, String)>,
    pub problems: Vec<Problem>,
    /// What only `check` is strict about.
    pub advice: Vec<Problem>,
    pub printed: Printed,
}

/// Builds the book. Problems do not keep it from being read.
pub fn build(
    project: &Project,
    options: Options,
) -> Result<Built, String> {
    let failed = |e: mdbook_driver::errors::Error| format!("{e:#}");
    let root = project.root.join("book");
    let mut config =
        Config::from_disk(root.join("book.toml")).map_err(failed)?;
    // The directives are processed here, not by another process of us.
    let none: BTreeMap<String, String> = BTreeMap::new();
    config.set("preprocessor", none).map_err(failed)?;
    if let Some(destination) = options.destination {
        config.build.build_dir = destination;
    }
    let mut book =
        MDBook::load_with_config(root, config).map_err(failed)?;
    let workshop = Workshop::open(project, options.is_fresh);
    let source = book.source_dir();
    let pages = process(&workshop, &source, &mut book.book);
    workshop.show("building: pages");
    book.build().map_err(failed)?;
    workshop.clear();
    let destination = book.build_dir_for("html");
    Ok(Built {
        destination: destination.canonicalize().unwrap_or(destination),
        pages,
        problems: workshop.problems(),
        advice: workshop.advice(),
        printed: workshop.all_printed(),
    })
}

/// Replaces the directives in a book's chapters. Returns the files and
/// the pages they become.
pub fn process(
    workshop: &Workshop,
    source: &Path,
    book: &mut Book,
) -> Vec<(String, String)> {
    let pages: Vec<Page> = book
        .iter()
        .filter_map(|item| match item {
            BookItem::Chapter(chapter) => {
                page(&workshop.project, source, chapter)
            }
            _ => None,
        })
        .collect();
    let mut made = workshop.make(&pages).into_iter();
    book.for_each_chapter_mut(|chapter| {
        if chapter.path.is_some()
            && let Some(text) = made.next()
        {
            chapter.content = text;
        }
    });
    pages.into_iter().map(|page| (page.file, page.html)).collect()
}

fn page(
    project: &Project,
    source: &Path,
    chapter: &Chapter,
) -> Option<Page> {
    let path = chapter.path.as_ref()?;
    let file =
        source.join(chapter.source_path.as_ref().unwrap_or(path));
    let file = file.strip_prefix(&project.root).unwrap_or(&file);
    Some(Page {
        file: file.to_string_lossy().into_owned(),
        html: path
            .with_extension("html")
            .to_string_lossy()
            .into_owned(),
        text: chapter.content.clone(),
    })
}

//! The book: mdBook does the pages, we do the figures.

use crate::problem::Problem;
use crate::project::Project;
use crate::workshop::{Page, Printed, Programs, Workshop};
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How a book is built.
pub struct Options {
    /// Where to; or nowhere in particular: where `book.toml` says.
    pub destination: Option<PathBuf>,
    pub programs: Programs,
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
    /// Figures that are still to be made.
    pub pending: usize,
}

/// Builds the book. Problems do not keep it from being read.
pub fn build(
    project: &Project,
    options: Options,
) -> Result<Built, String> {
    let mut book = load(project, options.destination)?;
    let workshop = Workshop::open(project, options.programs);
    let source = book.source_dir();
    let pages = process(&workshop, &source, &mut book.book);
    if options.programs != Programs::None {
        workshop.show("building: pages");
    }
    book.build().map_err(|e| format!("{e:#}"))?;
    workshop.clear();
    let destination = book.build_dir_for("html");
    Ok(Built {
        destination: destination.canonicalize().unwrap_or(destination),
        pages,
        problems: workshop.problems(),
        advice: workshop.advice(),
        printed: workshop.all_printed(),
        pending: workshop.pending(),
    })
}

/// Runs the programs whose output is not remembered, for the next
/// build.
pub fn run_programs(project: &Project) -> Result<(), String> {
    let book = load(project, None)?;
    let pages = pages(project, &book.source_dir(), &book.book);
    Workshop::open(project, Programs::Missing).run(&pages);
    Ok(())
}

fn load(
    project: &Project,
    destination: Option<PathBuf>,
) -> Result<MDBook, String> {
    let failed = |e: mdbook_driver::errors::Error| format!("{e:#}");
    let root = project.root.join("book");
    let mut config =
        Config::from_disk(root.join("book.toml")).map_err(failed)?;
    // The directives are processed here, not by another process of us.
    let none: BTreeMap<String, String> = BTreeMap::new();
    config.set("preprocessor", none).map_err(failed)?;
    if let Some(destination) = destination {
        config.build.build_dir = destination;
    }
    MDBook::load_with_config(root, config).map_err(failed)
}

/// Replaces the directives in a book's chapters. Returns the files and
/// the pages they become.
pub fn process(
    workshop: &Workshop,
    source: &Path,
    book: &mut Book,
) -> Vec<(String, String)> {
    let pages = pages(&workshop.project, source, book);
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

fn pages(project: &Project, source: &Path, book: &Book) -> Vec<Page> {
    let page = |item: &BookItem| match item {
        BookItem::Chapter(chapter) => page(project, source, chapter),
        _ => None,
    };
    book.iter().filter_map(page).collect()
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

//! The book: mdBook does the pages, we do the figures.

use crate::draft::Page;
use crate::maker::Made;
use crate::project::{Project, mirror};
use crate::run::runner::Reader;
use crate::workshop::{Programs, Workshop};
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;
use std::collections::BTreeMap;
use std::fs;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    pub made: Made,
}

/// Builds the book. Problems do not keep it from being read.
pub fn build(
    project: &Project,
    options: Options,
) -> Result<Built, String> {
    let mut book = load(project, options.destination)?;
    let workshop = Workshop::open(project, options.programs);
    let source = book.source_dir();
    let (pages, made) = process(&workshop, &source, &mut book.book);
    if options.programs != Programs::None {
        workshop.progress.show("building: pages");
    }
    render(project, &mut book)?;
    workshop.progress.finish();
    let destination = book.build_dir_for("html");
    Ok(Built {
        destination: destination.canonicalize().unwrap_or(destination),
        pages,
        made,
    })
}

/// Builds some pages only, into a book that is there: what a reader
/// waits for who has saved one. The search index and the page to print
/// are left as they were. Returns how many figures are to be made.
pub fn build_some(
    project: &Project,
    files: &[String],
    destination: &Path,
) -> Result<usize, String> {
    let folder = project.workplace().join("some");
    let mut book = load(project, Some(folder.clone()))?;
    let workshop = Workshop::open(project, Programs::None);
    let source = book.source_dir();
    let pages = pages(project, &source, &book.book);
    let is_wanted = |file: &str| files.iter().any(|f| f == file);
    let made = workshop.make_some(&pages, is_wanted);
    replace(&mut book.book, &pages, made.pages);
    render(project, &mut book)?;
    for problem in &made.problems {
        eprintln!("{problem}");
    }
    // The first page is there twice.
    let first = pages.first().map(|first| (first, "index.html"));
    let names = pages.iter().map(|page| (page, &*page.html));
    let names = names.chain(first);
    for (_, name) in names.filter(|(page, _)| is_wanted(&page.file)) {
        let old = destination.join(name);
        let new = book.build_dir_for("html").join(name);
        let failed = |e| format!("{}: {e}", new.display());
        let text = fs::read_to_string(&new).map_err(failed)?;
        let before = fs::read_to_string(&old).unwrap_or_default();
        let text = match (index(&text), index(&before)) {
            (Some(new), Some(old)) => text.replace(new, old),
            _ => text,
        };
        fs::write(&old, text).map_err(failed)?;
    }
    Ok(made.pending)
}

/// The name of the search index that a page asks for.
fn index(page: &str) -> Option<&str> {
    let start = page.find("searchindex-")?;
    let length = page[start..].find(".js")?;
    Some(&page[start..start + length])
}

/// Makes all pages, for the record of what programs print: what is
/// remembered is not run again.
pub fn record(project: &Project) -> Result<Made, String> {
    let book = load(project, None)?;
    let pages = pages(project, &book.source_dir(), &book.book);
    Ok(Workshop::open(project, Programs::Unrecorded).make(&pages))
}

/// Runs the programs whose output is not remembered, for the next
/// build: first those for the pages that the reader looks at, and for as
/// long as it is wanted.
pub fn run_programs(
    project: &Project,
    reader: Arc<dyn Reader>,
) -> Result<(), String> {
    let book = load(project, None)?;
    let pages = pages(project, &book.source_dir(), &book.book);
    Workshop::with(project, Programs::Missing, reader).run(&pages);
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

/// Has mdBook render the book. It copies what stands beside the texts,
/// all of it, and fails at the links to nowhere that Emacs puts there:
/// it is given a folder in which there are none.
fn render(project: &Project, book: &mut MDBook) -> Result<(), String> {
    let texts = project.workplace().join("texts");
    mirror(&book.source_dir(), &["."], &texts)
        .map_err(|e| format!("the texts cannot be copied: {e}"))?;
    book.config.book.src = texts;
    book.build().map_err(|e| format!("{e:#}"))
}

/// Replaces the directives in a book's chapters. Returns the files and
/// the pages they become, and what was made.
pub fn process(
    workshop: &Workshop,
    source: &Path,
    book: &mut Book,
) -> (Vec<(String, String)>, Made) {
    let pages = pages(&workshop.project, source, book);
    let mut made = workshop.make(&pages);
    replace(book, &pages, take(&mut made.pages));
    let names = pages.into_iter().map(|page| (page.file, page.html));
    (names.collect(), made)
}

/// Puts the made pages in the place of the chapters' texts.
fn replace(book: &mut Book, pages: &[Page], made: Vec<String>) {
    let names = pages.iter().map(|page| page.html.clone());
    let mut made: BTreeMap<String, String> = names.zip(made).collect();
    book.for_each_chapter_mut(|chapter| {
        let name = chapter.path.as_ref().map(|path| html(path));
        if let Some(text) = name.and_then(|name| made.remove(&name)) {
            chapter.content = text;
        }
    });
}

/// What a chapter's file becomes.
fn html(path: &Path) -> String {
    path.with_extension("html").to_string_lossy().into_owned()
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
        html: html(path),
        text: chapter.content.clone(),
    })
}

//! The book: mdBook does the pages, we do the figures.

use crate::problem::Problem;
use crate::project::Project;
use crate::workshop::{GoesOn, Page, Printed, Programs, Workshop};
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
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
}

/// Builds the book. Problems do not keep it from being read.
pub fn build(
    project: &Project,
    options: Options,
) -> Result<Built, String> {
    let mut book = load(project, options.destination)?;
    let workshop = Workshop::open(project, options.programs);
    let source = book.source_dir();
    let texts = pages(project, &source, &book.book);
    let texts: Vec<(String, String)> =
        texts.into_iter().map(|page| (page.file, page.text)).collect();
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
        advice: [workshop.advice(), workshop.glossary_problems(&texts)]
            .concat(),
        printed: workshop.all_printed(),
    })
}

/// Which pages are to be built. One takes a moment, all take seconds.
pub enum Wanted {
    Pages(BTreeSet<String>),
    All,
}

impl Wanted {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::Pages(names) => names.contains(name),
            Self::All => true,
        }
    }
}

/// What was built, by the names of the files.
pub struct Part {
    /// All that is made of the texts.
    pub names: BTreeSet<String>,
    /// What of it was wanted.
    pub pages: BTreeMap<String, String>,
    /// What the pages are shown with, such as style sheets.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// mdBook's name for the first page.
pub const INDEX: &str = "index.html";

/// All texts on one page.
pub const PRINT: &str = "print.html";

/// The search index, whose name has a hash in it.
pub const SEARCH: &str = "searchindex.js";

/// Builds some of the pages. Problems do not keep them from being read.
pub fn build_part(
    project: &Project,
    mut wanted: Wanted,
) -> Result<Part, String> {
    let failed = |e: io::Error| format!("pages cannot be built: {e}");
    // Another process may be at work in the same folder.
    let _lock = lock(&project.workplace()).map_err(failed)?;
    let folder = project.workplace().join("part");
    let mut book = load(project, Some(folder))?;
    let workshop = Workshop::open(project, Programs::None);
    let pages = pages(project, &book.source_dir(), &book.book);
    if let Wanted::Pages(names) = &mut wanted
        && names.contains(INDEX)
    {
        names.extend(pages.first().map(|page| page.html.clone()));
    }
    let made = workshop.make_some(&pages, |file| {
        pages.iter().any(|p| p.file == file && wanted.has(&p.html))
    });
    replace(&mut book.book, &pages, made);
    book.build().map_err(|e| format!("{e:#}"))?;
    for problem in workshop.problems() {
        eprintln!("{problem}");
    }
    let names = pages.into_iter().map(|page| page.html);
    let names = names.chain([INDEX, PRINT, SEARCH].map(String::from));
    let built = book.build_dir_for("html");
    Part::read(&built, names.collect(), &wanted).map_err(failed)
}

/// Waits until no other process has the lock of a folder.
fn lock(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join("part.lock"))?;
    file.lock()?;
    Ok(file)
}

impl Part {
    fn read(
        folder: &Path,
        names: BTreeSet<String>,
        wanted: &Wanted,
    ) -> io::Result<Self> {
        let (pages, files) = (BTreeMap::new(), BTreeMap::new());
        let mut part = Self { names, pages, files };
        let mut folders = vec![folder.to_path_buf()];
        while let Some(inside) = folders.pop() {
            for entry in fs::read_dir(inside)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let name = name.to_string_lossy().replace('\\', "/");
                part.add(name, fs::read(&path)?, wanted);
            }
        }
        Ok(part)
    }

    fn add(&mut self, name: String, bytes: Vec<u8>, wanted: &Wanted) {
        let name = match name.starts_with("searchindex") {
            true => SEARCH.into(),
            false => name,
        };
        if !self.names.contains(&name) {
            self.files.insert(name, bytes);
        } else if wanted.has(&name) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            self.pages.insert(name, text);
        }
    }
}

/// Runs the programs whose output is not remembered, for the next
/// build, for as long as that is wanted.
pub fn run_programs(
    project: &Project,
    goes_on: GoesOn,
) -> Result<(), String> {
    let book = load(project, None)?;
    let pages = pages(project, &book.source_dir(), &book.book);
    Workshop::with(project, Programs::Missing, goes_on).run(&pages);
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
    let made = workshop.make(&pages);
    replace(book, &pages, made);
    pages.into_iter().map(|page| (page.file, page.html)).collect()
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

//! The book: mdBook does the pages, we do the figures.

use crate::draft::Page;
use crate::elsewhere;
use crate::maker::Made;
use crate::project::{Project, mirror};
use crate::run::lack::Lacks;
use crate::run::runner::Reader;
use crate::workshop::{Programs, Workshop};
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a book is built.
pub struct Options {
    /// Where to; or nowhere in particular: where `book.toml` says.
    pub destination: Option<PathBuf>,
    pub programs: Programs,
    /// Whether links to this machine lead anywhere.
    pub is_read_here: bool,
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
    if !options.is_read_here {
        elsewhere::unlink(&mut book.book);
    }
    workshop.progress.show("building: pages");
    render(project, &mut book)?;
    workshop.progress.finish();
    let destination = book.build_dir_for("html");
    Ok(Built {
        destination: destination.canonicalize().unwrap_or(destination),
        pages,
        made,
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
    /// All that is made of the texts, and of which one it is made; an
    /// empty name stands for all of them.
    pub names: BTreeMap<String, String>,
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
    lacks: Lacks,
) -> Result<Part, String> {
    let failed = |e: io::Error| format!("pages cannot be built: {e}");
    // Another process may be at work in the same folder.
    let _lock = lock(&project.workplace()).map_err(failed)?;
    let folder = project.workplace().join("part");
    let mut book = load(project, Some(folder))?;
    // We serve it at the top, wherever else it is published.
    let html = "output.html.site-url";
    book.config.set(html, "/").map_err(|e| format!("{e:#}"))?;
    let workshop = Workshop::open(project, Programs::None);
    let pages = pages(project, &book.source_dir(), &book.book);
    if let Wanted::Pages(names) = &mut wanted
        && names.contains(INDEX)
    {
        names.extend(pages.first().map(|page| page.html.clone()));
    }
    let made = workshop.make_some(&pages, lacks, |file| {
        pages.iter().any(|p| p.file == file && wanted.has(&p.html))
    });
    replace(&mut book.book, &pages, made.pages);
    render(project, &mut book)?;
    for problem in &made.problems {
        eprintln!("{problem}");
    }
    let first = pages.first().map_or("", |page| &page.file);
    let others = [(INDEX, first), (PRINT, ""), (SEARCH, "")];
    let names = pages.iter().map(|page| (&*page.html, &*page.file));
    let names = names.chain(others);
    let names = names.map(|(name, file)| (name.into(), file.into()));
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
        names: BTreeMap<String, String>,
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
        if !self.names.contains_key(&name) {
            self.files.insert(name, bytes);
        } else if wanted.has(&name) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            self.pages.insert(name, text);
        }
    }
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
/// long as it is wanted. Tells which cannot be run here.
pub fn run_programs(
    project: &Project,
    reader: Arc<dyn Reader>,
) -> Result<Lacks, String> {
    let book = load(project, None)?;
    let pages = pages(project, &book.source_dir(), &book.book);
    let workshop = Workshop::with(project, Programs::Missing, reader);
    Ok(workshop.run(&pages))
}

fn load(
    project: &Project,
    destination: Option<PathBuf>,
) -> Result<MDBook, String> {
    let failed = |e: mdbook_driver::errors::Error| format!("{e:#}");
    let root = project.root.join("book");
    let mut config =
        Config::from_disk(root.join("book.toml")).map_err(failed)?;
    // As mdBook does: MDBOOK_OUTPUT__HTML__SITE_URL.
    config.update_from_env().map_err(failed)?;
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

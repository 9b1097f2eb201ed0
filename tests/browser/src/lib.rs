//! The book, served from a copy of the repository, and a browser that
//! reads it.

pub mod command;
mod reader;
pub mod site;

pub use reader::Reader;

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use std::{env, fs};
use tempfile::TempDir;

/// How long anything on a page may take.
pub const LIMIT: Duration = Duration::from_secs(120);

/// The repository.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Is there a Chromium? If not, says that a test is skipped.
///
/// # Panics
///
/// There is none, and the variable CI is set: there, nothing is
/// skipped.
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = installed(&names);
    if found.is_none() {
        skip("chromium is not installed");
    }
    found
}

/// The first of these programs that is in the path.
pub fn installed(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |n| folder.join(n)))
        .find(|file| file.is_file())
}

/// Says that a test is skipped, and why.
///
/// # Panics
///
/// The variable CI is set: there, nothing is skipped.
pub fn skip(missing: &str) {
    assert!(env::var_os("CI").is_none(), "{missing}, and CI is set");
    // Not by eprintln!, which a passing test keeps to itself.
    let _ = writeln!(io::stderr(), "skipped: {missing}");
}

/// The book, served from a copy of the repository that tests may edit.
pub struct Book {
    pub address: String,
    pub folder: TempDir,
    server: Child,
}

impl Book {
    /// Copies what git knows of, with the figures that were made, and
    /// serves it.
    pub fn serve() -> Self {
        let folder = TempDir::new().expect("a folder");
        copy_repository(folder.path());
        build(&["-p", "book"]);
        let mut server = Command::new(program("book"))
            .args(["--port", "0"])
            .current_dir(folder.path())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_MANIFEST_DIR")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the book starts");
        let mut line = String::new();
        let out = server.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.split_whitespace().nth(2);
        let address = address.expect("its address").to_string();
        Self { address, folder, server }
    }

    /// A file of the copy.
    pub fn read(&self, path: &str) -> String {
        let path = self.folder.path().join(path);
        fs::read_to_string(path).expect("a file")
    }

    /// Saves a file of the copy.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::write(path, text).expect("a file that can be written");
    }

    /// The memory that its process uses, in kB, on Linux.
    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.server.id());
        let status = fs::read_to_string(path).expect("its status");
        let line = status.lines().find(|l| l.starts_with("VmRSS"));
        let size = line.and_then(|l| l.split_whitespace().nth(1));
        size.and_then(|size| size.parse().ok()).expect("its memory")
    }

    /// How many files, pipes and connections it has, on Linux.
    pub fn files(&self) -> usize {
        let path = format!("/proc/{}/fd", self.server.id());
        fs::read_dir(path).expect("its files").count()
    }

    /// The folder of the static site, which is built from the copy,
    /// once.
    pub fn build(&self) -> PathBuf {
        static TURN: Mutex<()> = Mutex::new(());
        // Who panics in here has said why.
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.folder.path().join("target/book/html");
        if folder.is_dir() {
            return folder;
        }
        let built = Command::new(program("book"))
            .arg("build")
            .current_dir(self.folder.path())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_MANIFEST_DIR")
            .status();
        assert!(built.expect("the book").success());
        folder
    }

    /// The names of all pages, from the table of contents.
    pub fn pages(&self) -> Vec<String> {
        let summary = self.read("book/text/SUMMARY.md");
        let links = summary.split("](").skip(1);
        let names = links.filter_map(|link| link.split(')').next());
        let mut pages: Vec<String> = names
            .filter_map(|name| name.strip_suffix(".md"))
            .map(|name| format!("{name}.html"))
            .collect();
        pages.dedup();
        assert!(pages.len() > 5, "{pages:?}");
        pages
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let id = self.server.id().to_string();
        // Ctrl-C, for it has programs running.
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.server.wait();
    }
}

fn copy_repository(to: &Path) {
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others"])
        .arg("--exclude-standard")
        .current_dir(ROOT)
        .output()
        .expect("git");
    let names = list.stdout.split(|&byte| byte == 0);
    let mut files: Vec<PathBuf> = names
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned().into())
        .collect();
    let cache = Path::new("target/book/cache");
    let made = fs::read_dir(Path::new(ROOT).join(cache));
    files.extend(
        made.into_iter()
            .flatten()
            .flatten()
            .map(|entry| cache.join(entry.file_name())),
    );
    for file in files {
        let from = Path::new(ROOT).join(&file);
        if from.is_file() {
            let to = to.join(&file);
            let parent = to.parent().expect("a folder");
            fs::create_dir_all(parent).expect("a folder");
            fs::copy(from, to).expect("a copy");
        }
    }
}

/// Builds programs of the repository.
fn build(arguments: &[&str]) {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let built = Command::new(cargo)
        .args(["build", "-q"])
        .args(arguments)
        .current_dir(ROOT)
        .status();
    assert!(built.expect("cargo").success());
}

/// Where one of them is.
fn program(name: &str) -> PathBuf {
    // <target>/debug/deps/book-0123456789abcdef
    let this = env::current_exe().expect("this program");
    let folder = this.ancestors().nth(2).expect("a folder");
    folder.join(name)
}

/// A reader of a served book; `None` without a browser.
pub fn reading() -> Option<(Book, Reader)> {
    let chromium = chromium()?;
    let book = Book::serve();
    let reader = Reader::start(&chromium);
    Some((book, reader))
}

/// The same, of a book that others read meanwhile: no file of it is
/// to be written.
pub fn reading_together() -> Option<(Arc<Book>, Reader)> {
    static BOOK: Mutex<Weak<Book>> = Mutex::new(Weak::new());
    let chromium = chromium()?;
    let mut shared = BOOK.lock().expect("a book");
    let book = shared.upgrade().unwrap_or_else(|| {
        let book = Arc::new(Book::serve());
        *shared = Arc::downgrade(&book);
        book
    });
    drop(shared);
    Some((book, Reader::start(&chromium)))
}

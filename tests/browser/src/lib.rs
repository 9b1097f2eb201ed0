//! The book, served from a copy of the repository, and a browser that
//! reads it.

pub mod command;
mod reader;
pub mod site;

pub use reader::Reader;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use std::{env, fs};

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
    pub folder: PathBuf,
    /// Its process, and the one that ends it with the tests.
    id: u32,
    supervisor: Child,
}

/// Says which process in which folder is going to be the book.
const SERVE: &str =
    r#"echo $$ && pwd && cp -a "$0/." . && exec "$1" --port 0"#;

impl Book {
    /// Serves a copy of what git knows of, with the figures and the
    /// programs that were made, in a folder that is gone behind it.
    pub fn serve() -> Self {
        let prepared = prepared();
        let mut supervisor = Command::new(program("book"))
            .args(["supervise", "0", "", "sh", "-c", SERVE])
            .args([prepared, &program("book")])
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_MANIFEST_DIR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the book starts");
        let out = supervisor.stdout.take().expect("its output");
        let mut lines =
            BufReader::new(out).lines().map_while(Result::ok);
        let mut line = || lines.next().expect("a line");
        let id = line().parse().expect("a process");
        let folder = line().into();
        let address = line().split_whitespace().nth(2).map(Into::into);
        let address = address.expect("its address");
        Self { address, folder, id, supervisor }
    }

    /// A file of the copy.
    pub fn read(&self, path: &str) -> String {
        let path = self.folder.join(path);
        fs::read_to_string(path).expect("a file")
    }

    /// Saves a file of the copy.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::write(path, text).expect("a file that can be written");
    }

    /// The memory that its process uses, in kB, on Linux.
    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.id);
        let status = fs::read_to_string(path).expect("its status");
        let line = status.lines().find(|l| l.starts_with("VmRSS"));
        let size = line.and_then(|l| l.split_whitespace().nth(1));
        size.and_then(|size| size.parse().ok()).expect("its memory")
    }

    /// How many files, pipes and connections it has, on Linux.
    pub fn files(&self) -> usize {
        let path = format!("/proc/{}/fd", self.id);
        fs::read_dir(path).expect("its files").count()
    }

    /// The folder of the static site, which is built from the copy,
    /// once.
    pub fn build(&self) -> PathBuf {
        static TURN: Mutex<()> = Mutex::new(());
        // Who panics in here has said why.
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.folder.join("target/book/html");
        if folder.is_dir() {
            return folder;
        }
        let built = Command::new(program("book"))
            .arg("build")
            .current_dir(&self.folder)
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
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// What all copies are made of: the repository, and what many tests
/// need that cargo builds there.
fn prepared() -> &'static Path {
    static PREPARED: OnceLock<PathBuf> = OnceLock::new();
    PREPARED.get_or_init(|| {
        build(&["-p", "book"]);
        let folder = program("prepared");
        let entries = fs::read_dir(&folder).into_iter().flatten();
        for path in entries.flatten().map(|entry| entry.path()) {
            // What was built for the last tests need not be built anew.
            if !path.ends_with("target") {
                let removed = fs::remove_file(&path);
                let _ = removed.or_else(|_| fs::remove_dir_all(path));
            }
        }
        copy_repository(&folder);
        for chapter in ["ch03", "ch04", "ch05", "ch08", "ch09"] {
            build_in(&folder, &["-p", chapter, "--lib"]);
        }
        let debug = folder.join("target/debug");
        // It is of no use elsewhere.
        let _ = fs::remove_dir_all(debug.join("incremental"));
        forget_what_stays(&folder, &debug.join(".fingerprint"));
        folder
    })
}

/// Has cargo build anew what is made from files outside of its package:
/// it would go by those of the first copy.
fn forget_what_stays(copy: &Path, units: &Path) {
    let copy = copy.as_os_str().as_encoded_bytes();
    for unit in fs::read_dir(units).expect("what was built").flatten() {
        let files = fs::read_dir(unit.path()).expect("its files");
        let names_copy = files.flatten().any(|file| {
            let bytes = fs::read(file.path()).expect("a file");
            bytes.windows(copy.len()).any(|part| part == copy)
        });
        if names_copy {
            fs::remove_dir_all(unit.path()).expect("a unit");
        }
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
            fs::copy(&from, &to).expect("a copy");
            // Cargo goes by it.
            let saved = fs::metadata(from).and_then(|f| f.modified());
            let copy = File::options().append(true).open(to);
            copy.and_then(|copy| copy.set_modified(saved?))
                .expect("the time when it was saved");
        }
    }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
}

/// Builds programs of the repository.
fn build(arguments: &[&str]) {
    let mut cargo = cargo();
    cargo.args(["build", "-q"]).args(arguments).current_dir(ROOT);
    assert!(cargo.status().expect("cargo").success());
}

/// Has cargo build in a copy what the book would have built there.
///
/// # Panics
///
/// It does not compile.
pub fn build_in(folder: &Path, arguments: &[&str]) {
    let built = cargo()
        .args(["build", "-q"])
        .args(arguments)
        .current_dir(folder)
        // The rest says which compiler it is, and stays.
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
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
    // It ends with the tests.
    static BOOK: OnceLock<Arc<Book>> = OnceLock::new();
    let chromium = chromium()?;
    let book = BOOK.get_or_init(|| Arc::new(Book::serve()));
    Some((Arc::clone(book), Reader::start(&chromium)))
}

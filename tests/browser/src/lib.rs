//! The book, served from a copy of the repository, and a browser that
//! reads it.

pub mod command;
pub mod site;

use headless_chrome::browser::tab::ModifierKey;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network, Page};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use std::{env, fs, thread};
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

    /// Builds a chapter's program, as the book does: on a machine that
    /// is busy, that may take longer than the book waits.
    pub fn build_program(&self, chapter: &str) {
        let mut command = Command::new("cargo");
        command.args(["build", "-q", "-p", chapter]);
        for name in [
            "CARGO_TARGET_DIR",
            "CARGO_MANIFEST_DIR",
            "CARGO_PROFILE_DEV_DEBUG",
            "RUSTFLAGS",
        ] {
            command.env_remove(name);
        }
        let built = command.current_dir(self.folder.path()).status();
        assert!(built.expect("cargo").success());
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

/// A browser, with one page open.
pub struct Reader {
    pub tab: Arc<Tab>,
    seen: Arc<Mutex<Seen>>,
    browser: Browser,
}

/// What a page has done.
#[derive(Default)]
struct Seen {
    /// Errors and exceptions, in the console.
    errors: Vec<String>,
    /// The addresses of all requests.
    requests: Vec<String>,
}

impl Reader {
    pub fn start(chromium: &Path) -> Self {
        let arguments = [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-gpu",
            "--disable-quic",
            "--disable-sync",
            "--no-first-run",
            "--allow-file-access-from-files",
        ];
        let options = LaunchOptions::default_builder()
            .path(Some(chromium.to_path_buf()))
            .sandbox(false)
            .window_size(Some((1200, 900)))
            .idle_browser_timeout(Duration::from_secs(300))
            .args(arguments.iter().map(OsStr::new).collect())
            .build()
            .expect("options");
        Self::of(Browser::new(options).expect("a browser"))
    }

    /// Another tab of the same browser.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self::of(self.browser.clone())
    }

    fn of(browser: Browser) -> Self {
        let tab = browser.new_tab().expect("a tab");
        tab.set_default_timeout(LIMIT);
        let seen = Arc::<Mutex<Seen>>::default();
        let noted = Arc::clone(&seen);
        let listen = move |event: &Event| {
            if let Ok(mut seen) = noted.lock() {
                seen.note(event);
            }
        };
        tab.add_event_listener(Arc::new(listen)).expect("events");
        tab.enable_runtime().expect("the console");
        tab.enable_log().expect("the log");
        let network = Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        };
        tab.call_method(network).expect("the network");
        Self { tab, seen, browser }
    }

    /// Opens a page, and waits until it is there.
    pub fn open(&self, address: &str) {
        self.tab.navigate_to(address).expect("an address");
        self.tab.wait_until_navigated().expect("a page");
        self.wait("document.readyState === 'complete'");
    }

    /// Loads what a page loads when one edits first, so that *Edit* has
    /// done its work when it was clicked.
    pub fn get_ready_to_edit(&self) {
        self.wait("typeof Exchange === 'function'");
        self.value("Parts.load(...Exchange.EDITING).then(() => true)");
    }

    /// The value of an expression, in JavaScript.
    pub fn value(&self, expression: &str) -> Value {
        let object = self.tab.evaluate(expression, true);
        let object =
            object.unwrap_or_else(|e| panic!("{expression}: {e}"));
        object.value.unwrap_or_default()
    }

    pub fn text(&self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().map_or_else(|| value.to_string(), String::from)
    }

    pub fn number(&self, expression: &str) -> f64 {
        let value = self.value(expression);
        value
            .as_f64()
            .unwrap_or_else(|| panic!("{expression}: {value}"))
    }

    /// Does something, in JavaScript.
    pub fn run(&self, statement: &str) {
        self.value(&format!("{{ {statement}; }} null"));
    }

    /// Waits until an expression is true.
    pub fn wait(&self, expression: &str) {
        let deadline = Instant::now() + LIMIT;
        // A page that is being loaded has no answer.
        let is_true = || {
            let object = self.tab.evaluate(expression, true).ok();
            object.and_then(|object| object.value) == Some(true.into())
        };
        while !is_true() {
            assert!(Instant::now() < deadline, "never: {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn press(&self, key: &str) {
        self.tab.press_key(key).expect("a key");
    }

    pub fn press_with_control(&self, key: &str) {
        let control = Some(&[ModifierKey::Ctrl][..]);
        self.tab.press_key_with_modifiers(key, control).expect("a key");
    }

    /// Makes the window so wide.
    pub fn resize(&self, width: u32) {
        let metrics = json!({
            "width": width,
            "height": 900,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        let metrics: Emulation::SetDeviceMetricsOverride =
            serde_json::from_value(metrics).expect("its parts");
        self.tab.call_method(metrics).expect("a size");
    }

    /// A finger takes the mouse's place.
    pub fn be_touched(&self) {
        let touch = Emulation::SetTouchEmulationEnabled {
            enabled: true,
            max_touch_points: Some(1),
        };
        self.tab.call_method(touch).expect("a finger");
    }

    pub fn prefer(&self, scheme: &str) {
        let feature = Emulation::MediaFeature {
            name: "prefers-color-scheme".into(),
            value: scheme.into(),
        };
        let media = Emulation::SetEmulatedMedia {
            media: None,
            features: Some(vec![feature]),
        };
        self.tab.call_method(media).expect("a scheme");
    }

    /// A picture of the first element that a selector names, with
    /// twice as many points as the page has.
    pub fn picture(&self, selector: &str) -> Vec<u8> {
        self.run(&format!(
            "document.querySelector('{selector}').scrollIntoView()"
        ));
        self.value("new Promise((go) => requestAnimationFrame(go))");
        let part = |name| {
            self.number(&format!(
                "document.querySelector('{selector}')\
                 .getBoundingClientRect().{name}"
            ))
        };
        let clip = Page::Viewport {
            x: part("x") + self.number("scrollX"),
            y: part("y") + self.number("scrollY"),
            width: part("width"),
            height: part("height"),
            scale: 2.0,
        };
        let format = Page::CaptureScreenshotFormatOption::Png;
        self.tab
            .capture_screenshot(format, None, Some(clip), true)
            .expect("a picture")
    }

    /// A picture of what the window shows.
    pub fn window(&self) -> Vec<u8> {
        let format = Page::CaptureScreenshotFormatOption::Png;
        self.tab
            .capture_screenshot(format, None, None, true)
            .expect("a picture")
    }

    /// Turns the pages' own scripts off.
    pub fn without_scripts(&self) {
        let off = Emulation::SetScriptExecutionDisabled { value: true };
        self.tab.call_method(off).expect("no scripts");
    }

    /// The errors in the console, so far.
    pub fn errors(&self) -> Vec<String> {
        self.seen.lock().expect("a lock").errors.clone()
    }

    /// The addresses that were asked for, so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("a lock").requests.clone()
    }
}

impl Seen {
    fn note(&mut self, event: &Event) {
        match event {
            Event::RuntimeExceptionThrown(event) => {
                let details = &event.params.exception_details;
                self.errors.push(format!("{details:?}"));
            }
            Event::LogEntryAdded(event) => {
                let entry = &event.params.entry;
                let level = format!("{:?}", entry.level);
                if level == "Error" {
                    let address = entry.url.clone().unwrap_or_default();
                    self.errors
                        .push(format!("{} {address}", entry.text));
                }
            }
            Event::RuntimeConsoleAPICalled(event) => {
                let kind = format!("{:?}", event.params.Type);
                if kind == "Error" {
                    self.errors
                        .push(format!("{:?}", event.params.args));
                }
            }
            Event::NetworkRequestWillBeSent(event) => {
                self.requests.push(event.params.request.url.clone());
            }
            _ => {}
        }
    }
}

//! Keeps the served pages as new as what they are made from.

use crate::builder::{self, Options};
use crate::kept::inputs::SOURCES;
use crate::kept::record;
use crate::project::{Project, files_at};
use crate::report;
use crate::run::runner::Reader;
use crate::workshop::Programs;
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};

/// What the pages are made from, besides the programs' sources.
const PAGES: [&str; 4] =
    ["book/book.toml", "book/text", "book/theme", record::FOLDER];

/// What the chapters' programs are made from, but for what cargo writes.
pub const CODE: [&str; 4] = ["src", "chapters", "Cargo.toml", ".cargo"];

/// A served book, and the state of its sources when it was built.
///
/// The book can be read before its figures are made: that takes as
/// long as a first build of all chapters. When something was saved,
/// pages are built again at once, with the figures as they were; these
/// are made again when nobody is busy.
pub struct Fresh {
    project: Project,
    folder: PathBuf,
    /// What the first page is made from, which index.html is, too.
    first: String,
    built: Mutex<Built>,
    is_making: AtomicBool,
    /// When the reader last did something that needs the compiler.
    touched: Arc<Mutex<Instant>>,
    /// The pages that were looked at, the newest first.
    looked_at: Arc<Mutex<Vec<String>>>,
}

struct Built {
    state: State,
    at: Instant,
    has_pending: bool,
    /// Were only some pages built since the whole book was?
    is_partial: bool,
    /// The state for which figures were made last, or tried to be.
    made: Option<State>,
}

/// How often a page is built again while its figures are being made.
const WHILE_MAKING: Duration = Duration::from_secs(5);

/// The page at the address without a name.
const INDEX: &str = "index.html";

/// How long nothing must happen before the rest of the book follows a
/// page that was saved.
const SHORT: Duration = Duration::from_secs(3);

/// How many of the pages that were looked at are remembered.
const PAGES_LOOKED_AT: usize = 8;

/// How long nothing must happen before figures are made again.
const QUIET: Duration = Duration::from_secs(5);

impl Fresh {
    /// Builds the pages with the figures that are there. Returns the
    /// folder, too.
    pub fn start(
        project: &Project,
    ) -> Result<(Arc<Self>, PathBuf), String> {
        let state = State::of_all(project);
        let built = build(project)?;
        let now = Instant::now();
        let fresh = Arc::new(Self {
            project: project.clone(),
            folder: built.destination.clone(),
            first: built
                .pages
                .first()
                .map_or_else(String::new, |p| p.0.clone()),
            built: Mutex::new(Built {
                state,
                at: now,
                has_pending: built.made.pending > 0,
                is_partial: false,
                made: None,
            }),
            is_making: AtomicBool::new(false),
            touched: Arc::new(Mutex::new(
                now.checked_sub(QUIET).unwrap_or(now),
            )),
            looked_at: Arc::default(),
        });
        if built.made.pending > 0 {
            let pending = built.made.pending;
            eprintln!("{pending} figures are being made; read on.");
        }
        let making = Arc::clone(&fresh);
        thread::spawn(move || making.make_when_quiet());
        Ok((fresh, built.destination))
    }

    /// The reader is busy, and needs the compiler.
    pub fn touch(&self) {
        *lock(&self.touched) = Instant::now();
    }

    /// Makes the figures that are not there or not true any more,
    /// whenever nobody has done anything for a while.
    fn make_when_quiet(&self) {
        loop {
            let is_due = {
                let built = self.built();
                let is_new = built.made.as_ref() != Some(&built.state);
                built.has_pending && is_new
            };
            let quiet = lock(&self.touched).elapsed();
            if quiet >= SHORT {
                self.complete();
            }
            match is_due && quiet >= QUIET {
                true => self.make(),
                false => thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    /// Makes figures, until somebody is busy again.
    fn make(&self) {
        let state = State::of_all(&self.project);
        self.is_making.store(true, Ordering::Release);
        let reader = Arc::new(Waiting {
            project: self.project.clone(),
            state: state.clone(),
            touched: Arc::clone(&self.touched),
            looked_at: Arc::clone(&self.looked_at),
        });
        let ran = builder::run_programs(&self.project, reader.clone());
        if let Err(message) = ran {
            eprintln!("error: {message}");
        }
        self.is_making.store(false, Ordering::Release);
        if !reader.goes_on() {
            return;
        }
        let mut built = self.built();
        // What failed stays as it was: to run it here would keep every
        // reader waiting.
        self.rebuild(&mut built);
        built.made = Some(state);
        if !built.has_pending {
            eprintln!("All figures are made.");
        }
    }

    /// Builds what shows something that was saved since, `page` first;
    /// and `page`, if more of its figures may be there.
    pub fn update(&self, page: &str) {
        let page = if page.is_empty() { INDEX } else { page };
        self.look_at(page);
        // One build at a time; the others wait, and find it done.
        let mut built = self.built();
        let state = State::of_all(&self.project);
        if built.state != state {
            self.touch();
            match built.state.texts_since(&state) {
                Some(mut files) => {
                    files.push(self.file(page));
                    self.rebuild_some(&mut built, &files);
                    built.state = state;
                }
                None => self.rebuild(&mut built),
            }
            self.touch();
        } else if self.is_making.load(Ordering::Acquire)
            && built.at.elapsed() > WHILE_MAKING
            && self.read(page).is_some_and(|html| has_pending(&html))
        {
            self.rebuild_some(&mut built, &[self.file(page)]);
        }
    }

    fn look_at(&self, page: &str) {
        let file = self.file(page);
        let mut looked_at = lock(&self.looked_at);
        looked_at.retain(|other| *other != file);
        looked_at.insert(0, file);
        looked_at.truncate(PAGES_LOOKED_AT);
    }

    fn rebuild_some(&self, built: &mut Built, files: &[String]) {
        let (project, folder) = (&self.project, &self.folder);
        match builder::build_some(project, files, folder) {
            Ok(pending) => built.has_pending |= pending > 0,
            Err(message) => eprintln!("error: {message}"),
        }
        built.at = Instant::now();
        built.is_partial = true;
    }

    /// Brings the other pages, the search index and the page to print
    /// up to date.
    fn complete(&self) {
        let mut built = self.built();
        if built.is_partial {
            self.rebuild(&mut built);
        }
    }

    fn rebuild(&self, built: &mut Built) {
        let state = State::of_all(&self.project);
        match build(&self.project) {
            Ok(again) => built.has_pending = again.made.pending > 0,
            Err(message) => eprintln!("error: {message}"),
        }
        built.state = state;
        built.is_partial = false;
        built.at = Instant::now();
    }

    /// What a page is made from.
    fn file(&self, page: &str) -> String {
        match page {
            INDEX => self.first.clone(),
            _ => {
                let name = page.trim_end_matches(".html");
                format!("book/text/{name}.md")
            }
        }
    }

    /// The prints of a page.
    pub fn print(&self, page: &str) -> Print {
        self.read(page).map_or_else(Print::default, |p| Print::of(&p))
    }

    /// A page as it was built; nothing, if there is none of this name.
    fn read(&self, page: &str) -> Option<String> {
        let is_name = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
        };
        if !page.chars().all(is_name) || !page.ends_with(".html") {
            return None;
        }
        fs::read_to_string(self.folder.join(page)).ok()
    }

    fn built(&self) -> MutexGuard<'_, Built> {
        lock(&self.built)
    }
}

/// Who waits for figures while the book is read.
struct Waiting {
    project: Project,
    state: State,
    touched: Arc<Mutex<Instant>>,
    looked_at: Arc<Mutex<Vec<String>>>,
}

impl Reader for Waiting {
    fn goes_on(&self) -> bool {
        lock(&self.touched).elapsed() >= QUIET
            && State::of_all(&self.project) == self.state
    }

    fn pages(&self) -> Vec<String> {
        lock(&self.looked_at).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether some of a page's figures are not there, or not true.
fn has_pending(html: &str) -> bool {
    ["pending\"", "stale "]
        .iter()
        .any(|class| html.contains(&format!("<figure class=\"{class}")))
}

/// What tells one state of a page from another.
#[derive(Default)]
pub struct Print {
    /// Of what was written, which running a program does not change.
    pub text: String,
    /// Of everything.
    pub page: String,
}

impl Print {
    pub fn of(html: &str) -> Self {
        Self { text: print(written(html)), page: print([html]) }
    }
}

fn print<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = DefaultHasher::new();
    parts.into_iter().for_each(|part| part.hash(&mut hasher));
    format!("{:016x}", hasher.finish())
}

/// A page without the figures that are made by running programs.
fn written(html: &str) -> impl Iterator<Item = &str> {
    html.split("<figure class=\"").enumerate().map(|(at, part)| {
        let is_written = ["listing\"", "drawing\""]
            .iter()
            .any(|class| part.starts_with(class));
        match part.split_once("</figure>") {
            Some((_, rest)) if at > 0 && !is_written => rest,
            _ => part,
        }
    })
}

fn build(project: &Project) -> Result<builder::Built, String> {
    let programs = Programs::None;
    let options = Options { destination: None, programs };
    let built = builder::build(project, options)?;
    report(&built);
    Ok(built)
}

/// When each file was saved: enough to see that one was saved, added
/// or removed.
#[derive(Clone, Debug, PartialEq)]
pub struct State(BTreeMap<PathBuf, Option<SystemTime>>);

impl State {
    fn of_all(project: &Project) -> Self {
        let all: Vec<&str> =
            SOURCES.iter().chain(&PAGES).copied().collect();
        Self::of(project, &all)
    }

    /// The state of these files, and of those in these folders.
    pub fn of(project: &Project, sources: &[&str]) -> Self {
        let paths = files_at(&project.root, sources).into_iter();
        let saved = |path: PathBuf| {
            let data = fs::metadata(&path);
            let time = data.and_then(|data| data.modified()).ok();
            let name = path.strip_prefix(&project.root);
            (name.unwrap_or(&path).to_path_buf(), time)
        };
        Self(paths.map(saved).collect())
    }

    /// The state of some of the files.
    pub fn only(mut self, is_wanted: impl Fn(&Path) -> bool) -> Self {
        self.0.retain(|path, _| is_wanted(path));
        self
    }

    /// The texts that were saved until `now`, if nothing else was that
    /// changes more than what the pages show.
    fn texts_since(&self, now: &Self) -> Option<Vec<String>> {
        if !self.0.keys().eq(now.0.keys()) {
            return None;
        }
        let saved =
            now.0.iter().filter(|(p, t)| self.0.get(*p) != Some(*t));
        let mut texts = Vec::new();
        for (path, _) in saved {
            let is_text = path.starts_with("book/text")
                && path.extension().is_some_and(|e| e == "md")
                && !path.ends_with("SUMMARY.md");
            match is_text {
                true => texts.push(path.to_string_lossy().into_owned()),
                false if path.starts_with("book") => return None,
                false => {}
            }
        }
        Some(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_told_from_what_is_made() {
        let page = |figure| {
            format!(
                "a<figure class=\"listing\">b</figure>c\
                 <figure class=\"{figure}</figure>d"
            )
        };
        let text = |html: &str| written(html).collect::<String>();
        let pending = text(&page("pending\">x"));
        assert_eq!(pending, "alisting\">b</figure>cd");
        assert_eq!(pending, text(&page("stale console\">y")));
    }

    #[test]
    fn a_saved_a_new_and_a_removed_file_are_seen() {
        let name = format!("book-fresh-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("book/text")).unwrap();
        let page = root.join("book/text/ch01.md");
        fs::write(&page, "one").unwrap();
        let project = Project::at(&root);
        let first = State::of_all(&project);
        assert!(first == State::of_all(&project));

        let file = fs::File::options().append(true).open(&page);
        let later =
            SystemTime::now() + std::time::Duration::from_secs(9);
        file.unwrap().set_modified(later).unwrap();
        let second = State::of_all(&project);
        assert!(first != second);
        let texts = vec!["book/text/ch01.md".to_string()];
        assert_eq!(first.texts_since(&second), Some(texts));

        // Code is shown by pages that are as they were; the theme is
        // on all of them.
        let saved = |path: &str| {
            let file = BTreeMap::from([(PathBuf::from(path), None)]);
            let then = BTreeMap::from([(path.into(), Some(later))]);
            State(file).texts_since(&State(then))
        };
        assert_eq!(saved("src/lib.rs"), Some(Vec::new()));
        assert_eq!(saved("book/theme/live.js"), None);

        fs::write(root.join("book/text/ch02.md"), "two").unwrap();
        let third = State::of_all(&project);
        assert!(second != third);
        assert_eq!(second.texts_since(&third), None);
        fs::remove_dir_all(&root).unwrap();
        assert!(third != State::of_all(&project));
    }
}

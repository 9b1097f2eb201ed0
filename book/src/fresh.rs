//! Keeps the served pages as new as what they are made from.

use crate::builder::{self, Options};
use crate::cache::SOURCES;
use crate::project::{Project, files};
use crate::report;
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
const PAGES: [&str; 3] = ["book/book.toml", "book/text", "book/theme"];

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
    built: Mutex<Built>,
    is_making: AtomicBool,
    /// When the reader last did something that needs the compiler.
    touched: Mutex<Instant>,
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

/// How often pages are built again while figures are being made.
const WHILE_MAKING: Duration = Duration::from_secs(5);

/// How long nothing must happen before the rest of the book follows a
/// page that was saved.
const SHORT: Duration = Duration::from_secs(3);

/// How long nothing must happen before figures are made again.
const QUIET: Duration = Duration::from_secs(5);

impl Fresh {
    /// Builds the pages with the figures that are there. Returns the
    /// folder, too.
    pub fn start(
        project: &Project,
    ) -> Result<(Arc<Self>, PathBuf), String> {
        let state = State::of_all(project);
        let built = build(project, Programs::None)?;
        let now = Instant::now();
        let fresh = Arc::new(Self {
            project: project.clone(),
            folder: built.destination.clone(),
            built: Mutex::new(Built {
                state,
                at: now,
                has_pending: built.pending > 0,
                is_partial: false,
                made: None,
            }),
            is_making: AtomicBool::new(false),
            touched: Mutex::new(now.checked_sub(QUIET).unwrap_or(now)),
        });
        if built.pending > 0 {
            let pending = built.pending;
            eprintln!("{pending} figures are being made; read on.");
        }
        let making = Arc::clone(&fresh);
        thread::spawn(move || making.make_when_quiet());
        Ok((fresh, built.destination))
    }

    /// The reader is busy, and needs the compiler.
    pub fn touch(&self) {
        let touched = self.touched.lock();
        *touched.unwrap_or_else(PoisonError::into_inner) =
            Instant::now();
    }

    /// Makes the figures that are not there or not true any more,
    /// whenever nobody has done anything for a while.
    fn make_when_quiet(&self) {
        loop {
            let touched = *self
                .touched
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let is_due = {
                let built = self.built();
                let is_new = built.made.as_ref() != Some(&built.state);
                built.has_pending && is_new
            };
            if touched.elapsed() >= SHORT {
                self.complete();
            }
            match is_due && touched.elapsed() >= QUIET {
                true => self.make(),
                false => thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    fn make(&self) {
        let state = State::of_all(&self.project);
        self.is_making.store(true, Ordering::Release);
        if let Err(message) = builder::run_programs(&self.project) {
            eprintln!("error: {message}");
        }
        self.is_making.store(false, Ordering::Release);
        let mut built = self.built();
        // What failed stays as it was: to run it here would keep every
        // reader waiting.
        self.rebuild(&mut built, Programs::None);
        built.made = Some(state);
        if !built.has_pending {
            eprintln!("All figures are made.");
        }
    }

    /// Builds the book again if something was saved since, or if more
    /// figures may be there.
    pub fn update(&self) {
        // One build at a time; the others wait, and find it done.
        let mut built = self.built();
        let is_making = self.is_making.load(Ordering::Acquire);
        let is_due = is_making && built.at.elapsed() > WHILE_MAKING;
        let state = State::of_all(&self.project);
        let has_changed = built.state != state;
        if has_changed {
            self.touch();
            if self.rebuild_texts(&mut built, &state) {
                return;
            }
        }
        if has_changed || built.has_pending && is_due {
            self.rebuild(&mut built, Programs::None);
        }
    }

    /// If nothing was saved but some pages' texts, builds these alone.
    fn rebuild_texts(&self, built: &mut Built, state: &State) -> bool {
        let Some(files) = built.state.texts_since(state) else {
            return false;
        };
        let (project, folder) = (&self.project, &self.folder);
        match builder::build_some(project, &files, folder) {
            Ok(pending) => built.has_pending |= pending > 0,
            Err(_) => return false,
        }
        built.state = state.clone();
        built.is_partial = true;
        true
    }

    /// Brings the search index and the page to print up to date.
    fn complete(&self) {
        let mut built = self.built();
        if built.is_partial {
            self.rebuild(&mut built, Programs::None);
        }
    }

    fn rebuild(&self, built: &mut Built, programs: Programs) {
        let state = State::of_all(&self.project);
        match build(&self.project, programs) {
            Ok(again) => built.has_pending = again.pending > 0,
            Err(message) => eprintln!("error: {message}"),
        }
        built.state = state;
        built.is_partial = false;
        built.at = Instant::now();
    }

    /// A print of a page's content: another one for another content.
    pub fn print(&self, page: &str) -> String {
        let is_name = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
        };
        if !page.chars().all(is_name) || !page.ends_with(".html") {
            return String::new();
        }
        let mut hasher = DefaultHasher::new();
        fs::read(self.folder.join(page)).ok().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    fn built(&self) -> MutexGuard<'_, Built> {
        self.built.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn build(
    project: &Project,
    programs: Programs,
) -> Result<builder::Built, String> {
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
        let paths = sources.iter().flat_map(|source| {
            let path = project.root.join(source);
            match path.is_file() {
                true => vec![path],
                false => files(&path),
            }
        });
        let saved = |path: PathBuf| {
            let data = fs::metadata(&path);
            let time = data.and_then(|data| data.modified()).ok();
            let name = path.strip_prefix(&project.root);
            (name.unwrap_or(&path).to_path_buf(), time)
        };
        Self(paths.map(saved).collect())
    }

    /// The pages that were saved until `now`, if nothing else was.
    fn texts_since(&self, now: &Self) -> Option<Vec<String>> {
        if !self.0.keys().eq(now.0.keys()) {
            return None;
        }
        let saved =
            now.0.iter().filter(|(p, t)| self.0.get(*p) != Some(*t));
        let text = |path: &Path| {
            let is_text = path.starts_with("book/text")
                && path.extension()? == "md"
                && path.file_name()? != "SUMMARY.md";
            is_text.then(|| path.to_string_lossy().into_owned())
        };
        saved.map(|(path, _)| text(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

        fs::write(root.join("book/text/ch02.md"), "two").unwrap();
        let third = State::of_all(&project);
        assert!(second != third);
        assert_eq!(second.texts_since(&third), None);
        fs::remove_dir_all(&root).unwrap();
        assert!(third != State::of_all(&project));
    }
}

//! Keeps the served pages as new as what they are made from.

use crate::builder::{self, Options};
use crate::cache::SOURCES;
use crate::project::{Project, files};
use crate::report;
use crate::workshop::Programs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};

/// What the pages are made from, besides the programs' sources.
const PAGES: [&str; 3] = ["book/book.toml", "book/text", "book/theme"];

/// A served book, and the state of its sources when it was built.
///
/// The book can be read before its figures are made: that takes as
/// long as a first build of all chapters.
pub struct Fresh {
    project: Project,
    built: Mutex<Built>,
    is_making: AtomicBool,
}

struct Built {
    state: State,
    at: Instant,
    has_pending: bool,
}

/// How often pages are built again while figures are being made.
const WHILE_MAKING: Duration = Duration::from_secs(5);

impl Fresh {
    /// Builds the pages with the figures that are there. Returns the
    /// folder, too.
    pub fn start(
        project: &Project,
    ) -> Result<(Arc<Self>, PathBuf), String> {
        let state = state(project);
        let built = build(project, Programs::None)?;
        let has_pending = built.pending > 0;
        let fresh = Arc::new(Self {
            project: project.clone(),
            built: Mutex::new(Built {
                state,
                at: Instant::now(),
                has_pending,
            }),
            is_making: AtomicBool::new(has_pending),
        });
        if has_pending {
            let making = Arc::clone(&fresh);
            thread::spawn(move || making.make(built.pending));
        }
        Ok((fresh, built.destination))
    }

    /// Makes the figures that were not there.
    fn make(&self, pending: usize) {
        eprintln!("{pending} figures are being made; read on.");
        if let Err(message) = builder::run_programs(&self.project) {
            eprintln!("error: {message}");
        }
        self.is_making.store(false, Ordering::Release);
        self.update();
        eprintln!("All figures are made.");
    }

    /// Builds the book again if something was saved since, or if more
    /// figures may be there.
    pub fn update(&self) {
        // One build at a time; the others wait, and find it done.
        let built = self.built.lock();
        let mut built = built.unwrap_or_else(PoisonError::into_inner);
        let state = state(&self.project);
        let is_making = self.is_making.load(Ordering::Acquire);
        let is_due = built.at.elapsed() > WHILE_MAKING || !is_making;
        if built.state == state && !(built.has_pending && is_due) {
            return;
        }
        let programs = match is_making {
            true => Programs::None,
            false => Programs::Missing,
        };
        match build(&self.project, programs) {
            Ok(again) => built.has_pending = again.pending > 0,
            Err(message) => eprintln!("error: {message}"),
        }
        built.state = state;
        built.at = Instant::now();
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

/// Enough to see that a file was saved, added or removed.
#[derive(PartialEq)]
struct State {
    files: usize,
    newest: Option<SystemTime>,
}

fn state(project: &Project) -> State {
    let mut state = State { files: 0, newest: None };
    for source in SOURCES.iter().chain(&PAGES) {
        let path = project.root.join(source);
        let paths = match path.is_file() {
            true => vec![path],
            false => files(&path),
        };
        for path in paths {
            let saved = fs::metadata(&path).and_then(|m| m.modified());
            state.files += 1;
            state.newest = state.newest.max(saved.ok());
        }
    }
    state
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
        let first = state(&project);
        assert!(first == state(&project));

        let file = fs::File::options().append(true).open(&page);
        let later =
            SystemTime::now() + std::time::Duration::from_secs(9);
        file.unwrap().set_modified(later).unwrap();
        let second = state(&project);
        assert!(first != second);

        fs::write(root.join("book/text/ch02.md"), "two").unwrap();
        let third = state(&project);
        assert!(second != third);
        fs::remove_dir_all(&root).unwrap();
        assert!(third != state(&project));
    }
}

//! Keeps the served pages as new as what they are made from.

use crate::builder::{self, Options};
use crate::cache::SOURCES;
use crate::project::{Project, files};
use crate::report;
use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What the pages are made from, besides the programs' sources.
const PAGES: [&str; 3] = ["book/book.toml", "book/text", "book/theme"];

/// A served book, and the state of its sources when it was built.
pub struct Fresh {
    project: Project,
    built: Mutex<State>,
}

/// Enough to see that a file was saved, added or removed.
#[derive(PartialEq)]
struct State {
    files: usize,
    newest: Option<SystemTime>,
}

impl Fresh {
    pub fn new(project: &Project) -> Self {
        let project = project.clone();
        let built = Mutex::new(state(&project));
        Self { project, built }
    }

    /// Builds the book again if something was saved since.
    pub fn update(&self) {
        // One build at a time; the others wait, and find it done.
        let built = self.built.lock();
        let mut built = built.unwrap_or_else(PoisonError::into_inner);
        let now = state(&self.project);
        if *built == now {
            return;
        }
        let options = Options { destination: None, is_fresh: false };
        match builder::build(&self.project, options) {
            Ok(again) => {
                report(&again);
            }
            Err(message) => eprintln!("error: {message}"),
        }
        *built = now;
    }
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

//! What the book is made from, and whether some of it was saved.

use crate::kept::inputs::SOURCES;
use crate::kept::record;
use crate::project::{Project, files_at};
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the pages are made from, besides the programs' sources.
const PAGES: [&str; 4] =
    ["book/book.toml", "book/text", "book/theme", record::FOLDER];

/// What the chapters' programs are made from, but for what cargo writes.
pub const CODE: [&str; 4] = ["src", "chapters", "Cargo.toml", ".cargo"];

/// When each file was saved: enough to see that one was saved, added
/// or removed.
#[derive(Clone, Debug, Default, Hash, PartialEq)]
pub struct State(BTreeMap<PathBuf, Option<SystemTime>>);

impl State {
    pub fn of_all(project: &Project) -> Self {
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

    /// What tells this state of the code from others.
    pub fn print_of_code(self) -> String {
        let is_code = |path: &Path| {
            CODE.iter().any(|place| path.starts_with(place))
        };
        let mut hasher = DefaultHasher::new();
        self.only(is_code).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// The state of some of the files.
    pub fn only(mut self, is_wanted: impl Fn(&Path) -> bool) -> Self {
        self.0.retain(|path, _| is_wanted(path));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_code_is_not_in_its_print() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let write = |path: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        let project = Project::at(root);
        let print = || State::of_all(&project).print_of_code();
        write("chapters/ch01/src/main.rs");
        let first = print();
        write("book/text/ch01.md");
        assert_eq!(print(), first);
        write("src/lib.rs");
        assert_ne!(print(), first);
    }

    #[test]
    fn a_saved_a_new_and_a_removed_file_are_seen() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("book/text")).unwrap();
        let page = root.join("book/text/ch01.md");
        fs::write(&page, "one").unwrap();
        let project = Project::at(root);
        let first = State::of_all(&project);
        assert!(first == State::of_all(&project));

        let file = fs::File::options().append(true).open(&page);
        let later =
            SystemTime::now() + std::time::Duration::from_secs(9);
        file.unwrap().set_modified(later).unwrap();
        let second = State::of_all(&project);
        assert!(first != second);

        fs::write(root.join("book/text/ch02.md"), "two").unwrap();
        let third = State::of_all(&project);
        assert!(second != third);
        fs::remove_dir_all(root.join("book")).unwrap();
        assert!(third != State::of_all(&project));
    }
}

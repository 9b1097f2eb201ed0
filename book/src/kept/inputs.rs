//! What a job depends on, down to the files.

use crate::kept::modules::{self, Named};
use crate::kept::package::{Package, plain};
use crate::project::{FOLDERS, Project, files_at};
use crate::run::job::Input;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What decides how any program is built, and how it is run here.
const ALWAYS: [&str; 5] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "rust-toolchain.toml",
    "book/src/run",
];

/// All that some figure may be made of.
pub const SOURCES: [&str; 10] = [
    "src",
    "chapters",
    "tests",
    "benches",
    "book/src",
    "book/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "rust-toolchain.toml",
];

/// Files and folders, as seen from the root.
pub type Places = BTreeSet<String>;

/// Files, and a print of what is in each.
pub type Prints = BTreeMap<String, String>;

/// What some inputs are, down to the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Files {
    pub places: Places,
    pub prints: Prints,
}

impl Files {
    /// Whether a file is at one of the places.
    pub fn covers(&self, file: &str) -> bool {
        self.places.iter().any(|place| {
            let rest = file.strip_prefix(&**place);
            rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
        })
    }

    /// A print of all.
    pub fn print(&self) -> String {
        let line = |(file, print)| format!("{print} {file}\n");
        let lines: String = self.prints.iter().map(line).collect();
        print(lines.as_bytes())
    }
}

/// The inputs as they were when somebody asked first.
pub struct Inputs {
    project: Project,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    places: BTreeMap<Input, Places>,
    files: BTreeMap<Vec<Input>, Arc<Files>>,
    prints: Prints,
}

impl Inputs {
    pub fn of(project: &Project) -> Self {
        Self { project: project.clone(), known: Mutex::default() }
    }

    pub fn files(&self, inputs: &[Input]) -> Arc<Files> {
        let mut known =
            self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(files) = known.files.get(inputs) {
            return Arc::clone(files);
        }
        let mut places: Places = ALWAYS.map(String::from).into();
        for input in inputs {
            let found = known.places.entry(input.clone());
            let found = found.or_insert_with(|| {
                Search::places(&self.project, input)
            });
            places.extend(found.iter().cloned());
        }
        let prints = self.prints(&places, &mut known.prints);
        let files = Arc::new(Files { places, prints });
        known.files.insert(inputs.to_vec(), Arc::clone(&files));
        files
    }

    fn prints(&self, places: &Places, known: &mut Prints) -> Prints {
        let root = &self.project.root;
        let places: Vec<&str> =
            places.iter().map(String::as_str).collect();
        let files = files_at(root, &places).into_iter();
        let files = files.filter(|path| !is_of_exercise(path));
        let print = |path: PathBuf| {
            let name = path.strip_prefix(root).unwrap_or(&path);
            let name = name.to_string_lossy().into_owned();
            let print =
                known.entry(name.clone()).or_insert_with(|| {
                    print(&fs::read(&path).unwrap_or_default())
                });
            (name, print.clone())
        };
        files.map(print).collect()
    }
}

/// A print of a file's content. A checkout may have its own ends of
/// lines.
fn print(content: &[u8]) -> String {
    let mut hash = Sha256::new();
    for line in content.split(|byte| *byte == b'\n') {
        hash.update(line.strip_suffix(b"\r").unwrap_or(line));
        hash.update(b"\n");
    }
    let hash = hash.finalize();
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a file is one that no transcript depends on: a reader who
/// solves an exercise does not wait for programs to run again.
fn is_of_exercise(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    FOLDERS.iter().any(|name| folder == Some(OsStr::new(name)))
}

/// The search for what belongs together.
struct Search<'a> {
    project: &'a Project,
    places: Places,
    packages: BTreeSet<(PathBuf, bool)>,
    files: BTreeSet<PathBuf>,
}

impl<'a> Search<'a> {
    fn places(project: &'a Project, input: &Input) -> Places {
        let mut search = Self {
            project,
            places: Places::new(),
            packages: BTreeSet::new(),
            files: BTreeSet::new(),
        };
        search.input(input);
        search.places
    }

    fn add(&mut self, place: &Path) {
        self.places.insert(place.to_string_lossy().into_owned());
    }

    fn input(&mut self, input: &Input) {
        match input {
            Input::Path(path) => self.add(path),
            Input::Package(folder) => self.package(folder, false),
            Input::Tests { package, name } => {
                self.package(package, true);
                let read = Package::read(self.project, package);
                for root in
                    read.iter().flat_map(|p| p.tests(name.as_deref()))
                {
                    self.root(&root);
                }
            }
            Input::Everything => {
                for place in SOURCES {
                    self.add(Path::new(place));
                }
            }
        }
    }

    fn package(&mut self, folder: &Path, with_tests: bool) {
        let is_new =
            self.packages.insert((folder.to_path_buf(), with_tests));
        let package = Package::read(self.project, folder);
        let Some(package) = package.filter(|_| is_new) else { return };
        for place in package.places() {
            self.root(&place);
        }
        for root in package.roots() {
            self.root(&root);
        }
        for dependency in package.dependencies(with_tests) {
            self.package(&dependency, false);
        }
    }

    /// A file, or all in a folder, with what they name elsewhere.
    fn root(&mut self, place: &Path) {
        self.add(place);
        let path = place.to_string_lossy();
        for file in files_at(&self.project.root, &[&*path]) {
            let Ok(file) = file.strip_prefix(&self.project.root) else {
                continue;
            };
            let reached = match file == place {
                true => Reached::AsRoot,
                false => Reached::InFolder,
            };
            self.file(file, reached);
        }
    }

    fn file(&mut self, file: &Path, reached: Reached) {
        let is_rust = file.extension().is_some_and(|e| e == "rs");
        if !self.files.insert(file.to_path_buf()) || !is_rust {
            return;
        }
        let text = self.project.read(&file.to_string_lossy());
        let Ok(text) = text else { return };
        // All of a folder is there, but for what is named by its path.
        let names_paths =
            text.contains("#[path") || text.contains("include");
        if reached == Reached::InFolder && !names_paths {
            return;
        }
        let stem = file.file_stem().and_then(OsStr::to_str);
        let is_root = reached == Reached::AsRoot
            || matches!(stem, Some("lib" | "main" | "mod"));
        for Named { path, is_root } in
            modules::named(file, &text, is_root)
        {
            let path = plain(&path);
            let is_there = self.project.root.join(&path).is_file();
            if is_there {
                self.add(&path);
                self.file(
                    &path,
                    match is_root {
                        true => Reached::AsRoot,
                        false => Reached::AsModule,
                    },
                );
            }
        }
    }
}

/// How a file was found.
#[derive(Clone, Copy, PartialEq)]
enum Reached {
    AsRoot,
    AsModule,
    InFolder,
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const LIBRARY: &str = r#"
[package]
name = "library"
[[test]]
name = "far"
path = "tests/far/root.rs"
"#;

    const THIRD_CHAPTER: &str = r#"
[package]
name = "ch03"
[dependencies]
library = { path = "../.." }
"#;

    const FIFTH_CHAPTER: &str = r#"
[package]
name = "ch05"
[dependencies]
ch03.path = "../ch03"
[dev-dependencies]
ch01.path = "../ch01"
"#;

    const LIB: &str = r#"
mod http;
#[cfg(test)]
#[path = "../tests/fuzz.rs"]
mod fuzz;
mod a {
    #[path = "../../b.rs"]
    mod b;
}
"#;

    /// A library, three chapters, and tests.
    const REPOSITORY: [(&str, &str); 26] = [
        ("Cargo.toml", LIBRARY),
        ("Cargo.lock", ""),
        ("src/lib.rs", LIB),
        ("src/http.rs", ""),
        ("b.rs", ""),
        ("tests/fuzz.rs", ""),
        (
            "tests/http.rs",
            "#[path = \"it/support/mod.rs\"]\nmod support;\nmod other;",
        ),
        ("tests/other.rs", "mod inner;\n"),
        ("tests/other/inner.rs", ""),
        ("tests/it/main.rs", "mod support;\n"),
        ("tests/it/support/mod.rs", "include_str!(\"a.txt\")"),
        ("tests/it/support/a.txt", ""),
        ("tests/far/root.rs", ""),
        ("chapters/ch01/Cargo.toml", "[package]\nname = \"ch01\""),
        ("chapters/ch01/src/main.rs", ""),
        ("chapters/ch01/src/bin/greet.rs", ""),
        ("chapters/ch01/exercises/one.rs", ""),
        ("chapters/ch03/Cargo.toml", THIRD_CHAPTER),
        ("chapters/ch03/src/main.rs", ""),
        ("chapters/ch05/Cargo.toml", FIFTH_CHAPTER),
        (
            "chapters/ch05/src/main.rs",
            "#[path = \"../exercises\"]\nmod mine {\n    mod two;\n}",
        ),
        ("chapters/ch05/exercises/two.rs", ""),
        ("chapters/ch05/python/hello.py", ""),
        (
            "chapters/ch05/tests/server.rs",
            "#[path = \"../../serving.rs\"]\nmod serving;\n",
        ),
        ("chapters/ch05/tests/more.rs", ""),
        ("chapters/serving.rs", ""),
    ];

    fn repository() -> (TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in REPOSITORY {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let project = Project::at(folder.path());
        (folder, project)
    }

    /// The files of an input, but for those of all inputs.
    fn names(input: Input) -> Vec<String> {
        let (_folder, project) = repository();
        let files = Inputs::of(&project).files(&[input]);
        let names = files.prints.keys().cloned();
        let root = ["Cargo.lock", "Cargo.toml"];
        names.filter(|name| !root.contains(&&**name)).collect()
    }

    fn test(package: &str, name: Option<&str>) -> Vec<String> {
        let name = name.map(String::from);
        names(Input::Tests { package: package.into(), name })
    }

    const FIRST: [&str; 3] = [
        "chapters/ch01/Cargo.toml",
        "chapters/ch01/src/bin/greet.rs",
        "chapters/ch01/src/main.rs",
    ];
    const THIRD: [&str; 5] = [
        "b.rs",
        "chapters/ch03/Cargo.toml",
        "chapters/ch03/src/main.rs",
        "src/http.rs",
        "src/lib.rs",
    ];

    #[test]
    fn a_package_is_its_code_and_that_of_those_it_uses() {
        assert_eq!(names(Input::chapter("ch01")), FIRST);
        assert_eq!(names(Input::chapter("ch03")), THIRD);
        let library = ["b.rs", "src/http.rs", "src/lib.rs"];
        assert_eq!(names(Input::library()), library);
        let fifth = names(Input::chapter("ch05"));
        let own = "chapters/ch05/src/main.rs";
        assert!(fifth.contains(&own.to_string()), "{fifth:?}");
        let module = "chapters/ch05/python/hello.py".to_string();
        assert!(fifth.contains(&module), "{fifth:?}");
        assert_eq!(fifth.len(), THIRD.len() + 3);
    }

    #[test]
    fn a_test_is_more_than_its_file() {
        assert_eq!(
            test("", Some("http")),
            [
                "b.rs",
                "src/http.rs",
                "src/lib.rs",
                "tests/http.rs",
                "tests/it/support/a.txt",
                "tests/it/support/mod.rs",
                "tests/other.rs",
                "tests/other/inner.rs"
            ]
        );
        let it = test("", Some("it"));
        assert_eq!(it.len(), 3 + 3, "{it:?}");
        let far = test("", Some("far"));
        assert_eq!(far.last().unwrap(), "tests/far/root.rs");
        let server = test("chapters/ch05", Some("server"));
        for file in FIRST.iter().chain(&THIRD).chain(&[
            "chapters/ch05/tests/server.rs",
            "chapters/serving.rs",
        ]) {
            assert!(server.contains(&file.to_string()), "{file}");
        }
        let more = "chapters/ch05/tests/more.rs".to_string();
        assert!(!server.contains(&more));
        assert!(test("chapters/ch05", None).contains(&more));
    }

    #[test]
    fn nothing_depends_on_answers_and_much_on_everything() {
        let all = names(Input::Everything);
        assert_eq!(all.len(), 23 - 2, "{all:?}");
        assert!(!all.iter().any(|name| name.contains("exercises")));
    }

    #[test]
    fn a_print_is_that_of_the_lines() {
        assert_eq!(print(b"a\nb\n"), print(b"a\r\nb\r\n"));
        assert_ne!(print(b"a\nb\n"), print(b"a\nb"));
        assert_ne!(print(b"a\nb\n"), print(b"b\na\n"));
        assert_eq!(print(b"").len(), 16);
    }

    #[test]
    fn a_place_covers_what_is_below_it() {
        let places = ["src", "tests/it.rs"].map(String::from).into();
        let files = Files { places, prints: Prints::new() };
        assert!(files.covers("src/lib.rs"));
        assert!(files.covers("tests/it.rs"));
        assert!(!files.covers("src2/lib.rs"));
        assert!(!files.covers("tests/it"));
    }
}

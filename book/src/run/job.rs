//! Something that is run for a figure.

use crate::project::Project;
use std::path::PathBuf;

pub trait Job: Send + Sync {
    /// What is said while it runs.
    fn label(&self) -> String;

    /// What it depends on, besides the directive.
    fn inputs(&self) -> Vec<Input>;

    /// Is it run in the copy of the repository, where things are broken?
    fn is_in_copy(&self) -> bool {
        false
    }

    /// What each of the texts is that are printed.
    fn names(&self) -> Vec<String>;

    /// What is printed, made the same in every run.
    fn run(&self, project: &Project) -> Result<Vec<String>, String>;
}

/// Something that a job depends on. Folders are seen from the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// The code of a package in this folder, and of those it uses; the
    /// library's is at the root.
    Package(PathBuf),
    /// The same with a test, or with all of them.
    Tests { package: PathBuf, name: Option<String> },
    /// A file, or all in a folder.
    Path(PathBuf),
    /// All that there is.
    Everything,
}

impl Input {
    /// The library.
    pub fn library() -> Self {
        Self::Package(PathBuf::new())
    }

    /// The code of a chapter.
    pub fn chapter(name: &str) -> Self {
        Self::Package(PathBuf::from("chapters").join(name))
    }
}

//! Where things are: the repository and what is built from it.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// A repository with a book in it.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that has `book/book.toml` in it.
    pub root: PathBuf,
    /// Where cargo puts what it builds.
    pub target: PathBuf,
}

impl Project {
    /// The repository around the working directory, or else the one
    /// that this program was compiled in.
    pub fn find() -> Result<Self, String> {
        let here = env::current_dir().map_err(|e| {
            format!("the working directory cannot be read: {e}")
        })?;
        let compiled = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        here.ancestors()
            .chain(compiled)
            .find(|dir| dir.join("book/book.toml").is_file())
            .map(Self::at)
            .ok_or_else(|| {
                "no book/book.toml here or above; run this from inside \
                 the repository"
                    .into()
            })
    }

    pub fn at(root: &Path) -> Self {
        let root = fs::canonicalize(root).unwrap_or(root.into());
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Self { root, target }
    }

    /// The tool's own corner, which `cargo clean` empties.
    pub fn workplace(&self) -> PathBuf {
        self.root.join("target/book")
    }

    /// A copy of the repository, for changes that do not stay.
    pub fn scratch(&self) -> PathBuf {
        self.workplace().join("scratch")
    }

    /// What is built of the copy. Apart, because a copy's program
    /// would take the place of the reader's own.
    pub fn scratch_target(&self) -> PathBuf {
        self.workplace().join("scratch-target")
    }

    pub fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path))
            .map_err(|e| format!("{path} cannot be read: {e}"))
    }
}

/// All files below `folder`, sorted, leaving out what is generated.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    let mut entries: Vec<_> =
        entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default();
        if path.is_file() {
            found.push(path);
        } else if name != "target" && name != ".git" {
            found.extend(files(&path));
        }
    }
    found
}

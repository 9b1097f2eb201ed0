//! What programs printed the last time, kept while it is still true.
//!
//! The key covers every file that a program can depend on: an entry
//! cannot outlive a change of what it came from.

use crate::project::{FOLDERS, Project, files, files_at};
use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsStr;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a transcript may depend on. `book/src` is among them because
/// the tool decides how things are run.
pub const SOURCES: [&str; 9] = [
    "src",
    "chapters",
    "tests",
    "book/src",
    "Cargo.toml",
    "Cargo.lock",
    "book/Cargo.toml",
    ".cargo",
    "rust-toolchain.toml",
];

pub struct Cache {
    folder: PathBuf,
    sources: u64,
    /// What this build has asked for or kept.
    wanted: Mutex<BTreeSet<PathBuf>>,
}

impl Cache {
    pub fn open(project: &Project) -> Self {
        let mut hasher = DefaultHasher::new();
        rustc_version().hash(&mut hasher);
        let paths = files_at(&project.root, &SOURCES);
        for path in paths.iter().filter(|path| !is_of_exercise(path)) {
            // A copy of the repository has the same figures.
            let name = path.strip_prefix(&project.root);
            name.unwrap_or(path).hash(&mut hasher);
            fs::read(path).unwrap_or_default().hash(&mut hasher);
        }
        Self {
            folder: project.workplace().join("cache"),
            sources: hasher.finish(),
            wanted: Mutex::default(),
        }
    }

    /// The texts kept under `key`, and whether they are still true: if
    /// not, they are from before the last change.
    pub fn get(&self, key: &str) -> Option<(Vec<String>, bool)> {
        let text = fs::read(self.path(key)).ok()?;
        let (sources, texts): (u64, Vec<String>) =
            serde_json::from_slice(&text).ok()?;
        Some((texts, sources == self.sources))
    }

    /// Keeps texts. A cache that cannot be written costs time only.
    pub fn put(&self, key: &str, texts: &[String]) {
        let text = serde_json::json!([self.sources, texts]).to_string();
        let _ = fs::create_dir_all(&self.folder);
        let _ = fs::write(self.path(key), text);
    }

    /// Forgets what this build had no use for.
    pub fn prune(&self) {
        let wanted = self.wanted();
        for path in files(&self.folder) {
            if !wanted.contains(&path) {
                // Another build may have been faster.
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let name = format!("{:016x}.json", hasher.finish());
        let path = self.folder.join(name);
        self.wanted().insert(path.clone());
        path
    }

    fn wanted(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rustc_version() -> Vec<u8> {
    let version = Command::new("rustc").arg("-vV").output();
    version.map(|output| output.stdout).unwrap_or_default()
}

/// Whether a file is one that no transcript depends on: a reader who
/// solves an exercise does not wait for programs to run again.
fn is_of_exercise(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    FOLDERS.iter().any(|name| folder == Some(OsStr::new(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_true_until_a_source_changes() {
        let name = format!("book-cache-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("chapters/ch01")).unwrap();
        let main = root.join("chapters/ch01/main.rs");
        fs::write(&main, "one").unwrap();
        let project = Project::at(&root);

        Cache::open(&project).put("run", &["said".into()]);
        let kept = Cache::open(&project).get("run");
        let said = vec!["said".to_string()];
        assert_eq!(kept, Some((said.clone(), true)));
        assert_eq!(Cache::open(&project).get("other"), None);

        fs::write(&main, "two").unwrap();
        let cache = Cache::open(&project);
        assert_eq!(cache.get("run"), Some((said, false)));
        Cache::open(&project).prune();
        assert_eq!(files(&cache.folder).len(), 0);
        fs::remove_dir_all(root).unwrap();
    }
}

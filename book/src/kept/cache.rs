//! What programs printed the last time, kept where `cargo clean` finds
//! it: a reader who edits code does not edit the repository's record.

use crate::project::{Project, files};
use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// A file's time may be told less exactly than that of the day.
const MOMENT: Duration = Duration::from_secs(5);

pub struct Cache {
    folder: PathBuf,
    opened: SystemTime,
    /// What this build has asked for or kept.
    wanted: Mutex<BTreeSet<PathBuf>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The version of the compiler.
    pub rustc: String,
    /// A print of all that it was made of.
    pub inputs: String,
    pub printed: Vec<String>,
}

impl Cache {
    pub fn open(project: &Project) -> Self {
        Self {
            folder: project.workplace().join("cache"),
            opened: SystemTime::now(),
            wanted: Mutex::default(),
        }
    }

    /// What was printed last, from whatever it was made.
    pub fn get(&self, directive: &str) -> Option<Entry> {
        let text = fs::read(self.path(directive)).ok()?;
        let (rustc, inputs, printed) =
            serde_json::from_slice(&text).ok()?;
        Some(Entry { rustc, inputs, printed })
    }

    /// Keeps what was printed. A cache that cannot be written costs
    /// time only.
    pub fn put(&self, directive: &str, entry: &Entry) {
        let _ = self.write(directive, entry);
    }

    /// Another process may read it at any moment.
    fn write(&self, directive: &str, entry: &Entry) -> io::Result<()> {
        let Entry { rustc, inputs, printed } = entry;
        let text = serde_json::to_vec(&(rustc, inputs, printed))?;
        fs::create_dir_all(&self.folder)?;
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&text)?;
        file.persist(self.path(directive))?;
        Ok(())
    }

    /// Forgets what this build had no use for, but for what is newer:
    /// another process has it.
    pub fn prune(&self) {
        let wanted = self.wanted();
        for path in files(&self.folder) {
            let saved = fs::metadata(&path).and_then(|m| m.modified());
            let is_old =
                saved.is_ok_and(|saved| saved + MOMENT < self.opened);
            if is_old && !wanted.contains(&path) {
                // Another process may have been faster.
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, directive: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        directive.hash(&mut hasher);
        let name = format!("{:016x}.json", hasher.finish());
        let path = self.folder.join(name);
        self.wanted().insert(path.clone());
        path
    }

    fn wanted(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry {
            rustc: "rustc 1".into(),
            inputs: "2".into(),
            printed: vec![text.into()],
        }
    }

    #[test]
    fn what_is_kept_is_found_until_nobody_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let first = Cache::open(&project);
        assert_eq!(first.get("a"), None);
        first.put("a", &entry("one"));
        first.put("b", &entry("two"));
        first.put("a", &entry("three"));
        assert_eq!(first.get("a"), Some(entry("three")));
        first.prune();
        for name in ["a", "b"] {
            let mut options = fs::File::options();
            let file = options.append(true).open(first.path(name));
            let then = SystemTime::now() - 2 * MOMENT;
            file.unwrap().set_modified(then).unwrap();
        }

        let second = Cache::open(&project);
        assert_eq!(second.get("b"), Some(entry("two")));
        // What another process has kept in the meantime stays.
        first.put("c", &entry("four"));
        second.prune();
        assert_eq!(second.get("a"), None);
        assert_eq!(second.get("c"), Some(entry("four")));
    }
}

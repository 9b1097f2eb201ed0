//! Where things are: the repository and what is built from it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

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

    /// The copy for oneself alone, until the file is dropped: two of
    /// this program may be at work at once, each with its own change.
    pub fn lock_scratch(&self) -> io::Result<File> {
        fs::create_dir_all(self.workplace())?;
        let file = File::create(self.workplace().join("scratch.lock"))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                eprintln!(
                    "Waiting: the book is being made by another \
                     process, too."
                );
                file.lock()?;
            }
            other => other?,
        }
        Ok(file)
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

/// The folders of a chapter with one file an exercise.
pub const FOLDERS: [&str; 4] =
    ["exercises", "solutions", "stubs", "wrong"];

/// The files that people write: code, text, what pages look like, and
/// what tests read. An editor's own, like `.lib.rs.swp`, `lib.rs~` or
/// `4913`, are of no such kind.
const KINDS: [&str; 18] = [
    "c", "conf", "css", "gif", "hbs", "html", "jpg", "js", "json",
    "lock", "md", "png", "py", "rs", "svg", "toml", "txt", "woff2",
];

/// What is made by programs, and may stand beside what they are made
/// of.
const MADE: [&str; 2] = ["target", "guest-book.txt"];

/// All files below `folder` whose change is a change of the project,
/// sorted. Links to folders are not followed: one may lead to itself.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with(['.', '#']) || MADE.contains(&&*name) {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&path));
        } else if path.is_file() && is_written(&path) {
            found.push(path);
        }
    }
    found
}

fn is_written(path: &Path) -> bool {
    let kind = path.extension().and_then(OsStr::to_str);
    kind.is_some_and(|kind| KINDS.contains(&kind))
}

/// The files of `files` at these places: files, or folders of them.
pub fn files_at(root: &Path, places: &[&str]) -> Vec<PathBuf> {
    let below = |place: &&str| {
        let path = root.join(place);
        match path.is_file() {
            true => vec![path],
            false => files(&path),
        }
    };
    places.iter().flat_map(below).collect()
}

/// Makes `copy` like what is at these places of `root`. What is the
/// same is left alone, so that cargo builds only what differs.
pub fn mirror(
    root: &Path,
    places: &[&str],
    copy: &Path,
) -> io::Result<()> {
    let mut wanted: BTreeSet<PathBuf> = BTreeSet::new();
    for from in files_at(root, places) {
        let Ok(relative) = from.strip_prefix(root) else { continue };
        let to = copy.join(relative);
        copy_file(&from, &to)?;
        wanted.insert(to);
    }
    for path in files(copy) {
        if !wanted.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs::read(from)?;
    if fs::read(to).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names below a folder, as `files` finds them.
    fn names(folder: &Path) -> Vec<String> {
        let name = |path: PathBuf| {
            let path = path.strip_prefix(folder).unwrap().to_owned();
            path.to_string_lossy().into_owned()
        };
        files(folder).into_iter().map(name).collect()
    }

    fn write(folder: &Path, names: &[&str]) {
        for name in names {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
    }

    #[test]
    fn what_an_editor_writes_beside_a_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let written = ["a/lib.rs", "b.md", "c.toml"];
        write(folder.path(), &written);
        write(
            folder.path(),
            &[
                "a/.lib.rs.swp",
                "a/.lib.rs",
                "a/#lib.rs#",
                "a/#lib.rs",
                "a/lib.rs~",
                "a/lib.rs.swp",
                "a/lib.rs.tmp",
                "a/lib.rs.orig",
                "a/lib.rs.bak",
                "a/4913",
                ".git/config.toml",
                "target/debug/build.rs",
                "guest-book.txt",
            ],
        );
        assert_eq!(names(folder.path()), written);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_and_to_nothing_are_not_followed() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        write(path, &["a/one.rs"]);
        symlink("..", path.join("a/up")).unwrap();
        symlink("nobody@nowhere.1", path.join(".#one.rs")).unwrap();
        symlink("nothing.rs", path.join("two.rs")).unwrap();
        symlink("a/one.rs", path.join("three.rs")).unwrap();
        assert_eq!(names(path), ["a/one.rs", "three.rs"]);
    }

    #[test]
    fn a_copy_becomes_like_what_it_is_of() {
        let folder = tempfile::tempdir().unwrap();
        let (root, copy) =
            (folder.path().join("root"), folder.path().join("copy"));
        write(&root, &["src/a.rs", "src/b.rs", "Cargo.toml", "x.rs"]);
        let places = ["src", "Cargo.toml", "none"];
        mirror(&root, &places, &copy).unwrap();
        let all = ["Cargo.toml", "src/a.rs", "src/b.rs"];
        assert_eq!(names(&copy), all);

        fs::remove_file(root.join("src/a.rs")).unwrap();
        fs::write(copy.join("src/b.rs"), "broken").unwrap();
        mirror(&root, &places, &copy).unwrap();
        assert_eq!(names(&copy), ["Cargo.toml", "src/b.rs"]);
        let text = fs::read_to_string(copy.join("src/b.rs"));
        assert_eq!(text.unwrap(), "src/b.rs");
    }
}

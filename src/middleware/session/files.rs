//! Sessions in files.

use super::store::named;
use super::{Change, Record, Store};
use crate::Result;
use std::fs::{self, DirBuilder, DirEntry, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Keeps each session in a file of its own, in one folder. It outlives
/// the process, and several processes may share it: under CGI, each
/// request has one.
///
/// A file is written beside and renamed, so that it is whole whenever
/// the machine stops. Sessions that are over are removed once an hour,
/// when another one begins. Who may read the folder can read what is
/// known of the visitors, but has nobody's cookie.
///
/// ```
/// use gateway::middleware::session::{FileStore, Record, Store};
///
/// # let folder = std::env::temp_dir()
/// #     .join(format!("gateway-file-store-{}", std::process::id()));
/// let store = FileStore::new(&folder)?;
/// let record = Record {
///     key: "900150983cd24fb0d6963f7d28e17f72".into(),
///     expires: 1_800_000_000,
///     ends: 1_900_000_000,
///     values: [("user".into(), "Ada".into())].into(),
/// };
/// store.update(&record.key, &mut |_| Ok(Some(record.clone())))?;
///
/// let text = std::fs::read_to_string(folder.join(&record.key))?;
/// assert_eq!(text, "1800000000 1900000000 user=Ada\n");
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), gateway::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FileStore {
    folder: PathBuf,
}

const HOUR: Duration = Duration::from_secs(60 * 60);

impl FileStore {
    /// Keeps them in `folder`, which is made for this user alone if it
    /// is not there. Nothing else should be in it.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        named(folder.display(), builder.create(&folder))?;
        Ok(Self { folder })
    }

    /// The file of a session. No other name gets as far as the folder.
    fn path(&self, key: &str) -> Result<PathBuf> {
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        match key.len() == 32 && key.bytes().all(is_digit) {
            true => Ok(self.folder.join(key)),
            false => Err(format!("{key:?}: not a session's key"))?,
        }
    }

    /// Waits until no other thread or process changes what is under
    /// this key. One that is killed gives its lock back.
    ///
    /// The session's own file cannot be what is locked, because another
    /// takes its place. Of 256 files two visitors seldom need one.
    fn lock(&self, key: &str) -> Result<File> {
        let path = self.folder.join(format!("{}.lock", &key[..2]));
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let file = named(path.display(), options.open(&path))?;
        named(path.display(), file.lock())?;
        Ok(file)
    }

    /// Puts a record in place of the one that is there.
    fn put(&self, beside: &Path, record: &Record) -> Result<()> {
        let path = self.path(&record.key)?;
        // Not every file system knows of later times.
        let expires = record.expires.min(u32::MAX.into());
        let expires = Duration::from_secs(expires);
        let write = || {
            let mut file = File::create(beside)?;
            file.write_all(record.to_text().as_bytes())?;
            file.set_modified(SystemTime::UNIX_EPOCH + expires)?;
            file.sync_data()?;
            fs::rename(beside, &path)
        };
        named(beside.display(), write())
    }

    /// Removes what is over, unless somebody has done so within the
    /// hour.
    fn sweep(&self) -> Result<()> {
        let swept = self.folder.join("swept");
        let time = fs::metadata(&swept).and_then(|m| m.modified());
        let age = time.ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age < HOUR) {
            return Ok(());
        }
        named(swept.display(), fs::write(&swept, "\n"))?;
        for entry in
            named(self.folder.display(), fs::read_dir(&self.folder))?
        {
            // This visitor has no part in it if one cannot be removed.
            let _ = entry.map(|entry| self.sweep_one(&entry));
        }
        Ok(())
    }

    /// The time of a file is when its session is over. To be sure, as
    /// copies may have got another time, the record is asked as well.
    fn sweep_one(&self, entry: &DirEntry) -> Result<()> {
        let name = entry.file_name().into_string().unwrap_or_default();
        let key = name.strip_suffix(".new").unwrap_or(&name);
        let is_session = self.path(key).is_ok();
        let time = entry.metadata()?.modified()?;
        if !is_session || time > SystemTime::now() {
            return Ok(());
        }
        let _lock = self.lock(key)?;
        // Under the lock nobody writes it: its writer was killed.
        let is_left = name.ends_with(".new");
        if is_left || self.load(key)?.is_some_and(|r| r.is_over()) {
            fs::remove_file(entry.path())?;
        }
        Ok(())
    }
}

impl Store for FileStore {
    fn load(&self, key: &str) -> Result<Option<Record>> {
        let path = self.path(key)?;
        let text =
            named(path.display(), there(fs::read_to_string(&path)))?;
        let record = text.map(|text| Record::from_text(key, &text));
        named(path.display(), record.transpose())
    }

    fn update(&self, key: &str, change: Change<'_>) -> Result<()> {
        let path = self.path(key)?;
        if !path.exists() {
            self.sweep()?;
        }
        let _lock = self.lock(key)?;
        let after = change(self.load(key)?)?;
        if let Some(record) = &after {
            self.put(&path.with_extension("new"), record)?;
        }
        // Not before the new one is there, if it has another key.
        if after.is_none_or(|record| record.key != key) {
            named(path.display(), there(fs::remove_file(&path)))?;
        }
        // Else a power cut could undo it: a logout, too.
        #[cfg(unix)]
        named(
            self.folder.display(),
            File::open(&self.folder)
                .and_then(|folder| folder.sync_all()),
        )?;
        Ok(())
    }
}

/// `None` if there is no such file.
fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

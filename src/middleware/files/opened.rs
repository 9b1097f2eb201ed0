//! A file that is open, and how it is sent.

use super::range::part;
use super::{short, there};
use crate::{Body, Environ, Failure, Response, Result, StartResponse};
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use httpdate::HttpDate;
use rustix::fs::OFlags;
use std::fs::{File, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, SeekFrom};
use std::iter;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(super) struct Opened {
    file: File,
    metadata: Metadata,
    content_type: String,
}

/// Opens a regular file; of anything else it returns `None`.
pub(super) fn open(
    folder: &Dir,
    name: &Path,
) -> Result<Option<Opened>> {
    // A FIFO would wait for somebody who writes, and a terminal would
    // become ours.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.bits() as i32);
    let Some(file) = there(folder.open_with(name, &options))? else {
        return Ok(None);
    };
    let file = file.into_std();
    let metadata = file.metadata()?;
    let content_type = content_type(name);
    let is_file = metadata.is_file();
    Ok(is_file.then_some(Opened { file, metadata, content_type }))
}

/// By the name. All text is taken for UTF-8.
fn content_type(name: &Path) -> String {
    let guess = mime_guess::from_path(name).first_raw();
    let essence = guess.unwrap_or("application/octet-stream");
    let is_text = essence.starts_with("text/");
    let charset = if is_text { "; charset=utf-8" } else { "" };
    [essence, charset].concat()
}

/// How much of a file is read at a time, at most, in bytes.
const BLOCK: u64 = 64 * 1024;

impl Opened {
    pub(super) fn answer(
        self,
        environ: &Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let now = SystemTime::now();
        let etag = etag(&self.metadata, now);
        let modified = last_modified(&self.metadata, now);
        let date = modified.map(|m| HttpDate::from(m).to_string());
        let mut headers = vec![("ETag", &*etag)];
        headers.extend(date.as_deref().map(|d| ("Last-Modified", d)));
        let length = self.metadata.len();
        let part = self.part(environ);
        headers.push(("Accept-Ranges", "bytes"));
        headers.push(("Content-Type", &self.content_type));
        let Some(part) = part else {
            let started = start_response("200 OK", &headers)?;
            return Ok(started.body(self.body(0..length)?));
        };
        if part.is_empty() {
            let range = format!("bytes */{length}");
            let status = "416 Range Not Satisfiable";
            let range = ("Content-Range", &*range);
            return short(start_response, status, &[range]);
        }
        let (first, last) = (part.start, part.end - 1);
        let range = format!("bytes {first}-{last}/{length}");
        headers.push(("Content-Range", &range));
        let started = start_response("206 Partial Content", &headers)?;
        Ok(started.body(self.body(part)?))
    }

    /// The part that is asked for, if not all of it is.
    fn part(&self, environ: &Environ) -> Option<Range<u64>> {
        let range = environ.get("HTTP_RANGE")?;
        let is_get = environ.bytes("REQUEST_METHOD") == Some(b"GET");
        part(&range, self.metadata.len()).filter(|_| is_get)
    }

    /// Never more bytes than were announced, nor fewer; and no end to
    /// what is half of one file and half of another.
    fn body(mut self, part: Range<u64>) -> Result<Body> {
        self.file.seek(SeekFrom::Start(part.start))?;
        let length = part.end - part.start;
        let mut left = length;
        let mut read_on = move || {
            let size = left.min(BLOCK);
            left -= size;
            let mut block = Vec::with_capacity(size as usize);
            (&self.file).take(size).read_to_end(&mut block)?;
            if self.is_changed()? || block.len() as u64 != size {
                let status = "503 Service Unavailable";
                Err(Failure::new(status, "the file has changed"))?;
            }
            Ok((size > 0).then(|| block.into()))
        };
        let blocks = iter::from_fn(move || read_on().transpose());
        Ok(Body::sized(length, blocks))
    }

    /// Since it was opened? That another has taken its name is no
    /// change.
    fn is_changed(&self) -> Result<bool> {
        let (then, now) = (&self.metadata, self.file.metadata()?);
        let is_same = now.len() == then.len()
            && (now.mtime(), now.mtime_nsec())
                == (then.mtime(), then.mtime_nsec());
        Ok(!is_same)
    }
}

/// As long as the file may be changed again without a trace, in the
/// same tick of its file system's clock, a tag is no strong validator
/// (RFC 9110, section 8.8.1). Ticks of two seconds are FAT's.
const TICK: Duration = Duration::from_secs(2);

/// An entity tag of all that changes when the file does. The time of
/// the last modification alone would not: `cp -p` and `touch` set it.
/// A hash, since the number of an inode is nobody's affair.
fn etag(metadata: &Metadata, now: SystemTime) -> String {
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    let mut hasher = DefaultHasher::new();
    (metadata.ino(), metadata.len(), changed).hash(&mut hasher);
    let changed =
        Duration::new(changed.0.max(0) as u64, changed.1 as u32);
    let age = now.duration_since(SystemTime::UNIX_EPOCH + changed);
    let is_strong = age.is_ok_and(|age| age > TICK);
    let weak = if is_strong { "" } else { "W/" };
    format!("{weak}\"{:016x}\"", hasher.finish())
}

/// Not later than now (RFC 9110, section 8.8.2.1). What is older than
/// 1970 has no date in HTTP.
fn last_modified(
    metadata: &Metadata,
    now: SystemTime,
) -> Option<SystemTime> {
    let modified = metadata.modified().ok()?.min(now);
    modified.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(modified)
}

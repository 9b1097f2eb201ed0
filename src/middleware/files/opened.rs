//! A file that is open, and how it is sent.

use super::range::part;
use super::validators::{certain, validators};
use super::{short, there};
use crate::preconditions::{Condition::NotModified, Preconditions};
use crate::{Body, Environ, Failure, Headers};
use crate::{Response, Result, StartResponse};
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use httpdate::HttpDate;
use rustix::fs::OFlags;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::iter;
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

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

const BEYOND: &str = "416 Range Not Satisfiable";

/// How much of a file is read at a time, at most, in bytes.
const BLOCK: u64 = 64 * 1024;

impl Opened {
    pub(super) fn answer(
        self,
        environ: &Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let length = self.metadata.len();
        let current = validators(&self.metadata, SystemTime::now());
        let preconditions = Preconditions::of(environ);
        preconditions.require(Some(&current))?;
        let mut headers = Headers::default();
        headers.push("ETag", current.etag.as_deref().unwrap_or(""));
        if preconditions.evaluate(Some(&current)) == NotModified {
            let status = "304 Not Modified";
            let started = start_response(status, &headers.pairs())?;
            return Ok(started.body(""));
        }
        if let Some(date) = current.modified.map(HttpDate::from) {
            headers.push("Last-Modified", date);
        }
        headers.push("Accept-Ranges", "bytes");
        let allowed = preconditions.allow_range(&certain(current));
        let asked = self.part(environ).filter(|_| allowed);
        let (status, part) = match asked {
            None => ("200 OK", 0..length),
            Some(part) if part.is_empty() => {
                let none = format!("bytes */{length}");
                let none = [("Content-Range", &*none)];
                return short(start_response, BEYOND, &none);
            }
            Some(part) => {
                let (from, to) = (part.start, part.end - 1);
                let range = format!("bytes {from}-{to}/{length}");
                headers.push("Content-Range", range);
                ("206 Partial Content", part)
            }
        };
        headers.push("Content-Type", &self.content_type);
        let started = start_response(status, &headers.pairs())?;
        Ok(started.body(self.body(part)?))
    }

    /// The part that is asked for, if not all of it is.
    fn part(&self, environ: &Environ) -> Option<Range<u64>> {
        let range = environ.get("HTTP_RANGE")?;
        let is_get = environ.bytes("REQUEST_METHOD") == Some(b"GET");
        part(&range, self.metadata.len()).filter(|_| is_get)
    }

    /// As many bytes as are announced, all of the same file: to what is
    /// half another's there is no end.
    fn body(mut self, part: Range<u64>) -> Result<Body> {
        self.file.seek(SeekFrom::Start(part.start))?;
        let length = part.end - part.start;
        let mut left = length;
        let mut read_on = move || {
            let size = left.min(BLOCK);
            if size == 0 {
                return Ok(None);
            }
            left -= size;
            let mut block = Vec::with_capacity(size as usize);
            (&self.file).take(size).read_to_end(&mut block)?;
            if self.is_changed()? || block.len() as u64 != size {
                let status = "503 Service Unavailable";
                Err(Failure::new(status, "the file has changed"))?;
            }
            Ok(Some(block.into()))
        };
        let blocks = iter::from_fn(move || read_on().transpose());
        Ok(Body::sized(length, blocks))
    }

    /// Since it was opened? That another has taken its name is no
    /// change.
    fn is_changed(&self) -> Result<bool> {
        let (then, now) = (&self.metadata, self.file.metadata()?);
        Ok(now.len() != then.len()
            || now.modified()? != then.modified()?)
    }
}

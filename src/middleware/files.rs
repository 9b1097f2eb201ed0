//! An application that serves the files below a folder.

mod listing;
mod opened;
mod range;
mod validators;

use crate::{Application, Environ, Error, Failure};
use crate::{Response, Result, StartResponse};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use opened::{Opened, open};
use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode,
};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// An application that answers GET and HEAD with the files below a
/// folder, whole or in part, and with nothing if the client has them.
///
/// A folder is shown by its `index.html`. What lies outside cannot be
/// had: a link that leaves the folder is refused, and so is each that
/// is absolute, wherever it leads. A file that is changed while it is
/// sent is cut.
///
/// The folder is opened anew for each request, so that another may take
/// its place.
///
/// ```
/// use gateway::middleware::{Files, files};
/// use gateway::testing::get;
///
/// let site = files("src/middleware");
/// let answer = get(&site, "/files.rs");
/// assert_eq!(answer.status, "200 OK");
/// let text = Some("text/x-rust; charset=utf-8");
/// assert_eq!(answer.headers.get("Content-Type"), text);
/// assert_eq!(get(&site, "/../lib.rs").status, "404 Not Found");
/// assert_eq!(get(&site, "/").status, "404 Not Found");
///
/// let site = Files { listing: true, ..site };
/// assert!(get(&site, "/").text().contains("files.rs"));
/// ```
pub fn files(folder: impl Into<PathBuf>) -> Files {
    Files { folder: folder.into(), hidden: false, listing: false }
}

/// What [`files`] makes, with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// What is below it is served.
    pub folder: PathBuf,
    /// Are files and folders served whose name begins with a dot, such
    /// as `.git` and `.env`? `.well-known` always is (RFC 8615).
    pub hidden: bool,
    /// Is a folder without an `index.html` shown by what is in it?
    pub listing: bool,
}

/// What a path stands for.
enum Found {
    Nothing,
    File(Opened),
    /// A folder whose path does not end with a slash.
    Folder,
    Listing(String),
}

impl Application for Files {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let method = environ.bytes("REQUEST_METHOD");
        if !matches!(method, Some(b"GET" | b"HEAD")) {
            let status = "405 Method Not Allowed";
            let allow = ("Allow", "GET, HEAD");
            return short(start_response, status, &[allow]);
        }
        let path = environ.bytes("PATH_INFO").unwrap_or_default();
        match self.find(path)? {
            Found::Nothing => {
                short(start_response, "404 Not Found", &[])
            }
            Found::File(file) => file.answer(environ, start_response),
            Found::Folder => {
                let location = ("Location", &*with_slash(environ));
                let status = "301 Moved Permanently";
                short(start_response, status, &[location])
            }
            Found::Listing(page) => {
                let html = ("Content-Type", "text/html; charset=utf-8");
                Ok(start_response("200 OK", &[html])?.body(page))
            }
        }
    }
}

impl Files {
    fn find(&self, path: &[u8]) -> Result<Found> {
        if path.is_empty() {
            return Ok(Found::Folder);
        }
        let Some(name) = self.name(path) else {
            return Ok(Found::Nothing);
        };
        let folder =
            Dir::open_ambient_dir(&self.folder, ambient_authority())
                .map_err(|e| self.missing(e))?;
        let Some(metadata) = there(folder.metadata(name))? else {
            return Ok(Found::Nothing);
        };
        let file = match (metadata.is_dir(), path.ends_with(b"/")) {
            (true, false) => return Ok(Found::Folder),
            (true, true) => open(&folder, &name.join("index.html"))?,
            (false, false) if metadata.is_file() => {
                open(&folder, name)?
            }
            (false, _) => None,
        };
        match file {
            Some(file) => Ok(Found::File(file)),
            None if self.listing && metadata.is_dir() => {
                let page = there(listing::page(&folder, name, self))?;
                Ok(page.map_or(Found::Nothing, Found::Listing))
            }
            None => Ok(Found::Nothing),
        }
    }

    /// The name below the folder that a path stands for, if it can be
    /// one. A segment that is empty or `.` would be a second path to
    /// the same file.
    fn name<'p>(&self, path: &'p [u8]) -> Option<&'p Path> {
        let path = path.strip_prefix(b"/")?;
        if path.is_empty() {
            return Some(Path::new("."));
        }
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let mut segments = path.split(|&byte| byte == b'/');
        let is_name = segments.all(|segment| self.is_name(segment));
        is_name.then(|| Path::new(OsStr::from_bytes(path)))
    }

    fn is_name(&self, segment: &[u8]) -> bool {
        match segment {
            b"" | b"." | b".." => false,
            b".well-known" => true,
            [b'.', ..] => self.hidden,
            _ => true,
        }
    }

    fn missing(&self, error: io::Error) -> Error {
        format!("the folder {:?}: {error}", self.folder).into()
    }
}

/// What is there, or `None`, if nothing of that name can be.
fn there<T>(found: io::Result<T>) -> Result<Option<T>> {
    let error = match found {
        Ok(found) => return Ok(Some(found)),
        Err(error) => error,
    };
    match Errno::from_io_error(&error) {
        Some(
            Errno::NOENT
            | Errno::NOTDIR
            | Errno::NAMETOOLONG
            | Errno::LOOP
            | Errno::INVAL
            | Errno::ILSEQ
            | Errno::NXIO,
        ) => Ok(None),
        _ if error.kind() == io::ErrorKind::PermissionDenied => {
            let failure = Failure::new("403 Forbidden", "not served");
            Err(failure.caused_by(error).into())
        }
        _ => Err(error.into()),
    }
}

/// All that may stand in a path as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The path of the request with a slash behind it. It begins with one
/// only: after two, a client would read the name of a host.
fn with_slash(environ: &Environ) -> String {
    let get = |name| environ.bytes(name).unwrap_or_default();
    let path = [get("SCRIPT_NAME"), get("PATH_INFO")].concat();
    let path = percent_encode(&path, ESCAPED).to_string();
    let path = path.trim_matches('/');
    let query = percent_encode(get("QUERY_STRING"), CONTROLS);
    let end = if path.is_empty() { "" } else { "/" };
    let mark = if get("QUERY_STRING").is_empty() { "" } else { "?" };
    format!("/{path}{end}{mark}{query}")
}

/// An answer that says no more than its status.
fn short(
    start_response: StartResponse<'_>,
    status: &str,
    headers: &[(&str, &str)],
) -> Result<Response> {
    let text = ("Content-Type", "text/plain");
    let headers = [&[text], headers].concat();
    let page = format!("{status}\n");
    Ok(start_response(status, &headers)?.body(page))
}

//! A page that shows what is in a folder.

use super::{ESCAPED, Files};
use cap_std::fs::Dir;
use percent_encoding::percent_encode;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Lists what would be served.
pub(super) fn page(
    folder: &Dir,
    name: &Path,
    files: &Files,
) -> io::Result<String> {
    let folder = folder.open_dir(name)?;
    let mut page = String::from(
        "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n\
         <title>Files</title>\n<ul>\n",
    );
    if name != Path::new(".") {
        page += &item(b"..", "/");
    }
    let mut names = BTreeSet::new();
    for entry in folder.entries()? {
        names.insert(entry?.file_name());
    }
    for name in names {
        if files.is_name(name.as_bytes())
            && let Some(end) = end(&folder, &name)
        {
            page += &item(name.as_bytes(), end);
        }
    }
    Ok(page + "</ul>\n")
}

/// What comes behind its name, if it is served.
fn end(folder: &Dir, name: &OsString) -> Option<&'static str> {
    let metadata = folder.metadata(name).ok()?;
    match () {
        () if metadata.is_dir() => Some("/"),
        () if metadata.is_file() => Some(""),
        () => None,
    }
}

fn item(name: &[u8], end: &str) -> String {
    let link = percent_encode(name, ESCAPED);
    let text = String::from_utf8_lossy(name);
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<li><a href=\"{link}{end}\">{text}{end}</a>\n")
}

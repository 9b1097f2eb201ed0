//! A guest book, and what else forms and URLs are good for.

mod entries;
mod guest_book;
mod parcel;

pub use entries::{Entries, Entry};
pub use guest_book::{escape, guest_book};
pub use parcel::parcel;

use gateway::{
    Application, Environ, Failure, Response, Result, StartResponse,
};
use std::env;
use std::path::PathBuf;

/// The guest book, and two smaller applications below it.
pub fn application() -> impl Application + Send + Sync {
    let guest_book = guest_book(file());
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        let is_root = environ
            .get("PATH_INFO")
            .is_none_or(|path| matches!(&*path, "" | "/"));
        match environ.shift_path().as_deref() {
            _ if is_root => guest_book.call(environ, start_response),
            Some("parcel") => parcel(environ, start_response),
            Some("url") => show_url(environ, start_response),
            _ => Err(not_found(environ).into()),
        }
    }
}

/// Where the guest book is kept: in the file that the variable
/// GUEST_BOOK names, or else in the working directory.
pub fn file() -> PathBuf {
    let file = env::var_os("GUEST_BOOK");
    file.unwrap_or_else(|| "guest-book.txt".into()).into()
}

/// The request's URL, and the variables that it was made from.
pub fn show_url(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut text = format!("{}\n", environ.url()?);
    for name in ["SCRIPT_NAME", "PATH_INFO", "REMOTE_ADDR"] {
        let value = environ.get(name).unwrap_or_default();
        text += &format!("{name} = {value}\n");
    }
    let headers = [("Content-Type", "text/plain; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(text))
}

fn not_found(environ: &Environ) -> Failure {
    let path = environ.get("SCRIPT_NAME").unwrap_or_default();
    let reason = format!("nothing is at {path}");
    Failure::new("404 Not Found", reason)
}

//! A FastCGI server in a page, and what this chapter's programs serve.

pub mod small;

use gateway::{Application, Environ, StartResponse};

/// Chapter 6's guest book, with three pages of the chapters before.
pub fn application() -> impl Application + Send + Sync {
    let guest_book = ch06::application();
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        match environ.get("PATH_INFO").unwrap_or_default().as_ref() {
            "/clock" | "/echo" | "/late" => {
                ch05::application(environ, start_response)
            }
            _ => guest_book.call(environ, start_response),
        }
    }
}

//! One site, made with four frameworks.

use crate::{Tower, board, guest_book};
use axum::Extension;
use axum::routing::get;
use gateway::cgi::Script;
use gateway::middleware::session::{Session, Store};
use gateway::middleware::{csrf, files, mount, session};
use gateway::{Application, Result, app};
use std::path::PathBuf;

/// The guest book, an axum application, a shell script and files; what
/// the last two are is in the folder.
pub fn site(
    folder: PathBuf,
    entries: PathBuf,
    store: impl Store + 'static,
) -> Result<impl Application + Send + Sync + 'static> {
    let router = board().route("/you", get(you));
    let hello = Script::new(folder.join("cgi/hello.sh"));
    let all = mount()
        .at("/", guest_book(entries)?)
        .at("/axum", Tower::new(router)?)
        .at("/cgi", with_user(hello))
        .at("/files", files(folder.join("files")));
    Ok(session(csrf(all), store))
}

/// Says who has logged in, in CGI's own words (RFC 3875, section
/// 4.1.11).
fn with_user(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        if let Some(user) = Session::of(environ)?.get("user")? {
            environ.set("REMOTE_USER", user);
        }
        inner.call(environ, start_response)
    })
}

/// The same for axum, which has the whole session.
async fn you(Extension(session): Extension<Session>) -> String {
    match session.get("user") {
        Ok(Some(user)) => format!("You are {user}, to axum as well.\n"),
        Ok(None) => "You have not logged in.\n".into(),
        Err(error) => format!("{error}\n"),
    }
}

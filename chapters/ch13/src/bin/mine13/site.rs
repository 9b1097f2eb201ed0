//! An axum application, whose links are made by `url_for`.

use crate::adapter::Mounted;
use crate::mine::piece;
use crate::{chapter13, old};
use axum::extract::{Extension, Path};
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Form, Router};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

const ENTRY: &str = "/entry/{title}";
const FILE: &str = "/file/{*path}";

pub fn site() -> Router {
    Router::new()
        .route("/", get(home))
        .route(ENTRY, get(entry))
        .route(FILE, get(file))
        .route("/fields", get(fields))
        .route("/form", post(form))
        .route("/tea", get(tea))
        .fallback(old::old)
}

async fn home(mounted: Extension<Mounted>) -> Html<String> {
    let Extension(Mounted(script)) = mounted;
    let mut page = String::new();
    for (route, name, value) in [
        (ENTRY, "title", "1/2 cake & tea?"),
        (FILE, "path", "tea/green tea.txt"),
        ("/fields", "", ""),
        ("/tea", "", ""),
        ("/old", "", ""),
    ] {
        let link = piece!(chapter13::url_for)(route, &[(name, value)]);
        let _ = match link {
            Ok(path) => {
                let url = script.clone() + &path;
                writeln!(page, "<p><a href=\"{url}\">{url}</a></p>")
            }
            Err(name) => writeln!(page, "<p>{route} has no {name}</p>"),
        };
    }
    Html(page)
}

async fn entry(Path(title): Path<String>) -> String {
    format!("the entry {title:?}\n")
}

async fn file(Path(path): Path<String>) -> String {
    format!("the file {path:?}\n")
}

async fn fields(fields: HeaderMap) -> String {
    let mut lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}\n"))
        .collect();
    lines.sort();
    lines.concat()
}

async fn form(Form(form): Form<BTreeMap<String, String>>) -> String {
    format!("the form {form:?}\n")
}

/// Another thread has the water. This one sleeps.
async fn tea() -> &'static str {
    let (sender, water) = oneshot::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        // Or nobody wants tea any more.
        let _ = sender.send("tea\n");
    });
    water.await.unwrap_or("no tea\n")
}

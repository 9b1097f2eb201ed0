//! The reader's own server, with the reader's own middleware: the
//! guest book, and below `/mine` what the exercises' answers do.

#[path = "../../../../ch09/src/bin/mine9/core.rs"]
mod core;
#[path = "../../../../ch08/src/mine.rs"]
mod http;
#[path = "../../../../mine.rs"]
mod mine;
mod site;
#[path = "../../../../ch09/src/bin/mine9/work.rs"]
mod work;

use gateway::{Application, app, middleware};
use mine::{piece, pieces};
use std::io;
use std::sync::Arc;

pieces!(chapter9 in "../../../../ch09":
    "9.1" is_whole, "9.2" permits, "9.3" idle_longest,
    "9.4" wait_for_stop);
pieces!(chapter10 in "../../..":
    "10.1" wants_gzip, "10.2" matches, "10.3" error_pages,
    "10.4" overridden, "10.5" logged);

fn main() -> io::Result<()> {
    let [one, eight] = http::PIECES;
    let pieces = [one, eight, chapter9::PIECES, chapter10::PIECES];
    eprintln!("{}", mine::whose(&pieces));
    let site = Arc::new(site::application());
    let app = app(move |environ, start_response| {
        // Made for each request: a piece may not be `Sync`, and one
        // that panics is answered for.
        let site = Arc::clone(&site);
        wrapped(Box::new(site)).call(environ, start_response)
    });
    work::serve(Arc::new(move |connection| {
        http::answer(connection, &app)
    }))
}

/// A request meets the last of them first, and its answer the first.
fn wrapped(app: Box<dyn Application>) -> Box<dyn Application> {
    let app = compressed(app);
    let app = piece!(chapter10::error_pages)(app);
    let app = piece!(chapter10::overridden)(app);
    piece!(chapter10::logged)(app)
}

/// Our gzip, for those whom 10.1 lets have it.
fn compressed(inner: Box<dyn Application>) -> Box<dyn Application> {
    let gzip = middleware::gzip(inner);
    Box::new(app(move |environ, start_response| {
        let name = "HTTP_ACCEPT_ENCODING";
        let accepted = environ.get(name);
        let wants_gzip = piece!(chapter10::wants_gzip);
        let said = match wants_gzip(accepted.as_deref()) {
            true => "gzip",
            false => "identity",
        };
        environ.set(name, said);
        gzip.call(environ, start_response)
    }))
}

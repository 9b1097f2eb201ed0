//! The reader's own server, with the reader's own sessions: the guest
//! book, and below `/mine` one that knows its visitors.
//!
//! `mine11 60 600` forgets a visitor after 60 seconds without a
//! request, and after 600 in any case. The variable MINE_KEYS has the
//! keys for the theme, with commas.

#[path = "../../../../ch09/src/bin/mine9/core.rs"]
mod core;
#[path = "../../../../ch08/src/mine.rs"]
mod http;
#[path = "../../../../mine.rs"]
mod mine;
mod site;
mod visitors;
#[path = "../../../../ch09/src/bin/mine9/work.rs"]
mod work;

use gateway::{Application, app};
use mine::{piece, pieces};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use visitors::Visitors;

pieces!(chapter9 in "../../../../ch09":
    "9.1" is_whole, "9.2" permits, "9.3" idle_longest,
    "9.4" wait_for_stop);
pieces!(chapter10 in "../../../../ch10":
    "10.3" error_pages, "10.4" overridden, "10.5" logged);
pieces!(chapter11 in "../../..":
    "11.1" cookie, "11.2" verified, "11.3" merged, "11.4" is_over,
    "11.5" own_forms_only);

fn main() -> io::Result<()> {
    let [one, eight] = http::PIECES;
    let (nine, ten) = (chapter9::PIECES, chapter10::PIECES);
    let pieces = [one, eight, nine, ten, chapter11::PIECES];
    eprintln!("{}", mine::whose(&pieces));
    let mut limits = mine::arguments().map(seconds);
    let idle = limits.next().unwrap_or(Ok(20 * 60))?;
    let lifetime = limits.next().unwrap_or(Ok(8 * 60 * 60))?;
    let [idle, lifetime] = [idle, lifetime].map(Duration::from_secs);
    let site = site::application(Visitors::new(idle, lifetime))?;
    let site = Arc::new(site);
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

fn seconds(word: std::ffi::OsString) -> io::Result<u64> {
    let number = word.to_str().and_then(|word| word.parse().ok());
    let error = || format!("{word:?} is not a number of seconds");
    number.ok_or_else(|| io::Error::other(error()))
}

/// A request meets the last of them first, and its answer the first.
fn wrapped(app: Box<dyn Application>) -> Box<dyn Application> {
    let app = piece!(chapter11::own_forms_only)(app);
    let app = piece!(chapter10::error_pages)(app);
    let app = piece!(chapter10::overridden)(app);
    piece!(chapter10::logged)(app)
}

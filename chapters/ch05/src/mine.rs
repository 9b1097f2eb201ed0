//! The chapter's application, with the reader's pieces in it.

use crate::mine::{piece, pieces};
use gateway::{Application, Environ, Response, Result, StartResponse};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

pieces!(chapter5 in "..":
    "5.1" notice, "5.4" events, "5.5" at_most);
pub use chapter5::PIECES;

/// Calls a piece of the reader's where the path asks for one.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    match environ.get("PATH_INFO").unwrap_or_default().as_ref() {
        "/notice" => piece!(chapter5::notice)(environ, start_response),
        "/listen" => listen(start_response),
        "/events" => tell(start_response),
        "/clock" => one_clock(environ, start_response),
        _ => ch05::application(environ, start_response),
    }
}

const LISTEN: &str = "\
<!doctype html>
<ul id=said></ul>
<script>
new EventSource('/events').onmessage = (event) => {
    const line = document.createElement('li');
    line.textContent = event.data;
    said.append(line);
};
</script>
";

/// A page that shows what it is told.
fn listen(start_response: StartResponse) -> Result<Response> {
    let headers = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &headers)?.body(LISTEN))
}

/// Tells it something, a second apart.
fn tell(start_response: StartResponse) -> Result<Response> {
    let messages = (1..=5).map(|n| {
        sleep(Duration::from_secs(1));
        format!("message {n}")
    });
    let events = piece!(chapter5::events)(Box::new(messages));
    let headers = [("Content-Type", "text/event-stream")];
    Ok(start_response("200 OK", &headers)?.body(events))
}

type Shared = Box<dyn Application + Send + Sync>;

/// The clock, for one visitor at a time.
fn one_clock(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    static CLOCK: OnceLock<Shared> = OnceLock::new();
    let clock = CLOCK.get_or_init(|| {
        piece!(chapter5::at_most)(Box::new(ch05::clock), 1)
    });
    clock.call(environ, start_response)
}

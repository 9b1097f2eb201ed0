//! What a failure costs under the debugger: the first page, for which
//! the program's line tables are read, and later ones.

use gateway::exchange::{self, Protocol};
use gateway::middleware::debugger;
use gateway::{Application, ErrorLog, testing};
use std::io;
use std::time::Instant;

/// What the first may take, and the later ones, in milliseconds.
const BARS: [f64; 2] = [600.0, 5.0];

const KINDS: [&str; 2] = ["text/html", "text/plain"];

/// Measures them, and says whether all is within the bars.
pub fn print() {
    let app = debugger(gateway::app(|environ, _| {
        let query = environ.get("QUERY_STRING").unwrap_or_default();
        let number: u32 = query.parse()?;
        Err(format!("{number} is not enough").into())
    }));
    let first = page(&app, KINDS[0]);
    println!("first page: {first:.1} ms (bar: {} at most)", BARS[0]);
    for kind in KINDS {
        let mut times: Vec<_> =
            (0..21).map(|_| page(&app, kind)).collect();
        times.sort_by(f64::total_cmp);
        let (median, bar) = (times[times.len() / 2], BARS[1]);
        println!("page, {kind}: {median:.2} ms (bar: {bar} at most)");
    }
}

/// How long one takes, in milliseconds.
fn page(app: &dyn Application, accept: &str) -> f64 {
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(io::sink());
    environ.set("HTTP_ACCEPT", accept);
    let mut page = Vec::new();
    let started = Instant::now();
    exchange::run(app, &mut environ, Protocol::Cgi, &mut page);
    let time = started.elapsed().as_secs_f64() * 1000.0;
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("It began at"), "{page}");
    time
}

//! What each middleware adds to the application that it is around.

use crate::{COUNTED, RUNS, hello, named};
use gateway::exchange::{self, Protocol};
use gateway::middleware::session::{MemoryStore, Session};
use gateway::middleware::{
    conditional, debugger, first_found, gzip, mount, recorder,
    request_id, session, timing, validate,
};
use gateway::{
    Application, Environ, ErrorLog, Failure, Response, Result,
    StartResponse, testing,
};
use stats_alloc::Region;
use std::hint::black_box;
use std::io;
use std::sync::LazyLock;
use std::time::Instant;

struct Row {
    name: &'static str,
    app: Box<dyn Application>,
    /// What it is compared with: a row above it.
    base: usize,
    /// Added to each request.
    variable: Option<(&'static str, String)>,
    /// In microseconds.
    times: Vec<f64>,
}

impl Row {
    fn environ(&self) -> Environ {
        let mut environ = testing::environ("GET", "/a/b");
        environ.errors = ErrorLog::new(io::sink());
        if let Some((name, value)) = &self.variable {
            environ.set(name, value);
        }
        environ
    }

    fn run(&self, environ: &mut Environ) {
        let protocol = Protocol::Http { minor: 1, keep_alive: true };
        let out = &mut io::sink();
        black_box(exchange::run(&*self.app, environ, protocol, out));
    }

    fn round(&mut self) {
        // What middleware sets would pile up in one for all.
        let environs = (0..RUNS).map(|_| self.environ());
        let mut environs: Vec<_> = environs.collect();
        let started = Instant::now();
        for environ in &mut environs {
            self.run(environ);
        }
        let time = started.elapsed() / RUNS;
        self.times.push(time.as_secs_f64() * 1e6);
    }

    fn allocations(&self) -> usize {
        // What is made only once is made in the first.
        self.run(&mut self.environ());
        let mut environ = self.environ();
        let region = Region::new(COUNTED);
        self.run(&mut environ);
        let stats = region.change();
        stats.allocations + stats.reallocations
    }
}

#[derive(Default)]
struct Rows(Vec<Row>);

impl Rows {
    /// An application with nothing around it.
    fn alone(
        &mut self,
        name: &'static str,
        app: impl Application + 'static,
    ) {
        self.add(self.0.len(), name, app, None);
    }

    /// One with something around it, compared with the last alone.
    fn around(
        &mut self,
        name: &'static str,
        app: impl Application + 'static,
    ) {
        let base = self.0.last().map_or(0, |row| row.base);
        self.add(base, name, app, None);
    }

    /// The same, with something in the request.
    fn asked(
        &mut self,
        name: &'static str,
        app: impl Application + 'static,
        variable: &'static str,
        value: &str,
    ) {
        let base = self.0.last().map_or(0, |row| row.base);
        self.add(base, name, app, Some((variable, value.into())));
    }

    fn add(
        &mut self,
        base: usize,
        name: &'static str,
        app: impl Application + 'static,
        variable: Option<(&'static str, String)>,
    ) {
        let (app, times) = (Box::new(app), Vec::new());
        self.0.push(Row { name, app, base, variable, times });
    }
}

/// Greets a visitor who has been here, and notes another.
fn greeting(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let session = Session::of(environ)?;
    if session.get("name")?.is_none() {
        session.set("name", "Ferris")?;
    }
    hello(environ, start_response)
}

/// Text that is about as long, and as dull, as a page is.
fn page(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    const LINE: &str =
        "<li>A chapter has a title, and a number.</li>\n";
    static PAGE: LazyLock<String> = LazyLock::new(|| {
        let lines = (0..).map(|n| format!("<!-- {n} -->{LINE}"));
        lines.take(10_000 / 60).collect()
    });
    let headers = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &headers)?.body(PAGE.as_str()))
}

fn plain(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        app.call(environ, start_response)
    })
}

fn rows() -> Rows {
    let mut rows = Rows::default();
    rows.alone("hello world", hello);
    rows.around("… in a function that calls it", plain(hello));
    rows.around("… and adds a header, by a layer", named(hello));
    rows.around("`timing`", timing(hello));
    rows.around("`recorder`", recorder(hello));
    rows.around("`request_id`", request_id(hello));
    rows.around("`mount`", mount().at("/a", hello).at("/b", hello));
    rows.around("`first_found`, the first", first_found(hello, hello));
    let not_found = Failure::new("404 Not Found", "there is nothing");
    let second = first_found(not_found, hello);
    rows.around("`first_found`, the second", second);
    rows.around("`gzip`, not asked for", gzip(hello));
    rows.around("`conditional`, 200", conditional(hello));
    let known = testing::get(&conditional(hello), "/");
    let tag = known.headers.get("ETag").expect("a tag");
    let (name, app) = ("`conditional`, 304", conditional(hello));
    rows.asked(name, app, "HTTP_IF_NONE_MATCH", tag);
    rows.around("`validate`", validate(hello));
    let (name, store) = ("`session`, not touched", MemoryStore::new());
    let (field, app) = ("HTTP_COOKIE", session(hello, store));
    let cookie = "gateway_session=0123456789abcdef0123456789abcdef";
    rows.asked(name, app, field, cookie);
    let app = session(greeting, MemoryStore::new());
    let answer = testing::get(&app, "/");
    let cookie = answer.headers.get("Set-Cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair");
    rows.asked("`session`, read from memory", app, field, cookie);
    rows.alone("a page of 10 kB", page);
    rows.asked("`gzip`", gzip(page), "HTTP_ACCEPT_ENCODING", "gzip");
    rows.around("`conditional`, 200", conditional(page));
    // The last: in a thread that it has watched, errors are dearer.
    rows.alone("hello world, once more", hello);
    rows.around("`debugger`", debugger(hello));
    rows
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Measures all, and returns the book's table.
pub fn table(rounds: usize) -> String {
    let Rows(mut rows) = rows();
    let last = rows.len() - 2;
    for _ in 0..rounds {
        rows[..last].iter_mut().for_each(Row::round);
    }
    let allocations: Vec<_> =
        rows.iter().map(Row::allocations).collect();
    for _ in 0..rounds {
        rows[last..].iter_mut().for_each(Row::round);
    }
    let mut table = String::from(
        "| layer | µs | allocations |\n| --- | --- | --- |\n",
    );
    for (at, row) in rows.iter().enumerate() {
        let base = &rows[row.base];
        table += &match at == row.base {
            true => {
                let time = median(row.times.clone());
                let made = allocations[at];
                format!("| {} | {time:.2} | {made} |\n", row.name)
            }
            false => {
                // Within a round, whatever the machine was at.
                let times = row.times.iter().zip(&base.times);
                let time = median(times.map(|(a, b)| a - b).collect());
                let time = time.max(0.0); // less than nothing is noise
                let made = allocations[at] - allocations[row.base];
                format!("| {} | +{time:.2} | +{made} |\n", row.name)
            }
        };
    }
    table
}

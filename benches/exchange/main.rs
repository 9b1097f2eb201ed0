//! What an exchange costs, without a server: hello world alone, under
//! one to three layers that add a header each, and under the library's
//! middleware.
//!
//!     cargo bench --bench exchange --features conditional,gzip,session
//!
//! And what the debugger's page costs, which needs line tables: with
//! CARGO_PROFILE_BENCH_DEBUG=line-tables-only it has them.
//!
//! With `-- --table` the book's table is written anew.
//!
//! In each round all of them take their turn, so that a machine that
//! slows down slows them all. `ROUNDS` says how many rounds.

mod middleware;
mod page;

use gateway::exchange::{self, Protocol};
use gateway::{
    Application, Environ, Layer, Response, ResponseHead, Result,
    StartResponse,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;
use std::{env, io, thread};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many exchanges are timed at once: so few that hardly ever
/// another process takes the core meanwhile.
const RUNS: u32 = 100;

/// How many allocations hello world may need: one for the closure that
/// `start_response` is, one for what goes out.
const ALLOCATIONS: usize = 2;

/// What a layer may cost, in nanoseconds.
const LAYER: f64 = 1000.0;

fn hello(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body("<html><body>Hello World!</body></html>"))
}

/// Adds a header.
struct Named;

impl Layer for Named {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        head.headers.push("X-Name", "value");
        Ok(())
    }
}

fn named(app: impl Application) -> impl Application {
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Named))
        });
        app.call(environ, start)
    })
}

fn layered(layers: usize) -> Box<dyn Application> {
    let mut app: Box<dyn Application> = Box::new(hello);
    for _ in 0..layers {
        let inner = app;
        app = Box::new(named(inner));
    }
    app
}

struct Measured {
    app: Box<dyn Application>,
    environ: Environ,
    times: Vec<f64>,
}

impl Measured {
    fn new(layers: usize) -> Self {
        let environ = gateway::testing::environ("GET", "/");
        Self { app: layered(layers), environ, times: Vec::new() }
    }

    fn run(&mut self) {
        let protocol = Protocol::Http { minor: 1, keep_alive: true };
        let (app, environ) = (&*self.app, &mut self.environ);
        let out = &mut io::sink();
        black_box(exchange::run(app, environ, protocol, out));
    }

    fn round(&mut self) {
        let started = Instant::now();
        for _ in 0..RUNS {
            self.run();
        }
        let time = started.elapsed() / RUNS;
        self.times.push(time.as_nanos() as f64);
    }

    fn median(&mut self) -> f64 {
        self.times.sort_by(f64::total_cmp);
        self.times[self.times.len() / 2]
    }
}

/// A release build has no recorder and no debugger without it.
const TOKEN: (&str, &str) = ("GATEWAY_DEBUGGER", "0123456789abcdef");

fn main() {
    if env::var_os(TOKEN.0).is_none() {
        let program = env::current_exe().expect("its own path");
        let mut again = Command::new(program);
        let again = again.args(env::args_os().skip(1));
        let status = again.env(TOKEN.0, TOKEN.1).status();
        let code = status.ok().and_then(|status| status.code());
        std::process::exit(code.unwrap_or(1));
    }
    // A thread that it has watched makes dearer errors ever after.
    thread::spawn(page::print).join().expect("pages");
    let rounds = env::var("ROUNDS").map_or(1000, |rounds| {
        rounds.parse().expect("ROUNDS is a number of rounds")
    });
    let mut all: Vec<_> = (0..4).map(Measured::new).collect();
    let region = Region::new(COUNTED);
    all[0].run();
    let stats = region.change();
    let allocations = stats.allocations + stats.reallocations;
    println!("hello world: {allocations} allocations");
    assert!(allocations <= ALLOCATIONS);
    for _ in 0..rounds {
        all.iter_mut().for_each(Measured::round);
    }
    let mut before = None;
    for (layers, measured) in all.iter_mut().enumerate() {
        let median = measured.median();
        let added = before.map_or(String::new(), |before: f64| {
            format!(", {:+.0} (bar: {LAYER} at most)", median - before)
        });
        println!("{layers} layers: {median:.0} ns{added}");
        before = Some(median);
    }
    let table = middleware::table(rounds);
    print!("{table}");
    println!("bars: `session` 0.3 µs, and 3 µs if it is read");
    println!("bar: `debugger` 0.2 µs");
    if env::args().any(|argument| argument == "--table") {
        std::fs::write(TABLE, table).expect("a file");
    }
}

const TABLE: &str = "benches/exchange/table.md";

//! `cargo bench --bench fastcgi`: a page from `gateway::fastcgi`, from
//! libfcgi, in C, from Python's flup, and from CGI, all behind the
//! same nginx. CGI is a process of this program for each request,
//! started by `gateway::fastcgi`, as fcgiwrap starts one.
//! Quicker and rougher: `-- --quick`; `-- --short` only sees that all
//! of it works. With `-- --table` the book's table is written anew.
//!
//! It fails if a server that is here does not start, or answers
//! wrongly.
//!
//! nginx keeps its connections, if the other side can, and then closes
//! each after a request, as it does unless it is told otherwise. As in
//! `cargo bench --bench server`, all get the same load in every round,
//! one after the other, and the medians of the rounds' ratios are
//! shown, with the quartiles.
//!
//! ```sh
//! sudo apt-get install nginx libfcgi-dev python3-venv
//! python3 -m venv target/bench-python
//! target/bench-python/bin/pip install flup
//! ```

#[path = "../../tests/bound/mod.rs"]
mod bound;
#[path = "../server/load.rs"]
#[allow(dead_code)]
mod load;
#[path = "../nginx/mod.rs"]
mod nginx;

use bound::bound;
use gateway::cgi::Script;
use gateway::fastcgi::Server;
use gateway::{Application, Environ, Response, Result, StartResponse};
use load::{Load, Sample};
use nginx::{Folder, Running, until};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ours,
    C,
    Flup,
    Cgi,
}

use Kind::{C, Cgi, Flup, Ours};

const ALL: [Kind; 4] = [Ours, C, Flup, Cgi];

const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// What a gateway that is fast enough reaches where connections are
/// kept. For one client nginx takes most of the time.
const BARS: [(Kind, f64); 2] = [(C, 0.95), (Flup, 5.0)];

/// The pages, which nginx gets from them.
const PAGES: [(&str, [&str; 4]); 2] = [
    // flup starts too few threads for connections that come at once:
    // if it kept them, some would never be answered.
    (
        "connections that are kept",
        ["/keep/0", "/keep/1", "/close/2", "/keep/3"],
    ),
    (
        "one for each request",
        ["/close/0", "/close/1", "/close/2", "/close/3"],
    ),
];

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--serve") {
        return serve(&arguments[at + 1], application);
    }
    if let Some(at) = arguments.iter().position(|a| a == "--wrap") {
        let this = env::current_exe().expect("this program");
        let script = Script::new(this).arg("--cgi");
        return serve(&arguments[at + 1], script);
    }
    if arguments.get(1).is_some_and(|a| a == "--cgi") {
        gateway::cgi::run(application);
        return;
    }
    let is = |flag| arguments.iter().any(|a| a == flag);
    let (rounds, time) = match () {
        () if is("--short") => (1, Duration::from_millis(50)),
        () if is("--quick") => (7, Duration::from_millis(200)),
        () => (25, Duration::from_millis(300)),
    };
    let folder = Folder::new("bench-fastcgi");
    let running: Vec<(Kind, Running)> =
        ALL.iter().filter_map(|kind| kind.start(&folder)).collect();
    let http = configuration(&folder);
    let Some((_nginx, address)) = nginx::start(&folder, 1, &http)
    else {
        return println!("nginx: NOT HERE");
    };
    for (_, pages) in PAGES {
        for (kind, _) in &running {
            load::check(address, pages[*kind as usize], HELLO);
        }
    }
    let is_table = is("--table");
    if is_table && running.len() < ALL.len() {
        return println!("the table needs all of them");
    }
    let mut all = Vec::new();
    for (how, pages) in PAGES {
        for connections in CONNECTIONS {
            let results: Vec<_> = running
                .iter()
                .map(|(kind, _)| (*kind, pages[*kind as usize], vec![]))
                .collect();
            println!("\n{how}, {connections} clients");
            all.push(compare(
                address,
                results,
                connections,
                rounds,
                time,
            ));
        }
    }
    if is_table {
        fs::write(TABLE, table(&all[..CONNECTIONS.len()]))
            .expect("a file");
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\nload average {}", load.trim());
}

/// Where the book has it from.
const TABLE: &str = "benches/fastcgi/table.md";

/// A server, the page that nginx gets from it, and a sample of each
/// round.
type Results = (Kind, &'static str, Vec<Sample>);

/// All as multiples of flup, with a column for each result.
fn table(columns: &[Vec<Results>]) -> String {
    let mut table = String::from(
        "| server | 1 client | 16 | 64 |\n| --- | --- | --- | --- |\n",
    );
    for kind in ALL {
        let name = kind
            .name()
            .replace("gateway::fastcgi", "`gateway::fastcgi`");
        table += &format!("| {name} |");
        for results in columns {
            let of = |kind| {
                let mut all = results.iter();
                &all.find(|(k, ..)| *k == kind).expect("took part").2
            };
            table += &format!(" {:.1} |", ratio(of(kind), of(Flup))[1]);
        }
        table += "\n";
    }
    table + &absolute(&columns[1])
}

/// So many requests in a second, of ours with 16 clients.
fn absolute(results: &[Results]) -> String {
    let rates = results[0].2.iter().map(|sample| sample.rate);
    let [_, rate, _] = quartiles(rates.collect());
    // More than two digits would be another machine's.
    let digit = 10_f64.powf(rate.log10().floor() - 1.0);
    let rate = (rate / digit).round() * digit;
    let cores = thread::available_parallelism().map_or(1, |n| n.get());
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| {
        line.strip_prefix("model name")?.split_once(": ")
    });
    let name = name.map_or("another processor", |(_, name)| name);
    format!(
        "\nOf `gateway::fastcgi`, 16 clients got about {rate} pages in \
         a second, on {cores} cores of an {name}.\n\
         \n\
         In the last row each request starts a process: the same \
         application as a CGI program, which a FastCGI server \
         starts, since nginx knows no CGI.\n"
    )
}

/// The quartiles of the rounds' ratios.
fn ratio(ours: &[Sample], theirs: &[Sample]) -> [f64; 3] {
    let rounds = ours.iter().zip(theirs);
    quartiles(rounds.map(|(o, t)| o.rate / t.rate).collect())
}

fn compare(
    address: SocketAddr,
    mut results: Vec<Results>,
    connections: usize,
    rounds: usize,
    time: Duration,
) -> Vec<Results> {
    for _ in 0..rounds {
        for (_, page, samples) in &mut results {
            let load = Load { page, connections, time };
            samples.push(load.run(address));
        }
    }
    println!(
        "{:20} {:>9} {:>8} {:>8}",
        "", "req/s", "p50 µs", "p99 µs"
    );
    for (kind, _, samples) in &results {
        let median = |of: fn(&Sample) -> f64| {
            quartiles(samples.iter().map(of).collect())[1]
        };
        println!(
            "{:20} {:9.0} {:8.0} {:8.0}",
            kind.name(),
            median(|s| s.rate),
            median(|s| s.p50),
            median(|s| s.p99),
        );
    }
    let is_kept = results[0].1.starts_with("/keep");
    let counts = is_kept && connections > 1;
    for (kind, _, samples) in &results[1..] {
        let [low, ratio, high] = ratio(&results[0].2, samples);
        print!("  {} / {}: ", Ours.name(), kind.name());
        print!("{ratio:.2}, {low:.2} to {high:.2}");
        let bar = BARS.iter().find(|(other, _)| other == kind);
        match bar.filter(|_| counts) {
            Some((_, bar)) if ratio >= *bar => {
                println!(" (bar {bar}: met)");
            }
            Some((_, bar)) => println!(" (bar {bar}: MISSED)"),
            None => println!(),
        }
    }
    results
}

/// A quarter of the values are below the first, half of them below
/// the second, and a quarter above the third.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn serve(path: &str, app: impl Application + Sync) {
    let server = Server::bind_unix(path).expect("a socket");
    // As many as the C program has: one for each connection.
    let server = server.threads(80);
    server.serve(app).expect("serves");
}

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(HELLO))
}

const HELLO: &str = "<html><body>Hello World!</body></html>";

fn socket(folder: &Folder, kind: Kind) -> PathBuf {
    folder.0.join(format!("socket{}", kind as usize))
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Ours => "gateway::fastcgi",
            C => "libfcgi, in C",
            Flup => "flup, in Python",
            Cgi => "CGI",
        }
    }

    /// Starts it; `None` if it is not here.
    fn start(self, folder: &Folder) -> Option<(Self, Running)> {
        let running = self.command().and_then(|mut command| {
            let socket = socket(folder, self);
            command.arg(&socket).stdout(Stdio::null());
            let child = command.stderr(Stdio::null()).spawn().ok()?;
            let running = Running(child);
            until(|| socket.exists()).then_some((self, running))
        });
        assert!(running.is_some() || self != Ours, "does not start");
        if running.is_none() {
            println!("{}: NOT HERE, left out", self.name());
        }
        running
    }

    fn command(self) -> Option<Command> {
        Some(match self {
            Ours | Cgi => {
                let this = env::current_exe().expect("this program");
                let mut command = bound(this);
                command.arg(match self {
                    Ours => "--serve",
                    _ => "--wrap",
                });
                command
            }
            C => bound(compile()?),
            Flup => {
                let python = "target/bench-python/bin/python";
                let mut command = Command::new(python);
                command.arg("benches/fastcgi/hello.py");
                command
            }
        })
    }
}

fn compile() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join("hello-libfcgi");
    let mut cc = Command::new(env::var_os("CC").unwrap_or("cc".into()));
    cc.args(["-O2", "benches/fastcgi/hello.c", "-o"]).arg(&program);
    let compiled = cc.args(["-lfcgi", "-lpthread"]).status();
    let is_compiled = compiled.is_ok_and(|status| status.success());
    is_compiled.then_some(program)
}

/// What stands in nginx's `http` block.
fn configuration(folder: &Folder) -> String {
    let (mut upstreams, mut locations) = (String::new(), String::new());
    for kind in ALL {
        let number = kind as usize;
        let socket = socket(folder, kind);
        let socket = socket.display();
        upstreams += &format!(
            "upstream u{number} {{ server unix:{socket}; keepalive 64; }}\n"
        );
        locations += &format!(
            "location /keep/{number} {{ fastcgi_pass u{number}; \
             fastcgi_keep_conn on; }}\n\
             location /close/{number} {{ fastcgi_pass unix:{socket}; \
             }}\n"
        );
    }
    format!(
        "{PARAMS}{upstreams}server {{ listen LISTEN;\n{locations}}}\n"
    )
}

/// What Debian's `fastcgi_params` has, and PATH_INFO.
const PARAMS: &str = "\
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param SCRIPT_NAME '';
fastcgi_param PATH_INFO $uri;
fastcgi_param REQUEST_URI $request_uri;
fastcgi_param DOCUMENT_URI $document_uri;
fastcgi_param DOCUMENT_ROOT $document_root;
fastcgi_param SERVER_PROTOCOL $server_protocol;
fastcgi_param REQUEST_SCHEME $scheme;
fastcgi_param HTTPS $https if_not_empty;
fastcgi_param GATEWAY_INTERFACE CGI/1.1;
fastcgi_param SERVER_SOFTWARE nginx/$nginx_version;
fastcgi_param REMOTE_ADDR $remote_addr;
fastcgi_param REMOTE_PORT $remote_port;
fastcgi_param SERVER_ADDR $server_addr;
fastcgi_param SERVER_PORT $server_port;
fastcgi_param SERVER_NAME $server_name;
";

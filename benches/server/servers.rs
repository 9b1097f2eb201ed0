//! The servers that are compared.

use crate::load;
use crate::nginx::{self, Folder};
use gateway::http::Limits;
use gateway::server::Server;
use gateway::{Body, Environ, ErrorLog, Response, StartResponse};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::SystemTime;
use std::{env, thread};
use tiny_http::{Header, Request};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Respond,
    Writer,
    Gateway,
    GatewayAlone,
    Http,
    HttpAlone,
    HyperInline,
    HyperPool,
    Nginx,
    NginxAlone,
    Bjoern,
    Wsgiref,
    /// gateway::http, with its allocations counted.
    Counted,
}

const WORKERS: usize = 4;

impl Kind {
    /// Those whose speed is compared.
    pub const ALL: [Self; 12] = [
        Self::Respond,
        Self::Writer,
        Self::Gateway,
        Self::GatewayAlone,
        Self::Http,
        Self::HttpAlone,
        Self::HyperInline,
        Self::HyperPool,
        Self::Nginx,
        Self::NginxAlone,
        Self::Bjoern,
        Self::Wsgiref,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Respond => "tiny_http, respond",
            Self::Writer => "tiny_http, into_writer",
            Self::Gateway => "gateway::server",
            Self::GatewayAlone => "gateway::server, one worker",
            Self::Http => "gateway::http",
            Self::HttpAlone => "gateway::http, one worker",
            Self::HyperInline => "hyper, inline",
            Self::HyperPool => "hyper, on tokio's pool",
            Self::Nginx => "nginx, return 200",
            Self::NginxAlone => "nginx, return 200, one worker",
            Self::Bjoern => "bjoern, one worker",
            Self::Wsgiref => "wsgiref, one worker",
            Self::Counted => "gateway::http, counted",
        }
    }

    /// Its row in the book's table, if it has one.
    pub fn in_the_book(self) -> Option<&'static str> {
        Some(match self {
            Self::Respond => "tiny_http, `respond`",
            Self::Gateway => "`gateway::server`, on tiny_http",
            Self::Http => "`gateway::http`",
            Self::HyperInline => {
                "hyper, the application called in its tasks"
            }
            Self::HyperPool => {
                "hyper, the application on tokio's pool of threads"
            }
            Self::Nginx => "nginx, which only says `return 200`",
            Self::Bjoern => "bjoern, in C, one thread",
            Self::Wsgiref => "Python's `wsgiref`",
            _ => return None,
        })
    }

    /// hyper and nginx have no environ to show.
    pub fn has(self, page: &str) -> bool {
        use Kind::{HyperInline, HyperPool, Nginx, NginxAlone};
        let has_one = !matches!(
            self,
            HyperInline | HyperPool | Nginx | NginxAlone
        );
        page == "/hello" || has_one
    }

    /// How it is started.
    fn command(self) -> Command {
        match self {
            Self::Wsgiref => python("python3", "wsgiref"),
            Self::Bjoern => python(VENV, "bjoern"),
            Self::HyperInline => peer(&["hyper", "--", "inline"]),
            Self::HyperPool => peer(&["hyper", "--", "pool"]),
            Self::Counted => peer(&["counted"]),
            _ => {
                let this = env::current_exe().expect("this program");
                let mut command = Command::new(this);
                command.arg("--serve").arg(self.name());
                command
            }
        }
    }
}

/// Where main.rs says that bjoern is.
const VENV: &str = "target/bench-python/bin/python";

fn python(program: &str, server: &str) -> Command {
    let mut python = Command::new(program);
    python.arg("-c").arg(include_str!("reference.py")).arg(server);
    python
}

fn cargo(subcommand: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut cargo = Command::new(cargo);
    cargo.args([subcommand, "-q", "--release", "-p", "peers"]);
    cargo
}

fn peer(arguments: &[&str]) -> Command {
    let mut cargo = cargo("run");
    cargo.arg("--bin").args(arguments);
    cargo
}

/// Builds what is in benches/peers, so that to start it is quick.
///
/// # Panics
///
/// It cannot be built.
pub fn build_peers() {
    println!("building hyper and tokio (benches/peers) …");
    let built = cargo("build").status();
    let is_built = built.is_ok_and(|status| status.success());
    assert!(is_built, "benches/peers cannot be built");
}

/// A server in a process of its own, which ends with this value.
pub struct Running {
    pub kind: Kind,
    pub address: SocketAddr,
    process: nginx::Running,
    _folder: Option<Folder>,
}

impl Running {
    /// Starts a server; `None` if it is not here.
    ///
    /// # Panics
    ///
    /// It is here and does not start, or answers wrongly.
    pub fn start(kind: Kind) -> Option<Self> {
        let running = match kind {
            Kind::Nginx => {
                let cores = thread::available_parallelism();
                Self::nginx(kind, cores.map_or(1, usize::from))
            }
            Kind::NginxAlone => Self::nginx(kind, 1),
            _ => Self::program(kind),
        };
        match &running {
            Some(r) => load::check(r.address, "/hello", HELLO),
            None => println!("{}: NOT HERE, left out", kind.name()),
        }
        running
    }

    fn program(kind: Kind) -> Option<Self> {
        let mut command = kind.command();
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = match command.spawn() {
            Err(e) if e.kind() == ErrorKind::NotFound => return None,
            child => child.expect("a process"),
        };
        let stdout = child.stdout.take().expect("is piped");
        let process = nginx::Running(child);
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        match line.trim().parse() {
            Ok(address) => {
                Some(Self { kind, address, process, _folder: None })
            }
            // Python may be there without it.
            Err(_) if kind == Kind::Bjoern => None,
            Err(_) => panic!("{} does not start", kind.name()),
        }
    }

    fn nginx(kind: Kind, workers: usize) -> Option<Self> {
        let folder = Folder::new(&format!("bench-{kind:?}"));
        let http = format!(
            "server {{ listen LISTEN; location = /hello {{ \
             default_type text/html; return 200 '{HELLO}'; }} }}"
        );
        let (process, address) = nginx::start(&folder, workers, &http)?;
        Some(Self { kind, address, process, _folder: Some(folder) })
    }

    /// A line of the kernel's account of the process, in KiB.
    pub fn memory(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.process.0.id());
        let status = std::fs::read_to_string(path).expect("Linux");
        let line = status.lines().find(|l| l.starts_with(name));
        let words = line.expect("a line").split_whitespace();
        words.rev().nth(1).expect("a number").parse().expect("KiB")
    }
}

/// What this process was started to serve.
pub fn asked_for(arguments: &[String]) -> Option<Kind> {
    let at = arguments.iter().position(|a| a == "--serve")?;
    Kind::ALL.into_iter().find(|k| k.name() == arguments[at + 1])
}

pub fn serve(kind: Kind) {
    match kind {
        Kind::Respond => raw(respond),
        Kind::Writer => raw(write),
        Kind::Gateway => gateway(WORKERS),
        Kind::GatewayAlone => gateway(1),
        Kind::Http => http(WORKERS),
        Kind::HttpAlone => http(1),
        _ => unreachable!("is another program"),
    }
}

fn gateway(workers: usize) {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    println!("{}", server.address());
    let server = server.threads(workers).errors(ErrorLog::stderr());
    server.body_limit(1 << 32).serve(application).expect("serves");
}

fn http(workers: usize) {
    let server =
        gateway::http::Server::bind("127.0.0.1:0").expect("a port");
    println!("{}", server.address());
    let limits = Limits { body: 1 << 32, ..Limits::default() };
    let server = server.threads(workers).limits(limits);
    server.serve(application).expect("serves");
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> gateway::Result<Response> {
    let headers = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &headers)?;
    Ok(match environ.bytes("PATH_INFO") {
        Some(b"/hello") => started.body(HELLO),
        Some(b"/stream") => started.body(stream()),
        Some(b"/upload") => started.body(upload(environ)?),
        _ => started.body(show_environ(environ)),
    })
}

const HELLO: &str = "<html><body>Hello World!</body></html>";

fn show_environ(environ: &Environ) -> String {
    let mut page = String::from("<h1>Keys in <tt>environ</tt></h1>\n");
    for key in environ.keys() {
        page += key;
        page += "<br />\n";
    }
    page
}

/// 1 GiB, in blocks of 64 KiB.
fn stream() -> Body {
    Body::blocks((0..1 << 14).map(|_| Ok(vec![b'x'; 1 << 16].into())))
}

fn upload(environ: &mut Environ) -> io::Result<String> {
    let read = io::copy(&mut environ.input, &mut io::sink())?;
    Ok(format!("{read} bytes"))
}

/// tiny_http alone, with the same options on its socket.
fn raw(answer: fn(Request)) {
    let socket =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    socket2::SockRef::from(&socket)
        .set_tcp_nodelay(true)
        .expect("an option");
    println!("{}", socket.local_addr().expect("an address"));
    let server = tiny_http::Server::from_listener(socket, None)
        .expect("a server");
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for request in server.incoming_requests() {
                    answer(request);
                }
            });
        }
    });
}

/// As much of the request as tiny_http knows, in a page that is as
/// long as the gateway's.
fn page(request: &Request) -> String {
    if request.url() == "/hello" {
        return HELLO.into();
    }
    let mut names: Vec<&str> = vec![
        "GATEWAY_INTERFACE",
        "PATH_INFO",
        "QUERY_STRING",
        "REMOTE_ADDR",
        "REMOTE_PORT",
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "SERVER_SOFTWARE",
        "wsgi.errors",
        "wsgi.file_wrapper",
        "wsgi.input",
        "wsgi.multiprocess",
        "wsgi.multithread",
        "wsgi.run_once",
        "wsgi.url_scheme",
        "wsgi.version",
    ];
    let fields = request.headers().iter();
    names.extend(fields.map(|h| h.field.as_str().as_str()));
    names.sort_unstable();
    let mut page = String::from("<h1>Keys in <tt>environ</tt></h1>\n");
    for name in names {
        page += name;
        page += "<br />\n";
    }
    page
}

fn respond(request: Request) {
    let response = tiny_http::Response::from_string(page(&request));
    let html = Header::from_bytes("Content-Type", "text/html");
    let response = response.with_header(html.expect("a header"));
    let _ = request.respond(response);
}

fn write(request: Request) {
    let page = page(&request);
    let now = httpdate::HttpDate::from(SystemTime::now());
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\
         Content-Length: {}\r\nDate: {now}\r\nServer: raw\r\n\r\n{page}",
        page.len()
    );
    let mut writer = request.into_writer();
    let _ = writer.write_all(answer.as_bytes());
    let _ = writer.flush();
}
